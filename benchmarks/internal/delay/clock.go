package delay

import (
	"runtime"
	"sync"
	"syscall"
	"time"
)

// clock tells wires when a packet of theirs is due. The runtime's timers round up to a millisecond while the process is
// idle, which is as much as the delays that are to be made; so one thread sleeps by itself. All packets have the same delay:
// they become due in the order in which they arrived.
type clock struct {
	mu      sync.Mutex
	some    *sync.Cond
	pending []alarm // guarded by mu, ordered by due up to the moment in which two packets arrive at once
}

type alarm struct {
	wire *wire
	due  time.Time
}

// shortest is what the thread sleeps at least, so that one wake-up serves many packets.
const shortest = 50 * time.Microsecond

func newClock() *clock {
	c := &clock{}
	c.some = sync.NewCond(&c.mu)
	return c
}

func (c *clock) wake(w *wire, due time.Time) {
	c.mu.Lock()
	c.pending = append(c.pending, alarm{w, due})
	c.mu.Unlock()
	c.some.Signal()
}

// run never ends.
func (c *clock) run() {
	runtime.LockOSThread()
	var now []alarm
	for {
		c.mu.Lock()
		for len(c.pending) == 0 {
			c.some.Wait()
		}
		first := c.pending[0].due
		c.mu.Unlock()

		pause := syscall.NsecToTimespec(int64(max(time.Until(first), shortest)))
		// A signal ends it early; then nothing is due and the loop sleeps again.
		_ = syscall.Nanosleep(&pause, nil)

		at := time.Now()
		c.mu.Lock()
		n := 0
		for n < len(c.pending) && !c.pending[n].due.After(at) {
			n++
		}
		now = append(now[:0], c.pending[:n]...)
		rest := copy(c.pending, c.pending[n:])
		clear(c.pending[rest:])
		c.pending = c.pending[:rest]
		c.mu.Unlock()
		for _, a := range now {
			select {
			case a.wire.due <- struct{}{}:
			default:
			}
		}
	}
}
