package redis

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Client speaks to one server over one connection that all its callers share.
// It has every command as a method; each returns a future at once.
//
// A Client is safe for any number of goroutines. It connects when the first
// command is issued, or by Connect, and again whenever the connection is lost. It
// must not be copied and must be closed by Close.
type Client struct {
	commands.Commands

	opts   Options
	broken error // the options cannot be used: every command fails with this
	queue  *queue
	keeper *keeper
	events *events
	lane   *lane // for commands that block; nil in the engine of a Conn
	reuse  bool  // waiters may come from the program-wide pool

	sideMu     sync.Mutex
	side       sideLine // guarded by sideMu: the connections for subscriptions, set when there is one
	sideClosed bool     // guarded by sideMu

	session *session // of a Conn; nil for a client that is shared
	ended   func()   // of a Line: called when its connection has ended
}

// sideLine is what a client has beside its own connection, without a reference to what few programs use.
type sideLine interface{ close() }

// New makes a client of opts. It does not connect yet. When the options cannot
// be used, every command and Connect fail with an *ArgumentError that says why.
func New(opts Options) *Client {
	c := newEngine(opts, nil)
	c.lane = newLane(c)
	return c
}

// newEngine makes a client without a lane. It tells its events to those given, or has its own.
func newEngine(opts Options, told *events) *Client {
	c := &Client{events: told}
	c.opts, c.broken = opts.withDefaults()
	c.Commands = commands.On(c).Prefixed(c.opts.KeyPrefix)
	c.queue = newQueue(queueLimits{
		offline:      c.opts.QueueSize,
		offlineBytes: c.opts.QueueBytes,
		online:       c.opts.MaxPending,
		onlineBytes:  c.opts.MaxPendingBytes,
	})
	c.queue.retryReads = c.opts.RetryReadOnly && !c.opts.DisableReconnect
	c.queue.watch = newWatchdog(&c.opts)
	c.queue.watch.ping = c.ping
	if told == nil {
		c.openEvents()
	}
	c.keeper = newKeeper(c)
	c.reuse = !inBubble()
	c.queue.patrol = &everywhere
	if !c.reuse {
		c.queue.patrol = new(patrol)
	}
	return c
}

// inBubble tells whether this seems to be a testing/synctest bubble. There,
// channels must not come from outside, as those of a pool would. The clock of a
// bubble starts at midnight of 2000-01-01; on a computer whose clock is that wrong, the
// client merely does without the pool.
func inBubble() bool { return time.Now().Year() < 2005 }

// Do takes a command over; the methods of Commands call it. Commands that change
// the state of the connection are refused with an *ArgumentError, since the connection is everybody's. Those that may
// block it, such as BLPop, and XRead with Block, each have a connection for themselves meanwhile: see
// Options.LaneSize. Wait and WaitAOF, which count the writes of their own connection, need a Conn.
func (c *Client) Do(cmd *commands.Cmd) {
	c.greet(cmd)
	const special = commands.Session | commands.Blocking | commands.ServerSide
	if cmd.Spec().Flags&special != 0 {
		if c.lane != nil && c.lane.takes(cmd) {
			c.lane.do(cmd)
			return
		}
		if reason := c.refusal(cmd); reason != "" {
			refuseFor(cmd, reason)
			return
		}
	}
	c.take(cmd)
}

// greet does what every command needs first.
func (c *Client) greet(cmd *commands.Cmd) {
	if c.reuse {
		cmd.ReuseWaiters()
	}
	c.watch(cmd)
}

// watch has the Observer told of a command.
func (c *Client) watch(cmd *commands.Cmd) {
	if c.events.watched.commands {
		c.events.watched.watch(cmd)
	}
}

// take passes a command on that may be on this connection.
func (c *Client) take(cmd *commands.Cmd) {
	if c.broken != nil {
		cmd.Release()
		cmd.Fail(c.broken)
		return
	}
	if ctx := cmd.Context(); ctx != nil {
		c.doBound(ctx, cmd)
		return
	}
	c.submit(cmd)
}

func (c *Client) submit(cmd *commands.Cmd) {
	if offline := c.queue.submit(cmd); offline {
		c.keeper.demand()
	}
}

// refusal tells why a shared connection must not carry a command, and what to use, or "".
func (c *Client) refusal(cmd *commands.Cmd) string {
	reason := ""
	switch flags := cmd.Spec().Flags; {
	case flags.Has(commands.ServerSide):
		return "is spoken between servers only"
	case flags.Has(commands.Session):
		reason = "changes the state of the connection, which all callers of a Client share"
	case countsWrites(cmd):
		return "waits for the writes of its own connection, which all callers of a Client share, and would block it; use a Conn"
	case cmd.Blocks():
		reason = "would block the connection, which all callers of a Client share"
	default:
		return ""
	}
	if hint := insteadOf[cmd.Name()]; hint != "" {
		return reason + "; " + hint
	}
	return reason + "; use a Conn"
}

// insteadOf names the right way for what a Client refuses.
var insteadOf = map[string]string{
	"SELECT":         "use Options.Database, or a Conn",
	"AUTH":           "use Options.Username and Password, or Credentials, or a Conn",
	"HELLO":          "use Options.Protocol, or a Conn",
	"CLIENT SETNAME": "use Options.ClientName, or a Conn",
	"QUIT":           "use Close",
	"CLIENT REPLY":   "there is no right way",
}

// Connect connects now, if the client is not connected already, and waits until
// it is ready or the attempt has failed; with ReconnectMaxAttempts, until all of them
// have. While a lost connection is being replaced, Connect ends the present delay and
// waits on. A client that has given up, or has lost its connection with reconnecting
// disabled, starts anew. When ctx ends, only the wait ends.
func (c *Client) Connect(ctx context.Context) error {
	if c.broken != nil {
		return c.broken
	}
	_, err := c.keeper.connect().Await(ctx)
	return err
}

// State tells where the client stands at this moment. It is for display and tests: by the time it is looked
// at, it may have changed. A command needs no look at it.
func (c *Client) State() State {
	if c.broken != nil {
		return StateIdle
	}
	return c.keeper.stateNow()
}

// Close closes the client: nothing new is accepted, what is in flight is
// answered, which takes ReadTimeout at most, then the connection is closed. What waits for a
// connection fails at once, and so do commands that block: an element that was taken for one at the same moment
// is lost, as its outcome, Unknown, says. Close again does nothing.
func (c *Client) Close() error { return c.Shutdown(context.Background()) }

// Shutdown is Close with an end to its patience: when ctx ends first, the
// connection is closed, what has not been answered fails, and the cause of ctx is returned.
func (c *Client) Shutdown(ctx context.Context) error {
	if c.broken != nil {
		return nil
	}
	if c.lane != nil {
		c.lane.close()
	}
	c.closeSide()
	g, dropped := c.keeper.shut() // first, so that no Connect ends the refusal again
	drained := c.queue.drain(errClosed())
	dropped.settle()
	var cut error
	if g != nil {
		select {
		case <-drained:
		case <-ctx.Done():
			select {
			case <-drained: // in time after all
			default:
				cut = context.Cause(ctx)
			}
		}
		g.endAs(ReasonClientClosed, &errors.ConnectionError{Op: errors.OpClose, Addr: g.addr, Reason: ReasonClientClosed, Effect: errors.Unknown})
	}
	c.keeper.work.Wait()
	c.queue.stopWatch()
	return cut
}

// closeSide ends the subscriptions.
func (c *Client) closeSide() {
	c.sideMu.Lock()
	side := c.side
	c.sideClosed = true
	c.sideMu.Unlock()
	if side != nil {
		side.close()
	}
	if ear := c.queue.ear; ear != nil {
		ear.close()
	}
}

// cut ends an engine at once: what is under way fails, and nobody is waited for. It does not block.
func (c *Client) cut() {
	g, dropped := c.keeper.shut()
	c.queue.drain(errClosed())
	dropped.settle()
	if g != nil {
		g.endAs(ReasonClientClosed, &errors.ConnectionError{Op: errors.OpClose, Addr: g.addr, Reason: ReasonClientClosed, Effect: errors.Unknown})
		g.closing.Wait() // somebody else may have been first: whoever cuts may count on the socket being closed
	}
	c.queue.stopWatch()
}

// String shows where the client connects to, without the password.
func (c *Client) String() string { return "redis.Client(" + c.opts.String() + ")" }

// Format keeps every verb of package fmt from showing the password (law G12).
func (c *Client) Format(f fmt.State, verb rune) { _, _ = fmt.Fprint(f, c.String()) }

// ping checks a silent connection. Nobody awaits the answer: if there is none, the
// watchdog ends the connection.
func (c *Client) ping() { c.Ping() }
