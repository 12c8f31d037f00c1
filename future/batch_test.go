package future_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/futureio/futureio-go/future"
)

func TestABatchWakesWaitersOnlyInWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var woken atomic.Int32
		promises := make([]future.Promise[int], 10)
		for i := range promises {
			for range 3 { // the first in the slot, the others in the side struct
				go func() {
					if v, err := promises[i].Future().Await(t.Context()); i%2 == 0 && v == i && err == nil || i%2 == 1 && err == errBroken {
						woken.Add(1)
					}
				}()
			}
		}
		synctest.Wait()

		var b future.Batch
		for i := range promises {
			if i%2 == 0 {
				promises[i].CompleteIn(&b, i)
			} else {
				promises[i].Owner().FailIn(&b, errBroken)
			}
		}
		synctest.Wait()
		if n := woken.Load(); n != 0 || b.Len() != 30 {
			t.Errorf("%d waiters are awake and the batch has %d before Wake; want 0 and 30", n, b.Len())
		}
		if v, err := promises[2].Future().Await(t.Context()); v != 2 || err != nil {
			t.Errorf("Await of a settled future before Wake = %v, %v; want 2, nil", v, err)
		}
		b.Wake()
		synctest.Wait()
		if n := woken.Load(); n != 30 || b.Len() != 0 {
			t.Errorf("%d waiters are awake and the batch has %d after Wake; want 30 and 0", n, b.Len())
		}
		b.Wake()
	})
}

func TestASettledBatchReportsASecondSettlement(t *testing.T) {
	var b future.Batch
	var p future.Promise[int]
	if !p.CompleteIn(&b, 1) || p.CompleteIn(&b, 2) || p.Owner().FailIn(&b, errBroken) {
		t.Error("CompleteIn and FailIn do not tell the first settlement from later ones")
	}
	wantValue(t, p.Future(), 1)
	if b.Len() != 0 {
		t.Errorf("the batch has %d wake-ups of a future that nobody waited for; want 0", b.Len())
	}
}

// Law G8. The wait ends by its ctx while its wake-up is still in the batch: the value is there, so it must come,
// and must not wait for Wake.
func TestAWaiterWhoseWakeUpIsInABatchReturnsTheValueWhenItsContextEnds(t *testing.T) {
	for _, reuse := range []bool{false, true} {
		p := future.NewPromise[int]()
		if reuse {
			p.Owner().ReuseWaiters()
		}
		ctx, cancel := context.WithCancel(context.Background())
		type outcome struct {
			v   int
			err error
		}
		first, second := make(chan outcome, 1), make(chan outcome, 1)
		for _, ch := range []chan outcome{first, second} {
			go func() {
				v, err := p.Future().Await(ctx)
				ch <- outcome{v, err}
			}()
		}
		untilWaiters(p.Future(), 2)
		var b future.Batch
		p.CompleteIn(&b, 9)
		cancel()
		for _, ch := range []chan outcome{first, second} {
			if got := <-ch; got != (outcome{9, nil}) {
				t.Errorf("Await = %v; want 9, nil", got)
			}
		}
		b.Wake()
	}
}

func TestDerivedFuturesShareTheBatchOfTheirSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q := future.NewPromise[int](), future.NewPromise[int]()
		all := future.All(p.Future(), q.Future())
		var awake atomic.Bool
		go func() {
			_, _ = all.Await(t.Context())
			awake.Store(true)
		}()
		synctest.Wait()
		var b future.Batch
		p.CompleteIn(&b, 1)
		q.CompleteIn(&b, 2)
		synctest.Wait()
		if !all.Settled() || awake.Load() || b.Len() != 1 {
			t.Errorf("before Wake: settled %v, waiter awake %v, in batch %d; want true, false, 1", all.Settled(), awake.Load(), b.Len())
		}
		b.Wake()
		synctest.Wait()
		if !awake.Load() {
			t.Error("Wake did not wake the waiter of the derived future")
		}
	})
}
