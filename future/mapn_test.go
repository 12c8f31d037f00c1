package future_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

// work is an fn for MapN whose futures take a second each. It knows how many were under way at most.
type work struct {
	futures  []*future.Future[int]
	most     int
	underWay atomic.Int32
}

func (w *work) start(n int) *future.Future[int] {
	p := future.NewPromise[int]()
	w.futures = append(w.futures, p.Future())
	w.most = max(w.most, int(w.underWay.Add(1)))
	time.AfterFunc(time.Second, func() {
		w.underWay.Add(-1)
		p.Complete(n * n)
	})
	return p.Future()
}

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestMapNYieldsInOrderWithAtMostNUnderWay(t *testing.T) {
	for _, n := range []int{1, 3, 10, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var w work
			start := time.Now()
			next := 0
			for v, err := range future.MapN(t.Context(), n, count(10), w.start) {
				if err != nil || v != next*next {
					t.Errorf("MapN yields %v, %v; want %v, nil", v, err, next*next)
				}
				next++
			}
			if next != 10 || w.most != min(n, 10) {
				t.Errorf("MapN at most %d: %d pairs, %d under way at once; want 10 and %d", n, next, w.most, min(n, 10))
			}
			if d, want := time.Since(start), time.Duration((10+n-1)/n)*time.Second; d != want {
				t.Errorf("MapN at most %d took %v; want %v", n, d, want)
			}
		})
	}
}

func TestMapNGoesOnAfterAFailure(t *testing.T) {
	var got []future.Result[int]
	for v, err := range future.MapN(t.Context(), 2, count(4), func(n int) *future.Future[int] {
		switch n {
		case 1:
			return future.Rejected[int](errBroken)
		case 2:
			return nil
		}
		return future.Resolved(n)
	}) {
		got = append(got, future.Result[int]{Value: v, Err: err})
	}
	if len(got) != 4 || got[0].Err != nil || got[1].Err != errBroken || got[2].Err == nil || got[3].Value != 3 {
		t.Errorf("MapN yields %v; want 0, an error, an error about a nil future, 3", got)
	}
}

func TestLeavingMapNCancelsWhatNobodyWillSee(t *testing.T) {
	for _, leave := range []string{"break", "panic"} {
		synctest.Test(t, func(t *testing.T) {
			var w work
			var kept *future.Future[int]
			fn := func(n int) *future.Future[int] {
				f := w.start(n)
				if n == 3 {
					kept = f.OnReady(func(*future.Future[int]) {})
				}
				return f
			}
			func() {
				defer func() { _ = recover() }()
				for range future.MapN(t.Context(), 4, count(100), fn) {
					if leave == "panic" {
						panic("body")
					}
					break
				}
			}()
			wantState(t, w.futures[0], future.Done)
			for i, f := range w.futures[1:] {
				want := future.Cancelled
				if f.State() == future.Done {
					continue // came in the same instant as the first
				}
				if i+1 == 3 {
					want = future.Pending
				}
				wantState(t, f, want)
			}
			wantValue(t, kept, 9)
		})
	}
}

// Laws G7, G8.
func TestMapNEndsWithTheCauseOfItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w work
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2500*time.Millisecond, errGaveUp)
		defer cancel()
		var got []int
		var last error
		for v, err := range future.MapN(ctx, 2, count(100), w.start) {
			if last != nil {
				t.Errorf("MapN goes on with %v, %v after the end of its ctx", v, err)
			}
			if last = err; err == nil {
				got = append(got, v)
			}
		}
		if !slices.Equal(got, []int{0, 1, 4, 9}) || last != errGaveUp {
			t.Errorf("MapN yields %v and then %v; want [0 1 4 9] and %v", got, last, errGaveUp)
		}
		if len(w.futures) != 6 {
			t.Errorf("%d elements were started; want 6", len(w.futures))
		}
		for _, f := range w.futures[4:] {
			wantStateOf(t, f, future.Cancelled, context.Canceled)
		}
	})

	started := 0
	for v, err := range future.MapN(deadContext(), 2, count(3), func(n int) *future.Future[int] { started++; return future.Resolved(n) }) {
		if v != 0 || !errors.Is(err, errGaveUp) {
			t.Errorf("MapN with a dead ctx yields %v, %v; want its cause", v, err)
		}
	}
	if started != 0 {
		t.Errorf("MapN with a dead ctx started %d elements; want 0", started)
	}
}

func TestMapNMayBeLeftAtAnyPair(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for leaveAt := range 6 {
			pairs := 0
			for v, err := range future.MapN(t.Context(), n, count(6), func(n int) *future.Future[int] {
				if n%2 == 0 {
					return future.Resolved(n)
				}
				return future.Go(t.Context(), func(context.Context) (int, error) { return n, nil })
			}) {
				if v != pairs || err != nil {
					t.Errorf("pair %d = %v, %v", pairs, v, err)
				}
				if pairs == leaveAt {
					break
				}
				pairs++
			}
			if pairs != leaveAt {
				t.Errorf("the loop that leaves at pair %d had %d", leaveAt, pairs)
			}
		}
	}
}
