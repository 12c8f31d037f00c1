package commands

import (
	"context"
	"math"
	"strconv"
	"sync"

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
	err  error // the first argument that was refused

	sent, withdrawn bool // see Cmd.MarkSent and Cmd.Withdraw
}

var argsPool = sync.Pool{New: func() any { return &args{buf: make([]byte, headroom, 256)} }}

// begin starts the request of the command s.
func (c *Commands) begin(s *Spec) *args {
	a := argsPool.Get().(*args)
	a.spec, a.ctx = s, c.ctx
	a.buf = append(a.buf[:headroom], s.wire...)
	a.n = s.words
	return a
}

func (a *args) release() {
	if cap(a.buf) > keepArgs {
		return
	}
	*a = args{buf: a.buf}
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

// key adds a key. It is apart from str since a key prefix and a cluster's slot
// concern keys only.
func (a *args) key(k string) { a.str(k) }

func (a *args) keys(ks []string) {
	for _, k := range ks {
		a.key(k)
	}
}

func (a *args) str(s string) {
	a.buf = proto.AppendBulk(a.buf, s)
	a.n++
}

func (a *args) strs(ss []string) {
	for _, s := range ss {
		a.str(s)
	}
}

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

// need refuses the call when n, the number of elements given for the argument
// name, is zero: the server would answer with an arity error.
func (a *args) need(n int, name string) {
	if n == 0 {
		a.refuse(name, "at least one is needed")
	}
}

// oneof notes that an option of the given group was used and refuses a second
// one: options of one group exclude each other.
func (a *args) oneof(group uint, name string) {
	if a.used&(1<<group) != 0 {
		a.refuse(name, "conflicts with another option of the same kind")
	}
	a.used |= 1 << group
}

// refuseNil fails a call with an option that is nil, as a variable of an interface
// type may be that a program forgot to set.
func (a *args) refuseNil() { a.refuse("opts", "an option is nil") }

// refuse fails the call before anything is queued. The first reason counts.
func (a *args) refuse(name, reason string) {
	if a.err == nil {
		a.err = &errors.ArgumentError{Command: a.spec.Name, Argument: name, Reason: reason}
	}
}

// splitWire takes a request in wire form, as written by args, apart.
func splitWire(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	number := func() (n int) {
		i := 1
		for ; b[i] != '\r'; i++ {
			n = n*10 + int(b[i]-'0')
		}
		b = b[i+2:]
		return n
	}
	out := make([]string, number())
	for i := range out {
		n := number()
		out[i] = string(b[:n])
		b = b[n+2:]
	}
	return out
}
