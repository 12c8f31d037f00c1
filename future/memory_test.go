package future_test

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/futureio/futureio-go/future"
)

// big is large enough to have a memory block of its own.
type big [1 << 12]byte

func wantCollected(t *testing.T, what string, p weak.Pointer[big]) {
	t.Helper()
	for range 5 {
		runtime.GC()
		if p.Value() == nil {
			return
		}
	}
	t.Errorf("%s is still in memory", what)
}

func TestATimeoutThatDidNotComeKeepsNothingInMemory(t *testing.T) {
	v := new(big)
	p := future.NewPromise[*big]()
	f := p.Future().WithTimeout(time.Hour)
	p.Complete(v)
	wantValue(t, f, v)
	wantCollected(t, "the value of a settled future with an hour to go", weak.Make(v))
}

func TestAChainOfDerivedFuturesDoesNotKeepItsHistoryInMemory(t *testing.T) {
	steps := map[string]func(*future.Future[*big]) *future.Future[*big]{
		"Map": func(f *future.Future[*big]) *future.Future[*big] {
			return future.Map(f, func(*big) (*big, error) { return nil, nil })
		},
		"Then": func(f *future.Future[*big]) *future.Future[*big] {
			return future.Then(f, func(*big) *future.Future[*big] { return future.Resolved[*big](nil) })
		},
		"OnReady": func(f *future.Future[*big]) *future.Future[*big] {
			return future.Map(f.OnReady(func(*future.Future[*big]) {}), func(*big) (*big, error) { return nil, nil })
		},
		"Race": func(f *future.Future[*big]) *future.Future[*big] {
			return future.Map(future.Race(f), func(*big) (*big, error) { return nil, nil })
		},
		"All": func(f *future.Future[*big]) *future.Future[*big] {
			return future.Map(future.All(f), func([]*big) (*big, error) { return nil, nil })
		},
	}
	for name, step := range steps {
		v := new(big)
		p := future.NewPromise[*big]()
		last := step(p.Future())
		p.Complete(v)
		p = nil
		wantValue(t, last, nil)
		weakly := weak.Make(v)
		v = nil
		wantCollected(t, "what a future derived by "+name+" came from", weakly)
		runtime.KeepAlive(last)
	}
}

func TestACancelledDerivedFutureDoesNotKeepItsSourceInMemory(t *testing.T) {
	for name := range derivations(future.NewPromise[int]().Future()) {
		type holder struct {
			big     big
			promise future.Promise[int]
		}
		h := new(holder)
		pin := h.promise.Future().WithoutCancel() // keeps the source pending
		derived := derivations(h.promise.Future())
		for _, d := range derived {
			d.Cancel(nil)
		}
		d := derived[name]
		pin.Cancel(nil)
		weakly := weak.Make(&h.big)
		h = nil
		wantCollected(t, "the source of a cancelled "+name, weakly)
		runtime.KeepAlive(d)
		runtime.KeepAlive(pin)
	}
}

func TestACombinationThatFailedDoesNotKeepTheOtherValuesInMemory(t *testing.T) {
	p, q := future.NewPromise[*big](), future.NewPromise[*big]()
	all := future.All(p.Future(), q.Future())
	v := new(big)
	p.Complete(v)
	q.Fail(errBroken)
	weakly := weak.Make(v)
	p, v = nil, nil
	wantCollected(t, "a value that All has no use for", weakly)
	runtime.KeepAlive(all)
}

func TestADerivedFutureDoesNotKeepItsNeighboursInMemory(t *testing.T) {
	p := future.NewPromise[int]()
	first := p.Future().OnReady(func(*future.Future[int]) {})
	v := new(big)
	second := future.Map(p.Future(), func(int) (*big, error) { return v, nil })
	third := p.Future().OnReady(func(*future.Future[int]) {})
	p.Complete(1)
	wantValue(t, first, 1)
	wantValue(t, second, v)
	wantValue(t, third, 1)
	weakly := weak.Make(v)
	second, v = nil, nil
	wantCollected(t, "the value of a future derived from the same source", weakly)
	runtime.KeepAlive(first)
	runtime.KeepAlive(third)
}
