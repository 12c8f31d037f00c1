package future

import (
	"context"
	"sync/atomic"
)

// core is the part of a future that does not depend on its type: where it stands, who waits, and the side struct
// that only few futures need. Keeping it free of type parameters keeps the code of five hundred instantiations
// small.
//
// A core goes through three stages, and never back:
//
//	pending ──state.CAS(pending, kind)──▶ claimed ──waiter.Swap(&settledMark)──▶ settled
//
// Whoever wins the CAS owns the value and the error until the swap; the swap publishes them. Everybody else asks
// settled() first, and may read value and error plainly once it says true. A claimed core still counts as pending
// for every reader.
//
// Settling a future that nobody derived from costs these two atomic operations and one load of side.
type core struct {
	// waiter is nil, the mark of a Seat that was offered, the first goroutine that waits, or &settledMark.
	waiter atomic.Pointer[waiter]

	// side is nil until somebody needs more than one waiter, an error, a channel, a callback or an interest. It
	// never changes once set.
	side atomic.Pointer[side]

	// state holds a State. Written once, by the claiming CAS.
	state atomic.Uint32

	// flags holds the flags below.
	flags atomic.Uint32
}

const (
	// heldFlag: waits fail at once with ErrNotFlushed. Set by Hold, cleared by Unhold.
	heldFlag uint32 = 1 << iota
	// reuseFlag: waiters may come from the package-wide pool. Set by ReuseWaiters before the future is shared.
	reuseFlag
	// askFlag: the owner decides about cancellation. Set by DecideCancel before the future is shared.
	askFlag
	// askedFlag: the owner has been asked.
	askedFlag
)

// settledMark in core.waiter says that the future is settled. It is compared by address, never used.
var settledMark waiter

// claimed reports whether the outcome is decided, though perhaps not visible yet.
func (c *core) claimed() bool { return State(c.state.Load()) != Pending }

func (c *core) settled() bool { return c.waiter.Load() == &settledMark }

// claim decides who settles. The winner must write the value or the error and then call publish.
func (c *core) claim(kind State) bool {
	return c.state.CompareAndSwap(uint32(Pending), uint32(kind))
}

// publish withdraws the interests that a derived future has left, makes the claimed outcome visible, wakes the
// waiters (through b, if it is not nil) and runs what the side struct has collected.
//
// Two goroutines that meet here must not miss each other. The one that waits or registers first makes itself
// findable and then looks whether the future is settled; the settler first settles and then looks for others:
//
//	waiter:     waiter.CAS(nil, w)                     settler:  waiter.Swap(&settledMark)  gets w, or w's CAS fails
//	registrant: side.CAS(nil, s), lock, settled()?     settler:  waiter.Swap(&settledMark), side.Load(), lock
//
// In the first row both work on the same word. In the second row, if the settler loads a nil side, then its swap
// came before the registrant's CAS, so the registrant's settled() is true and it acts by itself. If it loads s,
// then the lock orders the two: the registrant first, and finish takes what it has put in; or the settler first,
// and the registrant sees settled().
func (c *core) publish(b *Batch) {
	if s := c.side.Load(); s != nil && s.up != nil {
		up := s.up
		s.up = nil
		up.release(c)
	}
	if w := c.waiter.Swap(&settledMark); w != nil {
		w.wakeIn(b)
	}
	if s := c.side.Load(); s != nil {
		s.finish(c, b)
	}
}

// fail settles with an error, as Failed or Cancelled. It reports whether it was the one that settled.
func (c *core) fail(kind State, err error, b *Batch) bool {
	if !c.claim(kind) {
		return false
	}
	// The claim gives us the error field; publish hands it to the readers.
	c.needSide().err = err
	c.publish(b)
	return true
}

// err is the error of a settled core: nil when it is Done. Only to be called when settled, or by the claimant once
// it has written the error.
func (c *core) err() error {
	if State(c.state.Load()) == Done {
		return nil
	}
	return c.side.Load().err
}

// stateNow is the public state: Pending until the outcome is published.
func (c *core) stateNow() State {
	if !c.settled() {
		return Pending
	}
	return State(c.state.Load())
}

func (c *core) held() bool { return c.flags.Load()&heldFlag != 0 }

// needSide returns the side struct and makes it if there is none.
func (c *core) needSide() *side {
	if s := c.side.Load(); s != nil {
		return s
	}
	s := new(side)
	if c.side.CompareAndSwap(nil, s) {
		return s
	}
	return c.side.Load()
}

// wait blocks until the core is settled, which it reports as nil, or until ctx ends, or fails at once with
// ErrNotFlushed. A settled core beats a dead ctx.
func (c *core) wait(ctx context.Context) error {
	if c.settled() {
		return nil
	}
	if c.held() {
		return c.settledOr(ErrNotFlushed)
	}
	if ctx.Err() != nil {
		c.urge()
		return c.settledOr(context.Cause(ctx))
	}

	if mark := c.waiter.Load(); mark != nil && mark.sitter != nil {
		mark.sitter.Sit(ctx, (*Owner)(c))
		if ctx.Err() != nil {
			return c.settledOr(context.Cause(ctx))
		}
	}
	w := takeWaiter(c.flags.Load()&reuseFlag != 0)
	if !c.attach(w) {
		w.giveBack()
		return nil
	}
	end := ctx.Done()
	if end == nil {
		<-w.ch
		w.giveBack()
		return nil
	}
	select {
	case <-w.ch:
		w.giveBack()
		return nil
	case <-end:
	}

	if c.detach(w) {
		// Nobody holds w any more, so no token can come: it may be used again.
		w.giveBack()
		return c.settledOr(context.Cause(ctx))
	}
	// The settler was faster: the future is settled, so its result counts and not the ctx. But the token of w may
	// come later than this line: settle chains w in a Batch, we get here, and Batch.Wake sends the token some time
	// after. A w that went back to the pool in between would wake its next user out of turn. So w is pooled only if
	// its token is here to be taken; otherwise it is left to the collector, and the late token goes into a channel
	// that nobody reads. Waiting for the token would be right as well, but makes a caller whose time is up depend on
	// when somebody else's batch ends.
	select {
	case <-w.ch:
		w.giveBack()
	default:
	}
	return nil
}

// settledOr is err unless the core has been settled in the meantime. It closes the gap between the first look at
// the core and the look at ctx: settled, then ctx ends, must give the value.
func (c *core) settledOr(err error) error {
	if c.settled() {
		return nil
	}
	return err
}

// attach makes w findable by the settler; false means the core is settled and w was not used. The first waiter
// takes the slot, if it is not a seat's, others queue in the side struct.
func (c *core) attach(w *waiter) bool {
	if c.waiter.CompareAndSwap(nil, w) {
		return true
	}
	c.urge()
	if c.settled() {
		return false
	}
	return c.needSide().addWaiter(c, w)
}

// detach takes w back. False means that the settler has it: the core is settled, and a token was or will be sent to
// w. Abandoned waits leave nothing behind, however long the future stays pending.
func (c *core) detach(w *waiter) bool {
	if w.queued {
		return c.side.Load().removeWaiter(w)
	}
	return c.waiter.CompareAndSwap(w, nil)
}
