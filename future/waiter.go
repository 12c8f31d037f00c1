package future

import "sync"

// waiter is one parked goroutine. While it is attached, exactly one party may send to ch: the settler of the
// future, directly or through a Batch, and it does so at most once per attachment.
type waiter struct {
	ch   chan struct{} // capacity 1; received from by the waiting goroutine only, never closed
	next *waiter       // in the side struct's list (guarded by side.mu), later in a Batch (owned by it)
	prev *waiter       // in the side struct's list only

	sitter Sitter // of the mark of a Seat, which is no goroutine and has no ch; nil for all others

	pooled bool // came from waiterPool and may go back there
	queued bool // sits in the side struct's list, not in the slot; written by attach, read by detach
}

// waiterPool holds waiters with an empty channel that nobody else knows of. Only futures whose owner called
// ReuseWaiters take from it and give to it: a channel made outside a testing/synctest bubble does not count as
// durably blocking inside, and one made inside must not be used outside.
var waiterPool sync.Pool

func takeWaiter(pooled bool) *waiter {
	if pooled {
		if w, ok := waiterPool.Get().(*waiter); ok {
			return w
		}
	}
	return &waiter{ch: make(chan struct{}, 1), pooled: pooled}
}

// giveBack ends the use of w. The caller knows that no token is in w.ch and that none will come: w was never
// attached, was detached in time, or its token has been received.
func (w *waiter) giveBack() {
	if w.pooled {
		w.queued = false
		waiterPool.Put(w)
	}
}

func (w *waiter) wake() {
	// The channel is empty by the rules above, except where several waiters share one channel on purpose (waitEach):
	// there a token that is already waiting says all there is to say.
	select {
	case w.ch <- struct{}{}:
	default:
	}
}

// wakeIn wakes w now, or leaves that to b.
func (w *waiter) wakeIn(b *Batch) {
	if w.sitter != nil {
		if b == nil {
			w.sitter.Settled()
		}
		return
	}
	if b == nil {
		w.wake()
		return
	}
	b.add(w)
}

// Batch collects the wake-ups of many futures, so that whoever settles them (the reader of a connection) can settle
// a whole run of replies first and wake their waiters together afterwards. The futures themselves are settled at
// once: a later Await, TryGet or Settled does not depend on Wake. Only goroutines that were parked stay parked
// until Wake, so it must follow soon, and always.
//
// The zero value is ready. A Batch allocates nothing, may be used again after Wake, must not be copied while it is
// not empty, and is not safe for concurrent use.
type Batch struct {
	head, tail *waiter
	n          int
}

func (b *Batch) add(w *waiter) {
	w.next, w.prev = nil, nil
	if b.tail == nil {
		b.head = w
	} else {
		b.tail.next = w
	}
	b.tail = w
	b.n++
}

// Len is the number of wake-ups that wait for Wake.
func (b *Batch) Len() int { return b.n }

// Wake wakes everybody in the order of settling and empties the batch.
func (b *Batch) Wake() {
	w := b.head
	b.head, b.tail, b.n = nil, nil, 0
	for w != nil {
		// Read and clear the link before the token goes out: the woken goroutine may hand w to another wait at once,
		// which then owns the link.
		next := w.next
		w.next = nil
		w.wake()
		w = next
	}
}
