package redis

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/lend"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/proto"
)

// laneIdle is how long a connection of a lane is kept that nobody needs.
const laneIdle = 60 * time.Second

// lane is the spare connections of a client, for commands that block the one they are on: each has one for itself while it is
// under way, so that it delays nobody. What becomes of one such command is its turn.
//
//	Client.Do --> turn --> stock (idle? a place for one more? else first come first served) --> berth: a connection
//	                                                                                              |
//	   settled, and the connection is fit for the next -------------------------------------------+
//
// A connection of a lane is made only while the client's own is up, or once it is: so an outage has one reconnect loop, not a
// hundred, and commands that block wait for its end as others do. It is not made again when it is lost; the next command
// makes another.
type lane struct {
	client *Client
	opts   Options // of its connections
	stock  *lend.Stock[*berth]

	accepted atomic.Uint64 // commands, for Stats
}

// berth is one connection of a lane.
type berth struct {
	item *lend.Item[*berth]
	line *Line
	id   int64 // what the server calls it, for CLIENT UNBLOCK; 0: not known. Set before it is lent.

	turn atomic.Pointer[turn] // whose it is; nil: nobody's, or a Conn's
}

func newLane(c *Client) *lane {
	l := &lane{client: c, opts: c.opts}
	// What happens to these connections the commands on them tell; the callbacks are about the client's own. The
	// Observer hears of all.
	l.opts.OnConnect, l.opts.OnDisconnect, l.opts.OnError, l.opts.Logger = nil, nil, nil, nil
	l.opts.ReconnectMaxAttempts, l.opts.RetryReadOnly = 0, false
	l.stock = lend.New(lend.Options[*berth]{
		Max:         max(c.opts.LaneSize, 1),
		IdleTimeout: laneIdle,
		Make:        l.makeBerth,
		Ready:       l.connect,
		Usable:      func(b *berth) bool { return b.line.Usable() },
		Destroy:     func(b *berth, _ lend.Reason) { b.line.Cut() },
		Closed:      errClosed(),
	})
	return l
}

func (l *lane) makeBerth(item *lend.Item[*berth]) *berth {
	b := &berth{item: item}
	b.line = newLine(l.opts, l.client.events, func() { l.stock.Lost(item) })
	engine := b.line.client
	engine.keeper.work = l.client.keeper.work // so that Shutdown waits for it
	engine.queue.deliver, engine.queue.identify, engine.queue.attended = b.deliver, true, true
	return b
}

// connect makes a berth ready.
func (l *lane) connect(b *berth, done func(err error)) {
	l.client.keeper.whenConnected(func(err error) {
		if err != nil {
			done(err)
			return
		}
		engine := b.line.client
		engine.keeper.whenConnected(func(err error) {
			if err != nil && engine.State() != StateClosed && l.client.State() == StateConnecting {
				l.connect(b, done) // the server is gone, and the client's own connection has noticed too
				return
			}
			b.id = engine.keeper.connID()
			done(err)
		})
	})
}

// takes tells whether a command has to be on a connection for itself.
func (l *lane) takes(cmd *commands.Cmd) bool {
	return cmd.Spec().Flags&(commands.Session|commands.ServerSide) == 0 && cmd.Blocks() && !countsWrites(cmd)
}

// countsWrites tells of the two commands that block and have no place on a connection of a lane: they wait for the writes
// of their own connection. On one that has written nothing they tell how many replicas there are, however far
// behind those may be.
func countsWrites(cmd *commands.Cmd) bool {
	return cmd.Name() == "WAIT" || cmd.Name() == "WAITAOF"
}

// do takes over a command that may block.
func (l *lane) do(cmd *commands.Cmd) {
	err, busy := l.client.broken, false
	if err == nil {
		busy, err = l.client.queue.standing()
	}
	if err != nil {
		cmd.Release()
		cmd.Fail(err)
		return
	}
	l.accepted.Add(1)
	if busy {
		// Those who share the client's connection go first. What they have to say now goes out in one write, for which the writer lets others run
		// before it (see collectLocked); each command here is a write of its own, and a hundred of them would keep all those waiting.
		runtime.Gosched()
	}
	newTurn(l, cmd).begin()
}

// acquire lends a connection as a Conn, to be given back by release.
func (l *lane) acquire(ctx context.Context) (*berth, *Conn, error) {
	if err := l.client.broken; err != nil {
		return nil, nil, err
	}
	if err := l.client.queue.refusal(); err != nil {
		return nil, nil, err
	}
	item, err := l.stock.Acquire(ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	return item.Thing, item.Thing.line.Lend(), nil
}

// release takes back what acquire has lent. A connection with anything left on it is not used again.
func (l *lane) release(b *berth, c *Conn) {
	s, _ := b.line.Retrieve(c)
	l.stock.Release(b.item, s.Clean())
}

// close ends all of it, at once: what blocks would be waited for in vain.
func (l *lane) close() {
	for _, b := range l.stock.Close() {
		b.line.Cut()
	}
}

// ask asks the server to end the wait of a connection, on the client's own one. answered is told what it says, unless
// there is no connection, which ask reports as false. The error lets the other side tell the end from a timeout.
func (l *lane) ask(id int64, answered func(unblocked bool, err error)) bool {
	var cmd *commands.Cmd
	c := commands.On(doer(func(made *commands.Cmd) { cmd = made }))
	f := c.ClientUnblock(id, commands.UnblockError)
	cmd.OnSettle(func() {
		unblocked, _, err := f.TryGet()
		answered(unblocked, err)
	})
	return l.client.queue.urge(cmd)
}

// doer is a Doer that does what the function does.
type doer func(cmd *commands.Cmd)

func (do doer) Do(cmd *commands.Cmd) { do(cmd) }

// deliver is Cmd.Deliver for the connection of a turn.
func (b *berth) deliver(cmd *commands.Cmd, t proto.Type, r *proto.Reader, wake *future.Batch) error {
	if turn := b.turn.Load(); turn != nil && turn.cmd == cmd {
		if err, done := turn.deliver(t, r); done {
			return err
		}
	}
	return cmd.Deliver(t, r, wake)
}
