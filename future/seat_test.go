package future_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

// desk is a Sitter that notes what it is told.
type desk struct {
	work                 func(ctx context.Context, o *future.Owner)
	sat, settled, wanted int
}

func (d *desk) Sit(ctx context.Context, o *future.Owner) {
	d.sat++
	if d.work != nil {
		d.work(ctx, o)
	}
}

func (d *desk) Settled() { d.settled++ }
func (d *desk) Wanted()  { d.wanted++ }

// offered makes a promise that d can settle.
func offered(t *testing.T, d *desk) *future.Promise[string] {
	t.Helper()
	p := future.NewPromise[string]()
	if !p.Owner().Offer(future.NewSeat(d)) {
		t.Fatal("Offer = false for a promise for which nobody waits")
	}
	return p
}

func TestWhoWaitsSettlesThePromiseByHimself(t *testing.T) {
	var d desk
	p := offered(t, &d)
	d.work = func(_ context.Context, o *future.Owner) {
		var b future.Batch
		p.CompleteIn(&b, "done")
		if n := b.Len(); n != 0 || !o.Settled() {
			t.Errorf("%d to be woken, settled %v; want nobody, since he who waits knows", n, o.Settled())
		}
	}
	if v, err := p.Future().Await(t.Context()); v != "done" || err != nil {
		t.Errorf("Await = %q, %v; want done", v, err)
	}
	if v, err := p.Future().Await(t.Context()); v != "done" || err != nil {
		t.Errorf("Await again = %q, %v; want done", v, err)
	}
	if d.sat != 1 || d.settled != 0 || d.wanted != 0 {
		t.Errorf("sat %d times, told of %d, wanted %d; want once and no more", d.sat, d.settled, d.wanted)
	}
}

func TestWhoseSeatIsTakenBackWaitsAsOthersDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d desk
		p := offered(t, &d)
		time.AfterFunc(time.Second, func() { p.Complete("late") })
		start := time.Now()
		if v, err := p.Future().Await(t.Context()); v != "late" || err != nil || time.Since(start) != time.Second {
			t.Errorf("Await = %q, %v after %v; want late after 1 s", v, err, time.Since(start))
		}
		if d.sat != 1 || d.wanted == 0 {
			t.Errorf("sat %d times, wanted %d; want once, and that the work is asked for", d.sat, d.wanted)
		}
	})
}

func TestWhoSitsIsToldThatSomebodyElseHasSettledThePromise(t *testing.T) {
	for name, settle := range map[string]func(p *future.Promise[string]) bool{
		"Cancel":   func(p *future.Promise[string]) bool { return p.Future().Cancel(nil) },
		"Complete": func(p *future.Promise[string]) bool { return p.Complete("") },
		"Fail":     func(p *future.Promise[string]) bool { return p.Fail(errors.New("x")) },
	} {
		var d desk
		p := offered(t, &d)
		if !settle(p) || d.settled != 1 {
			t.Errorf("%s: told of %d; want 1", name, d.settled)
		}
	}
}

func TestTheWorkIsAskedForByWhoDoesNotSit(t *testing.T) {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for name, ask := range map[string]func(f *future.Future[string]){
		"Done":            func(f *future.Future[string]) { f.Done() },
		"Settled":         func(f *future.Future[string]) { f.Settled() },
		"State":           func(f *future.Future[string]) { f.State() },
		"Err":             func(f *future.Future[string]) { _ = f.Err() },
		"TryGet":          func(f *future.Future[string]) { _, _, _ = f.TryGet() },
		"OnReady":         func(f *future.Future[string]) { f.OnReady(func(*future.Future[string]) {}) },
		"Then":            func(f *future.Future[string]) { future.Then(f, future.Resolved[string]) },
		"All":             func(f *future.Future[string]) { future.All(f) },
		"a dead context":  func(f *future.Future[string]) { _, _ = f.Await(over) },
		"several at once": func(f *future.Future[string]) { _, _, _ = future.Await2(over, f, future.NewPromise[int]().Future()) },
	} {
		var d desk
		p := offered(t, &d)
		ask(p.Future())
		if d.wanted == 0 || d.sat > 0 {
			t.Errorf("%s: wanted %d times, sat %d; want at least once, and never", name, d.wanted, d.sat)
		}
		p.Complete("")
	}
}

func TestASeatIsNotOfferedWhereSomebodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[string]()
		go func() { _, _ = p.Future().Await(context.Background()) }()
		synctest.Wait()
		if p.Owner().Offer(future.NewSeat(&desk{})) {
			t.Error("Offer = true for a promise for which somebody waits")
		}
		p.Complete("")
		if p.Owner().Offer(future.NewSeat(&desk{})) {
			t.Error("Offer = true for a settled promise")
		}
	})
}
