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

// cancelHook is one function given to OnCancel.
type cancelHook struct {
	next *cancelHook
	fn   func(cause error)
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
		h.fn(cause)
	}
	return true
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
