package redis

import (
	"context"
	"sync/atomic"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Lines makes connections that are lent to one user after the other. It is for those who build pools; applications use
// package pool.
type Lines struct {
	root *Client // has the options and the events of all of them, and never connects
}

// A Line is one connection that is lent: whoever has it has a Conn of his own, which stops working when the loan ends.
// A Line connects once; when the connection ends, it is of no more use. It is safe for any number of goroutines.
type Line struct {
	// Owner is what who lends the line knows it by. Set before the first Lend, and not changed.
	Owner any

	client *Client
	loan   atomic.Uint64 // number of the present loan, odd; even: it is not lent. Not the Conn: the linker would put its methods into every program.
	over   atomic.Bool   // the connection has ended
}

// NewLines makes a source of connections by the given options, of which DisableReconnect does not count. Their callbacks are shared:
// they run one after the other, whichever connection they tell of.
func NewLines(opts Options) *Lines { return &Lines{root: newEngine(opts, nil)} }

// Err is an *ArgumentError when the options cannot be used, and then what every connection fails with.
func (ls *Lines) Err() error { return ls.root.broken }

// Options are those that were given, with the defaults filled in.
func (ls *Lines) Options() Options { return ls.root.opts }

// Greet has the Observer told of a command that is going to be given to Line.Do. It belongs before anything else is done with it.
func (ls *Lines) Greet(cmd *commands.Cmd) { ls.root.greet(cmd) }

// Post calls fn after all callbacks that are due, on their goroutine.
func (ls *Lines) Post(fn func()) { ls.root.events.calls.post(fn) }

// Report passes an error that no command can tell to OnError and the Logger.
func (ls *Lines) Report(err error) { ls.root.failed(err) }

// New makes a Line that is not connected yet. ended is called once its connection has ended, by whatever, on a goroutine
// that must not be blocked.
func (ls *Lines) New(ended func()) *Line {
	l := newLine(ls.root.opts, ls.root.events, ended)
	l.client.listen(false)
	return l
}

func newLine(opts Options, told *events, ended func()) *Line {
	opts.DisableReconnect = true
	// A command may be given to a line in the moment in which the one before is settled and still counts, on the
	// reader, which must not wait for room.
	opts.MaxPending = max(opts.MaxPending, 4)
	l := &Line{client: newEngine(opts, told)}
	l.client.session = newSession()
	l.client.queue.solo = new(solo)
	l.client.queue.over = &l.over
	l.client.ended = ended
	return l
}

// Connect makes the connection, and calls done when it is ready or has failed. done may be called here and now; it must not block.
func (l *Line) Connect(done func(err error)) {
	if err := l.client.broken; err != nil {
		done(err)
		return
	}
	l.client.keeper.whenConnected(done)
}

// Usable tells whether the connection has not ended, as far as is known.
func (l *Line) Usable() bool { return !l.over.Load() }

// Do puts a command on the line, for nobody in particular. It does not wait for room. The command must have been
// greeted, and there should be no other under way.
func (l *Line) Do(cmd *commands.Cmd) { l.client.take(cmd) }

// Session is Conn.Session.
func (l *Line) Session() Session { return l.client.queue.session() }

// Lend begins a loan. The one before must have ended.
func (l *Line) Lend() *Conn {
	c := &Conn{client: l.client, line: l, loan: l.loan.Add(1)}
	c.Commands = commands.On(c).Prefixed(l.client.opts.KeyPrefix)
	c.SessionCommands = commands.OnSession(c)
	return c
}

// Retrieve ends the loan of c: from now on c refuses every command with an *ArgumentError. It tells what c has left
// behind; ok is false when c is not what the line is lent as.
func (l *Line) Retrieve(c *Conn) (left Session, ok bool) {
	if c.line != l || !l.loan.CompareAndSwap(c.loan, c.loan+1) {
		return Session{}, false
	}
	busy := !c.users.CompareAndSwap(0, returned)
	if busy {
		c.users.Add(returned)
	}
	left = l.client.queue.session()
	left.Changed = c.changed.Load()
	if ear := l.client.queue.ear; ear != nil && c.subscribed() {
		left.Subscribed = true
		ear.over(errReturned("SUBSCRIBE"))
	}
	if busy {
		left.InFlight++ // a call is on its way to the queue, on another goroutine
	}
	return left, true
}

// Cut closes the connection at once. What is under way on it fails.
func (l *Line) Cut() {
	l.over.Store(true)
	l.client.cut()
}

// Wait waits until nothing of a line is left that was cut.
func (l *Line) Wait() { l.client.keeper.work.Wait() }

// LineOf returns the Line that c was lent from, also when the loan has ended; nil for a Conn made by Dial or NewConn.
func LineOf(c *Conn) *Line { return c.line }

// returned in Conn.users says that the loan has ended. Far below any number of callers.
const returned = -1 << 30

// enter tells whether the Conn may be used, and holds off the end of its loan until leave: a command that is let in
// must not land on the connection when somebody else has it.
func (c *Conn) enter() bool {
	if c.line == nil {
		return true
	}
	if c.users.Add(1) > 0 {
		return true
	}
	c.users.Add(-1)
	return false
}

func (c *Conn) leave() {
	if c.line != nil {
		c.users.Add(-1)
	}
}

// errReturned is what a Conn fails with whose loan has ended.
func errReturned(command string) error {
	return &errors.ArgumentError{Command: command, Reason: "the Conn was given back to its pool, and somebody else may have the connection"}
}

// whileLent calls fn unless the loan has ended.
func (c *Conn) whileLent(ctx context.Context, fn func(ctx context.Context) error) error {
	if !c.enter() {
		return errReturned("")
	}
	defer c.leave()
	return fn(ctx)
}
