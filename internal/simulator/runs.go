package simulator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// runs issues pipelines and transactions: many commands that go out in one piece.
var runs = &workload{name: "pipelines and transactions", step: drawRun, check: checkRuns}

func drawRun(d draw, p *plan, caller, number int) step {
	if d.chance(30) {
		return drawSingle(d, p, caller, number) // beside them, as most programs do
	}
	s := step{caller: caller, id: stepID(caller, number), manner: manner{then: await}}
	tx := d.chance(50)
	for i := range d.upTo(1, 8) {
		part := step{caller: caller, id: fmt.Sprintf("%s.%d", s.id, i), run: s.id, tx: tx, manner: manner{then: forget}}
		key := fmt.Sprintf("caller.%d", caller)
		switch n := d.IntN(100); {
		case n < 40:
			part.text, part.do = "INCR "+part.id, incr(part.id)
		case n < 65:
			part.text, part.do = "SET "+key+" "+part.id, set(key, part.id)
		case n < 85:
			part.text, part.do, part.reads = "GET "+part.id, get(part.id), !tx
		case n < 92:
			part.text, part.do, part.reads = "HGETALL "+part.id, hgetall, !tx
		case n < 95:
			part.text, part.do = "NOSUCH "+part.id, noSuch
		default:
			large := part.id + " " + strings.Repeat("x", d.upTo(100, 40_000))
			part.text, part.do = fmt.Sprintf("SET %s, %d bytes", key, len(large)), set(key, large)
		}
		if d.chance(5) {
			part.manner.then = cancel
		}
		s.parts = append(s.parts, part)
	}
	s.text, s.do = "a pipeline", pipeline
	if tx {
		s.text, s.do = "a transaction", transaction
	}
	return s
}

func pipeline(c *caller, s *step) {
	p := c.run.client.Pipeline()
	c.together(s, &p.Commands, p.Exec)
}

func transaction(c *caller, s *step) {
	tx := c.run.client.Tx()
	c.together(s, &tx.Commands, tx.Exec)
}

// taken is the future of a command that was collected.
type taken interface {
	Settled() bool
	Err() error
}

// together collects the parts of a step and executes them, and compares what Exec returns with what they came to.
func (c *caller) together(s *step, cs *commands.Commands, exec func(context.Context) error) {
	c.into, c.taken = cs, nil
	for i := range s.parts {
		s.parts[i].do(c, &s.parts[i])
	}
	c.into = nil
	c.run.say("caller %d executes %s of %d", c.plan.number, s.text, len(s.parts))
	err := exec(context.Background())
	failed := 0
	for i, f := range c.taken {
		if !f.Settled() {
			c.run.fail("PL1: %s is pending though Exec has returned %v", s.parts[i].id, err)
		}
		if f.Err() != nil {
			failed++
		}
	}
	var list *redis.PipelineError
	switch {
	case (err == nil) != (failed == 0):
		c.run.fail("PL2: Exec of %s = %v, though %d of %d commands failed", s.id, err, failed, len(s.parts))
	case errors.As(err, &list) && (len(list.Failed) != failed || list.Total != len(s.parts)):
		c.run.fail("PL2: Exec of %s lists %d of %d; want %d of %d", s.id, len(list.Failed), list.Total, failed, len(s.parts))
	}
}

// collect is issue for a command that is not sent by itself.
func collect[T any](c *caller, s *step, send func(*commands.Commands) *future.Future[T], right func(T) string) {
	r := c.run
	rec := r.book.open(r.now(), s)
	f := send(c.into)
	r.book.returned(r.now(), rec)
	watch(r, rec, f, right, func() {})
	c.taken = append(c.taken, f)
	if s.manner.then == cancel && f.Cancel(errChangedMind) {
		r.book.cancelled(rec)
	}
}

// checkRuns: nothing of others stands in a run, a transaction is on the wire whole or is cut by the end of its line, its
// EXEC leaves once at most, and it is executed as a whole or not at all.
func checkRuns(r *run) {
	execs := map[string]int{} // by run: how often the kernel took its EXEC
	for _, l := range r.network.all() {
		r.checkRunsOn(l, execs)
	}
	ran, all := map[string]int{}, map[string]int{}
	alone := map[string]bool{} // MULTI was refused
	for _, rec := range r.book.records {
		run := rec.step.run
		if run == "" {
			continue
		}
		if p := r.sent[rec.step.id]; rec.cancelled && p != nil {
			r.fail("F3: %s was cancelled before Exec, and sent", rec.step.id)
		}
		if !rec.step.tx || rec.cancelled {
			continue
		}
		all[run]++
		if d := r.server.deeds[rec.step.id]; d != nil {
			ran[run] += min(d.executed, 1)
			alone[run] = alone[run] || d.alone
		}
		if isUnknown(rec.err) && execs[run] == 0 && !alone[run] && !r.beingWritten(rec) {
			r.fail("D4: the outcome of %s is unknown, but its EXEC never left: %v", rec.step.id, rec.err)
		}
	}
	for run, n := range all {
		if ran[run] != 0 && ran[run] != n && !alone[run] {
			r.fail("X4: %d of the %d commands of transaction %s were executed; want all or none", ran[run], n, run)
		}
		if execs[run] > 1 {
			r.fail("G4: the EXEC of %s went out %d times", run, execs[run])
		}
	}
}

// checkRunsOn checks the runs on one line, and counts the EXECs that left.
func (r *run) checkRunsOn(l *line, execs map[string]int) {
	over := map[string]bool{}
	current, inMulti := "", false
	for _, c := range l.carried() {
		run, tx := "", false
		if rec := r.book.record(c.id); rec != nil {
			run, tx = rec.step.run, rec.step.tx
		}
		switch {
		case c.name == "MULTI":
			if inMulti {
				r.fail("X4: MULTI in a transaction on connection %d", l.number)
			}
			over[current] = true
			current, inMulti = "", true
			continue
		case c.name == "EXEC":
			if !inMulti || current == "" {
				r.fail("X4: EXEC without MULTI on connection %d", l.number)
			}
			if c.whole {
				execs[current]++
			}
			over[current] = true
			current, inMulti = "", false
			continue
		case inMulti && !tx, !inMulti && tx:
			r.fail("X4: %s %s on connection %d stands in the transaction of others, or outside of its own", c.name, c.id, l.number)
		case run != current && over[run] && run != "":
			r.fail("PL1: something stands between the commands of %s on connection %d", run, l.number)
		case inMulti && current != "" && run != current:
			r.fail("X4: two transactions are mixed on connection %d", l.number)
		}
		if run != current {
			over[current] = true
			current = run
		}
	}
}
