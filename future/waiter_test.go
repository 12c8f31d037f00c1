package future_test

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
)

// untilWaiters returns when n goroutines wait for f.
func untilWaiters[T any](f *future.Future[T], n int) {
	for {
		if waiters, _ := future.Registered(f); waiters == n {
			return
		}
		runtime.Gosched()
	}
}

// Law G7. A future that stays pending for ever must not collect the waits that were given up.
func TestAbandonedWaitsLeaveNothingBehind(t *testing.T) {
	for _, reuse := range []bool{false, true} {
		p := future.NewPromise[int]()
		if reuse {
			p.Owner().ReuseWaiters()
		}
		f := p.Future()
		for range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Microsecond)
			if _, err := f.Await(ctx); err != context.DeadlineExceeded {
				t.Fatalf("Await of a pending future fails with %v; want DeadlineExceeded", err)
			}
			cancel()
		}
		if waiters, hooks := future.Registered(f); waiters != 0 || hooks != 0 {
			t.Errorf("after 200 short waits %d waiters and %d hooks are left", waiters, hooks)
		}
	}
}

// Law G7.
func TestOverlappingAbandonedWaitsLeaveNothingBehind(t *testing.T) {
	for _, reuse := range []bool{false, true} {
		p := future.NewPromise[int]()
		if reuse {
			p.Owner().ReuseWaiters()
		}
		f := p.Future()
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := range 200 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration((g+i)%5)*10*time.Microsecond)
					if _, err := f.Await(ctx); err != context.DeadlineExceeded {
						t.Errorf("Await of a pending future fails with %v; want DeadlineExceeded", err)
					}
					cancel()
				}
			})
		}
		wg.Wait()
		if waiters, hooks := future.Registered(f); waiters != 0 || hooks != 0 {
			t.Errorf("after overlapping waits %d waiters and %d hooks are left", waiters, hooks)
		}
		p.Complete(1)
		wantValue(t, f, 1)
	}
}

// A waiter from the pool with a token left over from its last use would end a wait for a future that is pending. So
// waits are raced against their contexts and against settlers whose batches wake late, and every wait that ends
// must have a reason.
func TestAPooledWaiterNeverReceivesAStaleToken(t *testing.T) {
	const goroutines, rounds = 4, 4000
	type request struct {
		p      *future.Promise[int]
		v      int
		cancel context.CancelFunc
	}
	requests := make(chan request, 64)
	var settlers, callers sync.WaitGroup
	for range 2 {
		settlers.Go(func() {
			var b future.Batch
			n := 0
			for r := range requests {
				switch n++; n % 4 {
				case 0:
					r.cancel()
					runtime.Gosched()
					r.p.CompleteIn(&b, r.v)
				case 1:
					r.p.CompleteIn(&b, r.v)
					r.cancel()
				case 2:
					r.p.CompleteIn(&b, r.v)
				case 3:
					r.p.Complete(r.v)
				}
				if b.Len() >= 3 || len(requests) == 0 {
					// Late on purpose: the callers whose ctx ended are back in the next round by now.
					runtime.Gosched()
					b.Wake()
				}
			}
			b.Wake()
		})
	}
	var values, ends atomic.Int64
	for g := range goroutines {
		callers.Go(func() {
			for i := range rounds {
				p := future.NewPromise[int]()
				p.Owner().ReuseWaiters()
				f := p.Future()
				want := g*rounds + i
				ctx, cancel := context.WithCancel(context.Background())
				requests <- request{p, want, cancel}
				var second sync.WaitGroup
				if i%3 == 0 {
					second.Go(func() {
						if v, err := f.Await(ctx); err == nil && v != want {
							t.Errorf("second Await = %d, nil; want %d", v, want)
						}
					})
				}
				switch v, err := f.Await(ctx); {
				case err == nil && v == want && f.Settled():
					values.Add(1)
				case err == context.Canceled && ctx.Err() != nil:
					ends.Add(1)
				default:
					t.Errorf("Await = %d, %v with the future %v; want %d, or Canceled after the ctx ended", v, err, f.State(), want)
				}
				second.Wait()
				cancel()
			}
		})
	}
	callers.Wait()
	close(requests)
	settlers.Wait()
	if values.Load() == 0 {
		t.Error("no wait got its value")
	}
	t.Logf("%d values, %d ended contexts", values.Load(), ends.Load())
}
