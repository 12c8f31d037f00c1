package commands

import (
	"iter"
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
	// Repeatable commands do no more when they run twice than when they run once.
	Repeatable
)

// Has tells whether all of the given flags are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// A Spec tells what a command is. The specs of all known commands are a
// generated table; they must not be changed.
type Spec struct {
	Name   string // as Redis spells it: "GET", "CLIENT SETNAME"
	Method string // the method of Commands or SessionCommands: "Get", "ClientSetName"; empty if there is none

	// Variants are the methods of the same command beside Method, where an option or another way to
	// call it has a method of its own: "SetGet" of SET. Nil if there are none.
	Variants []string

	Flags Flags

	words   uint8
	timeout timeoutPlace
	wire    string     // the words of the name as bulk strings
	keys    *[]keyRule // nil: it has none, or they are found by hand; many commands share theirs
	secrets *secrets   // nil: no argument is a secret
}

// newSpec returns the spec of a command that the generated table does not hold.
func newSpec(name string, flags Flags) *Spec {
	var b []byte
	words := strings.Fields(name)
	for _, w := range words {
		b = proto.AppendBulk(b, w)
	}
	return &Spec{Name: name, Flags: flags, wire: string(b), words: uint8(len(words))}
}

var specsByName = sync.OnceValue(func() map[string]*Spec {
	m := make(map[string]*Spec, len(specs))
	for i := range specs {
		m[specs[i].Name] = &specs[i]
	}
	return m
})

// specsBySnakeName has the names with underscores, where those differ.
var specsBySnakeName = sync.OnceValue(func() map[string]*Spec {
	m := map[string]*Spec{}
	for i := range specs {
		if name := specs[i].Name; strings.ContainsAny(name, " -") {
			m[snake(name)] = &specs[i]
		}
	}
	return m
})

// snake is a name as one word. strings.ReplaceAll would be in every program, for its sake alone.
func snake(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return '_'
		}
		return r
	}, name)
}

// SnakeName is what the command is called in Net::Async::Redis: "client_setname".
func (s *Spec) SnakeName() string { return strings.ToLower(snake(s.Name)) }

var specsByMethod = sync.OnceValue(func() map[string]*Spec {
	m := make(map[string]*Spec, len(specs))
	for i := range specs {
		if specs[i].Method != "" {
			m[specs[i].Method] = &specs[i]
		}
		for _, name := range specs[i].Variants {
			m[name] = &specs[i]
		}
	}
	return m
})

// Lookup finds the spec of a command by one of its names: as Redis spells it
// ("CLIENT SETNAME"), as Net::Async::Redis does ("client_setname"), both with letters of
// either case, or as a Go method is called ("ClientSetName", "SetGet"). It returns nil for a
// name that is none.
func Lookup(name string) *Spec {
	upper := strings.ToUpper(name)
	if s := specsByName()[upper]; s != nil {
		return s
	}
	if s := specsBySnakeName()[upper]; s != nil {
		return s
	}
	return specsByMethod()[name]
}

// All returns the specs of all commands of the supported servers, sorted by name.
func All() iter.Seq[*Spec] {
	return func(yield func(*Spec) bool) {
		for i := range specs {
			if !yield(&specs[i]) {
				return
			}
		}
	}
}
