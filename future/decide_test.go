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

// overseer is an Overseer of functions.
type overseer struct {
	future.Oversight
	decide  func(cause error) (later bool)
	settled atomic.Int32
}

func (o *overseer) Decide(cause error) (later bool) { return o.decide(cause) }
func (o *overseer) Settled()                        { o.settled.Add(1) }

// decided runs a test with both ways to have the owner decide about a cancellation.
func decided(t *testing.T, test func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool))) {
	t.Run("DecideCancel", func(t *testing.T) {
		test(t, func(p *future.Promise[int], fn func(cause error) bool) { p.Owner().DecideCancel(fn) })
	})
	t.Run("Oversee", func(t *testing.T) {
		test(t, func(p *future.Promise[int], fn func(cause error) bool) {
			o := &overseer{decide: fn}
			p.Owner().Oversee(&o.Oversight, o)
		})
	})
}

func TestAnOwnerThatDecidesSettlesACancelledFutureLater(t *testing.T) {
	decided(t, func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool)) {
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
				decide(p, func(cause error) bool {
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
	})
}

func TestAnOwnerThatDeclinesLeavesItToCancel(t *testing.T) {
	decided(t, func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool)) {
		p := future.NewPromise[int]()
		decide(p, func(error) bool { return false })
		before := future.CancelCount()
		if !p.Future().Cancel(nil) || p.Future().State() != future.Cancelled || p.Future().Err() != context.Canceled {
			t.Errorf("state %v, %v; want cancelled", p.Future().State(), p.Future().Err())
		}
		if future.CancelCount() == before {
			t.Error("CancelCount has not moved")
		}
	})
}

func TestAnOwnerMaySettleWhileItDecides(t *testing.T) {
	decided(t, func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool)) {
		p := future.NewPromise[int]()
		decide(p, func(cause error) bool { return p.Complete(1) })
		if p.Future().Cancel(nil) {
			t.Error("Cancel = true; want false")
		}
		if v, _, _ := p.Future().TryGet(); v != 1 {
			t.Errorf("value %d; want 1", v)
		}
	})
}

func TestASettledFutureIsNotDecidedAbout(t *testing.T) {
	decided(t, func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool)) {
		p := future.NewPromise[int]()
		decide(p, func(error) bool {
			t.Error("asked about a settled future")
			return true
		})
		p.Complete(1)
		if p.Future().Cancel(nil) {
			t.Error("Cancel = true; want false")
		}
		q := future.NewPromise[int]()
		q.Complete(1)
		decide(q, func(error) bool { return true }) // too late, and harmless
		if q.Future().Cancel(nil) {
			t.Error("Cancel = true; want false")
		}
	})
}

// What is derived is settled at once; its source is asked when the last interest is gone.
func TestWithdrawnInterestAsksTheOwner(t *testing.T) {
	decided(t, func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool)) {
		synctest.Test(t, func(t *testing.T) {
			p := future.NewPromise[int]()
			var asked []error
			decide(p, func(cause error) bool {
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
	})
}

// The value or the cancellation, never neither, and the owner is asked once at most.
func TestCancelRacesWithTheOwner(t *testing.T) {
	decided(t, func(t *testing.T, decide func(p *future.Promise[int], fn func(cause error) bool)) {
		for range 2000 {
			p := future.NewPromise[int]()
			var asked atomic.Int32
			decide(p, func(cause error) bool {
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
	})
}

func TestAnOverseerHearsOnceOfTheEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		early bool
		end   func(p *future.Promise[int])
	}{
		{"a value", false, func(p *future.Promise[int]) { p.Complete(1) }},
		{"an error", false, func(p *future.Promise[int]) { p.Fail(errEnough) }},
		{"a cancellation that it leaves to others", false, func(p *future.Promise[int]) { p.Future().Cancel(errEnough) }},
		{"settled before", true, func(p *future.Promise[int]) { p.Complete(1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := future.NewPromise[int]()
			o := &overseer{decide: func(error) bool { return false }}
			if c.early {
				c.end(p)
			}
			p.Owner().Oversee(&o.Oversight, o)
			told := 0
			p.Owner().OnSettle(func() { told++ }) // others may register as well
			if !c.early {
				c.end(p)
			}
			if o.settled.Load() != 1 || told != 1 {
				t.Errorf("told %d times, another %d; want each once", o.settled.Load(), told)
			}
			p.Complete(2)
			if o.settled.Load() != 1 {
				t.Error("told again")
			}
		})
	}
}

// Who was registered first, so that there is a side struct already, counts all the same.
func TestAnOverseerMayComeSecond(t *testing.T) {
	p := future.NewPromise[int]()
	told := 0
	p.Owner().OnSettle(func() { told++ })
	o := &overseer{decide: func(error) bool { return true }}
	p.Owner().Oversee(&o.Oversight, o)
	if p.Future().Cancel(errEnough) || p.Future().Settled() {
		t.Error("cancelled without asking")
	}
	p.Complete(1)
	if o.settled.Load() != 1 || told != 1 {
		t.Errorf("told %d and %d times; want each once", o.settled.Load(), told)
	}
}

func TestAnOverseerCostsNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	type work struct {
		future.Promise[int]
		overseer
	}
	fn := func(error) bool { return false }
	allocs := testing.AllocsPerRun(100, func() {
		w := &work{overseer: overseer{decide: fn}}
		w.Owner().Oversee(&w.Oversight, &w.overseer)
		w.Complete(1)
	})
	if allocs != 1 {
		t.Errorf("%v allocations; want that of the struct", allocs)
	}
}
