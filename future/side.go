package future

import (
	"sync"
	"sync/atomic"
)

// side holds what only few futures need: an error, a channel, more than one waiter, derived futures, hooks of the
// promise's owner. It is made on first use and stays for the life of the future.
//
// mu is a leaf: nothing is called and no other lock is taken while it is held.
type side struct {
	mu sync.Mutex

	// err is written by the claimant before publish, and read by anybody after it. Not guarded by mu.
	err error

	// up is for derived futures: it tells the sources that the interest has ended. Set before the future is shared,
	// then owned by the claimant.
	up upstream

	// The rest is guarded by mu.
	done      chan struct{} // made by the first Done; closed by finish
	waiters   *waiter       // waiters beyond the first, newest first
	hooks     *hook         // ring in order of registration; its first element
	cancels   *cancelHook   // taken by cancel, dropped by finish when the outcome is another
	interests int32         // derived futures that want this one, pins included
	finished  bool          // finish has taken everything above
}

// upstream is the derived future's end of its connections to its sources.
type upstream interface {
	// release withdraws the interests that are left. publish calls it once when the derived future is settled, in
	// whatever way: after the claim and before anybody can see the outcome, so that whoever sees that All has failed
	// also sees the other sources cancelled. A kind that registers late calls it again if it finds itself claimed.
	release(derived *core)
}

// hook is a registration in a source: its listener hears when the source is settled. It is embedded in derived
// futures, so that registering costs no allocation.
type hook struct {
	next, prev *hook // guarded by the source's side.mu, then owned by its finish

	// src is the source while the hook is registered there, else nil. It is set under the source's side.mu after the
	// hook was linked, so that whoever swaps it out can rely on finding the hook in the ring.
	src atomic.Pointer[core]

	to    listener
	index int // for listeners with several hooks: which source
}

// listener runs inline on the goroutine that settles the source, so it must be short and must not run any caller's
// code: where a callback is to be run, it starts a goroutine.
type listener interface {
	// fired is called once, when the source is settled. Futures that it settles in turn may collect their wake-ups
	// in b, which may be nil.
	fired(h *hook, b *Batch)
}

// addWaiter queues w. False means that c is settled and w was not used.
func (s *side) addWaiter(c *core, w *waiter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.settled() {
		return false
	}
	w.queued = true
	w.prev, w.next = nil, s.waiters
	if s.waiters != nil {
		s.waiters.prev = w
	}
	s.waiters = w
	return true
}

// removeWaiter takes w out. False means that finish has it.
func (s *side) removeWaiter(w *waiter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.finished {
		return false
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		s.waiters = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	}
	w.next, w.prev = nil, nil
	return true
}

// watch registers h with c, with an interest or without. False means that c is settled: h was not registered and
// will not fire.
func (c *core) watch(h *hook, interest bool) bool {
	if c.settled() {
		return false
	}
	c.urge()
	s := c.needSide()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.settled() {
		return false
	}
	if s.hooks == nil {
		h.next, h.prev = h, h
		s.hooks = h
	} else {
		first := s.hooks
		last := first.prev
		h.next, h.prev = first, last
		last.next, first.prev = h, h
	}
	if interest {
		s.interests++
	}
	h.src.Store(c)
	return true
}

// unwatch removes h from its source. True means that h was there and will never fire. The interest, if h had one,
// stays.
func (h *hook) unwatch() bool {
	c := h.src.Swap(nil)
	if c == nil {
		return false
	}
	s := c.side.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unlinkLocked(h)
}

// withdraw removes h from its source together with its interest, and cancels the source with cause if that was the
// last one. True means that h was there and will never fire.
func (h *hook) withdraw(cause error) bool {
	c := h.src.Swap(nil)
	if c == nil {
		return false
	}
	s := c.side.Load()
	s.mu.Lock()
	removed := s.unlinkLocked(h)
	last := removed && s.dropInterestLocked()
	s.mu.Unlock()
	if last {
		c.request(cause)
	}
	return removed
}

// want takes an interest in c without a hook; dropped by unwant.
func (c *core) want() {
	s := c.needSide()
	s.mu.Lock()
	s.interests++
	s.mu.Unlock()
}

func (c *core) unwant(cause error) {
	s := c.side.Load()
	s.mu.Lock()
	last := s.dropInterestLocked()
	s.mu.Unlock()
	if last {
		c.request(cause)
	}
}

func (s *side) dropInterestLocked() (last bool) {
	s.interests--
	return s.interests == 0
}

func (s *side) unlinkLocked(h *hook) bool {
	if s.finished {
		return false
	}
	if h.next == h {
		s.hooks = nil
	} else {
		h.prev.next, h.next.prev = h.next, h.prev
		if s.hooks == h {
			s.hooks = h.next
		}
	}
	h.next, h.prev = nil, nil
	return true
}

// finish runs once, after the core was published: it takes everything that was registered and lets it go.
func (s *side) finish(c *core, b *Batch) {
	s.mu.Lock()
	done, w, first := s.done, s.waiters, s.hooks
	s.waiters, s.hooks = nil, nil
	if State(c.state.Load()) != Cancelled {
		s.cancels = nil
	}
	s.finished = true
	s.mu.Unlock()

	if done != nil {
		close(done)
	}
	for w != nil {
		next := w.next
		w.next, w.prev = nil, nil
		w.wakeIn(b)
		w = next
	}
	for h := first; h != nil; {
		// Unlinked before it fires: the hook sits in a derived future that may live long, and its links must not keep
		// its neighbours alive.
		next := h.next
		if next == first {
			next = nil
		}
		h.next, h.prev = nil, nil
		h.src.Store(nil)
		h.to.fired(h, b)
		h = next
	}
}

// doneChan returns the channel for Done.
func (c *core) doneChan() <-chan struct{} {
	if c.settled() && c.side.Load() == nil {
		return closedChan
	}
	c.urge()
	s := c.needSide()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		if c.settled() {
			return closedChan
		}
		s.done = make(chan struct{})
	}
	return s.done
}

// closedChan serves every Done of a future that was settled before anybody asked. In a testing/synctest bubble it
// is a channel from outside, which is harmless for one that never blocks.
var closedChan = func() <-chan struct{} {
	ch := make(chan struct{})
	close(ch)
	return ch
}()
