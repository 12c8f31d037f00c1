package future

// Registered counts what is registered in f: parked waiters and hooks of derived futures.
func Registered[T any](f *Future[T]) (waiters, hooks int) {
	if w := f.c.waiter.Load(); w != nil && w != &settledMark {
		waiters++
	}
	s := f.c.side.Load()
	if s == nil {
		return waiters, 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := s.waiters; w != nil; w = w.next {
		waiters++
	}
	if first := s.hooks; first != nil {
		hooks = 1
		for h := first.next; h != first; h = h.next {
			hooks++
		}
	}
	return waiters, hooks
}
