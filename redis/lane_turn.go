package redis

import (
	"context"
	stderrors "errors"
	"sync"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/lend"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// turnState says how far a command has come that may block.
type turnState uint8

// The states of a turn.
//
//	           a connection             answered, late, lost
//	waiting ---------------> going ----------------------------> over
//	   |                       |                                   ^  ^
//	   |                       | cancelled                         |  |
//	   |                       v                                   |  |
//	   |                     asking -------------------------------+  |
//	   |                        answered, or ReadTimeout has passed   |
//	   +---------------------------------------------------------------+
//	     cancelled, late, or there is no connection: nothing was sent
//
//	state    the command is …                          a cancellation …
//	waiting  not sent, has no connection yet           settles it: NotExecuted
//	going    sent, and blocks as far as we know        asks the server to end that
//	asking   sent; somebody wants it to end            changes nothing
//	over     settled                                   comes too late
const (
	turnWaiting turnState = iota
	turnGoing
	turnAsking
	turnOver
)

// turn is what becomes of one command that may block.
//
// To cancel it is to ask the server, since that may have popped an element for it already: CLIENT UNBLOCK, on the client's own
// connection. The answer to the command then tells which came first. Three things could go wrong:
//
//   - UNBLOCK overtakes the command, finds nothing to unblock, and the command blocks after that. So it is repeated until
//     the command is answered.
//   - The command is answered by itself, its connection is given to the next, and UNBLOCK ends the wait of that one. So the
//     connection is kept until UNBLOCK is answered, and closed if that may still come to the server.
//   - UNBLOCK cannot be sent, or the server refuses it. Then the command has ReadTimeout more to be answered by itself, before
//     its connection is closed: an element that comes in that moment is lost, as its outcome, Unknown, says.
type turn struct {
	lend.Waiter[*berth]
	oversight future.Oversight

	lane   *lane
	cmd    *commands.Cmd
	issued time.Time     // set where there is a limit
	own    time.Duration // how long the command may block, by its arguments; 0: for ever

	mu    sync.Mutex // guards the rest; no other lock is taken, and nothing settled, while it is held
	state turnState
	berth *berth // set with turnGoing, nil again when it is given back

	ctxLimit time.Duration // to the deadline of the context, from the call on
	ctxStop  func() bool
	cause    error // why it is to end
	late     bool  // since the deadline of its context has passed
	cut      bool  // the server lets it wait until that deadline only

	limit    *time.Timer // of a command that had to wait for a connection: own and ReadTimeout, in all
	patience *time.Timer // in asking: ReadTimeout
	again    *time.Timer // in asking: until the next UNBLOCK
	pause    time.Duration
	asked    bool // an UNBLOCK is not answered yet
	unsure   bool // an UNBLOCK was lost, and may still come to the server
	clean    bool // the command was answered by the end of its wait
}

func newTurn(l *lane, cmd *commands.Cmd) *turn {
	t := &turn{lane: l, cmd: cmd, pause: firstPause}
	t.To = t
	if t.own, _ = cmd.BlockTimeout(); t.own > 0 || cmd.Context() != nil {
		t.issued = time.Now()
	}
	return t
}

// begin asks for a connection.
func (t *turn) begin() {
	t.cmd.Oversee(&t.oversight, t)
	if ctx := t.cmd.Context(); ctx != nil {
		if deadline, ok := ctx.Deadline(); ok {
			t.ctxLimit = deadline.Sub(t.issued)
		}
		if ctx.Err() != nil {
			t.contextEnded(ctx)
			return
		}
		stop := context.AfterFunc(ctx, func() { t.contextEnded(ctx) })
		t.mu.Lock()
		t.ctxStop = stop
		t.mu.Unlock()
	}
	t.lane.stock.Request(&t.Waiter, 0)

	t.mu.Lock()
	withdraw := t.state == turnOver && t.berth == nil
	if t.state == turnWaiting && t.own > 0 {
		t.limit = time.AfterFunc(t.own+t.lane.opts.ReadTimeout, t.expired)
	}
	t.mu.Unlock()
	if withdraw {
		t.lane.stock.Withdraw(&t.Waiter) // the context ended before it was queued
	}
}

// Take gets a connection, or hears why there is none.
func (t *turn) Take(item *lend.Item[*berth], err error) {
	t.mu.Lock()
	if t.state != turnWaiting {
		t.mu.Unlock()
		if item != nil {
			t.lane.stock.Release(item, true)
		}
		return
	}
	if err != nil {
		t.state = turnOver
		t.mu.Unlock()
		t.cmd.Release()
		t.cmd.Fail(err)
		return
	}
	t.state, t.berth = turnGoing, item.Thing
	t.cut = t.shorten()
	item.Thing.turn.Store(t)
	t.mu.Unlock()

	item.Thing.line.client.submit(t.cmd)
}

// exactly is how exact the servers are with timeouts: it is not worth a change to be more so.
const exactly = 100 * time.Millisecond

// shorten tells the server to let the command wait no longer than its caller does: what it waited for a connection counts to
// its timeout, and the deadline of its context ends it too, which shorten reports.
func (t *turn) shorten() (cut bool) {
	wait, change := t.own, false
	if t.own > 0 {
		if waited := time.Since(t.issued); waited >= exactly {
			wait, change = t.own-waited, true
		}
	}
	if ctx := t.cmd.Context(); ctx != nil {
		if deadline, ok := ctx.Deadline(); ok {
			if left := time.Until(deadline); wait == 0 && t.own == 0 || left < wait {
				wait, cut = left, true
			}
		}
	}
	if !change && !cut {
		return false
	}
	return t.cmd.SetBlockTimeout(wait) && cut
}

// expired ends a command that has taken too long in all.
func (t *turn) expired() {
	err := &errors.TimeoutError{Op: errors.OpRead, Command: t.cmd.Name(), After: t.own + t.lane.opts.ReadTimeout, Effect: errors.Unknown}
	if t.leave() {
		err.Op, err.Effect = errors.OpQueue, errors.NotExecuted
	}
	t.cmd.Fail(err)
}

// leave ends a turn that still waits for a connection, and reports whether it did. The caller settles the command.
func (t *turn) leave() bool {
	t.mu.Lock()
	if t.state != turnWaiting {
		t.mu.Unlock()
		return false
	}
	t.state = turnOver
	t.mu.Unlock()
	t.lane.stock.Withdraw(&t.Waiter) // else Take is about to be called, and gives the connection back
	t.cmd.Release()
	return true
}

// Settled is called when the command is settled, in whatever way; see future.Overseer.
func (t *turn) Settled() {
	t.mu.Lock()
	t.state = turnOver
	stop := t.ctxStop
	for _, timer := range []*time.Timer{t.limit, t.patience, t.again} {
		if timer != nil {
			timer.Stop()
		}
	}
	b := t.giveBackLocked()
	t.mu.Unlock()
	if stop != nil {
		stop()
	}
	t.giveBack(b)
}

// giveBackLocked takes the connection off the turn, if it has one and nothing can come to it any more that was meant for
// this command.
func (t *turn) giveBackLocked() *berth {
	b := t.berth
	if b == nil || t.state != turnOver || t.asked {
		return nil
	}
	t.berth = nil
	return b
}

func (t *turn) giveBack(b *berth) {
	if b == nil {
		return
	}
	b.turn.Store(nil)
	t.lane.stock.Release(b.item, (t.clean || t.cmd.Answered()) && !t.unsure)
}

// deliver looks at a reply before the command gets it: the end of a wait that somebody wanted to end is no
// ordinary reply. It reports false when the reply is one.
func (t *turn) deliver(typ proto.Type, r *proto.Reader) (err error, done bool) {
	t.mu.Lock()
	ends, cut := t.state == turnAsking, t.cut
	t.mu.Unlock()
	switch {
	case !ends && !cut:
		return nil, false
	case typ.IsError():
		e, err := t.cmd.ReadError(r)
		if err != nil {
			return err, true
		}
		if ends && e.HasCode("UNBLOCKED") {
			t.nothingCame(ends)
		} else {
			t.cmd.Fail(e)
		}
		return nil, true
	}
	if typ, err = r.Peek(); err != nil || typ != proto.Null {
		return err, err != nil
	}
	if err := r.Finish(); err != nil {
		return err, true
	}
	t.nothingCame(ends)
	return nil, true
}

// nothingCame settles a command whose wait was ended, and which has done nothing.
func (t *turn) nothingCame(cancelled bool) {
	t.mu.Lock()
	t.clean = true
	late, cause := t.late || !cancelled, t.cause
	t.mu.Unlock()
	if late {
		t.cmd.Fail(&errors.TimeoutError{Op: errors.OpRead, Command: t.cmd.Name(), After: t.ctxLimit, Effect: errors.NotExecuted})
		return
	}
	t.cmd.Cancel(cause)
}

// contextEnded is called when the context ends that the command is bound to.
func (t *turn) contextEnded(ctx context.Context) {
	cause := context.Cause(ctx)
	late := stderrors.Is(cause, context.DeadlineExceeded)
	if !t.leave() {
		t.end(cause, late)
		return
	}
	if late {
		t.cmd.Fail(&errors.TimeoutError{Op: errors.OpQueue, Command: t.cmd.Name(), After: t.ctxLimit, Effect: errors.NotExecuted})
		return
	}
	t.cmd.Cancel(cause)
}
