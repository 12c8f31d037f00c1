package redis

import (
	"sync"
	"sync/atomic"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// queue holds every command of one client from its acceptance to its reply: what
// waits to be written, and what waits to be answered. It outlives the
// connections: a generation is attached to it, writes from it, answers from it,
// and when it ends, what had not left stays for the next one.
//
//	caller -- submit --> pend -- take --> held -- take --> due -- retire --> gone
//	            |        (callers append)  (writer)         (reader)
//	            +--> room (full: the caller waits)
//
// A command is appended to pend, bytes and entry, in one short critical section.
// The writer swaps pend and held, and pushes what it is going to write to due
// before the first byte can reach the socket (law G1). The lock is held for a
// memcpy of a small request at most; nobody waits, and no future is settled, while
// it is held.
type queue struct {
	limits queueLimits

	mu   sync.Mutex
	gen  *generation // the connection that is ready; nil: none
	pend batch       // accepted; callers append
	held batch       // the older part of the backlog; the writer writes from it
	due  fifo        // a reply is due
	room []*roomCall // calls that wait for room, first come first served

	refuse  error         // set: nothing is accepted any more, or for the time being
	lastErr error         // why the last attempt to connect failed
	drained chan struct{} // set by drain; closed when nothing is left
	empty   bool          // drained is closed

	writing int           // entries at the end of due that are also in held: being written
	asleep  bool          // the writer waits on kick
	kick    chan struct{} // capacity 1; sent to by who clears asleep, received by the writer
	woken   int           // callers that the reader is waking: more commands are to be expected; 0 again when the writer has seen it
	stale   bool          // an entry of the backlog was withdrawn: sweep before writing
	cancels uint64        // future.CancelCount at the last sweep

	accepted uint64 // commands, for Stats

	retryReads bool // Options.RetryReadOnly

	watch watchdog
	solo  *solo // of a Conn; nil for a connection that is shared

	patrol *patrol // calls readers back; of many connections

	over *atomic.Bool // of a Line: set when its connection ends; nil for others

	// Of a connection of a lane, or one that can be subscribed; set before it is used.
	attended bool                                                                             // its callers write by themselves, and never read: see seat
	deliver  func(cmd *commands.Cmd, t proto.Type, r *proto.Reader, wake *future.Batch) error // in place of Cmd.Deliver
	identify bool                                                                             // the handshake finds out its number
	ear      ear                                                                              // hears what is not a reply; nil: nobody
}

type queueLimits struct {
	offline      int // commands while there is no connection
	offlineBytes int
	online       int // commands accepted and not answered while there is one
	onlineBytes  int // of them, bytes not written yet
}

func newQueue(l queueLimits) *queue {
	return &queue{limits: l, kick: make(chan struct{}, 1)}
}

// submit takes a command over, or fails it. While connected and full it waits
// for room; then it returns when there is room, the connection ends, the client
// is closed, the command runs out of time or is withdrawn. It reports whether the
// client is offline, so that somebody has to connect.
func (q *queue) submit(cmd *commands.Cmd) (offline bool) {
	wire := cmd.Wire()
	q.mu.Lock()
	if cmd.Withdrawn() {
		q.mu.Unlock() // its context ended before it came here
		cmd.Release()
		return false
	}
	if err := q.admitLocked(1, len(wire)); err != nil {
		q.mu.Unlock()
		cmd.Release()
		cmd.Fail(err)
		return false
	}
	var flags int64
	if q.solo != nil {
		wait, blocks := cmd.BlockTimeout()
		var err error
		if flags, err = q.solo.issueLocked(cmd, wait, blocks); err != nil {
			q.mu.Unlock()
			cmd.Release()
			cmd.Fail(err)
			return false
		}
	}
	if q.retryReads && cmd.Spec().Flags.Has(commands.ReadOnly|commands.Repeatable) {
		flags |= kept
	}
	q.accepted++
	if q.gen != nil && (len(q.room) > 0 || q.fullLocked(1, len(wire)) && !q.sweptRoomLocked(1, len(wire))) {
		call := q.enterRoomLocked(cmd, wire, flags)
		q.mu.Unlock()
		<-call.done
		return false
	}
	q.acceptLocked(cmd, wire, flags)
	offline = q.startLocked(cmd, 1, len(wire))
	if len(wire) < byReference && flags&kept == 0 {
		cmd.Release()
	}
	return offline
}

// startLocked sees to it that what one call has brought goes out: n commands of the given size. It unlocks the queue, and reports whether the client is
// offline.
func (q *queue) startLocked(last *commands.Cmd, n, size int) (offline bool) {
	g := q.gen
	if g != nil {
		himself, lost := g.seat.writesLocked(last, n, size)
		switch {
		case lost != nil:
			q.mu.Unlock()
			g.end(errors.OpRead, lost)
			return false
		case himself:
			g.tryWriteLocked()
			return false
		}
	}
	q.unlockAndKick(g != nil && g.kickLocked())
	return g == nil
}

// admitLocked tells why n commands of the given size are not accepted at all.
func (q *queue) admitLocked(n, size int) error {
	if q.refuse != nil {
		return q.refuse
	}
	if q.gen != nil {
		return nil
	}
	if q.overLocked(n, size) && !(q.sweptLocked() && !q.overLocked(n, size)) {
		return &DisconnectedError{Reason: errors.ReasonQueueFull, QueueSize: q.backlogLocked()}
	}
	return nil
}

// overLocked tells whether n commands of the given size are too much to wait for a connection.
func (q *queue) overLocked(n, size int) bool {
	return q.backlogLocked()+n > q.limits.offline || q.overBytesLocked(size, q.limits.offlineBytes)
}

// fullLocked tells whether n commands of the given size have to wait for room. What is larger than the
// whole queue is let in when that is empty.
func (q *queue) fullLocked(n, size int) bool {
	have := q.countLocked()
	return have > 0 && have+n > q.limits.online || q.overBytesLocked(size, q.limits.onlineBytes)
}

// sweptRoomLocked takes what is cancelled out of a full backlog, and tells whether that has made room.
func (q *queue) sweptRoomLocked(n, size int) bool {
	return q.sweptLocked() && !q.fullLocked(n, size)
}

// sweptLocked takes what is cancelled out of the backlog, if anything can have been cancelled since the last time. A queue
// that stays full for minutes refuses thousands of calls a second: to look through it for each of them would cost more than the
// calls.
func (q *queue) sweptLocked() bool {
	c := future.CancelCount()
	if !q.stale && c == q.cancels {
		return false
	}
	q.cancels = c
	q.sweepLocked()
	return true
}

// overBytesLocked tells whether size more bytes would be more than limit. A single
// command is let in whatever its size, or it could never run.
func (q *queue) overBytesLocked(size, limit int) bool {
	have := q.pend.bytes + q.held.bytes
	return have > 0 && have+size > limit
}

// acceptLocked appends the command to the backlog.
func (q *queue) acceptLocked(cmd *commands.Cmd, wire []byte, flags int64) {
	q.watch.arm(q)
	q.pend.append(cmd, wire, q.watch.now, flags)
}

// wakeWriterLocked tells whether the caller has to kick the writer, which only one
// caller has to for each time it falls asleep.
func (q *queue) wakeWriterLocked() bool {
	kick := q.asleep
	q.asleep = false
	return kick
}

// unlockAndKick unlocks the queue, and kicks the writer if so told by who has locked it.
func (q *queue) unlockAndKick(kick bool) {
	q.mu.Unlock()
	if kick {
		q.kick <- struct{}{}
	}
}

// backlogLocked counts the commands that are accepted and of which no byte is written.
func (q *queue) backlogLocked() int { return q.pend.len() + q.held.len() - q.writing }

// countLocked counts the commands that are accepted and not answered.
func (q *queue) countLocked() int { return q.backlogLocked() + q.due.len() }

// checkDrainedLocked tells who waits in drain that nothing is left.
func (q *queue) checkDrainedLocked() {
	if q.drained != nil && !q.empty && q.countLocked() == 0 {
		q.empty = true
		close(q.drained)
	}
}

// checkNobodyWaitsLocked ends a drain when all that is due is out of time or
// cancelled: nobody waits for those replies any more. A command that blocks is not waited for either, nor what stands
// behind it: it may take as long as it likes, for ever if it has no timeout.
func (q *queue) checkNobodyWaitsLocked() {
	if q.drained == nil || q.empty {
		return
	}
	blocked := false
	for i := 0; i < q.due.len() && !blocked; i++ {
		cmd := q.due.at(i).cmd
		if _, blocked = q.solo.blocksFor(cmd); !blocked && !cmd.Settled() {
			return
		}
	}
	if !blocked && q.backlogLocked() > 0 {
		return
	}
	q.empty = true
	close(q.drained)
}

// attach makes g the connection that commands go out on. It returns what must not go out any more.
func (q *queue) attach(g *generation) (torn failures) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.solo != nil {
		torn = q.dropTornLocked()
	}
	q.gen, q.lastErr = g, nil
	q.watch.attached(q)
	return torn
}

// detach takes g off again, after its writer and its reader have ended. What the
// kernel did not accept to its last byte goes back to the backlog; what is left
// in due may have been executed and is returned, as are the calls that waited for
// room and now find none.
func (q *queue) detach(g *generation) (lost []entry, refused failures) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.gen = nil
	// A server that answers what it cannot have got is not worth a panic.
	q.due.retract(min(q.writing-g.accepted, q.due.len()))
	q.held.advance(g.accepted)
	q.writing = 0
	// What goes back to the backlog has not left: a context that ends from now on
	// withdraws it. And what was settled while it was being written, by its time limit
	// or by an answer that came too early, must not go out again.
	for i := range q.held.entries[q.held.next:] {
		if e := &q.held.entries[q.held.next+i]; e.size&(bound|pinned|again) == bound {
			e.cmd.MarkUnsent()
		}
	}
	if q.solo == nil {
		refused = q.dropAnsweredLocked(g) // before the sweep, which would take only what is settled of a transaction
	}
	q.sweepLocked()
	refused = append(refused, q.leaveRoomLocked()...)
	if q.solo != nil {
		refused = append(refused, q.endTransactionLocked(g.cause, g.addr)...)
	}
	lost = make([]entry, 0, q.due.len())
	for i := range q.due.len() {
		lost = append(lost, *q.due.at(i))
	}
	if q.retryReads {
		lost = q.retryLocked(g, lost)
	}
	q.solo.forget(lost)
	q.due = fifo{}
	q.checkDrainedLocked()
	return lost, refused
}

// dropBacklog takes out everything that waits, to be failed with err, and from now
// on refuses what comes as well if refuse is set. There must be no connection.
func (q *queue) dropBacklog(err, refuse error) failures {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refuse = refuse
	var lost failures
	for _, b := range []*batch{&q.held, &q.pend} {
		for _, e := range b.entries[b.next:] {
			if e.size&(apart|kept) != 0 {
				e.cmd.Release()
			}
			reason := err
			if e.size&again != 0 {
				reason = &errors.ConnectionError{Op: errors.OpRead, Reason: "lost before, and not sent again", Err: err, Effect: errors.Unknown}
			}
			lost = append(lost, failure{e.cmd, reason})
		}
		q.solo.forget(b.entries[b.next:])
		clear(b.entries)
		b.reset()
	}
	q.solo.dropped(err)
	q.checkDrainedLocked()
	return lost
}

// accepting ends the refusal that a failed round has left behind.
func (q *queue) accepting() {
	q.mu.Lock()
	q.refuse = nil
	q.mu.Unlock()
}

// refusing tells whether nothing is accepted.
func (q *queue) refusing() bool { return q.refusal() != nil }

// refusal tells why nothing is accepted, if so.
func (q *queue) refusal() error {
	_, err := q.standing()
	return err
}

// standing tells whether commands are under way, and why no more are accepted, if so.
func (q *queue) standing() (busy bool, refuse error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.countLocked() > 0, q.refuse
}

// unreachable notes why there is no connection, for the errors of commands that
// wait for one in vain.
func (q *queue) unreachable(err error) {
	q.mu.Lock()
	q.lastErr = err
	q.mu.Unlock()
}

// drain has nothing more accepted and returns a channel that is closed when
// everything accepted before is answered.
func (q *queue) drain(refuse error) <-chan struct{} {
	q.mu.Lock()
	q.refuse = refuse
	if q.gen != nil {
		q.gen.seat.callBackLocked()
	}
	refused := q.leaveRoomLocked()
	if q.drained == nil {
		q.drained = make(chan struct{})
	}
	q.sweepLocked()
	q.checkNobodyWaitsLocked()
	drained := q.drained
	q.mu.Unlock()
	refused.settle()
	return drained
}

// shrinkLocked gives back the memory that a burst has left behind. Nothing is queued.
func (q *queue) shrinkLocked() {
	if q.writing > 0 {
		return // all is answered, but the write has not returned yet: held is still in use
	}
	q.due.shrink()
	for _, b := range []*batch{&q.held, &q.pend} {
		if cap(b.buf)+cap(b.entries)*entrySize > batchIdle {
			*b = batch{}
		}
	}
}

// sweepLocked takes what is cancelled or withdrawn out of the backlog, so that it is
// never written and takes no room.
func (q *queue) sweepLocked() {
	q.removeLocked(func(e *entry) bool {
		// Only of a bound command may the request be looked at: that of another one may be
		// on its way back to the pool, by who has just queued it.
		return e.size&pinned == 0 && (e.cmd.Settled() || e.size&bound != 0 && e.cmd.Withdrawn())
	})
	q.stale = false
}

// removeLocked takes out of the backlog what gone says to.
func (q *queue) removeLocked(gone func(e *entry) bool) {
	if q.solo.blocking() {
		was := gone
		gone = func(e *entry) bool {
			if !was(e) {
				return false
			}
			q.solo.patience.drop(e.cmd)
			return true
		}
	}
	q.held.sweep(q.writing, gone)
	q.pend.sweep(0, gone)
	q.checkDrainedLocked()
}
