// Package workload says what is measured: the rows of the table, the data they read, and how a command line selects them.
package workload

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Command is what the callers of a row issue.
type Command string

// The commands. Size of a row means bytes of the value for Get, Set and PoolGet, of the payload for Message, elements for MGet, HGetAll and LRange, commands for
// Pipeline and Tx, nothing for Incr and BLPop.
const (
	Get     Command = "get"
	Set     Command = "set"
	Incr    Command = "incr"
	MGet    Command = "mget"
	HGetAll Command = "hgetall"
	LRange  Command = "lrange"

	// Not every client is measured in these: see client.Kind.Also.

	Pipeline Command = "pipeline" // a batch of GET, sent together and awaited together
	Tx       Command = "tx"       // MULTI, INCRs, EXEC
	BLPop    Command = "blpop"    // consumers that wait on one list, which Feeders fill
	PoolGet  Command = "poolget"  // a connection is lent for one GET
	Message  Command = "message"  // none that is issued: messages of one channel are received, by one subscriber
)

// sized tells of every command whether its rows have a size.
var sized = map[Command]bool{
	Get: true, Set: true, Incr: false, MGet: true, HGetAll: true, LRange: true, Pipeline: true, Tx: true, BLPop: false, PoolGet: true, Message: true,
}

// Special tells whether only some clients are measured with a command.
func (c Command) Special() bool {
	return c == Pipeline || c == Tx || c == BLPop || c == PoolGet || c == Message
}

// Row is one workload. Rows are comparable.
type Row struct {
	Command Command
	Size    int
	Callers int           // goroutines that issue commands
	Window  int           // commands a caller has in flight; 0: it awaits each reply before the next command
	Delay   time.Duration // what a proxy adds to a round trip, half of it each way; 0: no proxy
}

// idForm is get16@128, get1k@128, incr@16, get16@window1000, get16@1024+40ms.
var idForm = regexp.MustCompile(`^([a-z]+)([0-9]+k?)?@(window)?([0-9]+)(?:\+([0-9]+ms))?$`)

// ID is the row's name on command lines and in results.
func (r Row) ID() string {
	id := string(r.Command)
	switch {
	case !sized[r.Command]:
	case r.Size >= 1024 && r.Size%1024 == 0:
		id += strconv.Itoa(r.Size/1024) + "k"
	default:
		id += strconv.Itoa(r.Size)
	}
	if r.Window > 0 {
		id += "@window" + strconv.Itoa(r.Window)
	} else {
		id += "@" + strconv.Itoa(r.Callers)
	}
	if r.Delay > 0 {
		id += fmt.Sprintf("+%dms", r.Delay.Milliseconds())
	}
	return id
}

// Parse reads an ID.
func Parse(id string) (Row, error) {
	m := idForm.FindStringSubmatch(id)
	if m == nil {
		return Row{}, fmt.Errorf("row %q: want a form such as get16@128, incr@16, get16@window1000 or get16@128+5ms", id)
	}
	r := Row{Command: Command(m[1])}
	hasSize, known := sized[r.Command]
	if !known || hasSize != (m[2] != "") {
		return Row{}, fmt.Errorf("row %q: want one of get, set, mget, hgetall, lrange, pipeline, tx, poolget, message with a size, or incr, blpop without", id)
	}
	if m[2] != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(m[2], "k"))
		if strings.HasSuffix(m[2], "k") {
			n *= 1024
		}
		if err != nil || n < 1 || n > 1<<20 {
			return Row{}, fmt.Errorf("row %q: the size must be 1 to 1024k", id)
		}
		r.Size = n
	}
	n, err := strconv.Atoi(m[4])
	if err != nil || n < 1 || n > 20_000 {
		return Row{}, fmt.Errorf("row %q: callers or window must be 1 to 20000", id)
	}
	r.Callers = n
	if r.Command == Message && (n > 1 || m[3] != "") {
		return Row{}, fmt.Errorf("row %q: message has one subscriber", id)
	}
	if m[3] != "" {
		if r.Command != Get {
			return Row{}, fmt.Errorf("row %q: only get has a window", id)
		}
		r.Callers, r.Window = 1, n
	}
	if m[5] != "" {
		if r.Delay, err = time.ParseDuration(m[5]); err != nil || r.Delay > time.Second {
			return Row{}, fmt.Errorf("row %q: the delay must be at most 1000ms", id)
		}
	}
	return r, nil
}

// Feeders is how many goroutines besides the callers push what they wait for: 16 in a BLPop row, none in others.
func (r Row) Feeders() int {
	if r.Command == BLPop {
		return 16
	}
	return 0
}

// What describes what a caller issues: "GET 1 KiB", "LRANGE 1000".
func (r Row) What() string {
	name := strings.ToUpper(string(r.Command))
	switch {
	case r.Command == Incr:
		return name
	case r.Command == Pipeline:
		return fmt.Sprintf("pipeline of %d GET", r.Size)
	case r.Command == Tx:
		return fmt.Sprintf("MULTI, %d INCR, EXEC", r.Size)
	case r.Command == BLPop:
		return "BLPOP, fed by RPUSH"
	case r.Command == PoolGet:
		return fmt.Sprintf("a connection lent for GET %d B", r.Size)
	case r.Command == Get || r.Command == Set || r.Command == Message:
		if r.Size >= 1024 && r.Size%1024 == 0 {
			return fmt.Sprintf("%s %d KiB", name, r.Size/1024)
		}
		return fmt.Sprintf("%s %d B", name, r.Size)
	}
	return fmt.Sprintf("%s %d", name, r.Size)
}

// How describes the callers: "128 callers", "1 caller, 1000 in flight", "128 callers, 5 ms network".
func (r Row) How() string {
	if r.Command == Message {
		return "1 subscriber"
	}
	how := fmt.Sprintf("%d callers", r.Callers)
	if r.Callers == 1 {
		how = "1 caller"
	}
	if r.Window > 0 {
		how += fmt.Sprintf(", %d in flight", r.Window)
	}
	if r.Delay > 0 {
		how += fmt.Sprintf(", %d ms network", r.Delay.Milliseconds())
	}
	return how
}
