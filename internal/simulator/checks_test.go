package simulator

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// played is a run in which nothing was wrong, with a command that was issued by itself, went over the wire and succeeded,
// and with two commands of a pipeline that did so as well.
func played(t *testing.T) (*run, *record) {
	t.Helper()
	for seed := uint64(1); seed < 1000; seed++ {
		p := newPlan(seed)
		p.observe = true
		if len(p.callers) < 2 || p.ending != nil || p.largeReplies() {
			continue
		}
		r := newRun(p)
		r.simulate(t)
		if len(r.failures) > 0 {
			t.Fatalf("seed %d: %q", seed, r.failures)
		}
		for _, rec := range r.book.records {
			if l, _ := pipelineOn(r); l != nil && rec.err == nil && r.sent[rec.step.id] != nil && rec.issued > 0 && !p.repeats(rec.step) && rec.step.run == "" {
				return r, rec
			}
		}
	}
	t.Fatal("no seed up to 1000 gives a run with a command that succeeded")
	return nil, nil
}

// Every check can fail: one record of a good run is changed, and the check has to notice.
func TestEveryCheckNoticesALie(t *testing.T) {
	connLost := func(o redis.Outcome) error { return &redis.ConnectionError{Op: "read", Effect: o} }
	for lie, c := range map[string]struct {
		tell func(r *run, rec *record)
		want string
	}{
		"executed twice":            {func(r *run, rec *record) { r.server.deeds[rec.step.id].executed = 2 }, "was executed 2 times"},
		"never executed":            {func(r *run, rec *record) { r.server.deeds[rec.step.id].executed = 0 }, "succeeded, but the server executed it 0 times"},
		"executed as not executed":  {func(_ *run, rec *record) { rec.err = connLost(redis.NotExecuted) }, "failed as not executed, but the server executed it"},
		"executed as rejected":      {func(_ *run, rec *record) { rec.err = &redis.RedisError{Code: "ERR"} }, "failed as rejected, but the server executed it"},
		"a malformed reply":         {func(r *run, rec *record) { r.server.deeds[rec.step.id].twisted = true }, "succeeded by a reply that was malformed"},
		"not on the wire":           {func(r *run, rec *record) { unsend(r, rec.step.id) }, "which the network did not carry"},
		"on the wire of nobody":     {func(r *run, rec *record) { delete(r.book.byID, rec.step.id) }, "which nobody issued"},
		"unknown, and never sent":   {func(r *run, rec *record) { unsend(r, rec.step.id); rec.err = connLost(redis.Unknown) }, "but its last byte never left"},
		"sent twice":                {func(r *run, rec *record) { resend(r, rec.step.id) }, "went out 2 times"},
		"sent after it was settled": {func(_ *run, rec *record) { rec.settled = 0 }, "after it had settled"},
		"an untyped error":          {func(_ *run, rec *record) { rec.err = errors.New("oops") }, "want a typed error"},
		"a foreign cause":           {func(_ *run, rec *record) { rec.cancelled, rec.err = true, errRevoked }, "want the cause of Cancel"},
		"late":                      {func(_ *run, rec *record) { rec.settled = rec.issued + time.Hour }, "settled after 1h0m0s"},
		"late call":                 {func(_ *run, rec *record) { rec.returned = -1 }, "did not return within"},
		"early timeout":             {func(_ *run, rec *record) { rec.err = &redis.TimeoutError{Op: "read"} }, "already; want"},
		"written late":              {func(r *run, rec *record) { writtenLate(r) }, "nobody woke the writer"},
		"out of order":              {func(r *run, _ *record) { swap(r) }, "of the same caller"},
		"settled after Close":       {func(r *run, rec *record) { r.closings[0].began, r.closings[0].ended = rec.issued, rec.issued-1 }, "after Close had returned"},
		"accepted after Close":      {func(r *run, rec *record) { r.closings[0].began = rec.issued - 1 }, "want a refusal at once"},
		"slow Close":                {func(r *run, _ *record) { r.closings[0].ended += time.Hour }, "Close took"},
		"cut by Close":              {func(_ *run, rec *record) { rec.err = &redis.ConnectionError{Op: "close"} }, "Close cut"},
		"waited for room offline":   {func(r *run, rec *record) { rec.issued, rec.returned = 0, r.length }, "waited for room until"},
		"connected twice":           {func(r *run, _ *record) { r.events = slices.Insert(r.events, 0, event{0, "connected"}) }, "connected and disconnected in turns"},
		"never disconnected":        {func(r *run, _ *record) { r.events = r.events[:len(r.events)-1] }, "want the connection to have ended"},
		"observed twice":            {func(r *run, _ *record) { r.observed++ }, "commands were observed"},
		"connects without ends":     {func(r *run, _ *record) { r.stats.Connects++ }, "connects and"},
		"something in a pipeline": {func(r *run, _ *record) {
			l, i := pipelineOn(r)
			l.list = slices.Insert(l.list, i, carried{name: "PING"})
		}, "something stands between"},
		"sent though cancelled":    {func(r *run, _ *record) { inPipeline(r).cancelled = true }, "was cancelled before Exec, and sent"},
		"outside of a transaction": {func(r *run, _ *record) { inPipeline(r).step.tx = true }, "outside of its own"},
		"half a transaction":       {func(r *run, _ *record) { halve(r) }, "want all or none"},
		"a dead connection kept": {func(r *run, _ *record) {
			for _, l := range r.network.lines {
				l.lastRead, l.closedAt = -1, time.Hour
			}
		}, "before it was given up"},
		"a write for ever": {func(r *run, _ *record) {
			for _, l := range r.network.lines {
				l.writes[len(l.writes)-1].ended += time.Hour
			}
		}, "a write on connection"},
	} {
		t.Run(strings.ReplaceAll(lie, " ", "_"), func(t *testing.T) {
			r, rec := played(t)
			c.tell(r, rec)
			r.failures = nil
			r.check()
			if all := strings.Join(r.failures, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("failures = %q; want %q among them", all, c.want)
			}
		})
	}
}

// unsend takes a command off the wire.
func unsend(r *run, id string) {
	for _, l := range r.network.lines {
		l.list = slices.DeleteFunc(l.list, func(c carried) bool { return c.id == id })
	}
}

// pipelineOn finds a line that carried a pipeline, and the place of the second command of that.
func pipelineOn(r *run) (*line, int) {
	for _, l := range r.network.lines {
		for i := range l.list {
			a, b := r.book.record(l.list[max(i-1, 0)].id), r.book.record(l.list[i].id)
			if i > 0 && a != nil && b != nil && !a.step.tx && a.step.run != "" && a.step.run == b.step.run && a.err == nil && b.err == nil {
				return l, i
			}
		}
	}
	return nil, 0
}

// inPipeline is the record of a command of that pipeline.
func inPipeline(r *run) *record {
	l, i := pipelineOn(r)
	return r.book.record(l.list[i].id)
}

// halve makes a transaction of a pipeline, with one command that was not executed.
func halve(r *run) {
	one := inPipeline(r)
	run := one.step.run
	for _, rec := range r.book.records {
		if rec.step.run == run {
			rec.step.tx = true
			r.server.deeds[rec.step.id].alone = false
		}
	}
	r.server.deeds[one.step.id] = &deed{}
}

// resend has a command on the wire once more.
func resend(r *run, id string) {
	for _, l := range r.network.lines {
		if i := slices.IndexFunc(l.list, func(c carried) bool { return c.id == id }); i >= 0 {
			l.list = append(l.list, l.list[i])
		}
	}
}

// swap exchanges two commands of one caller on the wire.
func swap(r *run) {
	for _, l := range r.network.lines {
		for i := range l.list {
			for k := range l.list[:i] {
				a, b := &l.list[k], &l.list[i]
				if a.whole && b.whole && a.id != "" && b.id != "" && r.book.record(a.id).step.caller == r.book.record(b.id).step.caller {
					*a, *b = *b, *a
					return
				}
			}
		}
	}
}

// writtenLate has a command on the wire long after its connection was in use and it was issued.
func writtenLate(r *run) {
	for _, l := range r.network.lines {
		for i := range l.list {
			rec := r.book.record(l.list[i].id)
			if rec != nil && rec.step.run == "" && rec.issued > l.list[0].offered && rec.returned == rec.issued {
				l.list[i].offered += time.Hour
				return
			}
		}
	}
}
