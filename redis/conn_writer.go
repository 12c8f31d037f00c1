package redis

import (
	"fmt"
	"math"
	"net"
	"runtime"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
)

// writeLimit bounds the bytes of one write, but for a single request that is
// larger. It keeps WriteTimeout meaningful for a long backlog: each write is
// progress.
const writeLimit = 512 << 10

// writeLoop is the writer goroutine of a generation: it takes what callers have
// queued and writes it, one Write per batch, until the generation ends.
func (g *generation) writeLoop() {
	defer g.exit()
	q := g.queue
	q.mu.Lock()
	for {
		switch {
		case g.ended:
			q.mu.Unlock()
			return
		case g.resume: // a caller has written the beginning
		case !g.collectLocked():
			continue
		}
		count, begun := q.writing, g.begun
		g.begun, g.resume = 0, false
		g.writeStart.Store(q.watch.now + 1)
		q.mu.Unlock()

		n, err := g.writeWatched(count)

		q.mu.Lock()
		g.writeStart.Store(0)
		if err != nil {
			g.accepted = q.whollyLocked(begun + n)
			q.mu.Unlock()
			g.end(errors.OpWrite, err)
			return
		}
		g.writtenLocked()
		g.seat.writtenLocked()
	}
}

// collectLocked gets the next batch ready to be written. When there is nothing to write it sleeps until there may be something, or reports
// false for another reason to look at everything anew. The lock is released meanwhile.
func (g *generation) collectLocked() bool {
	q := g.queue
	n := q.writableLocked(g)
	if n <= 0 {
		q.asleep = true
		q.mu.Unlock()
		<-q.kick
		q.mu.Lock()
		return false
	}
	if q.countLocked() > 1 || q.woken > 1 {
		// Others are at work, or about to be: let every goroutine that can
		// run append its command first, so that all go out in one write. Not
		// for a lone command, which would only get later. No timer: waits below
		// a millisecond are not to be had, and longer ones cost more than they save.
		q.woken = 0
		q.mu.Unlock()
		runtime.Gosched()
		q.mu.Lock()
		if n = q.writableLocked(g); n <= 0 || g.ended {
			return false
		}
	}
	return g.takeLocked(n)
}

// tryWriteLocked writes what may be written by now for writeLoop, which sleeps, without waiting for the kernel: what that does not take at once is left
// to writeLoop. It unlocks the queue. Only who has the seat may call it, or a caller on a lane, and only if mayWriteLocked.
func (g *generation) tryWriteLocked() {
	q := g.queue
	if !g.takeLocked(q.writableLocked(g)) {
		q.mu.Unlock()
		return
	}
	g.closing.Add(1) // the end of the generation waits for us, too
	q.mu.Unlock()

	n, err := 0, error(nil)
	if len(g.segments) == 1 {
		n, err = g.seat.sock.TryWrite(g.segments[0])
	}

	q.mu.Lock()
	kick := false
	switch {
	case err != nil:
		g.accepted = q.whollyLocked(int64(n))
	case len(g.segments) == 1 && n == len(g.segments[0]):
		g.segments[0] = nil
		g.writtenLocked()
		kick = g.kickLocked()
	default:
		g.accepted = q.whollyLocked(int64(n))
		g.segments[0] = g.segments[0][n:]
		g.begun, g.resume = int64(n), true
		kick = q.wakeWriterLocked()
	}
	q.unlockAndKick(kick)
	g.closing.Done()
	if err != nil {
		g.end(errors.OpWrite, err)
	}
}

// mayWriteLocked tells whether there is something that may be written by now, and nobody is writing or about to.
func (g *generation) mayWriteLocked() bool { return g.queue.asleep && g.queue.writableLocked(g) > 0 }

// takeLocked moves up to n commands to the FIFO and makes segments of them. It reports false when all of them were cancelled.
func (g *generation) takeLocked(n int) bool {
	q := g.queue
	count := q.takeLocked(n)
	if count > 0 {
		g.segments = q.held.segments(g.segments[:0], count)
	}
	return count > 0
}

// writtenLocked notes that what was being written has been.
func (g *generation) writtenLocked() {
	q := g.queue
	q.held.advance(q.writing)
	q.writing, g.accepted = 0, 0
	q.grantRoomLocked()
}

// writeWatched is write, of so many commands, with the Observer told.
func (g *generation) writeWatched(count int) (written int64, failed error) {
	if g.watched == nil {
		return g.write()
	}
	start := time.Now()
	written, failed = g.write()
	e := BatchEvent{Commands: count, Bytes: written, Duration: time.Since(start), Err: failed}
	if written == math.MaxInt64 {
		e.Bytes = 0 // not known
	}
	g.watched.wrote(e)
	return written, failed
}

// write writes g.segments: one plain Write if it is one piece, else one writev
// where the connection can.
func (g *generation) write() (written int64, failed error) {
	defer func() {
		// A connection of the caller's own making is not to end the program. How much it
		// has taken is not known, so all of it counts.
		if p := recover(); p != nil {
			written, failed = math.MaxInt64, fmt.Errorf("panic while writing: %v", p)
		}
	}()
	if len(g.segments) == 1 {
		n, err := g.conn.Write(g.segments[0])
		g.segments[0] = nil
		return int64(n), err
	}
	segs := g.segments // it is eaten
	if v, ok := g.conn.(vectored); ok {
		written, failed = v.WriteBuffers(&segs)
	} else {
		written, failed = segs.WriteTo(g.conn)
	}
	clear(g.segments)
	return written, failed
}

// vectored is a connection that can write several pieces at once, and of which net.Buffers does not know it.
type vectored interface {
	WriteBuffers(b *net.Buffers) (n int64, err error)
}

// kickLocked tells whether writeLoop has to be kicked, since there is something that may be written by now, and nobody else is about to.
func (g *generation) kickLocked() bool {
	q := g.queue
	return !g.serving && !g.seat.holdsLocked() && g.mayWriteLocked() && q.wakeWriterLocked()
}

// writableLocked tells how many commands may be written now: not more than the reply
// window leaves, nor than there are.
func (q *queue) writableLocked(g *generation) int {
	if q.writing > 0 || q.solo != nil && q.due.len() > 0 && q.loneLocked() {
		return 0 // who writes, or retires, asks again
	}
	return min(g.window.size-q.due.len(), q.backlogLocked())
}

// loneLocked tells whether the next command has to wait until no reply is due.
func (q *queue) loneLocked() bool {
	for _, rest := range [][]entry{q.held.entries[q.held.next+q.writing:], q.pend.entries[q.pend.next:]} {
		if len(rest) > 0 {
			return rest[0].size&lone != 0
		}
	}
	return false
}

// takeLocked moves up to n commands to the FIFO of those whose replies are due. From
// here on they are in flight: the writer writes their bytes next. Law G1: there is
// no moment at which a byte of a command is on its way and the command is not in due.
func (q *queue) takeLocked(n int) (count int) {
	if c := future.CancelCount(); q.stale || c != q.cancels {
		q.cancels = c
		q.sweepLocked()
		q.grantRoomLocked()
	}
	if q.held.len() == 0 {
		q.held, q.pend = q.pend, q.held
	}
	count, _ = q.held.portion(n, writeLimit, q.due.len() > 0)
	if count > 0 && q.due.len() == 0 {
		q.watch.dueSince = q.watch.now
	}
	going := q.held.entries[q.held.next : q.held.next+count]
	for i := range going {
		if going[i].size&bound != 0 {
			going[i].cmd.MarkSent()
		}
	}
	q.due.push(going)
	q.writing = count
	return count
}

// whollyLocked counts the entries being written of which the kernel accepted the last
// byte, when it accepted n bytes of the batch in all. A server never executes a
// command whose last byte it did not get.
func (q *queue) whollyLocked(n int64) (count int) {
	written := q.held.entries[q.held.next : q.held.next+q.writing]
	for _, e := range written {
		if n -= int64(e.bytes()); n < 0 {
			break
		}
		count++
	}
	// Of a transaction whose EXEC was cut nothing runs.
	for count > 0 && count < len(written) && written[count-1].size&joined != 0 {
		count--
	}
	return count
}
