package simulator

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/futureio/futureio-go/redis"
	rerrors "github.com/futureio/futureio-go/redis/errors"
)

// check judges the run when it is over, by what the callers, the lines and the server know. Each failure names the law.
func (r *run) check() {
	r.sent = r.carried()
	for _, rec := range r.book.records {
		r.checkError(rec)
		r.checkTime(rec)
		r.checkTruth(rec, r.sent[rec.step.id])
	}
	for _, l := range r.network.all() {
		r.checkLine(l)
	}
	r.checkOrder()
	r.checkRoom()
	r.checkClosings()
	r.checkEvents()
	r.checkObserver()
	for _, w := range workloads {
		if w.check != nil {
			w.check(r)
		}
	}
}

// passage is how often one command went over the wire.
type passage struct {
	whole   int // times that the kernel took all of it
	partly  int // times that it did not
	offered []time.Duration
}

// carried tells of every command with an id how it went over all lines.
func (r *run) carried() map[string]*passage {
	sent := map[string]*passage{}
	for _, l := range r.network.all() {
		for _, c := range l.carried() {
			if c.id == "" {
				continue
			}
			p := sent[c.id]
			if p == nil {
				p = &passage{}
				sent[c.id] = p
			}
			if c.whole {
				p.whole++
			} else {
				p.partly++
			}
			p.offered = append(p.offered, c.offered)
		}
	}
	return sent
}

// checkError: every error is one of ours, or the cause that the caller gave.
func (r *run) checkError(rec *record) {
	var typed redis.Error
	switch {
	case rec.err == nil:
	case rec.cancelled:
		if rec.err != errChangedMind {
			r.fail("%s was cancelled and fails with %v; want the cause of Cancel", rec.step.id, rec.err)
		}
	case rec.err == errRevoked && rec.step.manner.revoke > 0:
	case !errors.As(rec.err, &typed):
		r.fail("%s fails with %v (%T); want a typed error", rec.step.id, rec.err, rec.err)
	case redis.SafeToRetry(rec.err) != (typed.Outcome() == redis.NotExecuted):
		r.fail("G4: %s fails with %v: SafeToRetry = %v, outcome %v", rec.step.id, rec.err, redis.SafeToRetry(rec.err), typed.Outcome())
	}
	if r.plan.gentle && rec.err != nil && rec.step.manner.limit == 0 && rec.step.manner.revoke == 0 && !rec.cancelled && !refusedBy(rec.err) {
		r.fail("%s %s fails with %v though nothing is lost and nobody is late", rec.step.id, rec.step.text, rec.err)
	}
}

func refusedBy(err error) bool {
	var no *redis.RedisError
	return errors.As(err, &no)
}

// checkTime: law G6, and nobody gives up too early.
func (r *run) checkTime(rec *record) {
	if rec.settled < 0 {
		return // the ledger has told
	}
	o, m := &r.plan.options, rec.step.manner
	took := rec.settled - rec.issued
	bound := o.ReadTimeout + r.plan.grace()
	if m.limit > 0 {
		bound = min(bound, m.limit)
	}
	if m.revoke > 0 {
		bound = min(bound, m.revoke)
	}
	if took > bound {
		r.fail("G6: %s %s settled after %v; want %v at most", rec.step.id, rec.step.text, took, bound)
	}
	if rec.returned < 0 || rec.returned-rec.issued > bound {
		r.fail("G6: the call of %s %s did not return within %v", rec.step.id, rec.step.text, bound)
	}
	var late *redis.TimeoutError
	if !errors.As(rec.err, &late) || late.Op == rerrors.OpConnect {
		return // the time of an attempt to connect is not the command's
	}
	limited := m.limit > 0 && took == m.limit
	if !limited && took < o.ReadTimeout-r.plan.grace() {
		r.fail("G6: %s ran out of time after %v already; want %v", rec.step.id, took, o.ReadTimeout)
	}
	// In the backlog for all that time, of a connection on which nothing was in flight: somebody forgot to wake the writer.
	s := late.State
	if late.Outcome() == redis.NotExecuted && s.ConnAge >= took && s.InFlight == 0 && s.Backlog > 0 && !r.writingDuring(rec) {
		r.fail("G6: %s stood in the backlog for %v though the connection was idle: %v", rec.step.id, took, rec.err)
	}
}

// writingDuring tells whether some line was being written to when the command failed.
func (r *run) writingDuring(rec *record) bool {
	return slices.ContainsFunc(r.network.all(), func(l *line) bool { return l.writingAt(rec.settled) })
}

// checkTruth: law G4, what the future says against what the wire and the server know.
func (r *run) checkTruth(rec *record, p *passage) {
	if p == nil {
		p = &passage{}
	}
	id, text := rec.step.id, rec.step.text
	again := r.plan.repeats(rec.step)
	if p.whole > 1 && !again && !rec.step.tx { // a transaction is sent again if its EXEC was cut
		r.fail("G4: %s %s went out %d times", id, text, p.whole)
	}
	for _, at := range p.offered {
		if rec.settled >= 0 && at > rec.settled {
			r.fail("G4: %s %s was written at %v, after it had settled at %v: %v", id, text, at, rec.settled, rec.err)
		}
	}
	d := r.server.deeds[id]
	if d == nil {
		d = &deed{}
	}
	if d.executed > 1 && !again || d.executed+d.refused > 1 && !again && !rec.step.tx {
		r.fail("G4: %s %s was executed %d times and refused %d times", id, text, d.executed, d.refused)
	}
	if d.executed+d.refused > p.whole {
		r.fail("the server did %s %s, which the network did not carry", id, text)
	}
	if rec.step.anonymous {
		return
	}
	switch rec.verdict() {
	case succeeded:
		if d.executed == 0 || d.executed > 1 && !again {
			r.fail("G4: %s %s succeeded, but the server executed it %d times", id, text, d.executed)
		}
		if (d.twisted || d.lost) && d.executed == 1 {
			r.fail("G9: %s %s succeeded by a reply that was malformed, of the wrong shape, or behind malformed bytes", id, text)
		}
	case notRun:
		if d.executed > 0 {
			r.fail("G4: %s %s failed as not executed, but the server executed it: %v", id, text, rec.err)
		}
	case refused:
		if d.executed > 0 && !again || d.refused == 0 {
			r.fail("G4: %s %s failed as rejected, but the server executed it %d times and refused it %d times: %v", id, text, d.executed, d.refused, rec.err)
		}
	case mayHaveRun:
		if isUnknown(rec.err) && p.whole == 0 && !r.beingWritten(rec) {
			r.fail("G4: the outcome of %s %s is unknown, but its last byte never left: %v", id, text, rec.err)
		}
	}
}

// isUnknown tells whether the client itself says that a command may have run.
func isUnknown(err error) bool {
	var typed redis.Error
	return errors.As(err, &typed) && typed.Outcome() == redis.Unknown
}

// beingWritten tells of a command that ran out of time whether it may have been in a write just then.
func (r *run) beingWritten(rec *record) bool {
	return errors.Is(rec.err, context.DeadlineExceeded) && r.writingDuring(rec)
}
