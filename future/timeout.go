package future

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// timeoutError is the failure of a future made by WithTimeout.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string {
	return fmt.Sprintf("future: no result within %v", e.after)
}

// Unwrap makes errors.Is(err, context.DeadlineExceeded) true.
func (e *timeoutError) Unwrap() error { return context.DeadlineExceeded }

// Timeout makes the error one in the sense of net.Error.
func (e *timeoutError) Timeout() bool { return true }

// WithTimeout returns a future that settles as f does, or fails if f is not settled within d. The error satisfies
// errors.Is(err, context.DeadlineExceeded). A future that is settled already beats even a d of zero or less.
//
// The derived future holds one interest in f and takes it back when the time is up: if nobody else has one, f is
// cancelled with the same error as its cause. Use f.WithoutCancel().WithTimeout(d) to give up waiting and nothing
// else.
func (f *Future[T]) WithTimeout(d time.Duration) *Future[T] {
	n := new(timeoutStep[T])
	if d > 0 {
		n.alarm = &alarm[T]{step: n}
	}
	n.begin("WithTimeout", f, n)
	if d > 0 {
		n.alarm.arm(d)
	} else {
		n.expire(d)
	}
	return &n.p.f
}

type timeoutStep[T any] struct {
	step[T, T]
	alarm *alarm[T] // nil when the time was up at once; written before the source can fire
}

// alarm is what a timer holds. The runtime keeps a stopped timer, with its function, until it cleans up its heap of
// timers, which may take as long as the timer would have: so a step that has ended takes itself out of its alarm.
type alarm[T any] struct {
	mu    sync.Mutex
	timer *time.Timer     // guarded by mu
	step  *timeoutStep[T] // guarded by mu; nil: the derived future is settled
}

// arm starts the timer, unless the source was quicker.
func (a *alarm[T]) arm(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.step != nil {
		a.timer = time.AfterFunc(d, func() { a.ring(d) })
	}
}

func (a *alarm[T]) ring(d time.Duration) {
	a.mu.Lock()
	n := a.step
	a.mu.Unlock()
	if n != nil {
		n.expire(d)
	}
}

func (a *alarm[T]) disarm() {
	a.mu.Lock()
	timer := a.timer
	a.timer, a.step = nil, nil
	a.mu.Unlock()
	if timer != nil {
		timer.Stop()
	}
}

func (n *timeoutStep[T]) expire(d time.Duration) {
	n.p.Fail(&timeoutError{after: d})
}

func (n *timeoutStep[T]) fired(_ *hook, b *Batch) {
	n.p.settleAs(n.takeSource(), b)
}

func (n *timeoutStep[T]) release(derived *core) {
	if n.alarm != nil {
		n.alarm.disarm()
	}
	cause := derived.withdrawalCause()
	if expired, ok := derived.err().(*timeoutError); ok {
		cause = expired
	}
	if n.hook.withdraw(cause) {
		n.src = nil
	}
}

// WithoutCancel returns a future that settles as f does and pins f: cancelling the derived future settles only that
// one, and from now on no withdrawn interest cancels f. Cancel on f itself still does.
func (f *Future[T]) WithoutCancel() *Future[T] {
	n := new(pinStep[T])
	n.begin("WithoutCancel", f, n)
	return &n.p.f
}

type pinStep[T any] struct{ step[T, T] }

func (n *pinStep[T]) fired(_ *hook, b *Batch) {
	n.p.settleAs(n.takeSource(), b)
}

// release removes the registration and leaves the interest in place: an interest that is never given back is what
// pins the source.
func (n *pinStep[T]) release(*core) {
	if n.hook.unwatch() {
		n.src = nil
	}
}
