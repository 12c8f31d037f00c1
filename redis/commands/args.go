package commands

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

const (
	// headroom is the space kept before the name for "*N\r\n", which is known
	// only when all arguments are written: '*', 10 digits, CR, LF fit.
	headroom = 16

	// keepArgs is the largest buffer that goes back to the pool. Larger ones are
	// left to the garbage collector, so that one big value is not kept for ever.
	keepArgs = 64 << 10
)

// args collects the request of one command in its wire form. It is pooled: a
// method takes one by Commands.begin and a sender hands it on with the Cmd.
type args struct {
	buf  []byte // headroom, then the arguments as bulk strings
	head int    // where the finished request begins in buf
	n    int    // words and arguments so far
	used uint64 // one bit per oneof group of the command that an option was given for
	spec *Spec
	ctx  context.Context

	prefix string // put before every key
	err    error  // the first argument that was refused

	sent, withdrawn bool // see Cmd.MarkSent and Cmd.Withdraw

	timed   bool // what follows is known
	blocks  bool // see Cmd.BlockTimeout
	timeout time.Duration

	home *slab // to which it goes back, as long as one goroutine has both
}

var argsPool = sync.Pool{New: func() any { return &args{buf: make([]byte, headroom, 256)} }}

// begin starts the request of the command s.
func (c *Commands) begin(s *Spec) *args {
	a := c.slab.takeArgs()
	if a == nil {
		a = argsPool.Get().(*args)
	}
	a.spec, a.ctx, a.prefix = s, c.ctx, c.prefix
	a.buf = append(a.buf[:headroom], s.wire...)
	a.n = int(s.words)
	return a
}

func (a *args) release() {
	if cap(a.buf) > keepArgs {
		return
	}
	home := a.home
	*a = args{buf: a.buf}
	if home != nil {
		home.args = a
		return
	}
	argsPool.Put(a)
}

// finish writes the array header in front of what was collected.
func (a *args) finish() {
	var digits [20]byte
	d := strconv.AppendInt(digits[:0], int64(a.n), 10)
	a.head = headroom - len(d) - 3
	a.buf[a.head] = '*'
	copy(a.buf[a.head+1:], d)
	a.buf[headroom-2], a.buf[headroom-1] = '\r', '\n'
}

func (a *args) wire() []byte { return a.buf[a.head:] }

// key adds a key, with the prefix.
//
//go:noinline
func (a *args) key(k string) {
	if a.prefix != "" {
		k = a.prefix + k
	}
	a.str(k)
}

func (a *args) keys(ks []string) {
	for _, k := range ks {
		a.key(k)
	}
}

//
//go:noinline
func (a *args) str(s string) {
	a.buf = proto.AppendBulk(a.buf, s)
	a.n++
}

func (a *args) strs(ss []string) {
	for _, s := range ss {
		a.str(s)
	}
}

//
//go:noinline
func (a *args) int(n int64) {
	a.buf = proto.AppendBulkInt(a.buf, n)
	a.n++
}

func (a *args) float(f float64, name string) {
	if math.IsNaN(f) {
		a.refuse(name, "not a number")
		return
	}
	a.buf = proto.AppendBulkFloat(a.buf, f)
	a.n++
}

// value adds an argument of any type that has one encoding: see proto.AppendArg.
func (a *args) value(v any, name string) {
	buf, err := proto.AppendArg(a.buf, v)
	if err != nil {
		a.refuse(name, err.Error())
		return
	}
	a.buf = buf
	a.n++
}

func (a *args) values(vs []any, name string) {
	for _, v := range vs {
		a.value(v, name)
	}
}

// word adds one of the words that a parameter may be.
//
//go:noinline
func (a *args) word(w, name string, words ...string) {
	if !slices.Contains(words, w) {
		a.refuse(name, "want one of "+strings.Join(words, ", "))
		return
	}
	a.str(w)
}

func (a *args) onOff(on bool) { a.either(on, "ON", "OFF") }

func (a *args) yesNo(yes bool) { a.either(yes, "YES", "NO") }

func (a *args) either(first bool, word, other string) {
	if !first {
		word = other
	}
	a.str(word)
}

// need refuses the call when n, the number of elements given for the argument
// name, is zero: the server would answer with an arity error.
//
//go:noinline
func (a *args) need(n int, name string) {
	if n == 0 {
		a.refuse(name, "at least one is needed")
	}
}

// option is what the options of all commands have in common. Beside it, an option has
// a method for each command that takes it, by which the compiler tells them apart: it gives
// the groups of the option, one bit for each. Options with a group in common exclude each other.
type option interface {
	write(a *args, groups uint64)
}

// oneof notes that an option of the given groups was used, and refuses a second one.
//
//go:noinline
func (a *args) oneof(groups uint64, name string) {
	if a.used&groups != 0 {
		a.refuse(name, "conflicts with another option of the same kind")
	}
	a.used |= groups
}

// refuseNil fails a call with an option that is nil, as a variable of an interface
// type may be that a program forgot to set.
//
//go:noinline
func (a *args) refuseNil() { a.refuse("opts", "an option is nil") }

// refuse fails the call before anything is queued. The first reason counts.
func (a *args) refuse(name, reason string) {
	if a.err == nil {
		a.err = &errors.ArgumentError{Command: a.spec.Name, Argument: name, Reason: reason}
	}
}

// splitWire takes a request in wire form, as written by args, apart.
func splitWire(b []byte) []string { return appendWords(nil, string(b)) }

// appendWords is splitWire into words that are there, which are parts of the request.
func appendWords(words []string, rest string) []string {
	if rest == "" {
		return words
	}
	number := func() (n int) {
		i := 1
		for ; rest[i] != '\r'; i++ {
			n = n*10 + int(rest[i]-'0')
		}
		rest = rest[i+2:]
		return n
	}
	count := number()
	words = slices.Grow(words, count)
	for range count {
		n := number()
		words = append(words, rest[:n])
		rest = rest[n+2:]
	}
	return words
}
