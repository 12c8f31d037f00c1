package future_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

// derivations derives from f in every way that holds an interest.
func derivations(f *future.Future[int]) map[string]future.Awaitable {
	return map[string]future.Awaitable{
		"Map":         future.Map(f, func(n int) (string, error) { return strconv.Itoa(n), nil }),
		"Then":        future.Then(f, future.Resolved[int]),
		"Catch":       future.Catch(f, func(err error) (int, error) { return 0, err }),
		"CatchAs":     future.CatchAs(f, func(err nosyError) (int, error) { return 0, err }),
		"Transform":   future.Transform(f, func(int) (int, error) { return 0, nil }, nil),
		"OnReady":     f.OnReady(func(*future.Future[int]) {}),
		"WithTimeout": f.WithTimeout(time.Hour),
		"All":         future.All(f),
		"AllSettled":  future.AllSettled(f),
		"Any":         future.Any(f),
		"Race":        future.Race(f),
		"Join2":       future.Join2(f, f),
	}
}

func TestEveryKindOfDerivedFutureHoldsAnInterest(t *testing.T) {
	for name := range derivations(future.NewPromise[int]().Future()) {
		p := future.NewPromise[int]()
		var last future.Awaitable
		for n, d := range derivations(p.Future()) {
			if n == name {
				last = d
			} else {
				d.Cancel(nil)
			}
		}
		if p.Owner().Settled() {
			t.Errorf("the source is cancelled although a future made by %s wants it", name)
		}
		last.Cancel(nil)
		if !p.Owner().Settled() {
			t.Errorf("the source is pending although its last derived future, made by %s, is cancelled", name)
		}
	}
}

func TestASourceIsCancelledOnlyWithItsLastDerivedFuture(t *testing.T) {
	p := future.NewPromise[int]()
	causes := 0
	p.OnCancel(func(err error) {
		if causes++; err != errGaveUp {
			t.Errorf("the source is cancelled with %v; want the cause of the last withdrawal, %v", err, errGaveUp)
		}
	})
	derived := derivations(p.Future())
	left := len(derived)
	for name, d := range derived {
		left--
		cause := errBroken
		if left == 0 {
			cause = errGaveUp
		}
		if !d.Cancel(cause) || d.State() != future.Cancelled || d.Err() != cause {
			t.Errorf("cancelled %s is %v with %v; want cancelled with %v", name, d.State(), d.Err(), cause)
		}
		if got, want := p.Owner().Settled(), left == 0; got != want {
			t.Fatalf("with %d derived futures left (%s cancelled last) the source is settled: %v; want %v", left, name, got, want)
		}
	}
	wantState(t, p.Future(), future.Cancelled)
	if causes != 1 {
		t.Errorf("OnCancel ran %d times; want 1", causes)
	}
}

func TestPlainWaitingHoldsNoInterestAndProtectsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		other := future.NewPromise[string]()
		for _, wait := range []func(){
			func() { _, _ = p.Future().Await(ctx) },
			func() { _ = future.WaitAll(ctx, p.Future(), other.Future()) },
			func() { _, _, _ = future.Await2(ctx, p.Future(), other.Future()) },
			func() {
				for range future.AsCompleted(ctx, p.Future()) {
					break
				}
			},
			func() {
				for range future.InOrder(ctx, p.Future()) {
					break
				}
			},
		} {
			wait()
			wantState(t, p.Future(), future.Pending)
		}

		var waited error
		go func() { _, waited = p.Future().Await(t.Context()) }()
		synctest.Wait()
		d := future.All(p.Future())
		d.Cancel(errGaveUp)
		synctest.Wait()
		if waited != errGaveUp {
			t.Errorf("the plain Await fails with %v; want %v from the withdrawn interest", waited, errGaveUp)
		}
	})
}

func TestWithoutCancelPinsItsSource(t *testing.T) {
	p := future.NewPromise[int]()
	pin := p.Future().WithoutCancel()
	for _, d := range derivations(p.Future()) {
		d.Cancel(nil)
	}
	wantState(t, p.Future(), future.Pending)
	pin.Cancel(nil)
	wantState(t, pin, future.Cancelled)
	wantState(t, p.Future(), future.Pending)
	for _, d := range derivations(p.Future()) {
		d.Cancel(nil)
	}
	wantState(t, p.Future(), future.Pending)
	if waiters, hooks := future.Registered(p.Future()); waiters != 0 || hooks != 0 {
		t.Errorf("%d waiters and %d hooks are left in the pinned source", waiters, hooks)
	}

	second := p.Future().WithoutCancel()
	p.Complete(6)
	wantValue(t, second, 6)

	q := future.NewPromise[int]()
	third := q.Future().WithoutCancel()
	q.Future().Cancel(errGaveUp)
	wantError(t, third, errGaveUp)
	wantState(t, third, future.Cancelled)
}

func TestCancellationTravelsThroughAChainToItsSource(t *testing.T) {
	p := future.NewPromise[int]()
	last := future.Map(future.All(p.Future().OnReady(func(*future.Future[int]) {})), func(vs []int) (int, error) { return len(vs), nil })
	last.Cancel(errGaveUp)
	wantError(t, p.Future(), errGaveUp)
	wantState(t, p.Future(), future.Cancelled)
}

func TestACancelledDerivedFutureLeavesItsSourceWithoutRegistrations(t *testing.T) {
	p := future.NewPromise[int]()
	keep := p.Future().OnReady(func(*future.Future[int]) {})
	for range 100 {
		for _, d := range derivations(p.Future()) {
			d.Cancel(nil)
		}
	}
	if waiters, hooks := future.Registered(p.Future()); waiters != 0 || hooks != 1 {
		t.Errorf("%d waiters and %d hooks are left; want 0 and 1", waiters, hooks)
	}
	p.Complete(1)
	wantValue(t, keep, 1)
}

func TestCancellingThenCancelsWhatItsFunctionHasStarted(t *testing.T) {
	inner := future.NewPromise[int]()
	f := future.Then(future.Resolved(0), func(int) *future.Future[int] { return inner.Future() })
	for hooks := 0; hooks == 0; runtime.Gosched() {
		_, hooks = future.Registered(inner.Future())
	}
	f.Cancel(errGaveUp)
	wantError(t, inner.Future(), errGaveUp)
}

func TestCancellingThenWhileItsFunctionRunsCancelsWhatThatReturns(t *testing.T) {
	inner := future.NewPromise[int]()
	entered, leave := make(chan struct{}), make(chan struct{})
	f := future.Then(future.Resolved(0), func(int) *future.Future[int] {
		close(entered)
		<-leave
		return inner.Future()
	})
	<-entered
	f.Cancel(errGaveUp)
	close(leave)
	wantError(t, inner.Future(), errGaveUp)
	wantState(t, f, future.Cancelled)
}

// Cancel and the return of Then's function meet at any moment: the inner future must always be cancelled or
// followed.
func TestCancellingThenNeverLosesTheInnerFuture(t *testing.T) {
	for range 5000 {
		inner := future.NewPromise[int]()
		started := make(chan struct{})
		f := future.Then(future.Resolved(0), func(int) *future.Future[int] {
			close(started)
			return inner.Future()
		})
		<-started
		f.Cancel(errGaveUp)
		wantError(t, inner.Future(), errGaveUp)
	}
}

func TestInterestsWithdrawnConcurrentlyCancelTheSourceOnce(t *testing.T) {
	for range 300 {
		p := future.NewPromise[int]()
		cancels := 0
		p.OnCancel(func(error) { cancels++ })
		var wg sync.WaitGroup
		for _, d := range derivations(p.Future()) {
			wg.Go(func() { d.Cancel(nil) })
		}
		wg.Wait()
		if p.Future().State() != future.Cancelled || cancels != 1 {
			t.Fatalf("the source is %v, OnCancel ran %d times; want cancelled, 1", p.Future().State(), cancels)
		}
	}
}

func TestSettlingAndWithdrawingMayRace(t *testing.T) {
	for i := range 300 {
		p := future.NewPromise[int]()
		derived := derivations(p.Future())
		var wg sync.WaitGroup
		for _, d := range derived {
			wg.Go(func() { d.Cancel(errGaveUp) })
		}
		wg.Go(func() { p.Complete(i) })
		wg.Wait()
		for name, d := range derived {
			<-d.Done()
			if err := d.Err(); err != nil && !errors.Is(err, errGaveUp) {
				t.Fatalf("%s fails with %v; want a value or %v", name, err, errGaveUp)
			}
		}
	}
}

// A callback may return its own derived future by mistake; that never settles, but must not wedge Cancel.
func TestThenThatFollowsItselfCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		var self *future.Future[int]
		self = future.Then(p.Future(), func(int) *future.Future[int] { return self })
		p.Complete(1)
		synctest.Wait()
		wantState(t, self, future.Pending)
		self.Cancel(errGaveUp)
		wantError(t, self, errGaveUp)
	})
}
