package pool

import (
	"time"

	"github.com/futureio/futureio-go/internal/lend"
	"github.com/futureio/futureio-go/redis"
)

// Hooks are told what happens in a pool, to trace and to measure it. Every field may be nil. The functions are called one after the other,
// in the order of the events and together with OnConnect and its like, on a goroutine of their own: one that is slow, or
// calls the pool, delays nobody. A panic in one is passed to OnError.
type Hooks struct {
	// Acquire: a connection was lent, or somebody has waited for one in vain. Commands on the pool count as well.
	Acquire func(AcquireEvent)
	// Release: a connection was given back.
	Release func(ReleaseEvent)
	// Create: a connection was made, or could not be.
	Create func(CreateEvent)
	// Destroy: a connection was closed.
	Destroy func(DestroyEvent)
}

// AcquireEvent is the end of a wait for a connection.
type AcquireEvent struct {
	Waited time.Duration
	Err    error // nil: there was one
}

// ReleaseEvent is a connection that was given back.
type ReleaseEvent struct {
	Left redis.Session // what was left on it. InFlight counts a command on the pool that was given up
}

// CreateEvent is an attempt to make a connection.
type CreateEvent struct {
	Took time.Duration
	Err  error // nil: it was made
}

// DestroyEvent is a connection that was closed.
type DestroyEvent struct {
	Age    time.Duration
	Reason string // one of the Reason constants
}

// The reasons for closing a connection.
const (
	ReasonDirty      = "dirty"       // something was left on it when it was released
	ReasonLost       = "lost"        // it had ended by itself
	ReasonUnhealthy  = "unhealthy"   // it did not answer the health check
	ReasonIdle       = "idle"        // nobody had needed it for IdleTimeout
	ReasonTooOld     = "too old"     // its MaxLifetime was over
	ReasonPoolClosed = "pool closed" // the pool was closed
)

var reasons = map[lend.Reason]string{
	lend.CheckFailed: ReasonUnhealthy,
	lend.Unusable:    ReasonLost,
	lend.Returned:    ReasonDirty,
	lend.IdleTooLong: ReasonIdle,
	lend.TooOld:      ReasonTooOld,
	lend.Closed:      ReasonPoolClosed,
}

// now is the time, where somebody wants to know how long an Acquire has taken.
func (p *Pool) now() (start time.Time) {
	if p.opts.Hooks.Acquire != nil {
		start = time.Now()
	}
	return start
}

func (p *Pool) acquired(start time.Time, err error) {
	if fn := p.opts.Hooks.Acquire; fn != nil {
		e := AcquireEvent{Waited: time.Since(start), Err: err}
		p.lines.Post(func() { fn(e) })
	}
}

func (p *Pool) released(left redis.Session) {
	if fn := p.opts.Hooks.Release; fn != nil {
		p.lines.Post(func() { fn(ReleaseEvent{Left: left}) })
	}
}

func (p *Pool) created(b *berth, err error) {
	if fn := p.opts.Hooks.Create; fn != nil {
		e := CreateEvent{Took: time.Since(b.born), Err: err}
		p.lines.Post(func() { fn(e) })
	}
}

func (p *Pool) destroyed(b *berth, why lend.Reason) {
	if fn := p.opts.Hooks.Destroy; fn != nil {
		e := DestroyEvent{Age: time.Since(b.born), Reason: reasons[why]}
		p.lines.Post(func() { fn(e) })
	}
}
