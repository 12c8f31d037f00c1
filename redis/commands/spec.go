package commands

import (
	"strings"
	"sync"

	"github.com/futureio/futureio-go/redis/proto"
)

// Flags say what a command does that its callers and roles have to know.
type Flags uint32

// The flags of a command, from the servers' COMMAND reply and, where that does
// not tell, from the project's own overlay.
const (
	// ReadOnly commands change nothing.
	ReadOnly Flags = 1 << iota
	// Write commands may change data.
	Write
	// Blocking commands may keep the connection waiting for data.
	Blocking
	// Session commands change the state of the connection they run on, such as
	// SELECT, AUTH, MULTI or SUBSCRIBE. Connections shared by many callers refuse them.
	Session
	// ServerSide commands are spoken between servers, such as PSYNC or REPLCONF.
	ServerSide
)

// Has tells whether all of the given flags are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// A Spec tells what a command is. The specs of all known commands are a
// generated table; they must not be changed.
type Spec struct {
	Name  string // as Redis spells it: "GET", "CLIENT SETNAME"
	Flags Flags

	wire  string // the words of the name as bulk strings
	words int
}

// newSpec returns the spec of a command that the generated table does not hold.
func newSpec(name string, flags Flags) *Spec {
	var b []byte
	words := strings.Fields(name)
	for _, w := range words {
		b = proto.AppendBulk(b, w)
	}
	return &Spec{Name: name, Flags: flags, wire: string(b), words: len(words)}
}

var specsByName = sync.OnceValue(func() map[string]*Spec {
	m := make(map[string]*Spec, len(specs))
	for i := range specs {
		m[specs[i].Name] = &specs[i]
	}
	return m
})

// Lookup finds the spec of a command by its name as Redis spells it; letters may
// be of either case: "get", "CLIENT SETNAME". It returns nil for a name that no
// supported server has.
func Lookup(name string) *Spec {
	return specsByName()[strings.ToUpper(name)]
}
