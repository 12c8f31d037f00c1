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
//	    |       drain, the end                                 and nothing is due, or gathers    |
//	    +------------------------- whatever else ends his turn ----------------------------------+
//
// Who has many commands in flight, issued one by one, and then waits, turn after turn, is alone as well. Of those that he issues one after the other the first
// goes out at once, and the others together: when he waits, or anybody asks for an outcome; when there are writeAtOnce bytes; or when a patrol finds them, which
// is 6 ms later at most. That is what gathers tells.
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
//   - While a reply is due that nobody sits for, readLoop is called back as soon as anybody asks for it in another way: each command that is due then has
//     the mark of the seat, so that it is heard of, or stands before one that its caller sits for.
//   - On a connection of a lane readLoop stays, since its replies may take as long as they like: there a caller only writes.
//   - When nobody has used the connection for an idleTurn, or waits for what was gathered, a patrol calls readLoop back: to hear of the end of the connection, and
//     to take a reply that nobody asks for.
type seat struct {
	g     *generation
	sock  direct
	fixed bool // it is readLoop's for good

	mark   *future.Seat
	leaves func() // s.interrupt, made once

	recall chan struct{} // capacity 1: sent to by who sets taker to byLoop, received by readLoop

	// Guarded by queue.mu.
	taker   taker
	gathers bool      // what is issued while other commands are under way waits until somebody waits
	calm    int       // turns in a row in which a caller was alone; while gathers is set and readLoop away, those in which he had one command
	calls   int       // to submit and submitRun, in this turn
	crowded bool      // others than who sits need replies
	seen    uint64    // queue.accepted when the patrol was here; 0: it was not yet
	heard   time.Time // when a caller had his reply
	wrote   time.Time // when one has written

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

	// heldTurn is how long commands may be under way on a seat that gathers, and nobody waits, when a patrol comes.
	heldTurn = time.Millisecond

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
	q := s.g.queue
	due := q.countLocked() > 0
	many := s.calls >= tuning.ManyCalls && q.solo == nil
	if due && !taken.Load() && (woken == 0 || woken == 1 && many) {
		return false // a part of the replies to a pipeline, or to a window: the last one tells
	}
	window := woken == 1 && many && !due
	alone := woken <= 1 && s.calls == 1 && !due
	s.calls = 0
	switch {
	case !alone && !window, taken.Load():
		s.calm, s.gathers = 0, false
		return false
	case woken == 0:
		return false // the reply has come before he waits, or he does not wait: not told
	}
	s.gathers = s.gathers || window
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
	s.taker, s.calm, s.calls, s.seen = byNobody, 0, 0, 0
	q.mu.Unlock()
	q.patrol.watch(s)
	<-s.recall
}

// idle is called by a patrol, again and again. It gives the seat back if nobody has used it since the last call, or nobody waits for what was gathered, and
// reports whether it is readLoop's now.
func (s *seat) idle() bool {
	q := s.g.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	held := s.gathers && q.countLocked() > 0 && time.Since(s.heard) > heldTurn && time.Since(s.wrote) > heldTurn
	if s.taker == byNobody && (held || q.accepted == s.seen) {
		s.giveBackLocked()
	}
	s.seen = q.accepted
	return s.taker == byLoop
}

// callBackLocked makes readLoop read again: at once if nobody does, and after the caller who does if replies are due then.
func (s *seat) callBackLocked() {
	switch {
	case s == nil:
	case s.taker == byNobody:
		s.giveBackLocked()
	case s.taker == byCaller:
		s.crowded = true
	}
}

// writtenLocked is called when writeLoop has written something.
func (s *seat) writtenLocked() {
	if s != nil && s.taker == byNobody && !s.gathers {
		s.giveBackLocked() // it is not what a caller has written by himself
	}
}

// giveBackLocked makes readLoop read, and writeLoop write what was gathered.
func (s *seat) giveBackLocked() {
	s.taker, s.gathers, s.calm = byLoop, false, 0
	s.recall <- struct{}{}
	if s.g.kickLocked() {
		s.g.queue.kick <- struct{}{}
	}
}

// holdsLocked tells whether what is in the backlog waits until somebody waits.
func (s *seat) holdsLocked() bool { return s != nil && s.gathers && s.taker == byNobody }

// writesLocked is called with what was just accepted by one call: so many commands of so many bytes, the last of which the caller is going to
// wait for, if for any. It tells whether he is to write by himself, or that the connection is lost, and nothing may go out on it.
func (s *seat) writesLocked(last *commands.Cmd, n, size int) (himself bool, lost error) {
	if s == nil {
		return false, nil
	}
	if s.fixed {
		return s.aloneLocked(n, size), nil
	}
	s.calls++
	if s.taker != byNobody {
		s.crowded = true // should somebody sit
		return false, nil
	}
	q := s.g.queue
	alone := s.aloneLocked(n, size)
	// What has a context is not gathered: its time may be up while its reply is there to be read.
	gathered := !alone && s.gathers && n == 1 && last.Context() == nil
	if !alone && !gathered || taken.Load() || q.solo.blocking() || !last.Offer(s.mark) {
		s.giveBackLocked()
		return false, nil
	}
	if gathered && (q.pend.bytes < writeAtOnce || !s.g.mayWriteLocked()) {
		return false, nil
	}
	unread, lost := s.lookLocked()
	if unread && alone {
		s.giveBackLocked() // it is not for him; and writeLoop, which is awake now, writes
		return false, nil
	}
	return lost == nil, lost
}

// lookLocked looks at the socket before a caller writes, unless a reply has come just now.
func (s *seat) lookLocked() (unread bool, lost error) {
	s.wrote = time.Now()
	if s.wrote.Sub(s.heard) <= tuning.LookAfter {
		return false, nil
	}
	return s.sock.Look()
}

// aloneLocked tells whether there is nothing in the queue but what was just accepted, and that may be written at once.
func (s *seat) aloneLocked(n, size int) bool {
	q := s.g.queue
	return q.asleep && size < writeAtOnce && q.countLocked() == n && q.writableLocked(s.g) >= n
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
	s.taker, s.crowded = byCaller, false
	s.writeGatheredLocked()
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

// writeGatheredLocked writes what was gathered, and unlocks the queue.
func (s *seat) writeGatheredLocked() {
	g := s.g
	q := g.queue
	if !g.mayWriteLocked() { // another caller may be writing
		q.mu.Unlock()
		return
	}
	if _, lost := s.lookLocked(); lost != nil {
		q.mu.Unlock()
		g.end(errors.OpRead, lost)
		return
	}
	g.tryWriteLocked()
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
	due := q.countLocked() > 0
	if done && !g.ended && (!due || s.gathers && !s.crowded) {
		s.heard = time.Now()
		s.taker = byNobody
		if !due {
			s.turnedLocked()
		}
	} else {
		s.giveBackLocked()
	}
	q.unlockAndKick(g.kickLocked())
}

// turnedLocked is called when all that callers who read by themselves had in flight is answered. Who has one command at a time, turn after turn, writes it by
// himself from then on.
func (s *seat) turnedLocked() {
	if s.calls > 1 {
		s.calm = 0
	} else if s.calm++; s.calm >= tuning.CalmTurns {
		s.gathers = false
	}
	s.calls = 0
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
	if q.countLocked() > 0 {
		s.callBackLocked()
	}
	q.mu.Unlock()
}

// interrupted tells whether a read has failed only because who sat was to leave.
func interrupted(err error) bool { return stderrors.Is(err, os.ErrDeadlineExceeded) }
