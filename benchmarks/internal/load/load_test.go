package load

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// fake answers at once with the sizes it is told.
type fake struct {
	bytes, elements int
	err             error
	keys            atomic.Int64 // keys of the last call that takes several
	calls           atomic.Int64
}

func (f *fake) Get(string) (int, error) { f.calls.Add(1); return f.bytes, f.err }
func (f *fake) Set(string, string) error {
	f.calls.Add(1)
	return f.err
}
func (f *fake) Incr(string) error { f.calls.Add(1); return f.err }
func (f *fake) MGet(keys []string) (int, error) {
	f.keys.Store(int64(len(keys)))
	return f.elements, f.err
}
func (f *fake) HGetAll(string) (int, error) { return f.elements, f.err }
func (f *fake) LRange(string) (int, error)  { return f.elements, f.err }
func (f *fake) Window(keys []string) (int, error) {
	f.keys.Store(int64(len(keys)))
	return f.bytes * len(keys), f.err
}
func (f *fake) Pipeline(keys []string) (int, error) { return f.Window(keys) }
func (f *fake) Tx(keys []string) (int, error) {
	f.keys.Store(int64(len(keys)))
	return f.elements, f.err
}
func (f *fake) PoolGet(key string) (int, error) { return f.Get(key) }
func (f *fake) Close()                          {}

// fakeQueue has a list that holds so many elements at most.
type fakeQueue struct {
	fake
	list    chan string
	waiting atomic.Int64
	refuse  error // of Push
}

func (f *fakeQueue) Push(_, value string) error {
	if f.refuse != nil {
		return f.refuse
	}
	f.list <- value
	return nil
}

func (f *fakeQueue) BLPop(string) (int, error) {
	f.waiting.Add(1)
	defer f.waiting.Add(-1)
	return len(<-f.list), nil
}

func row(t *testing.T, id string) workload.Row {
	t.Helper()
	r, err := workload.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryRowIssuesItsCommandAndChecksTheSizeOfTheReply(t *testing.T) {
	for id, good := range map[string]*fake{
		"get16@4": {bytes: 16}, "set16@4": {}, "incr@4": {}, "mget100@4": {elements: 100}, "hgetall100@4": {elements: 100},
		"lrange1000@4": {elements: 1000}, "get16@window50": {bytes: 16},
		"pipeline100@2": {bytes: 16}, "tx10@4": {elements: 10}, "poolget16@4": {bytes: 16},
	} {
		l, err := Start(row(t, id), good, "")
		if err != nil {
			t.Errorf("%s: Start = %v; want no error", id, err)
			continue
		}
		err = l.Turn(0, 5*time.Millisecond)
		m := l.Measured()
		l.Close()
		if err != nil || m.Ops == 0 || m.Elapsed < 5*time.Millisecond || m.CPU <= 0 || m.P50 <= 0 || m.P99 < m.P50 {
			t.Errorf("%s: Turn = %v, %+v; want no error, commands and times", id, err, m)
		}
		if !strings.HasPrefix(id, "set") && !strings.HasPrefix(id, "incr") {
			if _, err := Start(row(t, id), &fake{bytes: 15, elements: 99}, ""); err == nil || !strings.Contains(err.Error(), "has size") {
				t.Errorf("%s: Start with replies too small = %v; want an error", id, err)
			}
		}
	}
}

func TestAWindowCountsItsCommandsAndTakesAsManyKeys(t *testing.T) {
	f := &fake{bytes: 16}
	l, err := Start(row(t, "get16@window50"), f, "")
	if err != nil {
		t.Fatal(err)
	}
	err = l.Turn(0, 5*time.Millisecond)
	m := l.Measured()
	l.Close()
	if err != nil || m.Ops%50 != 0 || f.keys.Load() != 50 {
		t.Errorf("Turn = %v, %d commands, with %d keys in a window; want nil, a multiple of 50, 50", err, m.Ops, f.keys.Load())
	}
}

func TestEveryTurnCountsAndNothingElseDoes(t *testing.T) {
	f := &fake{bytes: 16}
	l, err := Start(row(t, "get16@4"), f, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Turn(time.Millisecond, 0); err != nil || l.Measured().Ops != 0 || l.Measured().Elapsed != 0 || l.Latency() <= 0 {
		t.Errorf("after a warm-up: %v, %+v, a latency of %v; want nil, nothing measured, and a latency", err, l.Measured(), l.Latency())
	}
	var before Measure
	for range 3 {
		if err := l.Turn(2*time.Millisecond, 2*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		m := l.Measured()
		if m.Ops <= before.Ops || m.Elapsed < before.Elapsed+2*time.Millisecond || m.CPU <= before.CPU {
			t.Errorf("measured %+v after %+v; want more", m, before)
		}
		before = m
		calls := f.calls.Load()
		time.Sleep(time.Millisecond)
		if now := f.calls.Load(); now != calls {
			t.Errorf("%d calls between two turns; want none", now-calls)
		}
	}
	l.Close()
	if calls := f.calls.Load(); before.Ops >= calls {
		t.Errorf("%d commands measured of %d; want the lead of each turn left out", before.Ops, calls)
	}
}

func TestConsumersAreFedUntilTheLastHasReturned(t *testing.T) {
	f := &fakeQueue{list: make(chan string, 1000)}
	l, err := Start(row(t, "blpop@100"), f, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		err := l.Turn(0, 5*time.Millisecond) // would hang otherwise
		if err != nil || f.waiting.Load() != 0 {
			t.Errorf("Turn = %v, and %d consumers wait in the end; want nil, none", err, f.waiting.Load())
		}
		if left := len(f.list); left != 100 {
			t.Errorf("%d elements are left; want one for each consumer", left)
		}
	}
	if l.Measured().Ops == 0 {
		t.Error("no element was counted")
	}
	l.Close()
}

func TestAPushThatFailsFailsTheTurn(t *testing.T) {
	f := &fakeQueue{list: make(chan string, 100)}
	l, err := Start(row(t, "blpop@4"), f, "")
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	l.feed.failed.Store(&refused)
	if err := l.Turn(0, time.Millisecond); !errors.Is(err, refused) {
		t.Errorf("Turn = %v; want the feeder's error", err)
	}
	l.Close()
	f.refuse = refused
	other := newFeed(f, "list", "value", 1, 1)
	other.begin()
	other.end()
	if err := other.failed.Load(); err == nil || !errors.Is(*err, refused) {
		t.Errorf("the feed's error is %v; want refused", err)
	}
}

func TestARowThatTheClientDoesNotKnowIsRefused(t *testing.T) {
	for _, id := range []string{"pipeline100@1", "tx10@1", "blpop@1", "poolget16@1"} {
		if _, err := Start(row(t, id), plain{&fake{}}, ""); err == nil || !strings.Contains(err.Error(), "does not do") {
			t.Errorf("%s: Start = %v; want an error", id, err)
		}
	}
}

// plain has the methods of Client and no others.
type plain struct{ client.Client }

func TestAnErrorUnderWayFailsTheTurn(t *testing.T) {
	broken := errors.New("broken")
	f := &failsLater{after: 1000, err: broken}
	l, err := Start(row(t, "incr@8"), f, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Turn(0, time.Second); !errors.Is(err, broken) {
		t.Errorf("Turn = %v; want the caller's error", err)
	}
	l.Close()
}

type failsLater struct {
	fake
	after int64
	err   error
}

func (f *failsLater) Incr(string) error {
	if f.calls.Add(1) > f.after {
		return f.err
	}
	return nil
}

func TestTheLoadItselfAllocatesNothingPerCommand(t *testing.T) {
	l, err := Start(row(t, "get16@16"), &fake{bytes: 16}, "")
	if err != nil {
		t.Fatal(err)
	}
	err = l.Turn(time.Millisecond, 20*time.Millisecond)
	m := l.Measured()
	l.Close()
	if err != nil || m.Ops < 10_000 {
		t.Fatalf("Turn = %v, %d commands; want many", err, m.Ops)
	}
	if perOp := float64(m.Mallocs) / float64(m.Ops); perOp > 0.01 {
		t.Errorf("the load allocates %.3f times per command; want 0", perOp)
	}
}
