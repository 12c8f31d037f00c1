package future_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/futureio/futureio-go/future"
)

func TestAFutureIsPrintedByItsStateAndOutcome(t *testing.T) {
	cancelled := future.NewPromise[int]().Future()
	cancelled.Cancel(errGaveUp)
	held := future.NewPromise[string]()
	held.Owner().Hold()
	promise := future.NewPromise[int]()
	var none *future.Future[int]
	var noPromise *future.Promise[int]
	var noOwner *future.Owner
	for _, c := range []struct {
		format string
		arg    any
		want   string
	}{
		{"%v", future.NewPromise[int]().Future(), "future(pending)"},
		{"%s", held.Future(), "future(pending)"},
		{"%d", future.Resolved(42), "future(done: 42)"},
		{"%5d", future.Resolved(42), "future(done:    42)"},
		{"%q", future.Resolved("a b"), `future(done: "a b")`},
		{"%v", future.Resolved([]string{"a"}), "future(done: [a])"},
		{"%+v", future.Resolved(struct{ N int }{1}), "future(done: {N:1})"},
		{"%v", future.Resolved[error](nil), "future(done: <nil>)"},
		{"%v", future.Resolved(struct{}{}), "future(done: {})"},
		{"%d", future.Rejected[int](errBroken), "future(failed: " + errBroken.Error() + ")"},
		{"%v", cancelled, "future(cancelled: " + errGaveUp.Error() + ")"},
		{"%v", []*future.Future[int]{future.Resolved(1), nil}, "[future(done: 1) future(nil)]"},
		{"%v", promise, "future(pending)"},
		{"%v", promise.Owner(), "future(pending)"},
		{"%v", none, "future(nil)"},
		{"%v", noPromise, "future(nil)"},
		{"%v", noOwner, "future(nil)"},
	} {
		if got := fmt.Sprintf(c.format, c.arg); got != c.want {
			t.Errorf("Sprintf(%q) = %q; want %q", c.format, got, c.want)
		}
	}
	promise.Complete(3)
	if got := fmt.Sprint(promise, promise.Owner()); got != "future(done: 3) future(done)" {
		t.Errorf("Sprint of a promise and its owner = %q; want both done", got)
	}
}

// What prints a future, such as a log, must not race with what settles it: the race detector looks.
func TestAFutureMayBePrintedWhileItIsSettled(t *testing.T) {
	for range 200 {
		p := future.NewPromise[string]()
		q := future.NewPromise[string]()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
					if got := fmt.Sprintf(format, p.Future()); got != "future(pending)" && got != "future(done: value)" && got != `future(done: "value")` {
						t.Errorf("Sprintf(%q) = %q; want it pending or done", format, got)
					}
					_ = fmt.Sprintf(format, q)
					_ = fmt.Sprintf(format, q.Owner())
				}
			})
		}
		wg.Go(func() { p.Complete("value") })
		wg.Go(func() { q.Fail(errors.New("no")) })
		wg.Wait()
	}
}
