package redis

import (
	"context"
	stderrors "errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/tuning"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// seat is the place of who reads a connection. As a rule readLoop has it. A caller who is alone, turn after turn, writes
// his commands and reads his replies by himself: to be served by two other goroutines costs him more than the work does.
//
//	              a caller was alone for some turns              waits for a command
//	byLoop (reads) ------------------------------> byNobody ----------------------------> byCaller (reads)
//	    ^  ^                                         |   ^                                   |   |
//	    |  +--- idle, wanted, written by writer, ----+   +---- his command is answered, -----+   |
//	    |       drain, the end                                 and nothing is due                |
//	    +------------------------- whatever else ends his turn ----------------------------------+
//
// What makes that as safe as two goroutines that never leave:
//
//   - A caller sits only while he waits. What ends his wait, be it ctx, a time limit, Cancel or Close, ends his read.
//   - He decodes only replies that have arrived to the last byte. Large ones that come in parts, streamed and
//     malformed ones are left to readLoop, as every error is.
//   - He writes without waiting for the kernel. What it does not take at once is left to writeLoop.
//   - He looks at the socket before he writes, unless a reply has come just now: on a connection that is known to be lost nothing goes
//     out (law G4).
//   - He does it nowhere in the process but here. Several connections with a caller each are served better by loops, which
//     the scheduler lets run in turn.
//   - Where messages may come, readLoop stays.
//   - While a reply is due that nobody sits for, readLoop is called back as soon as anybody asks for it in another way.
//   - On a connection of a lane readLoop stays, since its replies may take as long as they like: there a caller only writes.
//   - When nobody has used the connection for an idleTurn, a patrol calls readLoop back: to hear of the end of the connection, and to
//     take a reply that nobody asks for.
type seat struct {
	g     *generation
	sock  direct
	fixed bool // it is readLoop's for good

	mark   *future.Seat
	leaves func() // s.interrupt, made once

	recall chan struct{} // capacity 1: sent to by who sets taker to byLoop, received by readLoop

	// Guarded by queue.mu.
	taker taker
	calm  int       // turns in a row in which a caller was alone
	calls int       // to submit and submitRun, in this turn
	seen  uint64    // queue.accepted when the patrol was here; 0: it was not yet
	heard time.Time // when a caller had his reply

	watched bool // guarded by patrol.mu: the patrol comes

	mu      sync.Mutex // guards what follows, and the use of SetReadDeadline
	sitting bool
	cut     bool // the read of who sits was ended
}

// taken tells that a caller reads by himself, on whichever connection of the process.
var taken atomic.Bool

// taker tells who reads.
type taker int8

const (
	byLoop taker = iota
	byNobody
	byCaller
)

const (
	// idleTurn is how often a patrol looks whether a seat is still in use: it takes one to two of them to find that it is not.
	idleTurn = 5 * time.Millisecond

	// wholeAtMost is how much of a reply may be there while a caller still waits for the rest of it: each time something comes he looks
	// at all of it, which for larger ones would take too long.
	wholeAtMost = 16 << 10

	// writeAtOnce is the largest request, or run of them, that a caller writes by himself.
	writeAtOnce = 64 << 10
)

// direct is what a connection must be able to do, beside what a net.Conn can, for a caller to use it by himself, and for readLoop to write to it. Its methods
// do not block, and are called one at a time. A socket.Conn has them, and one that lives in memory, in tests.
type direct interface {
	// Look tells whether bytes have come that are not read yet, and reads none. Its error, such as io.EOF, is why the connection
	// is of no more use.
	Look() (unread bool, err error)

	// TryWrite writes as much of p as is taken at once, which may be nothing.
	TryWrite(p []byte) (n int, err error)
}

// newSeat makes the seat of g, or returns nil when callers have no part in its connection at all.
func newSeat(g *generation) *seat {
	sock, ok := g.conn.(direct)
	if !ok {
		return nil
	}
	if g.queue.attended {
		return &seat{g: g, sock: sock, fixed: true}
	}
	s := &seat{g: g, sock: sock, recall: make(chan struct{}, 1)}
	s.mark = future.NewSeat(s)
	s.leaves = s.interrupt
	return s
}

// changes tells whether others than readLoop may read.
func (s *seat) changes() bool { return s != nil && !s.fixed }

// turnLocked is called when readLoop has retired all that has come, and is going to wake so many callers. It reports whether
// it is to leave the seat after that.
func (s *seat) turnLocked(woken int) (leave bool) {
	alone := woken <= 1 && s.calls == 1 && s.g.queue.countLocked() == 0
	s.calls = 0
	switch {
	case !alone, taken.Load():
		s.calm = 0
		return false
	case woken == 0:
		return false // the reply has come before he waits, or he does not wait: not told
	}
	s.calm++
	return s.calm >= tuning.CalmTurns
}

// away is where readLoop waits until the seat is its own again. It does not leave it when there is something to read by now.
func (s *seat) away() {
	q := s.g.queue
	q.mu.Lock()
	if q.countLocked() > 0 || s.g.ended {
		q.mu.Unlock()
		return
	}
	s.taker, s.seen = byNobody, 0
	q.mu.Unlock()
	q.patrol.watch(s)
	<-s.recall
}

// idle is called by a patrol, again and again. It gives the seat back if nobody has used it since the last call, and reports whether
// it is readLoop's now.
func (s *seat) idle() bool {
	q := s.g.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.accepted == s.seen {
		s.callBackLocked()
	}
	s.seen = q.accepted
	return s.taker == byLoop
}

// callBackLocked makes readLoop read again if nobody does.
func (s *seat) callBackLocked() {
	if s != nil && s.taker == byNobody {
		s.giveBackLocked()
	}
}

func (s *seat) giveBackLocked() {
	s.taker, s.calm = byLoop, 0
	s.recall <- struct{}{}
}

// writesLocked is called with what was just accepted by one call: so many commands of so many bytes, the last of which the caller is going to
// wait for, if for any. It tells whether he is to write by himself.
func (s *seat) writesLocked(last *commands.Cmd, n, size int) bool {
	if s == nil {
		return false
	}
	if s.fixed {
		return s.aloneLocked(n, size)
	}
	s.calls++
	if s.taker != byNobody {
		return false
	}
	if !taken.Load() && !s.g.queue.solo.blocking() && s.aloneLocked(n, size) && last.Offer(s.mark) {
		return true
	}
	s.giveBackLocked()
	return false
}

// aloneLocked tells whether there is nothing in the queue but what was just accepted, and that may be written at once.
func (s *seat) aloneLocked(n, size int) bool {
	q := s.g.queue
	return q.asleep && size < writeAtOnce && q.countLocked() == n && q.writableLocked(s.g) >= n
}

// writeLocked writes what is in the backlog, and unlocks the queue.
func (s *seat) writeLocked() {
	g := s.g
	q := g.queue
	unread, err := false, error(nil)
	if !s.fixed && time.Since(s.heard) > tuning.LookAfter {
		unread, err = s.sock.Look()
	}
	if err != nil {
		q.mu.Unlock()
		g.end(errors.OpRead, err)
		return
	}
	if unread {
		s.callBackLocked() // it is not for us
	}
	g.tryWriteLocked()
}

// Sit lets a caller read until o is settled; see future.Sitter.
func (s *seat) Sit(ctx context.Context, o *future.Owner) {
	q := s.g.queue
	q.mu.Lock()
	if s.taker != byNobody {
		q.mu.Unlock()
		return
	}
	if !taken.CompareAndSwap(false, true) {
		s.giveBackLocked()
		q.mu.Unlock()
		return
	}
	s.taker = byCaller
	q.mu.Unlock()
	s.mu.Lock()
	s.sitting = true
	s.mu.Unlock()
	if ctx.Done() == nil {
		s.read(o)
		return
	}
	stop := context.AfterFunc(ctx, s.leaves)
	defer stop()
	s.read(o)
}

// read answers until o is settled, then leaves the seat.
func (s *seat) read(o *future.Owner) {
	g := s.g
	done := false
	defer func() {
		if p := recover(); p != nil {
			g.panicked(p)
		}
		s.leave(done)
	}()
	for !o.Settled() {
		if g.reader.Fill() != nil {
			return
		}
		if !s.answers() {
			return
		}
	}
	done = true
}

// answers takes the replies that have come as a whole. It reports false when what follows is for readLoop: since there is more of it than
// a caller waits for, or it is not in order.
func (s *seat) answers() bool {
	g := s.g
	for {
		whole, partly := g.reader.Whole()
		if !whole {
			return partly && g.reader.Buffered() <= wholeAtMost
		}
		if !g.answer() {
			return false
		}
	}
}

// hears tells whether messages may come on the connection, which readLoop takes as soon as they do. It must not be called with the queue's lock.
func (s *seat) hears() bool { return s.g.ear != nil && s.g.ear.subscribed() }

// leave ends the turn of a caller. Unless everything is answered, readLoop goes on.
func (s *seat) leave(done bool) {
	g := s.g
	q := g.queue
	s.mu.Lock()
	s.sitting = false
	if s.cut {
		s.cut = false
		_ = g.conn.SetReadDeadline(time.Time{})
	}
	s.mu.Unlock()
	taken.Store(false)
	if g.wake.Len() > 0 {
		g.retire() // before they are woken
		g.wake.Wake()
	}
	done = done && !s.hears()
	q.mu.Lock()
	g.retireLocked()
	if done && q.countLocked() == 0 && !g.ended {
		s.heard = time.Now()
		s.taker = byNobody
	} else {
		s.giveBackLocked()
	}
	q.unlockAndKick(g.kickLocked())
}

// Settled is called when a command was settled by somebody else; see future.Sitter.
func (s *seat) Settled() { s.interrupt() }

// interrupt ends the read of who sits.
func (s *seat) interrupt() {
	s.mu.Lock()
	if s.sitting && !s.cut {
		s.cut = true
		_ = s.g.conn.SetReadDeadline(longAgo)
	}
	s.mu.Unlock()
}

// longAgo is a time that has passed.
var longAgo = time.Unix(1, 0)

// Wanted is called when somebody asks for the outcome of a command without sitting down; see future.Sitter.
func (s *seat) Wanted() {
	q := s.g.queue
	q.mu.Lock()
	if q.due.len() > 0 {
		s.callBackLocked()
	}
	q.mu.Unlock()
}

// interrupted tells whether a read has failed only because who sat was to leave.
func interrupted(err error) bool { return stderrors.Is(err, os.ErrDeadlineExceeded) }
