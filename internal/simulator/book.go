package simulator

import (
	"errors"
	"sync"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// record is what is known of one command on the side of its caller. Times are since the beginning of the run.
type record struct {
	step      *step
	issued    time.Duration
	returned  time.Duration // the call came back, which takes time when it waits for room; -1: it has not
	settled   time.Duration // -1: not settled
	err       error
	cancelled bool // Cancel returned true
	close     func()
}

// verdict says what a command's future promises about its execution.
type verdict int

const (
	succeeded  verdict = iota
	mayHaveRun         // outcome Unknown, or cancelled, or not settled
	notRun             // outcome NotExecuted
	refused            // outcome Rejected
)

func (rec *record) verdict() verdict {
	var typed redis.Error
	switch {
	case rec.settled < 0:
		return mayHaveRun
	case rec.err == nil:
		return succeeded
	case !errors.As(rec.err, &typed):
		return mayHaveRun
	case typed.Outcome() == redis.NotExecuted:
		return notRun
	case typed.Outcome() == redis.Rejected:
		return refused
	}
	return mayHaveRun
}

// book keeps the records of a run.
type book struct {
	run     *run
	ledger  redistest.Ledger
	mu      sync.Mutex
	records []*record // in the order of issue
	byID    map[string]*record
	counts  map[string]int64 // by the id of an INCR of a shared key, what it returned
}

func newBook(r *run) *book {
	return &book{run: r, byID: map[string]*record{}, counts: map[string]int64{}}
}

func (b *book) open(now time.Duration, s *step) *record {
	rec := &record{step: s, issued: now, returned: -1, settled: -1}
	rec.close = b.ledger.Issue(s.id + " " + s.text)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(b.records, rec)
	b.byID[s.id] = rec
	return rec
}

func (b *book) returned(now time.Duration, rec *record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rec.returned = now
}

func (b *book) cancelled(rec *record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rec.cancelled = true
}

func (b *book) settle(now time.Duration, rec *record, err error, wrong string) {
	b.mu.Lock()
	rec.settled, rec.err = now, err
	b.mu.Unlock()
	rec.close()
	if err != nil {
		b.run.say("%s fails: %v", rec.step.id, err)
	} else {
		b.run.say("%s is answered", rec.step.id)
	}
	if wrong != "" {
		b.run.fail("G3: %s %s = %s", rec.step.id, rec.step.text, wrong)
	}
}

// record finds a command by its id; nil if nobody has issued it.
func (b *book) record(id string) *record {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.byID[id]
}

// counted notes what an INCR of a shared key returned.
func (b *book) counted(id string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts[id] = n
}
