package lend

import "time"

// armLocked sees to it that upkeep runs at the given time or before. In a busy stock it costs nothing: the timer is set for
// something earlier already.
func (s *Stock[T]) armLocked(at, now time.Time) {
	if s.closed || !s.timerAt.IsZero() && !at.Before(s.timerAt) {
		return
	}
	s.timerAt = at
	if s.timer == nil {
		s.timer = time.AfterFunc(at.Sub(now), s.upkeep)
		return
	}
	s.timer.Reset(at.Sub(now))
}

// upkeep ends waits whose time is up, and what has been idle for too long or is too old, and sees to Min. It is called by the timer.
func (s *Stock[T]) upkeep() {
	var do deeds[T]
	s.mu.Lock()
	now := time.Now()
	if s.closed || s.timerAt.IsZero() || now.Before(s.timerAt) {
		s.mu.Unlock() // the timer has been set anew while this call was on its way
		return
	}
	s.timerAt = time.Time{}
	s.endLateLocked(now, &do)
	kept := s.idle[:0]
	surplus := len(s.all) - s.count.Ending - s.opts.Min
	for _, item := range s.idle { // what was used last stands last
		why, unfit := s.unfitLocked(item, now)
		if !unfit && s.opts.IdleTimeout > 0 && surplus > 0 && now.Sub(item.idleSince) >= s.opts.IdleTimeout {
			why, unfit = IdleTooLong, true
		}
		if unfit {
			surplus--
			s.destroyLocked(item, why, &do)
		} else {
			kept = append(kept, item)
		}
	}
	clear(s.idle[len(kept):])
	s.idle = kept
	for _, item := range s.idle {
		if !item.expires.IsZero() {
			s.armLocked(item.expires, now)
		}
		// What is spared for Min is looked at again when something else is released.
		if at := item.idleSince.Add(s.opts.IdleTimeout); s.opts.IdleTimeout > 0 && at.After(now) && surplus > 0 {
			s.armLocked(at, now)
		}
	}
	s.pumpLocked(&do)
	s.mu.Unlock()
	s.carryOut(&do)
}

// endLateLocked ends the waits whose time is up. It looks at all of them, since not all have the same limit.
func (s *Stock[T]) endLateLocked(now time.Time, do *deeds[T]) {
	var next *Waiter[T]
	for w := s.waiting.first; w != nil; w = next {
		next = w.next
		switch {
		case w.until.IsZero():
		case now.Before(w.until):
			s.armLocked(w.until, now)
		default:
			s.leaveLocked(w)
			s.count.Withdrawn++
			do.tell(w, nil, ErrLimit)
		}
	}
}

// deed is what is to be done once the lock is released: to make or to check something, to end it, or to tell
// somebody who has asked.
type deed[T any] struct {
	item                  *Item[T]
	ready, check, destroy bool
	why                   Reason

	to  *Waiter[T]
	err error
}

// deeds collects them. Mostly there is one, or none.
type deeds[T any] struct {
	n    int
	one  deed[T]
	more []deed[T]
}

// add is called from many places: inlined, all of them would carry it.
//
//go:noinline
func (d *deeds[T]) add(one deed[T]) {
	if d.n++; d.n == 1 {
		d.one = one
		return
	}
	d.more = append(d.more, one)
}

func (d *deeds[T]) tell(w *Waiter[T], item *Item[T], err error) {
	d.add(deed[T]{to: w, item: item, err: err})
}

func (s *Stock[T]) carryOut(d *deeds[T]) {
	if d.n == 0 {
		return
	}
	s.do(d.one)
	for _, one := range d.more {
		s.do(one)
	}
}

func (s *Stock[T]) do(d deed[T]) {
	switch {
	case d.to != nil:
		d.to.To.Take(d.item, d.err)
	case d.destroy:
		s.opts.Destroy(d.item.Thing, d.why)
		s.destroyed(d.item)
	case d.check:
		s.opts.Check(d.item.Thing, func(err error) { s.checked(d.item, err) })
	case s.opts.Ready == nil:
		s.made(d.item, nil)
	default:
		s.opts.Ready(d.item.Thing, func(err error) { s.made(d.item, err) })
	}
}
