package future_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

func TestAwaitAndJoinGiveValuesOfDifferentTypes(t *testing.T) {
	ctx := t.Context()
	a, b, c := future.Resolved(1), future.Resolved("b"), future.Resolved(3.0)
	d, e, f := future.Resolved(true), future.Resolved('e'), future.Resolved([2]int{6, 6})

	if a, b, err := future.Await2(ctx, a, b); a != 1 || b != "b" || err != nil {
		t.Errorf("Await2 = %v, %v, %v", a, b, err)
	}
	if a, b, c, err := future.Await3(ctx, a, b, c); a != 1 || b != "b" || c != 3 || err != nil {
		t.Errorf("Await3 = %v, %v, %v, %v", a, b, c, err)
	}
	if a, b, c, d, err := future.Await4(ctx, a, b, c, d); a != 1 || b != "b" || c != 3 || !d || err != nil {
		t.Errorf("Await4 = %v, %v, %v, %v, %v", a, b, c, d, err)
	}
	if a, b, c, d, e, err := future.Await5(ctx, a, b, c, d, e); a != 1 || b != "b" || c != 3 || !d || e != 'e' || err != nil {
		t.Errorf("Await5 = %v, %v, %v, %v, %v, %v", a, b, c, d, e, err)
	}
	if a, b, c, d, e, f, err := future.Await6(ctx, a, b, c, d, e, f); a != 1 || b != "b" || c != 3 || !d || e != 'e' || f[0] != 6 || err != nil {
		t.Errorf("Await6 = %v, %v, %v, %v, %v, %v, %v", a, b, c, d, e, f, err)
	}

	wantValue(t, future.Join2(a, b), future.Pair[int, string]{1, "b"})
	wantValue(t, future.Join3(a, b, c), future.Triple[int, string, float64]{1, "b", 3})
	wantValue(t, future.Join4(a, b, c, d), future.Quad[int, string, float64, bool]{1, "b", 3, true})
	wantValue(t, future.Join5(a, b, c, d, e), future.Quint[int, string, float64, bool, rune]{1, "b", 3, true, 'e'})
	wantValue(t, future.Join6(a, b, c, d, e, f), future.Sextet[int, string, float64, bool, rune, [2]int]{1, "b", 3, true, 'e', [2]int{6, 6}})
}

func TestAwaitSeveralWaitsForTheLast(t *testing.T) {
	for _, late := range [][3]time.Duration{{1, 2, 3}, {3, 2, 1}, {2, 2, 2}, {0, 0, 1}, {0, 1, 0}} {
		synctest.Test(t, func(t *testing.T) {
			ps, fs := promises(3)
			for i, p := range ps {
				if late[i] == 0 {
					p.Complete(i)
				} else {
					time.AfterFunc(late[i]*time.Second, func() { p.Complete(i) })
				}
			}
			start := time.Now()
			a, b, c, err := future.Await3(t.Context(), fs[0], fs[1], fs[2])
			if a != 0 || b != 1 || c != 2 || err != nil {
				t.Errorf("Await3 = %v, %v, %v, %v; want 0, 1, 2, nil", a, b, c, err)
			}
			if d := time.Since(start); d != max(late[0], late[1], late[2])*time.Second {
				t.Errorf("Await3 of futures that take %v seconds took %v", late, d)
			}
		})
	}
}

func TestAwaitSeveralReturnsTheFirstFailureAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q := future.NewPromise[int](), future.NewPromise[string]()
		time.AfterFunc(time.Second, func() { q.Fail(errBroken) })
		if _, _, err := future.Await2(t.Context(), p.Future(), q.Future()); err != errBroken {
			t.Errorf("Await2 fails with %v; want %v", err, errBroken)
		}
		wantState(t, p.Future(), future.Pending)
		if waiters, hooks := future.Registered(p.Future()); waiters != 0 || hooks != 0 {
			t.Errorf("%d waiters and %d hooks are left in the pending future", waiters, hooks)
		}
		if _, _, err := future.Await2(t.Context(), future.Rejected[int](errGaveUp), q.Future()); err != errGaveUp {
			t.Errorf("Await2 of two failures fails with %v; want that of the first argument, %v", err, errGaveUp)
		}
	})
}

// Laws G7, G8.
func TestAwaitSeveralEndsWithItsContextUnlessEverythingIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(3)
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errGaveUp)
		defer cancel()
		if _, _, err := future.Await2(ctx, fs[0], fs[1]); err != errGaveUp {
			t.Errorf("Await2 fails with %v; want %v", err, errGaveUp)
		}
		if _, _, err := future.Await2(ctx, fs[0], fs[1]); err != errGaveUp {
			t.Errorf("Await2 with a dead ctx fails with %v; want %v", err, errGaveUp)
		}
		for _, f := range fs {
			if waiters, hooks := future.Registered(f); waiters != 0 || hooks != 0 {
				t.Errorf("%d waiters and %d hooks are left in a pending future", waiters, hooks)
			}
		}
		for i, p := range ps {
			p.Complete(i)
		}
		if a, b, c, err := future.Await3(ctx, fs[0], fs[1], fs[2]); a != 0 || b != 1 || c != 2 || err != nil {
			t.Errorf("Await3 of settled futures with a dead ctx = %v, %v, %v, %v; want 0, 1, 2, nil", a, b, c, err)
		}
		q := future.NewPromise[int]()
		if _, _, err := future.Await2(ctx, q.Future(), future.Rejected[int](errBroken)); err != errBroken {
			t.Errorf("Await2 with a failed future and a dead ctx fails with %v; want %v", err, errBroken)
		}
	})
}

// Law G8. The futures are settled and then the ctx ends, both after Await2 has looked at the futures.
func TestFuturesSettledBeforeTheContextOfAwaitSeveralEndedGiveTheirValues(t *testing.T) {
	for _, parked := range []bool{false, true} {
		for range 20 { // where both cases of a select are ready, either must do
			ps, fs := promises(2)
			ctx, cancel := context.WithCancel(t.Context())
			settle := func() {
				ps[0].Complete(1)
				ps[1].Complete(2)
				cancel()
			}
			script := scriptedContext{ctx, settle, func() {}}
			if parked {
				script = scriptedContext{ctx, func() {}, settle}
			}
			if a, b, err := future.Await2(script, fs[0], fs[1]); a != 1 || b != 2 || err != nil {
				t.Errorf("Await2 = %v, %v, %v; want 1, 2, nil", a, b, err)
			}
		}
	}
}

func TestAwaitOfAnyNumberFailsWithTheErrorAndNoValues(t *testing.T) {
	ctx, a, b := t.Context(), future.Resolved(1), future.Rejected[int](errBroken)
	_, _, err2 := future.Await2(ctx, a, b)
	_, _, _, err3 := future.Await3(ctx, a, a, b)
	_, _, _, _, err4 := future.Await4(ctx, a, a, a, b)
	_, _, _, _, _, err5 := future.Await5(ctx, a, a, a, a, b)
	v, _, _, _, _, _, err6 := future.Await6(ctx, a, a, a, a, a, b)
	for i, err := range []error{err2, err3, err4, err5, err6} {
		if err != errBroken {
			t.Errorf("Await%d fails with %v; want %v", i+2, err, errBroken)
		}
	}
	if v != 0 {
		t.Errorf("a failed Await6 gives the value %v; want 0", v)
	}
}

func TestAwaitSeveralIsWokenThroughABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(2)
		var got error = errBroken
		go func() { _, _, got = future.Await2(t.Context(), fs[0], fs[1]) }()
		synctest.Wait()
		var b future.Batch
		ps[0].CompleteIn(&b, 1)
		ps[1].CompleteIn(&b, 2)
		synctest.Wait()
		if got != errBroken || b.Len() != 2 {
			t.Errorf("before Wake Await2 returned %v and the batch has %d", got, b.Len())
		}
		b.Wake()
		synctest.Wait()
		if got != nil {
			t.Errorf("Await2 fails with %v; want nil", got)
		}
	})
}

func TestAwaitOfOneFutureTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		time.AfterFunc(time.Second, func() { p.Complete(5) })
		if a, b, err := future.Await2(t.Context(), p.Future(), p.Future()); a != 5 || b != 5 || err != nil {
			t.Errorf("Await2 of one future twice = %v, %v, %v; want 5, 5, nil", a, b, err)
		}
	})
}

func TestJoinFailsFastAndCancelsTheRest(t *testing.T) {
	p, q := future.NewPromise[int](), future.NewPromise[string]()
	f := future.Join2(p.Future(), q.Future())
	q.Fail(errBroken)
	wantStateOf(t, f, future.Failed, errBroken)
	wantStateOf(t, p.Future(), future.Cancelled, context.Canceled)
}

func TestWaitAllWaitsForAllAndJoinsTheirErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q, r := future.NewPromise[int](), future.NewPromise[string](), future.NewPromise[bool]()
		p.Fail(errBroken)
		time.AfterFunc(time.Second, func() { q.Complete("q") })
		time.AfterFunc(2*time.Second, func() { r.Future().Cancel(errGaveUp) })
		start := time.Now()
		err := future.WaitAll(t.Context(), p.Future(), q.Future(), r.Future())
		if err == nil || err.Error() != "broken\ngave up" || !errors.Is(err, errBroken) || !errors.Is(err, errGaveUp) {
			t.Errorf("WaitAll = %v; want both errors in order", err)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("WaitAll took %v; want 2s, until the last is settled", d)
		}
		if err := future.WaitAll(t.Context(), q.Future(), future.Resolved(1)); err != nil {
			t.Errorf("WaitAll of successes = %v; want nil", err)
		}
	})
}

// Laws G7, G8.
func TestWaitAllReportsTheEndOfItsContextOnceAndLooksAtTheSettled(t *testing.T) {
	pending := future.NewPromise[int]()
	err := future.WaitAll(deadContext(), pending.Future(), future.Rejected[string](errBroken), pending.Future())
	if err == nil || err.Error() != "broken\ngave up" {
		t.Errorf("WaitAll = %v; want broken and gave up", err)
	}
	if err := future.WaitAll(deadContext(), future.Resolved(1)); err != nil {
		t.Errorf("WaitAll of a settled future with a dead ctx = %v; want nil", err)
	}
}
