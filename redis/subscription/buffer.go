package subscription

import (
	"context"
	"sync"
)

// buffer holds the messages of one subscription from the reader of the connection to who takes them. It is bounded in number
// and in bytes.
//
//	reader -- put --> ring -- take --> Next
//	                   |
//	                   +--> lost, counted on the next message that is taken
//
// put wakes nobody: the reader does that by wake when it has no more bytes at hand, once for all messages it has put meanwhile.
type buffer struct {
	limit, limitBytes int
	overflow          Overflow

	ready chan struct{} // capacity 1: a token for one of those who wait in take
	room  chan struct{} // capacity 1: a token for the reader, which waits for room
	over  chan struct{} // closed by end

	mu      sync.Mutex
	ring    []Message // length a power of two
	head    int       // of the oldest message
	count   int
	bytes   int
	lost    int     // messages dropped before the oldest
	missed  int     // messages dropped behind the newest
	gap     bool    // a gap behind the newest
	wasGap  bool    // a gap before the oldest
	notices []error // to be told by take before anything else
	ended   error   // why nothing is put any more
	waiting int     // calls of take
	called  bool    // wake is going to come
	stats   Stats
}

// The size that a ring begins with, and the largest that is kept when it is empty.
const (
	ringFirst = 16
	ringKeep  = 4096
)

// messageCost is what a message costs beside its text.
const messageCost = 100

func (m *Message) cost() int {
	n := messageCost + len(m.Payload)
	if m.Kind == KindPattern {
		n += len(m.Channel) // that of the other kinds is the topic's own name
	}
	return n
}

func (b *buffer) open(o *Options) {
	b.limit, b.limitBytes, b.overflow = o.Buffer, o.BufferBytes, o.Overflow
	b.ready, b.room, b.over = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{})
}

// verdict is what became of a message that was put.
type verdict uint8

const (
	stored   verdict = iota // or dropped, by the policy
	storedTo                // and somebody has to be woken
	full                    // it was not taken: wait for room and put it again
	overflew                // it was not taken, and the subscription is to end
)

// put adds a message.
func (b *buffer) put(m *Message) verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return stored
	}
	size := m.cost()
	for b.count > 0 && (b.count >= b.limit || b.bytes+size > b.limitBytes) {
		switch b.overflow {
		case DropOldest:
			b.dropLocked()
			continue
		case DropNewest:
			b.stats.Received++
			b.stats.Dropped++
			b.missed++
			return stored
		case Block:
			return full
		}
		return overflew
	}
	b.stats.Received++
	if b.count == len(b.ring) {
		b.growLocked()
	}
	slot := &b.ring[(b.head+b.count)&(len(b.ring)-1)]
	*slot = *m
	slot.Dropped, slot.AfterGap = b.missed, b.gap
	b.missed, b.gap = 0, false
	b.count++
	b.bytes += size
	if b.waiting > 0 && !b.called {
		b.called = true
		return storedTo
	}
	return stored
}

// dropLocked drops the oldest message. What it would have told of losses the next one has to.
func (b *buffer) dropLocked() {
	m := &b.ring[b.head]
	b.lost += m.Dropped + 1
	b.wasGap = b.wasGap || m.AfterGap
	b.stats.Dropped++
	b.popLocked()
}

func (b *buffer) popLocked() Message {
	slot := &b.ring[b.head]
	m := *slot
	*slot = Message{} // what was taken is not kept
	b.head = (b.head + 1) & (len(b.ring) - 1)
	b.count--
	b.bytes -= m.cost()
	return m
}

func (b *buffer) growLocked() {
	ring := make([]Message, max(2*len(b.ring), ringFirst))
	n := copy(ring, b.ring[b.head:])
	copy(ring[n:], b.ring[:b.head])
	b.ring, b.head = ring, 0
}

// take returns the next message, or what has to be told before it, or why there are no more. It waits as long as ctx lives.
// What is there beats a dead ctx.
func (b *buffer) take(ctx context.Context) (Message, error) {
	b.mu.Lock()
	for {
		if len(b.notices) > 0 {
			err := b.notices[0]
			b.notices = b.notices[1:]
			b.passOnLocked()
			b.mu.Unlock()
			return Message{}, err
		}
		if b.count > 0 {
			m := b.popLocked()
			m.Dropped += b.lost
			m.AfterGap = m.AfterGap || b.wasGap
			b.lost, b.wasGap = 0, false
			b.stats.Delivered++
			b.passOnLocked()
			if b.overflow == Block {
				token(b.room)
			}
			b.mu.Unlock()
			return m, nil
		}
		if err := b.ended; err != nil {
			b.passOnLocked()
			b.mu.Unlock()
			return Message{}, err
		}
		if len(b.ring) > ringKeep {
			b.ring, b.head = nil, 0
		}
		b.waiting++
		b.mu.Unlock()
		var err error
		select {
		case <-b.ready:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		b.mu.Lock()
		b.waiting--
		if err != nil && b.count == 0 && len(b.notices) == 0 && b.ended == nil {
			b.mu.Unlock()
			return Message{}, err
		}
	}
}

// passOnLocked wakes another one who waits, if there is something for him too. The token was for one.
func (b *buffer) passOnLocked() {
	if b.waiting > 0 && (b.count > 0 || len(b.notices) > 0 || b.ended != nil) {
		token(b.ready)
	}
}

// wake wakes who waits for a message.
func (b *buffer) wake() {
	b.mu.Lock()
	b.called = false
	b.passOnLocked()
	b.mu.Unlock()
}

// waitForRoom waits until there may be room, or the buffer has ended.
func (b *buffer) waitForRoom() {
	select {
	case <-b.room:
	case <-b.over:
	}
}

// notice has an error told by the next take. The buffer goes on.
func (b *buffer) notice(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended == nil {
		b.notices = append(b.notices, err)
		b.passOnLocked()
	}
}

// miss counts a message that could not be put at all.
func (b *buffer) miss() {
	b.mu.Lock()
	b.stats.Received++
	b.stats.Dropped++
	b.missed++
	b.mu.Unlock()
}

// interrupt notes a gap.
func (b *buffer) interrupt() {
	b.mu.Lock()
	b.gap = true
	b.stats.Gaps++
	b.mu.Unlock()
}

// end has take return err once what is in the buffer has been taken, or at once if drop is set. Only the first call
// gives the reason.
func (b *buffer) end(err error, drop bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended == nil {
		b.ended = err
		close(b.over)
	}
	if drop {
		b.ring, b.head, b.count, b.bytes, b.notices = nil, 0, 0, 0, nil
	}
	b.passOnLocked()
}

// size is what waits to be taken.
func (b *buffer) size() (messages, bytes int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count, b.bytes
}

func token(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default: // one is enough
	}
}
