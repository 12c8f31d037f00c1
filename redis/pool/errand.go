package pool

import (
	"context"
	stderrors "errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/internal/lend"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// Do takes a command over; the methods of Commands call it. It runs on a connection that is lent for it, which nobody else uses
// meanwhile, and does not wait for one: the future fails when there is none in AcquireTimeout, or ReadTimeout if that is less. Two commands may
// run on two connections, and in any order; what has to be on one needs Acquire, and what changes the state of its
// connection is refused with an *ArgumentError.
//
// Commands that block may be used. To cancel one closes its connection, and an element that it has taken in that moment
// is lost; a redis.Client does not lose it.
func (p *Pool) Do(cmd *commands.Cmd) {
	p.lines.Greet(cmd)
	err := p.broken
	if reason := refusal(cmd); err == nil && reason != "" {
		err = &errors.ArgumentError{Command: cmd.Name(), Reason: reason}
	}
	if err != nil {
		cmd.Release()
		cmd.Fail(err)
		return
	}
	if item := p.stock.TryTake(); item != nil {
		p.acquired(p.now(), nil)
		item.Thing.run(cmd)
		return
	}
	newErrand(p, cmd).begin()
}

// refusal tells why a command has no place on a connection that is lent for it alone, or "".
func refusal(cmd *commands.Cmd) string {
	switch flags := cmd.Spec().Flags; {
	case flags.Has(commands.ServerSide):
		return "is spoken between servers only"
	case flags.Has(commands.Session):
		return "changes the state of its connection, which the next command may not get; use Acquire"
	case cmd.Name() == "WAIT" || cmd.Name() == "WAITAOF":
		return "waits for the writes of its own connection; use Acquire"
	}
	return ""
}

// use is a command on a connection that is lent for it.
type use struct {
	berth  *berth
	cmd    *commands.Cmd
	blocks bool
	open   atomic.Int32 // of these two: the command is with the connection; it is settled
}

// run runs a command on a connection that is lent for it, and gives the connection back.
func (b *berth) run(cmd *commands.Cmd) {
	u := &use{berth: b, cmd: cmd, blocks: cmd.Blocks()}
	u.open.Store(2)
	cmd.OnSettle(u.done)
	b.line.Do(cmd)
	u.done()
}

// done gives the connection back when both are done. A command may be cancelled before the connection has it, and must not come to
// it when somebody else has that.
//
// One that was given up, or ran out of time, has its reply still to come: when a PING behind it is answered, it
// has. One that blocks may keep that waiting for ever.
func (u *use) done() {
	if u.open.Add(-1) > 0 {
		return
	}
	p, item := u.berth.pool, u.berth.item
	if p.opts.Hooks.Release != nil {
		p.released(u.berth.line.Session())
	}
	switch {
	case u.cmd.Answered():
		p.stock.Release(item, true)
	case u.blocks || !u.berth.line.Usable():
		p.stock.Release(item, false)
	default:
		c := commands.On(inside{u.berth.line, func(ping *commands.Cmd) { p.stock.Release(item, ping.Answered()) }})
		c.Ping()
	}
}

// errand is a command that waits for a connection. Its context and Future.Cancel may end the wait while a connection
// comes for it; whoever is first to leave decides.
type errand struct {
	lend.Waiter[*berth]
	pool  *Pool
	cmd   *commands.Cmd
	start time.Time

	mu   sync.Mutex  // guards the rest
	over bool        // it has got its connection, or never will
	late bool        // it left since its time, or that of its context, was up
	stop func() bool // of the context
}

func newErrand(p *Pool, cmd *commands.Cmd) *errand {
	e := &errand{pool: p, cmd: cmd, start: time.Now()}
	e.To = e
	return e
}

// begin asks for a connection.
func (e *errand) begin() {
	e.cmd.OnSettle(func() { e.giveUp(false, nil) })
	if ctx := e.cmd.Context(); ctx != nil {
		e.mu.Lock()
		e.stop = context.AfterFunc(ctx, func() { e.contextEnded(ctx) })
		e.mu.Unlock()
	}
	e.pool.stock.Request(&e.Waiter, e.limit())

	e.mu.Lock()
	withdraw := e.over
	e.mu.Unlock()
	if withdraw {
		e.withdraw() // it was given up before it was queued
	}
}

// limit is how long it waits at most.
func (e *errand) limit() time.Duration {
	limit := e.pool.opts.Options.ReadTimeout
	if own := e.pool.opts.AcquireTimeout; own > 0 {
		limit = min(limit, own)
	}
	return limit
}

// leave ends the wait; only the first call does.
func (e *errand) leave(late bool) bool {
	e.mu.Lock()
	if e.over {
		e.mu.Unlock()
		return false
	}
	e.over, e.late = true, late
	stop := e.stop
	e.mu.Unlock()
	if stop != nil {
		stop()
	}
	return true
}

// withdraw takes the request back. If it is not there, Take has been called, or is going to be.
func (e *errand) withdraw() {
	if e.pool.stock.Withdraw(&e.Waiter) {
		e.gaveUp()
	}
}

// gaveUp counts it, once, where the stock has.
func (e *errand) gaveUp() {
	e.mu.Lock()
	late := e.late
	e.mu.Unlock()
	e.pool.gaveUp(late)
}

// giveUp ends the wait, and the command with err, unless it is settled already.
func (e *errand) giveUp(late bool, err error) {
	if !e.leave(late) {
		return
	}
	e.withdraw()
	e.cmd.Release()
	if err != nil {
		e.cmd.Fail(err)
	} else {
		err = e.cmd.Err()
	}
	e.pool.acquired(e.start, err)
}

// contextEnded ends the wait with the context of the command.
func (e *errand) contextEnded(ctx context.Context) {
	cause := context.Cause(ctx)
	if stderrors.Is(cause, context.DeadlineExceeded) {
		e.giveUp(true, e.pool.timeout(e.cmd.Name(), time.Since(e.start)))
		return
	}
	e.cmd.Cancel(cause) // and giveUp, since it is settled
}

// Take gets a connection, or hears why there is none.
func (e *errand) Take(item *lend.Item[*berth], err error) {
	late := err == lend.ErrLimit
	if !e.leave(late) {
		switch {
		case item != nil:
			e.pool.stock.Release(item, true)
		case late:
			e.gaveUp() // the stock has ended it before withdraw came there
		}
		return
	}
	if late {
		e.gaveUp()
		err = e.pool.timeout(e.cmd.Name(), e.limit())
	}
	e.pool.acquired(e.start, err)
	if err != nil {
		e.cmd.Release()
		e.cmd.Fail(err)
		return
	}
	item.Thing.run(e.cmd)
}
