// Package tuning holds what the tests change about the connection engine, to have what is seldom happen all the time.
package tuning

import (
	"os"
	"strconv"
)

// CalmTurns is how many turns in a row a caller must have been alone on a connection before he writes and reads by himself.
// It must not be changed while there are connections.
var CalmTurns = 16

// FromEnvironment sets CalmTurns to the environment's CALM_TURNS, if that is set. Tests call it, programs do not.
func FromEnvironment() {
	if n, err := strconv.Atoi(os.Getenv("CALM_TURNS")); err == nil {
		CalmTurns = n
	}
}
