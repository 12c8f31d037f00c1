package future

import "context"

// Owner is what the owner of a Promise can do with it besides completing it. It is the same type for all promises, so that
// code that keeps promises of many types can handle them alike, and so that the compiler makes these methods once
// and not for every type. It lives as long as the promise. All methods are safe for concurrent use, except where it is
// said that they belong before the future is shared.
type Owner core

// Settled reports whether the future has its outcome, by Complete, Fail or Cancel.
func (o *Owner) Settled() bool { return (*core)(o).settled() }

// Wait is Future.Await without the outcome: nil when the future is settled, in whatever way.
func (o *Owner) Wait(ctx context.Context) error { return (*core)(o).wait(ctx) }

// Err is Future.Err.
func (o *Owner) Err() error {
	if c := (*core)(o); c.settled() {
		return c.err()
	}
	return nil
}

// State is Future.State.
func (o *Owner) State() State { return (*core)(o).stateNow() }

// Cancel settles the future as Cancelled, as Future.Cancel does, but here and now also where DecideCancel was called.
func (o *Owner) Cancel(cause error) bool { return (*core)(o).cancel(cause) }

// DecideCancel has decide called when the future is to be cancelled, by Future.Cancel or since the last who was interested has
// withdrawn, in place of settling it at once: at most once, with the first cause, and not after the future was settled. When decide
// returns true, the owner has taken the matter over: the future stays pending until the owner settles it, by Cancel with
// that cause, or with a value or an error that was already on its way. When it returns false, the future is settled as
// Cancelled by who asked.
//
// It is for work that cannot be dropped without losing something. It must be called before the future is shared, and once at
// most. decide runs on the goroutine that cancels, and is bound by what OnCancel says: it must not block, nor
// need a lock that is held while settling futures. It may settle the future itself.
func (o *Owner) DecideCancel(decide func(cause error) (later bool)) {
	if decide == nil {
		panic("future: DecideCancel: nil function")
	}
	(*core)(o).decideCancel(&cancelHook{by: decideFunc(decide)})
}

// FailIn is Fail with the wake-ups collected in b; a nil b wakes now.
func (o *Owner) FailIn(b *Batch, err error) bool {
	if err == nil {
		err = errNilFailure
	}
	return (*core)(o).fail(Failed, err, b)
}

// ReuseWaiters lets Await take what it parks on from a package-wide pool and give it back, so that waiting
// allocates nothing. It must be called before the future is shared. Without it every parked Await makes a channel
// of its own; that is what code in a testing/synctest bubble needs, because pooled channels may come from outside
// the bubble.
//
// Futures derived by Map, Then, Catch and their like take over the setting of their source.
func (o *Owner) ReuseWaiters() { (*core)(o).flags.Or(reuseFlag) }

// Hold makes waiting fail at once with ErrNotFlushed until Unhold: Await, TryGet, WaitAll, the Await2 family,
// AsCompleted and InOrder. It is for commands that wait for somebody to send them, like those of a pipeline before
// it is executed: waiting for one would block for ever. It should be called before the future is shared; waits that
// have begun are not disturbed.
//
// A future on hold can be settled and cancelled like any other, and then its outcome counts. Futures derived from
// one on hold are not on hold, they are pending.
func (o *Owner) Hold() { (*core)(o).flags.Or(heldFlag) }

// Unhold ends Hold.
func (o *Owner) Unhold() { (*core)(o).flags.And(^heldFlag) }

// OnSettle registers fn to be called once when the future is settled in whatever way, inline on the goroutine that
// settles it; here and now if it is settled already. It is for owners of promises only: fn must not block, and must
// not run code of the future's user, who has OnReady.
func (o *Owner) OnSettle(fn func()) {
	if fn == nil {
		panic("future: OnSettle: nil function")
	}
	h := &settleFunc{fn: fn}
	h.to = h
	if !(*core)(o).watch(&h.hook, false) {
		fn()
	}
}

type settleFunc struct {
	hook
	fn func()
}

func (s *settleFunc) fired(*hook, *Batch) { s.fn() }
