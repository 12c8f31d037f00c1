package redis

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Conn is one connection for one user: beside what a Client has, it has the commands that change the state
// of their connection (Select, Auth, Watch, Multi, …), and commands that block may block it.
//
//	conn, err := redis.Dial(ctx, redis.Options{Addr: "localhost:6379"})
//	defer conn.Close()
//	conn.Select(5)
//	next, err := conn.BLPop([]string{"jobs"}, 10*time.Second).Await(ctx)
//
// Commands go out in the order of their calls, and every one waits for those before it: a GET behind a
// BLPop is answered after it. A Conn is safe for several goroutines, but what they change, they change for
// each other.
//
// A lost connection is replaced as that of a Client is, and its state made again: user, database, name,
// protocol, READONLY, tracking and the other CLIENT settings, as the last successful commands left them. A
// transaction (MULTI or WATCH) cannot be made again: what was issued for it and not sent, and whatever
// follows up to its Exec, Discard or Unwatch, that one included, fails with a *ConnectionError and is not
// executed.
//
// Inside of MULTI every command answers QUEUED, which fits few of the typed replies: use Command there, and
// Exec for the replies.
type Conn struct {
	commands.Commands
	commands.SessionCommands

	client *Client // the engine; nobody else has it

	line    *Line        // that it was lent from; nil if by nobody
	loan    uint64       // see Line.loan
	users   atomic.Int32 // of a lent one: calls under way; far below 0 when it was given back
	changed atomic.Bool  // see Session.Changed
}

// Dial makes a connection. ctx bounds the wait for it, Options.ConnectTimeout the attempt. OnConnect and the other
// callbacks of opts get a Client on this connection, which is theirs only until they return.
func Dial(ctx context.Context, opts Options) (*Conn, error) {
	c := NewConn(opts)
	if err := c.Connect(ctx); err != nil {
		_ = c.client.Shutdown(ctx)
		return nil, err
	}
	return c, nil
}

// NewConn is Dial without connecting: the first command does that. When the options cannot be used, every command
// fails with an *ArgumentError that says why.
func NewConn(opts Options) *Conn {
	c := &Conn{client: newEngine(opts, nil)}
	c.client.session = newSession()
	c.client.queue.solo = new(solo)
	c.client.listen(false)
	c.Commands = commands.On(c).Prefixed(c.client.KeyPrefix())
	c.SessionCommands = commands.OnSession(c)
	return c
}

// Do takes a command over; the methods call it. What would leave the Conn without replies, or make it speak something
// else than commands and replies, is refused with an *ArgumentError.
func (c *Conn) Do(cmd *commands.Cmd) {
	c.client.greet(cmd)
	if !c.enter() {
		cmd.Release()
		cmd.Fail(errReturned(cmd.Name()))
		return
	}
	defer c.leave()
	if reason := c.refusal(cmd); reason != "" {
		refuseFor(cmd, reason)
		return
	}
	c.client.take(cmd)
}

// refusal tells why a command has no place on a Conn, or "": then it notes what the command is going to change.
func (c *Conn) refusal(cmd *commands.Cmd) string {
	if l := c.client.queue.ear; l != nil && !l.allows(cmd) {
		return "has no place on a connection that is subscribed and speaks RESP2; unsubscribe first, or use RESP3"
	}
	if !cmd.Spec().Flags.Has(commands.Session) {
		return refusedOnConn(cmd)
	}
	if reason := refusedOnConn(cmd); reason != "" {
		return reason
	}
	switch cmd.Name() {
	case "MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH":
		return ""
	}
	c.changed.Store(true)
	if cmd.Name() == "RESET" {
		if ear := c.client.queue.ear; ear != nil {
			ear.over(io.EOF) // before it, so that what it ends is ended in good order
		}
	}
	if learns(cmd) {
		words, s := cmd.Args(), c.client.session
		cmd.OnSettle(func() {
			if cmd.Succeeded() {
				s.learn(words)
			}
		})
	}
	return ""
}

// refusedOnConn tells why a command has no place on a Conn.
func refusedOnConn(cmd *commands.Cmd) string {
	if cmd.Spec().Flags.Has(commands.ServerSide) {
		return "is spoken between servers only"
	}
	switch cmd.Name() {
	case "QUIT":
		return "ends the connection; use Close"
	case "CLIENT REPLY":
		return "takes the replies away that futures wait for"
	case "MONITOR":
		return "has no reply of its own kind, but a stream of messages"
	case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE":
		return "begins a subscription; use the method of that name"
	case "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE":
		return "ends a subscription; use the method of that name"
	}
	return ""
}

// Connect is Client.Connect. One that was lent is connected.
func (c *Conn) Connect(ctx context.Context) error { return c.whileLent(ctx, c.client.Connect) }

// State is Client.State; of one that was given back, StateClosed.
func (c *Conn) State() State {
	if !c.enter() {
		return StateClosed
	}
	defer c.leave()
	return c.client.State()
}

// Session tells what is known about the state of the connection; nothing, of one that was given back.
func (c *Conn) Session() Session {
	if !c.enter() {
		return Session{}
	}
	defer c.leave()
	s := c.client.queue.session()
	s.Changed = c.changed.Load()
	s.Subscribed = c.subscribed()
	return s
}

// Session is the state of a Conn as far as commands have been issued.
type Session struct {
	InMulti         bool // between Multi and its Exec or Discard
	Watching        bool // a key is being watched
	LostTransaction bool // a transaction was lost with its connection, and its end has not been issued yet
	Changed         bool // a command such as Select, Auth or ClientSetName has been issued, that others would feel
	Subscribed      bool // to a channel, a pattern or a sharded channel
	InFlight        int  // commands that are not answered, those not sent included
}

// Clean tells whether somebody else can go on with the connection.
func (s Session) Clean() bool { return s == Session{} }

// Close is Client.Close. One that was lent has to be given back all the same.
func (c *Conn) Close() error { return c.Shutdown(context.Background()) }

// Shutdown is Client.Shutdown.
func (c *Conn) Shutdown(ctx context.Context) error { return c.whileLent(ctx, c.client.Shutdown) }

// String shows where the connection leads, without the password.
func (c *Conn) String() string { return "redis.Conn(" + c.client.opts.String() + ")" }

// Format keeps every verb of package fmt from showing the password (law G12).
func (c *Conn) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// refuseFor fails a command before it is queued.
func refuseFor(cmd *commands.Cmd, reason string) {
	err := &errors.ArgumentError{Command: cmd.Name(), Reason: reason}
	cmd.Release()
	cmd.Fail(err)
}
