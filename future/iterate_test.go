package future_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

func TestAsCompletedYieldsInTheOrderOfSettling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(5)
		ps[3].Complete(30)
		ps[1].Fail(errBroken)
		time.AfterFunc(3*time.Second, func() { ps[0].Complete(0) })
		time.AfterFunc(1*time.Second, func() { ps[4].Complete(40) })
		time.AfterFunc(2*time.Second, func() { fs[2].Cancel(errGaveUp) })
		var order []int
		for i, r := range future.AsCompleted(t.Context(), fs...) {
			order = append(order, i)
			if v, _, err := fs[i].TryGet(); r.Value != v || r.Err != err {
				t.Errorf("AsCompleted yields %v, %v for future %d; want %v, %v", r.Value, r.Err, i, v, err)
			}
		}
		if want := []int{1, 3, 4, 2, 0}; !slices.Equal(order, want) {
			t.Errorf("AsCompleted yields in the order %v; want %v", order, want)
		}
	})
}

// Behaviour F10.
func TestBreakingOutOfAsCompletedLeavesNoGoroutineAndNoRegistration(t *testing.T) {
	ps, fs := promises(1000)
	before := runtime.NumGoroutine()
	ps[500].Complete(1)
	turns := 0
	for i := range future.AsCompleted(t.Context(), fs...) {
		turns++
		if i != 500 {
			t.Errorf("AsCompleted yields %d first; want 500", i)
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("AsCompleted runs %d goroutines", n-before)
		}
		break
	}
	if n := runtime.NumGoroutine(); n > before || turns != 1 {
		t.Errorf("%d turns leave %d goroutines; want 1 and 0", turns, n-before)
	}
	for i, f := range fs {
		if waiters, hooks := future.Registered(f); waiters != 0 || hooks != 0 {
			t.Fatalf("%d waiters and %d hooks are left in future %d", waiters, hooks, i)
		}
		if i != 500 && f.State() != future.Pending {
			t.Fatalf("future %d is %v; want pending, because leaving the loop cancels nothing", i, f.State())
		}
	}
}

func TestAPanicInTheBodyOfAsCompletedLeavesNoRegistration(t *testing.T) {
	_, fs := promises(3)
	func() {
		defer func() { _ = recover() }()
		for range future.AsCompleted(t.Context(), append(fs, future.Resolved(1))...) {
			panic("body")
		}
	}()
	for _, f := range fs {
		if _, hooks := future.Registered(f); hooks != 0 {
			t.Errorf("%d hooks are left", hooks)
		}
	}
}

// Laws G7, G8.
func TestAsCompletedYieldsEveryFutureOnceWhenItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(5)
		ps[4].Complete(4)
		time.AfterFunc(time.Second, func() { ps[2].Complete(2) })
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errGaveUp)
		defer cancel()
		var order []int
		for i, r := range future.AsCompleted(ctx, fs...) {
			order = append(order, i)
			switch i {
			case 0: // the first that is yielded for ctx; what settles now still comes with its value
				if r.Err != errGaveUp {
					t.Errorf("future 0 = %v; want %v", r, errGaveUp)
				}
				ps[1].Complete(1)
			case 3:
				if r.Err != errGaveUp {
					t.Errorf("future 3 = %v; want %v", r, errGaveUp)
				}
			default:
				if r.Err != nil || r.Value != i {
					t.Errorf("future %d = %v; want its value", i, r)
				}
			}
		}
		if want := []int{4, 2, 0, 1, 3}; !slices.Equal(order, want) {
			t.Errorf("AsCompleted yields in the order %v; want %v", order, want)
		}
	})
}

func TestAsCompletedMayBeRangedOverAgain(t *testing.T) {
	seq := future.AsCompleted(t.Context(), future.Resolved(1), future.Resolved(2))
	for range 2 {
		sum := 0
		for _, r := range seq {
			sum += r.Value
		}
		if sum != 3 {
			t.Errorf("the values add up to %d; want 3", sum)
		}
	}
}

// Every index comes exactly once, whatever meets: settling, batches that wake late, the end of ctx.
func TestAsCompletedRacesWithSettlingAndTheEndOfItsContext(t *testing.T) {
	for round := range 300 {
		ps, fs := promises(20)
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			var b future.Batch
			for i, p := range ps {
				if i%4 == 3 {
					b.Wake()
				}
				if i == 15-round%10 {
					cancel()
				}
				if round%2 == 0 || i < 10 {
					p.CompleteIn(&b, i)
				}
			}
			b.Wake()
			cancel()
		}()
		seen := make([]bool, len(fs))
		for i, r := range future.AsCompleted(ctx, fs...) {
			if seen[i] {
				t.Fatalf("future %d comes twice", i)
			}
			seen[i] = true
			if r.Err != nil && r.Err != context.Canceled || r.Err == nil && r.Value != i {
				t.Fatalf("future %d = %v; want %d or Canceled", i, r, i)
			}
		}
		if slices.Contains(seen, false) {
			t.Fatalf("not every future was yielded: %v", seen)
		}
		cancel()
	}
}

// Law G8.
func TestInOrderYieldsWhatEachAwaitReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(4)
		time.AfterFunc(2*time.Second, func() { ps[0].Complete(10) })
		ps[1].Fail(errBroken)
		ps[3].Complete(13)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 3*time.Second, errGaveUp)
		defer cancel()
		var got []future.Result[int]
		for v, err := range future.InOrder(ctx, fs...) {
			got = append(got, future.Result[int]{Value: v, Err: err})
		}
		if want := []future.Result[int]{{Value: 10}, {Err: errBroken}, {Err: errGaveUp}, {Value: 13}}; !slices.Equal(got, want) {
			t.Errorf("InOrder yields %v; want %v", got, want)
		}
		for range future.InOrder(ctx, fs...) {
			break
		}
	})
}

// Law G8. The wake-up of a settled future is still in a batch when ctx ends.
func TestAsCompletedGivesTheValueOfAFutureWhoseWakeUpIsInABatchWhenItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(2)
		ctx, cancel := context.WithCancelCause(t.Context())
		var got []future.Result[int]
		go func() {
			for _, r := range future.AsCompleted(ctx, fs...) {
				got = append(got, r)
			}
		}()
		synctest.Wait()
		var b future.Batch
		ps[1].CompleteIn(&b, 1)
		cancel(errGaveUp)
		synctest.Wait()
		b.Wake()
		synctest.Wait()
		if want := []future.Result[int]{{Value: 1}, {Err: errGaveUp}}; !slices.Equal(got, want) {
			t.Errorf("AsCompleted yields %v; want %v", got, want)
		}
	})
}

// unsteadyContext gives another channel at every Done. No real context does; it lets a test end one wait of a loop.
type unsteadyContext struct {
	context.Context
	done []chan struct{}
}

func (c *unsteadyContext) Done() <-chan struct{} {
	ch := c.done[0]
	c.done = c.done[1:]
	return ch
}

// A loop whose wake-up sits in a batch must not park again and get into a second one: that would cut the first short,
// and those behind it would sleep for ever.
func TestALoopIsNeverInTwoBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ps, fs := promises(3)
		ctx := &unsteadyContext{t.Context(), []chan struct{}{make(chan struct{}), make(chan struct{})}}
		endFirst := ctx.done[0]
		var order []int
		go func() {
			for i := range future.AsCompleted(ctx, fs[0], fs[1]) {
				order = append(order, i)
			}
		}()
		var behind int
		go func() { behind, _ = fs[2].Await(t.Context()) }()
		synctest.Wait()

		var first, second future.Batch
		ps[0].CompleteIn(&first, 10)
		ps[2].CompleteIn(&first, 30)
		close(endFirst)
		synctest.Wait()
		ps[1].CompleteIn(&second, 20)
		first.Wake()
		second.Wake()
		synctest.Wait()
		if behind != 30 || !slices.Equal(order, []int{0, 1}) {
			t.Errorf("the waiter behind the loop got %d, the loop %v; want 30 and [0 1]", behind, order)
		}
	})
}
