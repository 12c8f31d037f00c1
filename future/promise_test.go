package future_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

func TestWaitingForAFutureOnHoldFailsAtOnce(t *testing.T) {
	p := future.NewPromise[int]()
	p.Owner().Hold()
	f := p.Future()
	if _, err := f.Await(t.Context()); err != future.ErrNotFlushed {
		t.Errorf("Await on hold fails with %v; want ErrNotFlushed", err)
	}
	if _, ok, err := f.TryGet(); ok || err != future.ErrNotFlushed {
		t.Errorf("TryGet on hold = %v, %v; want false, ErrNotFlushed", ok, err)
	}
	if err := future.WaitAll(t.Context(), f, future.Resolved("x")); err == nil || f.Settled() {
		t.Errorf("WaitAll with a future on hold = %v; want ErrNotFlushed", err)
	}
	other := future.NewPromise[int]().Future()
	if _, _, err := future.Await2(t.Context(), f, other); err != future.ErrNotFlushed {
		t.Errorf("Await2 with a future on hold fails with %v; want ErrNotFlushed", err)
	}
	for i, r := range future.AsCompleted(t.Context(), other, f) {
		if i != 1 || r.Err != future.ErrNotFlushed {
			t.Errorf("AsCompleted with a future on hold yields %d, %v first; want 1, ErrNotFlushed", i, r)
		}
		break
	}
	wantState(t, f, future.Pending)

	p.Owner().Unhold()
	if _, ok, err := f.TryGet(); ok || err != nil {
		t.Errorf("TryGet after Unhold = %v, %v; want false, nil", ok, err)
	}
	p.Complete(3)
	wantValue(t, f, 3)
}

func TestAFutureOnHoldCanBeSettled(t *testing.T) {
	p := future.NewPromise[int]()
	p.Owner().Hold()
	p.Fail(errBroken)
	wantError(t, p.Future(), errBroken)
	if _, ok, err := p.Future().TryGet(); !ok || err != errBroken {
		t.Errorf("TryGet = %v, %v; want true, %v", ok, err, errBroken)
	}

	q := future.NewPromise[int]()
	q.Owner().Hold()
	q.Future().Cancel(nil)
	wantState(t, q.Future(), future.Cancelled)
}

func TestAFutureDerivedFromOneOnHoldWaitsForTheFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		p.Owner().Hold()
		twice := future.Map(p.Future(), func(n int) (int, error) { return 2 * n, nil })
		time.AfterFunc(time.Second, func() { p.Owner().Unhold(); p.Complete(4) })
		wantValue(t, twice, 8)
	})
}

func TestOnCancelRunsOnceOnTheCancellingGoroutine(t *testing.T) {
	p := future.NewPromise[int]()
	var causes []error // not guarded: the race detector would see another goroutine
	p.OnCancel(func(cause error) {
		if !p.Owner().Settled() {
			t.Error("OnCancel runs before the future is settled")
		}
		causes = append(causes, cause)
	})
	p.OnCancel(func(cause error) { causes = append(causes, cause) })
	p.Future().Cancel(errGaveUp)
	p.Future().Cancel(errBroken)
	if len(causes) != 2 || causes[0] != errGaveUp || causes[1] != errGaveUp {
		t.Errorf("two OnCancel functions saw %v; want %v once each", causes, errGaveUp)
	}

	p.OnCancel(func(cause error) { causes = append(causes, cause) })
	if len(causes) != 3 || causes[2] != errGaveUp {
		t.Errorf("OnCancel of a cancelled future saw %v; want %v at once", causes[2:], errGaveUp)
	}
}

func TestOnCancelDoesNotRunForOtherOutcomes(t *testing.T) {
	for _, settle := range []func(*future.Promise[int]){
		func(p *future.Promise[int]) { p.Complete(1) },
		func(p *future.Promise[int]) { p.Fail(context.Canceled) },
	} {
		p := future.NewPromise[int]()
		unwanted := func(cause error) {
			t.Errorf("OnCancel runs with %v for a future that is %v", cause, p.Future().State())
		}
		p.OnCancel(unwanted)
		settle(p)
		p.Future().Cancel(nil)
		p.OnCancel(unwanted)
	}
}

func TestOnSettleRunsInlineOnceForEveryOutcome(t *testing.T) {
	for name, settle := range map[string]func(*future.Promise[int]){
		"Complete": func(p *future.Promise[int]) { p.Complete(1) },
		"Fail":     func(p *future.Promise[int]) { p.Fail(errBroken) },
		"Cancel":   func(p *future.Promise[int]) { p.Future().Cancel(nil) },
	} {
		p := future.NewPromise[int]()
		runs := 0
		p.Owner().OnSettle(func() {
			runs++
			if !p.Owner().Settled() {
				t.Errorf("OnSettle runs before %s is visible", name)
			}
		})
		settle(p)
		if runs != 1 {
			t.Errorf("OnSettle ran %d times when %s returned; want 1", runs, name)
		}
		p.Owner().OnSettle(func() { runs++ })
		if runs != 2 {
			t.Errorf("OnSettle of a settled future did not run at once")
		}
	}
}

func TestCancelCountMovesForEveryCancellationOnceItIsVisible(t *testing.T) {
	before := future.CancelCount()
	p, q, r := future.NewPromise[int](), future.NewPromise[int](), future.NewPromise[int]()
	p.Future().Cancel(nil)
	p.Future().Cancel(nil)
	q.Complete(1)
	q.Future().Cancel(nil)
	r.Fail(errBroken)
	if n := future.CancelCount() - before; n != 1 {
		t.Errorf("CancelCount moved by %d for one cancellation; want 1", n)
	}

	// The way a writer uses it: count first, look second. A count that has moved for a cancellation of ours means
	// that the look finds it.
	for range 1000 {
		p := future.NewPromise[int]()
		seen := future.CancelCount()
		var wg sync.WaitGroup
		wg.Go(func() { p.Future().Cancel(nil) })
		for future.CancelCount() == seen {
			if p.Owner().Settled() {
				break
			}
		}
		if !p.Owner().Settled() {
			t.Fatal("CancelCount moved before the future was settled")
		}
		wg.Wait()
		if future.CancelCount() == seen {
			t.Fatal("CancelCount did not move before Cancel returned")
		}
	}
}

func TestCancelByInterestCountsToo(t *testing.T) {
	p := future.NewPromise[int]()
	d := p.Future().OnReady(func(*future.Future[int]) {})
	before := future.CancelCount()
	d.Cancel(nil)
	if n := future.CancelCount() - before; n != 2 {
		t.Errorf("CancelCount moved by %d when a derived future and its source were cancelled; want 2", n)
	}
}
