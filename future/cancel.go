package future

import (
	"context"
	"sync/atomic"
)

// cancelCount counts successful cancellations in the whole program.
var cancelCount atomic.Uint64

// CancelCount is the number of futures that were cancelled so far in this program. It moves after the future is
// settled and before Cancel returns.
//
// It serves owners of many promises, like the writer of a connection that must not send commands that were
// cancelled while they waited: instead of asking every command whether it is still wanted, the writer loads this
// counter before each batch and looks for cancelled commands only when it has moved. Cancellations are rare, so one
// load replaces thousands. Other people's cancellations only cost one needless look.
func CancelCount() uint64 { return cancelCount.Load() }

// cancelHook is one function given to OnCancel, or who decides.
type cancelHook struct {
	next *cancelHook
	fn   func(cause error)
	by   decider
}

// decider is what DecideCancel and Oversee have in common.
type decider interface {
	// Decide is as DecideCancel says.
	Decide(cause error) (later bool)
}

type decideFunc func(cause error) (later bool)

func (decide decideFunc) Decide(cause error) (later bool) { return decide(cause) }

// request is what Cancel and the withdrawal of the last interest do: it settles as Cancelled, or asks the owner if
// that has asked to be. It reports whether the future was settled by it.
func (c *core) request(cause error) bool {
	if cause == nil {
		cause = context.Canceled
	}
	if c.flags.Load()&askFlag != 0 {
		if c.flags.Or(askedFlag)&askedFlag != 0 {
			return false // asked before; the first cause counts
		}
		if by := c.decider(); by == nil || by.Decide(cause) {
			return false // settled before, or the owner does it later
		}
	}
	return c.cancel(cause)
}

// decider is who decides, or nil once the future is settled.
func (c *core) decider() decider {
	s := c.side.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	for h := s.cancels; h != nil && !c.settled(); h = h.next {
		if h.by != nil {
			return h.by
		}
	}
	return nil
}

// cancel settles as Cancelled and tells the promise's owner.
func (c *core) cancel(cause error) bool {
	if cause == nil {
		cause = context.Canceled
	}
	if !c.fail(Cancelled, cause, nil) {
		return false
	}
	cancelCount.Add(1)

	s := c.side.Load()
	s.mu.Lock()
	h := s.cancels
	s.cancels = nil
	s.mu.Unlock()
	for ; h != nil; h = h.next {
		if h.fn != nil {
			h.fn(cause)
		}
	}
	return true
}

// decideCancel registers who decides.
func (c *core) decideCancel(h *cancelHook) {
	s := c.needSide()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.settled() {
		h.next = s.cancels
		s.cancels = h
		c.flags.Or(askFlag)
	}
}

// onCancel registers fn, or runs it here and now when c was cancelled already.
func (c *core) onCancel(fn func(cause error)) {
	if fn == nil {
		panic("future: OnCancel: nil function")
	}
	s := c.needSide()
	s.mu.Lock()
	if !c.settled() {
		// cancel takes the list under this lock after it has published, so it cannot miss this one.
		s.cancels = &cancelHook{next: s.cancels, fn: fn}
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	if State(c.state.Load()) == Cancelled {
		fn(s.err)
	}
}
