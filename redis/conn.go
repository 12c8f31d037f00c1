package redis

import (
	"context"
	"fmt"
	"io"

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
	c := &Conn{client: New(opts)}
	c.client.session = newSession()
	c.client.queue.solo = new(solo)
	c.Commands = commands.On(c).Prefixed(c.client.KeyPrefix())
	c.SessionCommands = commands.OnSession(c)
	return c
}

// Do takes a command over; the methods call it. What would leave the Conn without replies, or make it speak something
// else than commands and replies, is refused with an *ArgumentError.
func (c *Conn) Do(cmd *commands.Cmd) {
	client, s := c.client, c.client.session
	client.greet(cmd)
	if reason := refusedOnConn(cmd); reason != "" {
		refuseFor(cmd, reason)
		return
	}
	if learns(cmd) {
		words := cmd.Args()
		cmd.OnSettle(func() {
			if cmd.Succeeded() {
				s.learn(words)
			}
		})
	}
	client.take(cmd)
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
	case "MONITOR", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE":
		return "has no reply of its own kind, but a stream of messages"
	}
	return ""
}

// Connect is Client.Connect.
func (c *Conn) Connect(ctx context.Context) error { return c.client.Connect(ctx) }

// State is Client.State.
func (c *Conn) State() State { return c.client.State() }

// Session tells what is known about the state of the connection.
func (c *Conn) Session() Session { return c.client.queue.session() }

// Session is the state of a Conn as far as commands have been issued.
type Session struct {
	InMulti         bool // between Multi and its Exec or Discard
	Watching        bool // a key is being watched
	LostTransaction bool // a transaction was lost with its connection, and its end has not been issued yet
	InFlight        int  // commands that are not answered, those not sent included
}

// Clean tells whether somebody else can go on with the connection.
func (s Session) Clean() bool { return s == Session{} }

// Close is Client.Close.
func (c *Conn) Close() error { return c.client.Close() }

// Shutdown is Client.Shutdown.
func (c *Conn) Shutdown(ctx context.Context) error { return c.client.Shutdown(ctx) }

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
