package future_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

func TestMapAppliesItsFunctionToTheValue(t *testing.T) {
	p := future.NewPromise[string]()
	n := future.Map(p.Future(), strconv.Atoi)
	p.Complete("42")
	wantValue(t, n, 42)
	wantValue(t, future.Map(future.Resolved("7"), strconv.Atoi), 7)
	wantError(t, future.Map(future.Resolved("seven"), strconv.Atoi), strconv.ErrSyntax)
}

func TestMapAndThenPassErrorsAndDoNotCallTheirFunction(t *testing.T) {
	mapped := func(f *future.Future[int]) *future.Future[int] {
		return future.Map(f, func(int) (int, error) { t.Error("Map calls its function"); return 0, nil })
	}
	then := func(f *future.Future[int]) *future.Future[int] {
		return future.Then(f, func(int) *future.Future[int] { t.Error("Then calls its function"); return nil })
	}
	for _, derive := range []func(*future.Future[int]) *future.Future[int]{mapped, then} {
		p, q := future.NewPromise[int](), future.NewPromise[int]()
		failed, cancelled := derive(p.Future()), derive(q.Future())
		p.Fail(errBroken)
		q.Future().Cancel(errGaveUp)
		wantError(t, failed, errBroken)
		wantState(t, failed, future.Failed)
		wantError(t, cancelled, errGaveUp)
		wantState(t, cancelled, future.Cancelled)
		wantError(t, derive(future.Rejected[int](errBroken)), errBroken)
	}
}

func TestThenSettlesAsTheFutureItsFunctionReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, inner := future.NewPromise[int](), future.NewPromise[string]()
		f := future.Then(outer.Future(), func(n int) *future.Future[string] {
			if n != 1 {
				t.Errorf("Then calls its function with %d; want 1", n)
			}
			return inner.Future()
		})
		outer.Complete(1)
		synctest.Wait()
		wantState(t, f, future.Pending)
		inner.Complete("inner")
		wantValue(t, f, "inner")
	})
	settled := func(f *future.Future[int]) *future.Future[int] {
		return future.Then(future.Resolved(0), func(int) *future.Future[int] { return f })
	}
	wantValue(t, settled(future.Resolved(5)), 5)
	wantError(t, settled(future.Rejected[int](errBroken)), errBroken)
	if err := settledError(t, settled(nil)); err == nil || !strings.Contains(err.Error(), "nil future") {
		t.Errorf("Then with a function that returns nil fails with %v; want an error about a nil future", err)
	}
}

func settledError[T any](t *testing.T, f *future.Future[T]) error {
	t.Helper()
	_, err := f.Await(t.Context())
	return err
}

func TestCatchReplacesAnError(t *testing.T) {
	catch := func(f *future.Future[int]) *future.Future[int] {
		return future.Catch(f, func(err error) (int, error) {
			if err == errGaveUp {
				return 0, fmt.Errorf("caught: %w", err)
			}
			return 99, nil
		})
	}
	wantValue(t, catch(future.Resolved(1)), 1)
	wantValue(t, catch(future.Rejected[int](errBroken)), 99)
	wantError(t, catch(future.Rejected[int](errGaveUp)), errGaveUp)

	p := future.NewPromise[int]()
	caught := catch(p.Future())
	p.Future().Cancel(nil)
	wantValue(t, caught, 99)

	q := future.NewPromise[int]()
	abandoned := future.Catch(q.Future(), func(error) (int, error) {
		t.Error("Catch calls its function although the derived future was cancelled")
		return 0, nil
	})
	abandoned.Cancel(nil)
	wantState(t, q.Future(), future.Cancelled)
	wantState(t, abandoned, future.Cancelled)
}

func TestCatchAsCatchesOnlyItsKindOfError(t *testing.T) {
	missing := func(f *future.Future[string]) *future.Future[string] {
		return future.CatchAs(f, func(e *fs.PathError) (string, error) { return "no " + e.Path, nil })
	}
	wantValue(t, missing(future.Resolved("here")), "here")
	wantValue(t, missing(future.Rejected[string](fmt.Errorf("wrapped: %w", &fs.PathError{Path: "f", Err: fs.ErrNotExist}))), "no f")
	other := missing(future.Rejected[string](errBroken))
	if err := settledError(t, other); err != errBroken {
		t.Errorf("CatchAs of another error fails with %v; want %v itself", err, errBroken)
	}

	p := future.NewPromise[string]()
	f := missing(p.Future())
	p.Future().Cancel(errGaveUp)
	wantError(t, f, errGaveUp)
	wantState(t, f, future.Cancelled)
}

func TestTransformHandlesBothOutcomes(t *testing.T) {
	both := func(f *future.Future[int]) *future.Future[string] {
		return future.Transform(f,
			func(n int) (string, error) { return strconv.Itoa(n), nil },
			func(err error) (string, error) { return "", fmt.Errorf("command: %w", err) })
	}
	wantValue(t, both(future.Resolved(12)), "12")
	f := both(future.Rejected[int](errBroken))
	wantError(t, f, errBroken)
	if got := f.Err().Error(); got != "command: broken" {
		t.Errorf("Err = %q; want command: broken", got)
	}
	wantError(t, future.Transform(future.Rejected[int](errBroken), func(int) (int, error) { return 0, nil }, nil), errBroken)
}

func TestOnReadyRunsForEveryOutcomeAndPassesItOn(t *testing.T) {
	for _, want := range []future.State{future.Done, future.Failed, future.Cancelled} {
		p := future.NewPromise[int]()
		seen := make(chan future.State, 1)
		f := p.Future().OnReady(func(f *future.Future[int]) { seen <- f.State() })
		switch want {
		case future.Done:
			p.Complete(1)
		case future.Failed:
			p.Fail(errBroken)
		case future.Cancelled:
			p.Future().Cancel(errGaveUp)
		}
		<-f.Done()
		if got := <-seen; got != want {
			t.Errorf("OnReady sees a future that is %v; want %v", got, want)
		}
		v, _, err := f.TryGet()
		if wantV, _, wantErr := p.Future().TryGet(); v != wantV || err != wantErr || f.State() != want {
			t.Errorf("the future of OnReady is %v with %v, %v; want %v with %v, %v", f.State(), v, err, want, wantV, wantErr)
		}
	}
}

func TestTheFutureOfOnReadySettlesAfterTheCallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := future.Resolved(1).OnReady(func(*future.Future[int]) { time.Sleep(time.Second) })
		synctest.Wait()
		wantState(t, f, future.Pending)
		time.Sleep(time.Second)
		synctest.Wait()
		wantState(t, f, future.Done)
	})
}

// callbacks derives from f in every way that runs a function of the caller, with fn as its body. The ones that want
// a failure derive from g.
func callbacks(f, g *future.Future[int], fn func()) map[string]*future.Future[int] {
	return map[string]*future.Future[int]{
		"Map":     future.Map(f, func(int) (int, error) { fn(); return 1, nil }),
		"Then":    future.Then(f, func(int) *future.Future[int] { fn(); return future.Resolved(1) }),
		"OnReady": f.OnReady(func(*future.Future[int]) { fn() }),
		"Catch":   future.Catch(g, func(error) (int, error) { fn(); return 1, nil }),
		"CatchAs": future.CatchAs(g, func(nosyError) (int, error) { fn(); return 1, nil }),
		"Transform, done": future.Transform(f, func(int) (int, error) { fn(); return 1, nil },
			func(error) (int, error) { return 0, errBroken }),
		"Transform, fail": future.Transform(g, func(int) (int, error) { return 0, errBroken },
			func(error) (int, error) { fn(); return 1, nil }),
	}
}

// nosyError runs the caller's code when errors.As asks it.
type nosyError struct{ asked func() }

func (e nosyError) Error() string { return "nosy" }
func (e nosyError) As(any) bool   { e.asked(); return false }

// Law G5. Behaviour F5. A callback that never returns delays neither the settler nor other waiters. If any of them
// ran on the settling goroutine, the bubble would report a deadlock.
func TestACallbackThatBlocksForEverDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		p, q := future.NewPromise[int](), future.NewPromise[int]()
		derived := callbacks(p.Future(), q.Future(), func() { <-release })
		p.Complete(1)
		q.Fail(nosyError{asked: func() { <-release }})
		for name, f := range callbacks(p.Future(), q.Future(), func() { <-release }) {
			derived[name+" of a settled future"] = f
		}
		wantValue(t, p.Future(), 1)
		synctest.Wait()
		for name, f := range derived {
			if f.Settled() {
				t.Errorf("%s is settled while its function blocks", name)
			}
		}
		close(release)
		for name, f := range derived {
			if _, err := f.Await(t.Context()); err != nil {
				t.Errorf("%s fails with %v after its function went on", name, err)
			}
		}
	})
}

// Behaviour F5.
func TestAPanicInACallbackFailsTheDerivedFutureOnly(t *testing.T) {
	p, q := future.NewPromise[int](), future.NewPromise[int]()
	derived := callbacks(p.Future(), q.Future(), func() { panic(errBroken) })
	p.Complete(1)
	q.Fail(nosyError{asked: func() {}})
	for name, f := range derived {
		var pe *future.PanicError
		switch _, err := f.Await(t.Context()); {
		case !errors.As(err, &pe):
			t.Errorf("%s fails with %v; want a *PanicError", name, err)
		case pe.Value != errBroken || !errors.Is(err, errBroken):
			t.Errorf("%s fails with the panic value %v; want %v", name, pe.Value, errBroken)
		case !strings.Contains(string(pe.Stack), "callbacks"):
			t.Errorf("the stack of %s does not show the function that panicked:\n%s", name, pe.Stack)
		}
	}
	wantValue(t, p.Future(), 1)
	wantState(t, q.Future(), future.Failed)
}

// Behaviour F5. An As method is the caller's code too.
func TestAPanicInTheErrorThatCatchAsLooksAtFailsTheDerivedFuture(t *testing.T) {
	f := future.CatchAs(future.Rejected[int](nosyError{asked: func() { panic("nosy") }}),
		func(*fs.PathError) (int, error) { return 0, nil })
	var pe *future.PanicError
	if err := settledError(t, f); !errors.As(err, &pe) || pe.Value != "nosy" || pe.Error() != "future: panic: nosy" {
		t.Errorf("CatchAs fails with %v; want a *PanicError", err)
	}
}

func TestACallbackThatEndsItsGoroutineFailsTheDerivedFuture(t *testing.T) {
	p, q := future.NewPromise[int](), future.NewPromise[int]()
	derived := callbacks(p.Future(), q.Future(), goexit)
	p.Complete(1)
	q.Fail(nosyError{asked: func() {}})
	for name, f := range derived {
		if err := settledError(t, f); err != future.ErrGoexit {
			t.Errorf("%s fails with %v; want ErrGoexit", name, err)
		}
	}
}

// Behaviour F5.
func TestACallbackMayStartAndAwaitOtherFutures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := func(n int) *future.Future[int] {
			p := future.NewPromise[int]()
			time.AfterFunc(time.Second, func() { p.Complete(n) })
			return p.Future()
		}
		f := future.Map(later(1), func(n int) (int, error) {
			m, err := later(10).Await(t.Context())
			return n + m, err
		})
		wantValue(t, f, 11)
	})
}

func TestNilFuturesAndFunctionsPanicAtOnce(t *testing.T) {
	var none *future.Future[int]
	ok := future.Resolved(1)
	for name, call := range map[string]func(){
		"Map of nil":             func() { future.Map(none, func(int) (int, error) { return 0, nil }) },
		"Map with nil":           func() { future.Map[int, int](ok, nil) },
		"Then of nil":            func() { future.Then(none, func(int) *future.Future[int] { return nil }) },
		"Then with nil":          func() { future.Then[int, int](ok, nil) },
		"Catch of nil":           func() { future.Catch(none, func(error) (int, error) { return 0, nil }) },
		"Catch with nil":         func() { future.Catch(ok, nil) },
		"CatchAs with nil":       func() { future.CatchAs[*fs.PathError](ok, nil) },
		"Transform with nil":     func() { future.Transform[int, int](ok, nil, nil) },
		"OnReady with nil":       func() { ok.OnReady(nil) },
		"WithTimeout of nil":     func() { none.WithTimeout(1) },
		"Go with nil":            func() { future.Go[int](context.Background(), nil) },
		"OnSettle with nil":      func() { future.NewPromise[int]().Owner().OnSettle(nil) },
		"OnCancel with nil":      func() { future.NewPromise[int]().OnCancel(nil) },
		"All with nil":           func() { future.All(ok, none) },
		"AllSettled with nil":    func() { future.AllSettled(none) },
		"Any with nil":           func() { future.Any(none) },
		"Race with nil":          func() { future.Race(none) },
		"Join2 with nil":         func() { future.Join2(ok, none) },
		"Await2 with nil":        func() { _, _, _ = future.Await2(context.Background(), ok, none) },
		"WaitAll with nil":       func() { _ = future.WaitAll(context.Background(), nil) },
		"WaitAll with typed nil": func() { _ = future.WaitAll(context.Background(), ok, none) },
		"AsCompleted with nil":   func() { future.AsCompleted(context.Background(), none) },
		"InOrder with nil":       func() { future.InOrder(context.Background(), none) },
		"MapN at most 0":         func() { future.MapN(context.Background(), 0, func(func(int) bool) {}, future.Resolved[int]) },
		"MapN with nil":          func() { future.MapN[int, int](context.Background(), 1, nil, nil) },
	} {
		func() {
			defer func() {
				if msg, _ := recover().(string); !strings.HasPrefix(msg, "future: ") || !strings.Contains(msg, strings.Fields(name)[0]) {
					t.Errorf("%s panics with %q; want a message that names the function", name, msg)
				}
			}()
			call()
			t.Errorf("%s does not panic", name)
		}()
	}
}

// Outcomes travel down and cancellations up a chain by calls that nest; a long chain must not overflow a stack.
func TestLongChainsOfDerivedFuturesSettle(t *testing.T) {
	const length = 100_000
	same := func(n int) (int, error) { return n, nil }
	p := future.NewPromise[int]()
	last := p.Future()
	for range length {
		last = future.Map(last, same)
	}
	p.Fail(errBroken)
	wantError(t, last, errBroken)

	q := future.NewPromise[int]()
	last = q.Future()
	for range length {
		last = future.Map(last, same)
	}
	last.Cancel(errGaveUp)
	wantError(t, q.Future(), errGaveUp)
}
