package future_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

var (
	errBroken = errors.New("broken")
	errGaveUp = errors.New("gave up")
)

// deadContext has ended with the cause errGaveUp.
func deadContext() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errGaveUp)
	return ctx
}

func wantValue[T comparable](t *testing.T, f *future.Future[T], want T) {
	t.Helper()
	if v, err := f.Await(t.Context()); err != nil || v != want {
		t.Errorf("Await = %v, %v; want %v, nil", v, err, want)
	}
}

func wantError[T any](t *testing.T, f *future.Future[T], want error) {
	t.Helper()
	if v, err := f.Await(t.Context()); !errors.Is(err, want) {
		t.Errorf("Await = %v, %v; want the error %v", v, err, want)
	}
}

func wantState[T any](t *testing.T, f *future.Future[T], want future.State) {
	t.Helper()
	if got := f.State(); got != want {
		t.Errorf("State = %v (Err = %v); want %v", got, f.Err(), want)
	}
}

// Law G8. Behaviour F4.
func TestAwaitOfASettledFutureBeatsADeadContext(t *testing.T) {
	if v, err := future.Resolved(7).Await(deadContext()); v != 7 || err != nil {
		t.Errorf("Await of a resolved future = %v, %v; want 7, nil", v, err)
	}
	if _, err := future.Rejected[int](errBroken).Await(deadContext()); err != errBroken {
		t.Errorf("Await of a rejected future fails with %v; want %v", err, errBroken)
	}
	p := future.NewPromise[int]()
	p.Future().Cancel(errBroken)
	if _, err := p.Future().Await(deadContext()); err != errBroken {
		t.Errorf("Await of a cancelled future fails with %v; want %v", err, errBroken)
	}
}

// scriptedContext runs code of the test at the moment when Await looks at the context.
type scriptedContext struct {
	context.Context
	onErr, onDone func()
}

func (c scriptedContext) Err() error {
	c.onErr()
	return c.Context.Err()
}

func (c scriptedContext) Done() <-chan struct{} {
	c.onDone()
	return c.Context.Done()
}

// Law G8. The future is settled and then the ctx ends, both after Await has looked at the future: it must look
// again.
func TestAFutureSettledBeforeItsContextEndedGivesItsValue(t *testing.T) {
	for _, when := range []string{"before parking", "parked", "parked, woken late"} {
		p := future.NewPromise[int]()
		ctx, cancel := context.WithCancel(t.Context())
		var b future.Batch
		settle := func() {
			if when == "parked, woken late" {
				p.CompleteIn(&b, 8)
			} else {
				p.Complete(8)
			}
			cancel()
		}
		script := scriptedContext{ctx, func() {}, func() {}}
		if when == "before parking" {
			script.onErr = settle
		} else {
			script.onDone = settle
		}
		if v, err := p.Future().Await(script); v != 8 || err != nil {
			t.Errorf("Await, settled %s = %v, %v; want 8, nil", when, v, err)
		}
		b.Wake()
	}
}

// Law G7.
func TestAwaitOfAPendingFutureWithADeadContextFailsWithItsCause(t *testing.T) {
	p := future.NewPromise[int]()
	if _, err := p.Future().Await(deadContext()); err != errGaveUp {
		t.Errorf("Await fails with %v; want the cause %v", err, errGaveUp)
	}
	p.Complete(1)
	wantValue(t, p.Future(), 1)
}

// Law G7. Behaviour F4.
func TestWhenOneOfTwoWaitersGivesUpTheOtherGetsTheValue(t *testing.T) {
	for _, patientFirst := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := future.NewPromise[string]()
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errGaveUp)
			defer cancel()
			var patient, hasty error
			var got string
			var wg sync.WaitGroup
			waitPatiently := func() { got, patient = p.Future().Await(t.Context()) }
			waitHastily := func() { _, hasty = p.Future().Await(ctx) }
			first, second := waitHastily, waitPatiently
			if patientFirst {
				first, second = waitPatiently, waitHastily
			}
			wg.Go(first)
			synctest.Wait()
			wg.Go(second)
			time.Sleep(2 * time.Second)
			if w, _ := future.Registered(p.Future()); w != 1 {
				t.Errorf("%d waiters are registered after one of two gave up; want 1", w)
			}
			p.Complete("value")
			wg.Wait()
			if hasty != errGaveUp {
				t.Errorf("the wait that gave up fails with %v; want %v", hasty, errGaveUp)
			}
			if got != "value" || patient != nil {
				t.Errorf("the other wait = %q, %v; want value, nil", got, patient)
			}
		})
	}
}

func TestEveryWaiterIsWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		var woken atomic.Int32
		for range 100 {
			go func() {
				if v, err := p.Future().Await(t.Context()); v == 5 && err == nil {
					woken.Add(1)
				}
			}()
			go func() {
				<-p.Future().Done()
				woken.Add(1)
			}()
		}
		synctest.Wait()
		p.Complete(5)
		synctest.Wait()
		if n := woken.Load(); n != 200 {
			t.Errorf("%d of 200 waiters got the value", n)
		}
	})
}

func TestAwaitWithoutADoneChannelInItsContextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		time.AfterFunc(time.Second, func() { p.Complete(3) })
		if v, err := p.Future().Await(context.Background()); v != 3 || err != nil {
			t.Errorf("Await = %v, %v; want 3, nil", v, err)
		}
	})
}

func TestTryGetTellsTheOutcomeOrThatThereIsNone(t *testing.T) {
	pending := future.NewPromise[int]()
	cancelled := future.NewPromise[int]()
	cancelled.Future().Cancel(nil)
	for _, c := range []struct {
		name  string
		f     *future.Future[int]
		v     int
		ok    bool
		err   error
		state future.State
	}{
		{"pending", pending.Future(), 0, false, nil, future.Pending},
		{"done", future.Resolved(4), 4, true, nil, future.Done},
		{"failed", future.Rejected[int](errBroken), 0, true, errBroken, future.Failed},
		{"cancelled", cancelled.Future(), 0, true, context.Canceled, future.Cancelled},
	} {
		v, ok, err := c.f.TryGet()
		if v != c.v || ok != c.ok || err != c.err {
			t.Errorf("TryGet of a %s future = %v, %v, %v; want %v, %v, %v", c.name, v, ok, err, c.v, c.ok, c.err)
		}
		if got := c.f.Settled(); got != c.ok {
			t.Errorf("Settled of a %s future = %v; want %v", c.name, got, c.ok)
		}
		if got := c.f.Err(); got != c.err {
			t.Errorf("Err of a %s future = %v; want %v", c.name, got, c.err)
		}
		if got := c.f.State(); got != c.state || got.String() != c.name {
			t.Errorf("State of a %s future = %v; want %v", c.name, got, c.state)
		}
	}
}

func TestDoneGivesOneChannelThatIsClosedWhenSettled(t *testing.T) {
	p := future.NewPromise[int]()
	ch := p.Future().Done()
	select {
	case <-ch:
		t.Error("Done is closed while the future is pending")
	default:
	}
	if p.Future().Done() != ch {
		t.Error("the second Done gives another channel")
	}
	p.Complete(1)
	select {
	case <-ch:
	default:
		t.Error("Done is open although the future is settled")
	}
	if p.Future().Done() != ch {
		t.Error("Done gives another channel once the future is settled")
	}

	for name, f := range map[string]*future.Future[int]{"resolved": future.Resolved(1), "rejected": future.Rejected[int](errBroken)} {
		select {
		case <-f.Done():
		default:
			t.Errorf("Done of a %s future is open", name)
		}
		if first := f.Done(); f.Done() != first {
			t.Errorf("Done of a %s future gives different channels", name)
		}
	}
}

func TestCancelSettlesWithItsCause(t *testing.T) {
	p := future.NewPromise[int]()
	if !p.Future().Cancel(errGaveUp) {
		t.Error("Cancel of a pending future = false; want true")
	}
	wantError(t, p.Future(), errGaveUp)
	wantState(t, p.Future(), future.Cancelled)

	q := future.NewPromise[int]()
	q.Future().Cancel(nil)
	wantError(t, q.Future(), context.Canceled)
}

// Law G2, the future's part: settled exactly once.
func TestOnlyTheFirstSettlementCounts(t *testing.T) {
	settlers := map[string]func(p *future.Promise[int]) bool{
		"Complete": func(p *future.Promise[int]) bool { return p.Complete(1) },
		"Fail":     func(p *future.Promise[int]) bool { return p.Fail(errBroken) },
		"Cancel":   func(p *future.Promise[int]) bool { return p.Future().Cancel(nil) },
	}
	for first, settle := range settlers {
		for second, again := range settlers {
			p := future.NewPromise[int]()
			if !settle(p) {
				t.Errorf("%s of a pending future = false; want true", first)
			}
			v, _, err := p.Future().TryGet()
			if again(p) {
				t.Errorf("%s after %s = true; want false", second, first)
			}
			if v2, _, err2 := p.Future().TryGet(); v2 != v || err2 != err {
				t.Errorf("%s after %s changed the outcome from %v, %v to %v, %v", second, first, v, err, v2, err2)
			}
		}
	}
}

// Law G2, the future's part.
func TestOfManyConcurrentSettlersExactlyOneWins(t *testing.T) {
	for range 500 {
		p := future.NewPromise[int]()
		var wins, hooks atomic.Int32
		p.Owner().OnSettle(func() { hooks.Add(1) })
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if p.Complete(i) {
					wins.Add(1)
				}
			})
			wg.Go(func() {
				if p.Fail(errBroken) {
					wins.Add(1)
				}
			})
			wg.Go(func() {
				if p.Future().Cancel(errGaveUp) {
					wins.Add(1)
				}
			})
			wg.Go(func() { _, _ = p.Future().Await(t.Context()) })
		}
		wg.Wait()
		if wins.Load() != 1 || hooks.Load() != 1 {
			t.Fatalf("%d settlers won and OnSettle ran %d times; want 1 and 1", wins.Load(), hooks.Load())
		}
	}
}

func TestFailWithoutAnErrorIsStillAFailure(t *testing.T) {
	f := future.Rejected[int](nil)
	wantState(t, f, future.Failed)
	if f.Err() == nil {
		t.Error("Err of a future that failed with nil = nil")
	}
}

func TestAPromiseInABiggerStructIsReadyWithoutSetup(t *testing.T) {
	var call struct {
		name    string
		promise future.Promise[string]
	}
	f := call.promise.Future()
	wantState(t, f, future.Pending)
	call.promise.Complete("reply")
	wantValue(t, f, "reply")
}
