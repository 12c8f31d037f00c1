package redis

import "github.com/futureio/futureio-go/redis/commands"

// entry is one accepted command in the queue.
type entry struct {
	cmd    *commands.Cmd
	issued int64 // clock time of its issue
	size   int64 // bytes on the wire, and the flags below
}

const (
	// apart: the bytes are not in the batch's buffer but still with cmd.
	apart = 1 << 62
	// bound: the command is bound to a context and has to be told when it is sent.
	bound = 1 << 61
	// pinned: the command is part of a transaction, which cannot do without it.
	pinned = 1 << 60
	// unran: the connection was lost, and the command cannot have run.
	unran = 1 << 59
	// kept: the request stays with cmd until it is answered, to be sent again if the connection is lost.
	kept = 1 << 58
	// joined: the next entry goes out in the same write, or neither does.
	joined = 1 << 57
	// lone: no reply may be due when the command goes out.
	lone = 1 << 56
	// again: the command went out on a connection that was lost, and may have run.
	again = 1 << 55
	// batched: the command was collected with others, and its short reply may share memory with theirs.
	batched = 1 << 54

	sizeFlags = apart | bound | pinned | unran | kept | joined | lone | again | batched
)

func (e *entry) bytes() int { return int(e.size &^ sizeFlags) }

// buffered counts the bytes of the entry in the batch's buffer.
func (e *entry) buffered() int {
	if e.size&apart != 0 {
		return 0
	}
	return e.bytes()
}

// entrySize is the size of an entry in bytes, fifoKeep how many of them a fifo
// keeps room for when it is idle.
const (
	entrySize = 24
	fifoKeep  = 64
)

// fifo holds the commands whose replies are due, in the order of their bytes on
// the wire. It is a ring that grows; entries between head and tail never change,
// so that a view of them may be read without the lock that guards the ring.
type fifo struct {
	ring []entry // length a power of two
	head uint64  // number of entries retired so far
	tail uint64  // number of entries pushed so far
}

func (f *fifo) len() int { return int(f.tail - f.head) }

func (f *fifo) push(es []entry) {
	if need := f.len() + len(es); need > len(f.ring) {
		f.grow(need)
	}
	mask := uint64(len(f.ring) - 1)
	for i := range es {
		f.ring[f.tail&mask] = es[i]
		f.tail++
	}
}

// grow moves the entries to a larger ring. The old one stays as it is for views
// that are being read.
func (f *fifo) grow(need int) {
	size := max(len(f.ring), 16)
	for size < need {
		size *= 2
	}
	ring := make([]entry, size)
	for i := f.head; i != f.tail; i++ {
		ring[i&uint64(size-1)] = f.ring[i&uint64(len(f.ring)-1)]
	}
	f.ring = ring
}

// at returns the i-th entry of those that are due.
func (f *fifo) at(i int) *entry {
	return &f.ring[(f.head+uint64(i))&uint64(len(f.ring)-1)]
}

// view returns the entries that are due from the first on, as far as they lie in
// one piece.
func (f *fifo) view() []entry {
	if f.head == f.tail {
		return nil
	}
	mask := uint64(len(f.ring) - 1)
	from := f.head & mask
	to := min(from+f.tail-f.head, uint64(len(f.ring)))
	return f.ring[from:to]
}

// retire drops the first n entries.
func (f *fifo) retire(n int) {
	for range n {
		f.ring[f.head&uint64(len(f.ring)-1)] = entry{}
		f.head++
	}
}

// retract drops the last n entries: their bytes never reached the server.
func (f *fifo) retract(n int) {
	for range n {
		f.tail--
		f.ring[f.tail&uint64(len(f.ring)-1)] = entry{}
	}
}

// shrink gives the memory of a ring back that a burst has left behind. Only an
// empty ring shrinks.
func (f *fifo) shrink() {
	if f.head == f.tail && len(f.ring) > fifoKeep {
		f.ring = nil
	}
}
