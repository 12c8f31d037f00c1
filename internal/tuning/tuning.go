// Package tuning holds what the tests change about the connection engine, to have what is seldom happen all the time.
package tuning

import (
	"os"
	"strconv"
	"time"
)

// CalmTurns is how many turns in a row a caller must have been alone on a connection before he writes and reads by himself.
// It must not be changed while there are connections.
var CalmTurns = 16

// ManyCalls is how many calls in a turn that wakes one caller tell that he has many commands in flight. Where it is several callers who wait, each of them is
// woken. It must not be changed while there are connections.
var ManyCalls = 16

// LookAfter is how long a reply tells him as much as a look at the socket: a reader, which the scheduler has to wake, would hear of a loss no
// sooner. A look is a system call, a tenth of what a GET costs.
var LookAfter = 50 * time.Microsecond

// FromEnvironment sets CalmTurns to the environment's CALM_TURNS, if that is set. Then two calls are many, and he always looks, since in virtual time a
// connection is often lost in the instant of a reply. Tests call it, programs do not.
func FromEnvironment() {
	if n, err := strconv.Atoi(os.Getenv("CALM_TURNS")); err == nil {
		CalmTurns, ManyCalls, LookAfter = n, 2, -1
	}
}
