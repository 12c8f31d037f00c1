package redis

import (
	"net"
	"time"

	"github.com/futureio/futureio-go/redis/commands"
)

const (
	// byReference is the size from which on a request is not copied into the
	// batch but written from the buffer it was encoded in: copying it under the
	// lock would hold up all other callers.
	byReference = 32 << 10

	// batchKeep is the largest buffer that an empty batch keeps, batchIdle the
	// largest when nothing happens.
	batchKeep = 64 << 10
	batchIdle = 4 << 10
)

// batch is a run of commands that are accepted and not written yet, with their
// bytes. It is guarded by the queue's lock, but for the bytes of what the writer
// is writing.
type batch struct {
	buf     []byte  // the bytes of all entries that are not by reference
	entries []entry // in order of issue
	bytes   int     // of the entries from next on, by reference or not

	// Of a run on a Conn that is being collected: how long its commands may block.
	waits map[*commands.Cmd]time.Duration

	// Of a batch that is being written.
	next int // the first entry not written yet
	off  int // where its bytes begin in buf
}

func (b *batch) len() int { return len(b.entries) - b.next }

// append adds a command with its bytes.
func (b *batch) append(cmd *commands.Cmd, wire []byte, issued, flags int64) {
	size := int64(len(wire)) | flags
	if len(wire) < byReference {
		b.buf = append(b.buf, wire...)
	} else {
		size |= apart
	}
	if cmd.Context() != nil {
		size |= bound
	}
	b.entries = append(b.entries, entry{cmd: cmd, issued: issued, size: size})
	b.bytes += len(wire)
}

// join appends all of another batch, none of which is being written, as issued now. What is left of the other is memory, which may have
// been the batch's.
func (b *batch) join(other *batch, issued int64) {
	first := len(b.entries)
	if first == 0 {
		b.buf, other.buf = other.buf, b.buf
		b.entries, other.entries = other.entries, b.entries
	} else {
		b.buf = append(b.buf, other.buf...)
		b.entries = append(b.entries, other.entries...)
	}
	for i := range b.entries[first:] {
		b.entries[first+i].issued = issued
	}
	b.bytes += other.bytes
}

// portion counts how many entries from next on may go out in one write: at most
// n, and no more once limit bytes are reached, but never a part of a transaction. due tells whether there are replies due
// already.
func (b *batch) portion(n, limit int, due bool) (count, bytes int) {
	whole := true
	for _, e := range b.entries[b.next:] {
		if whole && (count >= n || bytes >= limit) || e.size&lone != 0 && (due || count > 0) {
			break
		}
		count++
		bytes += e.bytes()
		whole = e.size&joined == 0
	}
	return count, bytes
}

// segments returns the bytes of the next count entries, as few slices as
// possible, appended to segs.
func (b *batch) segments(segs net.Buffers, count int) net.Buffers {
	from, to := b.off, b.off
	for _, e := range b.entries[b.next : b.next+count] {
		if e.size&apart == 0 {
			to += e.bytes()
			continue
		}
		if to > from {
			segs = append(segs, b.buf[from:to:to])
		}
		segs = append(segs, e.cmd.Wire())
		from = to
	}
	if to > from {
		segs = append(segs, b.buf[from:to:to])
	}
	return segs
}

// advance notes that count entries have been written, or need not be.
func (b *batch) advance(count int) {
	for i := range b.entries[b.next : b.next+count] {
		e := &b.entries[b.next+i]
		b.bytes -= e.bytes()
		b.off += e.buffered()
		if e.size&(apart|kept) == apart {
			e.cmd.Release()
		}
		*e = entry{}
	}
	b.next += count
	if b.len() == 0 {
		b.reset()
	}
}

func (b *batch) reset() {
	if cap(b.buf) > batchKeep {
		b.buf = nil
	}
	if cap(b.entries) > batchKeep/entrySize {
		b.entries = nil
	}
	*b = batch{buf: b.buf[:0], entries: b.entries[:0]}
}

// sweep takes out every entry, from the skip-th unwritten one on, that gone says
// to. Its bytes are never sent. The bytes of the first skip entries stay where they
// are, since they are being written.
func (b *batch) sweep(skip int, gone func(e *entry) bool) {
	from := b.next + skip
	off := b.off
	for _, e := range b.entries[b.next:from] {
		off += e.buffered()
	}
	keep, to := from, off
	for i := from; i < len(b.entries); i++ {
		e := &b.entries[i] // not a copy, which would be an allocation for each
		inBuf := e.buffered()
		if gone(e) {
			b.bytes -= e.bytes()
			if e.size&(apart|kept) != 0 {
				e.cmd.Release() // the others were released by who queued them
			}
		} else {
			if keep < i {
				copy(b.buf[to:], b.buf[off:off+inBuf])
				b.entries[keep] = *e
			}
			to += inBuf
			keep++
		}
		off += inBuf
	}
	clear(b.entries[keep:])
	b.entries, b.buf = b.entries[:keep], b.buf[:to]
	if b.len() == 0 {
		b.reset()
	}
}
