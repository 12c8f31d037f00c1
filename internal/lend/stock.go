package lend

import (
	"sync"
	"time"
)

// Options say what a stock lends. The functions are called without a lock unless it is said, must not block, and
// may call the stock.
type Options[T any] struct {
	// Max is how many things there may be at once. At least 1.
	Max int
	// Min is how many are kept, made in advance. At most Max.
	Min int
	// IdleTimeout ends what nobody wanted for so long, beyond Min. 0: never.
	IdleTimeout time.Duration
	// MaxLifetime ends what is older, when it is idle or comes back. 0: never. Jitter shortens it for each by up to that
	// fraction at random, so that not all end together.
	MaxLifetime time.Duration
	Jitter      float64
	// CheckAfter is how long something must have been idle to be checked before it is lent.
	CheckAfter time.Duration

	// Make makes a thing, which need not be ready. It is called with the stock's lock held, so it must not call the stock.
	Make func(item *Item[T]) T
	// Ready makes a thing ready and calls done once, at any time, on any goroutine. nil: things are ready as they are made.
	Ready func(thing T, done func(err error))
	// Usable is a quick look whether a thing may be lent. It is called with the stock's lock held. nil: it always may.
	Usable func(thing T) bool
	// Check checks a thing, and calls done like Ready. nil: things are not checked.
	Check func(thing T, done func(err error))
	// Destroy ends a thing. It is called once for each, also while Ready or Check are at work on it.
	Destroy func(thing T, why Reason)
	// Retry is how long to wait before Min is seen to again, after so many failures in a row to make something for it. It
	// is needed with Min only.
	Retry func(failures int) time.Duration
	// Closed is the error of requests to a closed stock.
	Closed error
}

// Stock is what there is to be lent. It is safe for any number of goroutines.
type Stock[T any] struct {
	opts Options[T]

	mu       sync.Mutex
	idle     []*Item[T] // the one that came back last stands last, and is lent first
	waiting  line[T]
	all      map[*Item[T]]struct{} // whatever counts to Max
	matched  int                   // who waits and has something coming
	failures int                   // to make something for Min, in a row
	retryAt  time.Time             // Min is not seen to before
	closed   bool

	calls sync.Pool // of *call; of this stock alone, as a channel must not leave the testing/synctest bubble that it was made in

	timer   *time.Timer // runs upkeep
	timerAt time.Time   // when it is set for; zero: it is not set

	count Stats
}

// New makes a stock, and begins to make Min things.
func New[T any](opts Options[T]) *Stock[T] {
	s := &Stock[T]{opts: opts, all: map[*Item[T]]struct{}{}}
	s.calls.New = func() any { return newCall[T]() }
	var do deeds[T]
	s.mu.Lock()
	s.pumpLocked(&do)
	s.mu.Unlock()
	s.carryOut(&do)
	return s
}

// TryTake lends something that is idle and needs no check, unless others wait. It returns nil if there is no such thing.
func (s *Stock[T]) TryTake() *Item[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.takeLocked()
}

// takeLocked is TryTake.
func (s *Stock[T]) takeLocked() *Item[T] {
	n := len(s.idle)
	if n == 0 || s.waiting.n > 0 || s.closed {
		return nil
	}
	item, now := s.idle[n-1], time.Now()
	if _, unfit := s.unfitLocked(item, now); unfit || s.checkDueLocked(item, now) {
		return nil // Request deals with it
	}
	s.takeIdleLocked(item)
	s.count.Requests++
	s.lendLocked(item)
	return item
}

// Request has w.To told when there is something for it, or why there is not: ErrLimit when there was nothing for the given time
// (0: no limit). It does not wait.
func (s *Stock[T]) Request(w *Waiter[T], limit time.Duration) {
	var do deeds[T]
	s.mu.Lock()
	s.requestLocked(w, limit, &do)
	s.mu.Unlock()
	s.carryOut(&do)
}

// requestLocked is Request.
func (s *Stock[T]) requestLocked(w *Waiter[T], limit time.Duration, do *deeds[T]) {
	s.count.Requests++
	if s.closed {
		s.count.Refused++
		do.tell(w, nil, s.opts.Closed)
		return
	}
	s.waiting.push(w)
	s.pumpLocked(do)
	if limit > 0 && w.waits {
		now := time.Now()
		w.until = now.Add(limit)
		s.armLocked(w.until, now)
	}
}

// Withdraw takes a request back. It reports false when that is too late: Take was called, or is about to be.
func (s *Stock[T]) Withdraw(w *Waiter[T]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !w.waits {
		return false
	}
	s.leaveLocked(w)
	s.count.Withdrawn++
	return true
}

// Release takes something back that was lent. If it is not fit for others, it is destroyed. It reports false, and
// does nothing, when the item is not lent.
func (s *Stock[T]) Release(item *Item[T], fitForOthers bool) bool {
	var do deeds[T]
	s.mu.Lock()
	if item.state != lent {
		s.mu.Unlock()
		return false
	}
	s.count.Released++
	now := time.Now()
	why, unfit := s.unfitLocked(item, now)
	switch {
	case s.closed:
		why, unfit = Closed, true
	case !fitForOthers && !unfit:
		why, unfit = Returned, true
	}
	if unfit {
		s.destroyLocked(item, why, &do)
	} else {
		s.freeLocked(item, now, &do)
	}
	s.mu.Unlock()
	s.carryOut(&do)
	return true
}

// Lost tells that something has become unusable. If it is idle, it is destroyed and, where Min wants it, replaced at
// once; else it is found when it comes back.
func (s *Stock[T]) Lost(item *Item[T]) {
	var do deeds[T]
	s.mu.Lock()
	if item.state == idle {
		s.takeIdleLocked(item)
		s.destroyLocked(item, Unusable, &do)
	}
	s.mu.Unlock()
	s.carryOut(&do)
}

// Close ends lending: who waits is refused, everything that is not lent is destroyed, and what is lent when it comes
// back. It returns what is lent at this moment. Closing again does nothing.
func (s *Stock[T]) Close() (out []T) {
	var do deeds[T]
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		for w := s.waiting.first; w != nil; w = s.waiting.first {
			if w.coming != nil {
				s.unmatchLocked(w.coming)
			}
			s.waiting.remove(w)
			s.count.Refused++
			do.tell(w, nil, s.opts.Closed)
		}
		s.idle = nil
		if s.timer != nil {
			s.timer.Stop()
		}
	}
	for item := range s.all {
		switch item.state {
		case lent:
			out = append(out, item.Thing)
		case ending:
		case making:
			s.destroyLocked(item, NotMade, &do)
		default:
			s.destroyLocked(item, Closed, &do)
		}
	}
	s.mu.Unlock()
	s.carryOut(&do)
	return out
}
