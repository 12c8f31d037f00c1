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

// alarm is what a timer holds. The runtime keeps a stopped timer, with its function, until it cleans up its heap of
// timers, which may take as long as the timer would have: so a future that is settled is taken out of its alarm.
type alarm struct {
	mu      sync.Mutex
	timer   *time.Timer // guarded by mu
	derived *core       // guarded by mu; nil: it is settled
}

// arm starts the timer, unless the source was quicker. A d of zero or less is up already.
func (a *alarm) arm(d time.Duration) {
	if d <= 0 {
		a.ring(d)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.derived != nil {
		a.timer = time.AfterFunc(d, func() { a.ring(d) })
	}
}

func (a *alarm) ring(d time.Duration) {
	a.mu.Lock()
	derived := a.derived
	a.mu.Unlock()
	if derived != nil {
		derived.fail(Failed, &timeoutError{after: d}, nil)
	}
}

func (a *alarm) disarm() {
	a.mu.Lock()
	timer := a.timer
	a.timer, a.derived = nil, nil
	a.mu.Unlock()
	if timer != nil {
		timer.Stop()
	}
}
