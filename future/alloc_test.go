package future_test

import (
	"context"
	"runtime/debug"
	"testing"

	"github.com/futureio/futureio-go/future"
)

// settler completes promises from another goroutine once somebody is parked on them.
type settler struct {
	promises chan *future.Promise[int64]
}

func newSettler(t testing.TB) settler {
	s := settler{promises: make(chan *future.Promise[int64])}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for p := range s.promises {
			untilWaiters(p.Future(), 1)
			p.Complete(1)
		}
	}()
	t.Cleanup(func() {
		close(s.promises)
		<-done
	})
	return s
}

func TestTheFastPathsDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop entries")
	}
	// A collection would empty the pool.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const runs = 1000
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	promises := make([]future.Promise[int64], 20*(runs+1))
	fresh := func() *future.Promise[int64] {
		p := &promises[0]
		promises = promises[1:]
		return p
	}
	s := newSettler(t)
	var b future.Batch
	batch := func(n int) {
		for range n {
			p := fresh()
			p.Owner().ReuseWaiters()
			p.CompleteIn(&b, 1)
		}
		b.Wake()
	}
	var sink *future.Promise[int64]
	for _, c := range []struct {
		name string
		want float64
		fn   func()
	}{
		{"NewPromise", 1, func() { sink = future.NewPromise[int64]() }},
		{"Complete and Await", 0, func() {
			p := fresh()
			p.Complete(1)
			_, _ = p.Future().Await(ctx)
		}},
		{"Await of a pending future with a dead ctx", 0, func() {
			_, _ = fresh().Future().Await(deadCtx)
		}},
		{"Await that parks on a waiter that is reused", 0, func() {
			p := fresh()
			p.Owner().ReuseWaiters()
			s.promises <- p
			if _, err := p.Future().Await(ctx); err != nil {
				t.Error(err)
			}
		}},
		{"a batch of settlements without waiters", 0, func() { batch(10) }},
		{"WaitAll and Await2 of settled futures", 0, func() {
			p, q := fresh(), fresh()
			p.Complete(1)
			q.Complete(1)
			_ = future.WaitAll(ctx, p.Future(), q.Future())
			_, _, _ = future.Await2(ctx, p.Future(), q.Future())
		}},
	} {
		if got := testing.AllocsPerRun(runs, c.fn); got != c.want {
			t.Errorf("%s allocates %v times; want %v", c.name, got, c.want)
		}
	}
	_ = sink
}

var deadCtx = deadContext()

// The parked side allocates nothing either, so what 128 wake-ups cost is measured together with their waits.
func TestABatchOf128WakeUpsDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop entries")
	}
	// A collection would empty the pool.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const size, runs = 128, 20
	promises := make([]future.Promise[int64], size*(runs+1))
	work := make([]chan *future.Promise[int64], size)
	done := make(chan struct{}, size)
	for i := range work {
		work[i] = make(chan *future.Promise[int64])
		go func() {
			for p := range work[i] {
				_, _ = p.Future().Await(context.Background())
				done <- struct{}{}
			}
		}()
		defer close(work[i])
	}
	var b future.Batch
	got := testing.AllocsPerRun(runs, func() {
		now := promises[:size]
		promises = promises[size:]
		for i := range now {
			now[i].Owner().ReuseWaiters()
			work[i] <- &now[i]
		}
		for i := range now {
			untilWaiters(now[i].Future(), 1)
		}
		for i := range now {
			now[i].CompleteIn(&b, 1)
		}
		if b.Len() != size {
			t.Errorf("Len = %d; want %d", b.Len(), size)
		}
		b.Wake()
		for range now {
			<-done
		}
	})
	if got != 0 {
		t.Errorf("settling and waking %d parked waiters allocates %v times; want 0", size, got)
	}
}
