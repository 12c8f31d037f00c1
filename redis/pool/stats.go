package pool

import (
	"sync/atomic"

	"github.com/futureio/futureio-go/internal/lend"
)

// Stats is what a pool is doing at one moment, and what it has done so far. The first fields are gauges, the others only grow. They add up:
//
//	Total    = Active + Idle + Connecting + Checking + Closing                 never above Max
//	Requests = Acquired + Timeouts + Cancelled + Failed + Waiting
//	Acquired = Released + Active
//	Created  = Dirty + Lost + Unhealthy + Expired + Closed + Active + Idle + Checking
type Stats struct {
	Total      int
	Active     int // lent, those being cleaned included
	Idle       int
	Connecting int // being made
	Checking   int // asked by a health check
	Closing    int
	Waiting    int // for a connection

	Requests  uint64 // Acquire, and commands on the pool
	Acquired  uint64
	Timeouts  uint64 // waited too long
	Cancelled uint64 // given up, by their context or by Future.Cancel
	Failed    uint64 // by the error of the connection made for them, or since the pool is closed
	Released  uint64

	Created      uint64 // connections
	CreateFailed uint64
	Destroyed    uint64 // the sum of the next five

	Dirty     uint64 // with something left on them
	Lost      uint64 // ended by themselves
	Unhealthy uint64 // did not answer the health check
	Expired   uint64 // idle for too long, or too old
	Closed    uint64 // with the pool

	Cleaned uint64 // releases of a transaction that was ended: see Options.CleanOnRelease
	Misuses uint64 // releases of what was not lent
}

// counts is what the stock does not count.
type counts struct {
	timeouts, cancelled, cleaned, misuses atomic.Uint64
}

// gaveUp counts who has waited in vain.
func (p *Pool) gaveUp(late bool) {
	if late {
		p.counts.timeouts.Add(1)
	} else {
		p.counts.cancelled.Add(1)
	}
}

// Stats returns what the pool is doing. It takes a lock for a moment, and may be called each second. The counters of those who have given up
// may be a moment behind the others.
func (p *Pool) Stats() Stats {
	if p.broken != nil {
		return Stats{}
	}
	s := p.stock.Stats()
	out := Stats{
		Total:      s.Total(),
		Active:     s.Lent,
		Idle:       s.Idle,
		Connecting: s.Making,
		Checking:   s.Checking,
		Closing:    s.Ending,
		Waiting:    s.Waiting,

		Requests:  s.Requests,
		Acquired:  s.Given,
		Timeouts:  p.counts.timeouts.Load(),
		Cancelled: p.counts.cancelled.Load(),
		Failed:    s.Refused,
		Released:  s.Released,

		Created:      s.Made,
		CreateFailed: s.Destroyed[lend.NotMade],
		Dirty:        s.Destroyed[lend.Returned],
		Lost:         s.Destroyed[lend.Unusable],
		Unhealthy:    s.Destroyed[lend.CheckFailed],
		Expired:      s.Destroyed[lend.IdleTooLong] + s.Destroyed[lend.TooOld],
		Closed:       s.Destroyed[lend.Closed],

		Cleaned: p.counts.cleaned.Load(),
		Misuses: p.counts.misuses.Load(),
	}
	out.Destroyed = out.Dirty + out.Lost + out.Unhealthy + out.Expired + out.Closed
	return out
}
