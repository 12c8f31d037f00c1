package redis

import (
	"time"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// watchdog bounds every wait of a queue (law G6) with one coarse timer, so that
// the way of a command needs no clock and no deadline on the socket. All of it is
// guarded by the queue's lock.
//
// Its clock is advanced by each tick, and by two ticks at most: when the
// process was stopped, or starved, for a minute, that minute does not count, and
// what has arrived meanwhile is read before anything is declared late.
//
// A tick fails what is over time and ends a connection that is stuck. It is due
// every tick while there is anything to watch, and else when the next PING is.
type watchdog struct {
	readTimeout  time.Duration
	writeTimeout time.Duration
	pingInterval time.Duration // <= 0: never
	tick         time.Duration
	ping         func() // sends a PING; called without the lock

	now   int64 // the clock, in ns since the watchdog was made
	timer *time.Timer
	armed time.Time     // when the timer was set
	span  time.Duration // for how long; 0: it is not set
	quiet int           // ticks in a row that found nothing to watch

	dueSince  int64 // clock time at which due was last empty
	readSince int64 // clock time at which bytes were last seen to have come
	bytesSeen int64 // generation.bytesRead at that time
}

// quietTicks is how many ticks the watchdog stays at its fast pace after the last
// command, so that a caller who issues one command after the other does not
// reset the timer for each.
const quietTicks = 10

// minTick keeps very short timeouts from making the watchdog a burden.
const minTick = time.Millisecond

func newWatchdog(o *Options) watchdog {
	// A twentieth of the timeout keeps the error of a late call below a tenth.
	tick := min(o.ReadTimeout, o.WriteTimeout) / 20
	return watchdog{
		readTimeout:  o.ReadTimeout,
		writeTimeout: o.WriteTimeout,
		pingInterval: o.PingInterval,
		tick:         min(max(tick, minTick), 250*time.Millisecond),
	}
}

// arm sees to it that the watchdog is awake when a command has been accepted.
func (w *watchdog) arm(q *queue) {
	if w.span == w.tick {
		return
	}
	w.advance()
	w.set(q, w.tick)
	w.quiet = 0
}

// set sets the timer.
func (w *watchdog) set(q *queue, d time.Duration) {
	w.span, w.armed = d, time.Now()
	if w.timer == nil {
		w.timer = time.AfterFunc(d, q.onTick)
		return
	}
	w.timer.Reset(d)
}

// stop ends the watchdog until the next arm.
func (w *watchdog) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.span = 0
}

// advance moves the clock by the time since the timer was set, but not by much
// more than it was set for.
func (w *watchdog) advance() {
	if w.span > 0 {
		w.now += int64(min(time.Since(w.armed), w.span+w.tick))
	}
}

// checkDrain ends a drain that waits for nobody, after the late have been settled.
func (q *queue) checkDrain() {
	q.mu.Lock()
	q.checkNobodyWaitsLocked()
	q.mu.Unlock()
}

// stopWatch ends the watchdog for good.
func (q *queue) stopWatch() {
	q.mu.Lock()
	q.watch.stop()
	q.mu.Unlock()
}

// attached starts to watch a new connection.
func (w *watchdog) attached(q *queue) {
	w.arm(q)
	w.readSince, w.dueSince = w.now, w.now
	w.bytesSeen = 0
	q.gen.born = w.now
}

// onTick is called by the timer.
func (q *queue) onTick() {
	w := &q.watch
	q.mu.Lock()
	if w.span == 0 {
		q.mu.Unlock()
		return // stopped
	}
	w.advance()
	late := q.expireBacklogLocked()
	late = append(late, q.expireRoomLocked()...)
	kick := q.admitWaitingLocked()
	stuck, ping := "", false
	g := q.gen
	if g != nil {
		// Also when it has ended already: its goroutines may take their time to leave.
		late = append(late, q.expireDueLocked()...)
	}
	if g != nil && !g.ended {
		if n := g.bytesRead.Load(); n != w.bytesSeen || g.holding.Load() {
			w.bytesSeen, w.readSince = n, w.now
		}
		stuck = w.stuck(q, g)
		// Only an idle connection is asked: where a reply is due, its absence tells
		// as much.
		ping = q.countLocked() == 0 && w.pingDue()
	}
	w.again(q)
	q.unlockAndKick(kick)
	late.settle()
	q.checkDrain()
	switch {
	case stuck != "":
		g.endAs(ReasonTimeout, &errors.ConnectionError{Op: stuck, Addr: g.addr, Reason: ReasonTimeout, Effect: errors.Unknown})
	case ping:
		w.ping()
	}
}

// again sets the timer for the next tick.
func (w *watchdog) again(q *queue) {
	if q.countLocked() > 0 || len(q.room) > 0 {
		w.quiet = 0
	} else {
		w.quiet++
	}
	switch {
	case w.quiet <= quietTicks:
		w.set(q, w.tick)
	case q.gen == nil || w.pingInterval <= 0:
		w.span = 0 // arm starts it again
		q.shrinkLocked()
	default:
		q.shrinkLocked()
		w.set(q, min(max(w.tick+1, w.pingInterval-time.Duration(w.now-w.readSince)), time.Hour))
	}
}

// late tells whether a command issued at the given time is out of time. A tick
// more is granted, since the clock may lag behind the issue by as much.
func (w *watchdog) late(issued int64) bool {
	return w.now-issued-int64(w.tick) > int64(w.readTimeout) // in this order it cannot overflow
}

// stuck tells in what the connection is stuck: errors.OpWrite when one write has
// taken longer than WriteTimeout, errors.OpRead when it owes a reply and has been
// silent for ReadTimeout, and "" when it is not.
func (w *watchdog) stuck(q *queue, g *generation) string {
	if start := g.writeStart.Load(); start > 0 && w.now-(start-1) > int64(w.writeTimeout) {
		return errors.OpWrite
	}
	more := q.allowedLocked()
	if q.due.len() > 0 && more != forever && w.now-max(w.readSince, w.dueSince)-int64(more) > int64(w.readTimeout) {
		return errors.OpRead
	}
	return ""
}

func (w *watchdog) pingDue() bool {
	return w.pingInterval > 0 && w.now-w.readSince >= int64(w.pingInterval)
}

// expireBacklogLocked takes out the commands that waited too long to be written. They
// never will be.
func (q *queue) expireBacklogLocked() (late failures) {
	// The oldest stand first: where they are in time, all are. But one that blocks has more time.
	due := func(b *batch, skip int) bool {
		return b.len() > skip && (q.solo.blocking() || q.watch.late(b.entries[b.next+skip].issued))
	}
	if !due(&q.held, q.writing) && !due(&q.pend, 0) {
		return nil
	}
	q.removeLocked(func(e *entry) bool {
		if !q.lateLocked(e.cmd, e.issued) {
			return false
		}
		effect := errors.NotExecuted
		if e.size&again != 0 {
			effect = errors.Unknown
		}
		if e.size&pinned != 0 {
			if e.cmd.Settled() {
				return false
			}
			if q.gen != nil {
				effect = errors.Unknown // it is going to be sent; without a connection, attach takes it out
			}
		}
		late = append(late, failure{e.cmd, q.timeoutLocked(errors.OpQueue, e.cmd, effect)})
		return e.size&pinned == 0
	})
	return late
}

// expireRoomLocked takes out the calls that waited too long for room.
func (q *queue) expireRoomLocked() (late failures) {
	q.sweepRoomLocked(func(call *roomCall) bool {
		if !q.watch.late(call.issued) {
			return false
		}
		effect := errors.NotExecuted
		if call.flags&pinned != 0 {
			effect = errors.Unknown // it is going to be sent when there is room
		}
		late = append(late, call.failures(func(cmd *commands.Cmd) error {
			return q.timeoutLocked(errors.OpQueue, cmd, effect)
		})...)
		return true
	})
	return late
}

// admitWaitingLocked lets calls in for which somebody has made room. It reports
// whether the writer has to be kicked.
func (q *queue) admitWaitingLocked() (kick bool) {
	if q.gen == nil || len(q.room) == 0 {
		return false
	}
	q.grantRoomLocked()
	return q.gen.kickLocked()
}

// expireDueLocked finds the commands whose replies are overdue. They stay in the FIFO:
// the late reply is read and dropped (law G7).
func (q *queue) expireDueLocked() (late failures) {
	for i := range q.due.len() {
		e := q.due.at(i)
		if !q.lateLocked(e.cmd, e.issued) {
			if q.solo.blocking() {
				continue // one that blocks may be older than others that are late
			}
			break
		}
		if !e.cmd.Settled() {
			late = append(late, failure{e.cmd, q.timeoutLocked(errors.OpRead, e.cmd, errors.Unknown)})
		}
	}
	return late
}

// timeoutLocked makes the error of a command that is out of time, with what is known
// about the state of things.
func (q *queue) timeoutLocked(op string, cmd *commands.Cmd, effect errors.Outcome) *errors.TimeoutError {
	e := &errors.TimeoutError{
		Op:      op,
		Command: cmd.Name(),
		After:   q.limitLocked(cmd),
		Effect:  effect,
		State:   q.stateLocked(),
	}
	if q.gen == nil {
		e.Err = q.lastErr // why there is no connection
	}
	return e
}

// stateLocked describes the queue for errors.
func (q *queue) stateLocked() errors.State {
	s := errors.State{InFlight: q.due.len(), Backlog: q.backlogLocked()}
	w := &q.watch
	if q.due.len() > 0 {
		e := q.due.at(0)
		s.HeadCommand, s.HeadAge = e.cmd.Name(), time.Duration(w.now-e.issued)
	}
	if q.gen != nil {
		s.LastRead, s.ConnAge = time.Duration(w.now-w.readSince), time.Duration(w.now-q.gen.born)
	}
	return s
}
