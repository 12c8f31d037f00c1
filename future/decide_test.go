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

var errEnough = errors.New("enough")

func TestAnOwnerThatDecidesSettlesACancelledFutureLater(t *testing.T) {
	for _, c := range []struct {
		name   string
		settle func(p *future.Promise[int])
		want   int
		err    error
		state  future.State
	}{
		{"as cancelled", func(p *future.Promise[int]) { p.Owner().Cancel(errEnough) }, 0, errEnough, future.Cancelled},
		{"with the value that came meanwhile", func(p *future.Promise[int]) { p.Complete(7) }, 7, nil, future.Done},
		{"with an error", func(p *future.Promise[int]) { p.Fail(context.DeadlineExceeded) }, 0, context.DeadlineExceeded, future.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := future.NewPromise[int]()
			var asked []error
			p.Owner().DecideCancel(func(cause error) bool {
				asked = append(asked, cause)
				return true
			})
			told := 0
			p.OnCancel(func(error) { told++ })
			if p.Future().Cancel(errEnough) || p.Future().Cancel(errors.New("again")) {
				t.Error("Cancel = true; want false, since the owner decides")
			}
			if p.Future().Settled() || told != 0 {
				t.Errorf("settled %v, OnCancel told %d times; want a pending future", p.Future().Settled(), told)
			}
			c.settle(p)
			v, err := p.Future().Await(context.Background())
			if v != c.want || err != c.err || p.Future().State() != c.state {
				t.Errorf("Await = %v, %v, state %v; want %v, %v, %v", v, err, p.Future().State(), c.want, c.err, c.state)
			}
			if len(asked) != 1 || asked[0] != errEnough {
				t.Errorf("asked with %v; want once, with the first cause", asked)
			}
			if want := map[bool]int{true: 1}[c.state == future.Cancelled]; told != want {
				t.Errorf("OnCancel told %d times; want %d", told, want)
			}
		})
	}
}

func TestAnOwnerThatDeclinesLeavesItToCancel(t *testing.T) {
	p := future.NewPromise[int]()
	p.Owner().DecideCancel(func(error) bool { return false })
	before := future.CancelCount()
	if !p.Future().Cancel(nil) || p.Future().State() != future.Cancelled || p.Future().Err() != context.Canceled {
		t.Errorf("state %v, %v; want cancelled", p.Future().State(), p.Future().Err())
	}
	if future.CancelCount() == before {
		t.Error("CancelCount has not moved")
	}
}

func TestAnOwnerMaySettleWhileItDecides(t *testing.T) {
	p := future.NewPromise[int]()
	p.Owner().DecideCancel(func(cause error) bool { return p.Complete(1) })
	if p.Future().Cancel(nil) {
		t.Error("Cancel = true; want false")
	}
	if v, _, _ := p.Future().TryGet(); v != 1 {
		t.Errorf("value %d; want 1", v)
	}
}

func TestASettledFutureIsNotDecidedAbout(t *testing.T) {
	p := future.NewPromise[int]()
	p.Owner().DecideCancel(func(error) bool {
		t.Error("asked about a settled future")
		return true
	})
	p.Complete(1)
	if p.Future().Cancel(nil) {
		t.Error("Cancel = true; want false")
	}
	q := future.NewPromise[int]()
	q.Complete(1)
	q.Owner().DecideCancel(func(error) bool { return true }) // too late, and harmless
	if q.Future().Cancel(nil) {
		t.Error("Cancel = true; want false")
	}
}

// What is derived is settled at once; its source is asked when the last interest is gone.
func TestWithdrawnInterestAsksTheOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		var asked []error
		p.Owner().DecideCancel(func(cause error) bool {
			asked = append(asked, cause)
			return true
		})
		other := p.Future().WithTimeout(time.Hour)
		short := p.Future().WithTimeout(time.Second)
		if _, err := short.Await(context.Background()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Await = %v; want the timeout", err)
		}
		synctest.Wait()
		if len(asked) != 0 {
			t.Errorf("asked with %v while somebody is interested", asked)
		}
		if !other.Cancel(errEnough) || other.State() != future.Cancelled {
			t.Error("a derived future was not cancelled at once")
		}
		if len(asked) != 1 || asked[0] != errEnough || p.Future().Settled() {
			t.Errorf("asked with %v; want the cause, and the source pending", asked)
		}
		p.Complete(3)
	})
}

// The value or the cancellation, never neither, and the owner is asked once at most.
func TestCancelRacesWithTheOwner(t *testing.T) {
	for range 2000 {
		p := future.NewPromise[int]()
		var asked atomic.Int32
		p.Owner().DecideCancel(func(cause error) bool {
			asked.Add(1)
			p.Owner().Cancel(cause)
			return true
		})
		var wg sync.WaitGroup
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				p.Future().Cancel(errEnough)
			}()
		}
		completed := p.Complete(1)
		wg.Wait()
		v, err := p.Future().Await(context.Background())
		if completed != (v == 1 && err == nil) || asked.Load() > 1 {
			t.Fatalf("completed %v, Await = %v, %v, asked %d times", completed, v, err, asked.Load())
		}
	}
}
