package lend

import (
	"math/rand/v2"
	"slices"
	"time"
)

// pumpLocked brings together what is there and who waits, and begins to make what is missing. It is called whenever a thing,
// a place for one, or somebody who waits was added.
func (s *Stock[T]) pumpLocked(do *deeds[T]) {
	if s.closed {
		return
	}
	for w := s.waiting.wanting(); w != nil; w = s.waiting.wanting() {
		switch {
		case len(s.idle) > 0:
			s.offerLocked(w, do)
		case s.count.Making+s.count.Checking > s.matched:
			s.matchLocked(s.unmeantLocked(), w)
		case len(s.all) < s.opts.Max:
			s.beginLocked(w, do)
		default:
			return // Min is at most Max
		}
	}
	for len(s.all) < s.opts.Min {
		if now := time.Now(); now.Before(s.retryAt) {
			s.armLocked(s.retryAt, now)
			return
		}
		s.beginLocked(nil, do)
	}
}

// offerLocked lends the idle thing that was used last, has it checked for w, or ends it.
func (s *Stock[T]) offerLocked(w *Waiter[T], do *deeds[T]) {
	item, now := s.idle[len(s.idle)-1], time.Now()
	s.takeIdleLocked(item)
	switch why, unfit := s.unfitLocked(item, now); {
	case unfit:
		s.destroyLocked(item, why, do)
	case s.checkDueLocked(item, now):
		s.setLocked(item, checking)
		s.matchLocked(item, w)
		do.add(deed[T]{item: item, check: true})
	default:
		s.serveLocked(item, do)
	}
}

// beginLocked begins to make a thing, for w or for Min.
func (s *Stock[T]) beginLocked(w *Waiter[T], do *deeds[T]) {
	item := &Item[T]{state: gone}
	item.Thing = s.opts.Make(item)
	s.all[item] = struct{}{}
	s.setLocked(item, making)
	if w != nil {
		s.matchLocked(item, w)
	}
	do.add(deed[T]{item: item, ready: true})
}

// made is told that a thing is ready, or why it is not going to be.
func (s *Stock[T]) made(item *Item[T], err error) {
	var do deeds[T]
	s.mu.Lock()
	if item.state != making { // destroyed meanwhile
		s.mu.Unlock()
		return
	}
	now := time.Now()
	if err == nil {
		s.failures, s.retryAt = 0, time.Time{}
		s.count.Made++
		if age := s.opts.MaxLifetime; age > 0 {
			item.expires = now.Add(age - time.Duration(rand.Float64()*s.opts.Jitter*float64(age)))
		}
		s.freeLocked(item, now, &do)
	} else {
		w := item.meant
		s.destroyLocked(item, NotMade, &do)
		switch {
		case w != nil:
			s.leaveLocked(w)
			s.count.Refused++
			do.tell(w, nil, err)
		case s.opts.Retry != nil:
			s.failures++
			s.retryAt = now.Add(s.opts.Retry(s.failures))
		}
	}
	s.mu.Unlock()
	s.carryOut(&do)
}

// checked is told whether a thing has passed its check. Who it was meant for gets another if it has not.
func (s *Stock[T]) checked(item *Item[T], err error) {
	var do deeds[T]
	s.mu.Lock()
	if item.state != checking {
		s.mu.Unlock()
		return
	}
	if err == nil {
		s.freeLocked(item, time.Now(), &do)
	} else {
		s.destroyLocked(item, CheckFailed, &do)
	}
	s.mu.Unlock()
	s.carryOut(&do)
}

// freeLocked lends a thing that is fit to who waits first, or keeps it for later.
func (s *Stock[T]) freeLocked(item *Item[T], now time.Time, do *deeds[T]) {
	s.unmatchLocked(item)
	if s.waiting.n > 0 {
		s.serveLocked(item, do)
		return
	}
	item.idleSince = now
	s.setLocked(item, idle)
	s.idle = append(s.idle, item)
	if s.opts.IdleTimeout > 0 && len(s.all) > s.opts.Min {
		s.armLocked(now.Add(s.opts.IdleTimeout), now)
	}
	if !item.expires.IsZero() {
		s.armLocked(item.expires, now)
	}
}

// serveLocked lends a thing to who waits first.
func (s *Stock[T]) serveLocked(item *Item[T], do *deeds[T]) {
	w := s.waiting.first
	s.leaveLocked(w)
	s.lendLocked(item)
	do.tell(w, item, nil)
}

// leaveLocked takes somebody out of the queue. What was coming for that one comes for another.
func (s *Stock[T]) leaveLocked(w *Waiter[T]) {
	s.waiting.remove(w)
	item := w.coming
	if item == nil {
		return
	}
	s.unmatchLocked(item)
	if next := s.waiting.wanting(); next != nil {
		s.matchLocked(item, next)
	}
}

func (s *Stock[T]) matchLocked(item *Item[T], w *Waiter[T]) {
	item.meant, w.coming = w, item
	s.matched++
}

func (s *Stock[T]) unmatchLocked(item *Item[T]) {
	if w := item.meant; w != nil {
		item.meant, w.coming = nil, nil
		s.matched--
	}
}

// unmeantLocked finds something that is being made or checked for nobody.
func (s *Stock[T]) unmeantLocked() *Item[T] {
	for item := range s.all {
		if (item.state == making || item.state == checking) && item.meant == nil {
			return item
		}
	}
	return nil
}

func (s *Stock[T]) lendLocked(item *Item[T]) {
	s.count.Given++
	s.setLocked(item, lent)
}

// destroyLocked ends a thing. Its place is free once that is done: else somebody might have made another before.
func (s *Stock[T]) destroyLocked(item *Item[T], why Reason, do *deeds[T]) {
	s.unmatchLocked(item)
	s.setLocked(item, ending)
	s.count.Destroyed[why]++
	do.add(deed[T]{item: item, destroy: true, why: why})
}

// destroyed takes a thing out of the books.
func (s *Stock[T]) destroyed(item *Item[T]) {
	var do deeds[T]
	s.mu.Lock()
	s.setLocked(item, gone)
	delete(s.all, item)
	s.pumpLocked(&do)
	s.mu.Unlock()
	s.carryOut(&do)
}

func (s *Stock[T]) takeIdleLocked(item *Item[T]) {
	i := len(s.idle) - 1
	if s.idle[i] != item {
		i = slices.Index(s.idle, item)
	}
	s.idle = slices.Delete(s.idle, i, i+1)
}

// unfitLocked tells why a thing must not be lent any more.
func (s *Stock[T]) unfitLocked(item *Item[T], now time.Time) (why Reason, unfit bool) {
	switch {
	case s.opts.Usable != nil && !s.opts.Usable(item.Thing):
		return Unusable, true
	case !item.expires.IsZero() && !now.Before(item.expires):
		return TooOld, true
	}
	return 0, false
}

func (s *Stock[T]) checkDueLocked(item *Item[T], now time.Time) bool {
	return s.opts.Check != nil && now.Sub(item.idleSince) >= s.opts.CheckAfter
}

// setLocked changes the state of an item, and the gauges with it. Called from many places: inlined, all of them would carry it.
//
//go:noinline
func (s *Stock[T]) setLocked(item *Item[T], state itemState) {
	for _, change := range [...]struct {
		state itemState
		by    int
	}{{item.state, -1}, {state, 1}} {
		switch change.state {
		case making:
			s.count.Making += change.by
		case idle:
			s.count.Idle += change.by
		case checking:
			s.count.Checking += change.by
		case lent:
			s.count.Lent += change.by
		case ending:
			s.count.Ending += change.by
		}
	}
	item.state = state
}
