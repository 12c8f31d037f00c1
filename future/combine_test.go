package future_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/futureio/futureio-go/future"
)

func promises(n int) ([]*future.Promise[int], []*future.Future[int]) {
	ps, fs := make([]*future.Promise[int], n), make([]*future.Future[int], n)
	for i := range ps {
		ps[i] = future.NewPromise[int]()
		fs[i] = ps[i].Future()
	}
	return ps, fs
}

func TestAllGivesTheValuesInTheOrderOfTheArguments(t *testing.T) {
	ps, fs := promises(4)
	ps[2].Complete(20)
	all := future.All(fs...)
	fs[0] = nil // the caller's slice is the caller's
	ps[3].Complete(30)
	ps[0].Complete(0)
	wantState(t, all, future.Pending)
	ps[1].Complete(10)
	vs, err := all.Await(t.Context())
	if err != nil || !slices.Equal(vs, []int{0, 10, 20, 30}) {
		t.Errorf("All = %v, %v; want [0 10 20 30], nil", vs, err)
	}
}

func TestAllFailsFastAndCancelsTheRest(t *testing.T) {
	ps, fs := promises(4)
	all := future.All(fs...)
	ps[0].Complete(1)
	kept := fs[3].OnReady(func(*future.Future[int]) {})
	ps[1].Fail(errBroken)
	if !all.Settled() {
		t.Error("All is pending although a source has failed")
	}
	wantStateOf(t, all, future.Failed, errBroken)
	wantStateOf(t, fs[2], future.Cancelled, context.Canceled)
	wantState(t, fs[3], future.Pending) // somebody else wants it
	ps[3].Complete(1)
	wantValue(t, kept, 1)
}

func wantStateOf[T any](t *testing.T, f *future.Future[T], want future.State, err error) {
	t.Helper()
	if f.State() != want || !errors.Is(f.Err(), err) {
		t.Errorf("the future is %v with %v; want %v with %v", f.State(), f.Err(), want, err)
	}
}

func TestASourceThatHasFailedBeforeCancelsTheRestLikeOneThatFailsAfter(t *testing.T) {
	for failed := range 3 {
		ps, fs := promises(3)
		ps[failed].Fail(errBroken)
		all := future.All(fs...)
		wantStateOf(t, all, future.Failed, errBroken)
		for i, f := range fs {
			if i != failed {
				wantStateOf(t, f, future.Cancelled, context.Canceled)
			}
		}
	}
}

func TestACancelledSourceCancelsAllWithItsCause(t *testing.T) {
	_, fs := promises(2)
	all := future.All(fs...)
	fs[0].Cancel(errGaveUp)
	wantStateOf(t, all, future.Cancelled, errGaveUp)
	wantStateOf(t, fs[1], future.Cancelled, errGaveUp)
}

func TestCancellingACombinationCancelsItsSources(t *testing.T) {
	for name, combine := range map[string]func(...*future.Future[int]) future.Awaitable{
		"All":        func(fs ...*future.Future[int]) future.Awaitable { return future.All(fs...) },
		"AllSettled": func(fs ...*future.Future[int]) future.Awaitable { return future.AllSettled(fs...) },
		"Any":        func(fs ...*future.Future[int]) future.Awaitable { return future.Any(fs...) },
		"Race":       func(fs ...*future.Future[int]) future.Awaitable { return future.Race(fs...) },
	} {
		_, fs := promises(3)
		combine(fs...).Cancel(errGaveUp)
		for i, f := range fs {
			if f.State() != future.Cancelled || f.Err() != errGaveUp {
				t.Errorf("source %d of a cancelled %s is %v with %v; want cancelled with %v", i, name, f.State(), f.Err(), errGaveUp)
			}
		}
	}
}

func TestAllSettledGivesEveryOutcomeAndNeverFails(t *testing.T) {
	ps, fs := promises(3)
	f := future.AllSettled(fs...)
	ps[1].Fail(errBroken)
	fs[2].Cancel(errGaveUp)
	wantState(t, f, future.Pending)
	ps[0].Complete(5)
	rs, err := f.Await(t.Context())
	if want := []future.Result[int]{{Value: 5}, {Err: errBroken}, {Err: errGaveUp}}; err != nil || !slices.Equal(rs, want) {
		t.Errorf("AllSettled = %v, %v; want %v, nil", rs, err, want)
	}
	if v, err := rs[1].Get(); v != 0 || err != errBroken {
		t.Errorf("Get = %v, %v; want 0, %v", v, err, errBroken)
	}
}

func TestAnyGivesTheFirstValueAndCancelsTheRest(t *testing.T) {
	ps, fs := promises(4)
	f := future.Any(fs...)
	ps[0].Fail(errBroken)
	fs[1].Cancel(nil)
	wantState(t, f, future.Pending)
	ps[2].Complete(2)
	wantValue(t, f, 2)
	wantStateOf(t, fs[3], future.Cancelled, context.Canceled)
}

func TestAnyFailsWithAllErrorsInOrderWhenNothingSucceeds(t *testing.T) {
	ps, fs := promises(3)
	f := future.Any(fs...)
	ps[2].Fail(errBroken)
	fs[1].Cancel(errGaveUp)
	ps[0].Fail(context.DeadlineExceeded)
	wantState(t, f, future.Failed)
	for _, err := range []error{context.DeadlineExceeded, errGaveUp, errBroken} {
		wantError(t, f, err)
	}
	if got, want := f.Err().Error(), "context deadline exceeded\ngave up\nbroken"; got != want {
		t.Errorf("Any fails with %q; want %q", got, want)
	}
}

func TestRaceSettlesAsTheFirstInWhateverWay(t *testing.T) {
	for _, want := range []future.State{future.Done, future.Failed, future.Cancelled} {
		ps, fs := promises(3)
		f := future.Race(fs...)
		switch want {
		case future.Done:
			ps[1].Complete(11)
			wantValue(t, f, 11)
		case future.Failed:
			ps[1].Fail(errBroken)
			wantStateOf(t, f, want, errBroken)
		case future.Cancelled:
			fs[1].Cancel(errGaveUp)
			wantStateOf(t, f, want, errGaveUp)
		}
		wantState(t, fs[0], future.Cancelled)
		wantState(t, fs[2], future.Cancelled)
	}
	_, fs := promises(1)
	wantValue(t, future.Race(fs[0], future.Resolved(1), future.Resolved(2)), 1)
	wantState(t, fs[0], future.Cancelled)
}

func TestWhoeverSeesTheOutcomeAlsoSeesTheOtherSourcesCancelled(t *testing.T) {
	ps, fs := promises(2)
	race := future.Race(fs...)
	ps[1].OnCancel(func(error) {
		if race.Settled() {
			t.Error("Race shows its outcome before the loser is cancelled")
		}
	})
	ps[0].Complete(1)
	wantValue(t, race, 1)
	wantState(t, fs[1], future.Cancelled)
}

func TestCombinationsOfNothing(t *testing.T) {
	if vs, err := future.All[int]().Await(t.Context()); err != nil || len(vs) != 0 || vs == nil {
		t.Errorf("All() = %v, %v; want an empty slice, nil", vs, err)
	}
	if rs, err := future.AllSettled[int]().Await(t.Context()); err != nil || len(rs) != 0 || rs == nil {
		t.Errorf("AllSettled() = %v, %v; want an empty slice, nil", rs, err)
	}
	wantError(t, future.Any[int](), future.ErrEmpty)
	wantError(t, future.Race[int](), future.ErrEmpty)
	if err := future.WaitAll(t.Context()); err != nil {
		t.Errorf("WaitAll() = %v; want nil", err)
	}
	for range future.AsCompleted[int](t.Context()) {
		t.Error("AsCompleted() yields something")
	}
}

func TestOneFutureMayBeGivenTwice(t *testing.T) {
	ps, fs := promises(2)
	all := future.All(fs[0], fs[1], fs[0])
	ps[0].Complete(1)
	ps[1].Complete(2)
	if vs, err := all.Await(t.Context()); err != nil || !slices.Equal(vs, []int{1, 2, 1}) {
		t.Errorf("All = %v, %v; want [1 2 1], nil", vs, err)
	}
	_, fs = promises(2)
	future.All(fs[0], fs[0]).Cancel(nil)
	wantState(t, fs[0], future.Cancelled)
}

func TestCombinationsOfManyUseNoGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(1000)
		before := runtime.NumGoroutine()
		all, any, race, settled := future.All(fs...), future.Any(fs...), future.Race(fs...), future.AllSettled(fs...)
		for i, p := range ps {
			p.Complete(i)
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("combining 1000 futures started %d goroutines", n-before)
		}
		wantValue(t, any, 0)
		wantValue(t, race, 0)
		for _, f := range []future.Awaitable{all, settled} {
			if f.State() != future.Done {
				t.Errorf("a combination is %v when its last source is settled; want done", f.State())
			}
		}
	})
}

// Sources settle while the combination is being made, cancelled, and made of settled ones: it settles in any case,
// and no source is left pending.
func TestCombiningRacesWithSettlingAndCancelling(t *testing.T) {
	for i := range 500 {
		ps, fs := promises(6)
		var wg sync.WaitGroup
		wg.Go(func() {
			for _, p := range ps[:3] {
				p.Complete(1)
			}
			ps[3].Fail(errBroken)
		})
		var combined []future.Awaitable
		switch i % 4 {
		case 0:
			combined = append(combined, future.All(fs...))
		case 1:
			combined = append(combined, future.Race(fs...))
		case 2:
			combined = append(combined, future.Any(fs...))
		case 3:
			f := future.AllSettled(fs...)
			f.Cancel(nil)
			combined = append(combined, f)
		}
		wg.Wait()
		for _, f := range combined {
			<-f.Done()
		}
		for j, f := range fs {
			if !f.Settled() {
				t.Fatalf("round %d: source %d is pending; want it cancelled by its withdrawn interest", i, j)
			}
		}
	}
}
