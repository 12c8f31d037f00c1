package future_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
)

func TestWithTimeoutFailsWhenTheTimeIsUpAndWithdrawsItsInterest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		f := p.Future().WithTimeout(3 * time.Second)
		start := time.Now()
		_, err := f.Await(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) || err.Error() != "future: no result within 3s" {
			t.Errorf("WithTimeout fails with %v; want a DeadlineExceeded that names 3s", err)
		}
		var timeout interface{ Timeout() bool }
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v is not a timeout in the sense of net.Error", err)
		}
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("WithTimeout failed after %v; want 3s", d)
		}
		wantState(t, f, future.Failed)
		wantState(t, p.Future(), future.Cancelled)
		if p.Future().Err() != err {
			t.Errorf("the source is cancelled with %v; want %v", p.Future().Err(), err)
		}
	})
}

func TestWithTimeoutCancelsNothingThatOthersWant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q := future.NewPromise[int](), future.NewPromise[int]()
		short, long := p.Future().WithTimeout(time.Second), p.Future().WithTimeout(time.Minute)
		pinned := q.Future().WithoutCancel().WithTimeout(time.Second)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		wantState(t, short, future.Failed)
		wantState(t, long, future.Pending)
		wantState(t, p.Future(), future.Pending)
		wantState(t, pinned, future.Failed)
		wantState(t, q.Future(), future.Pending)
		p.Complete(1)
		wantValue(t, long, 1)
	})
}

func TestWithTimeoutPassesEveryOutcomeThatComesInTime(t *testing.T) {
	p, q, r := future.NewPromise[int](), future.NewPromise[int](), future.NewPromise[int]()
	done, failed, cancelled := p.Future().WithTimeout(time.Hour), q.Future().WithTimeout(time.Hour), r.Future().WithTimeout(time.Hour)
	p.Complete(1)
	q.Fail(errBroken)
	r.Future().Cancel(errGaveUp)
	wantValue(t, done, 1)
	wantError(t, failed, errBroken)
	wantError(t, cancelled, errGaveUp)
	wantState(t, cancelled, future.Cancelled)
}

// Law G8, for time that is up before it starts.
func TestASettledFutureBeatsATimeoutOfZero(t *testing.T) {
	wantValue(t, future.Resolved(1).WithTimeout(0), 1)
	p := future.NewPromise[int]()
	f := p.Future().WithTimeout(-time.Second)
	if !f.Settled() {
		t.Error("WithTimeout(-1s) of a pending future is pending")
	}
	wantError(t, f, context.DeadlineExceeded)
	wantState(t, p.Future(), future.Cancelled)
}

// A timer that is not stopped would keep a bubble's clock running, and the future in memory.
func TestWithTimeoutStopsItsTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := future.NewPromise[int]()
		f := p.Future().WithTimeout(time.Second)
		p.Complete(1)
		time.Sleep(time.Minute)
		wantValue(t, f, 1)

		q := future.NewPromise[int]()
		g := q.Future().WithTimeout(time.Second)
		g.Cancel(errGaveUp)
		time.Sleep(time.Minute)
		wantError(t, g, errGaveUp)
	})
}
