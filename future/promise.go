package future

// Promise is the writing end of a Future: whoever owns it settles the future, once. The zero value is ready, so
// that it can be a field of a bigger struct, which then carries its future without another allocation:
//
//	type call struct {
//		promise future.Promise[int64]
//		// …
//	}
//
// A Promise must not be copied. All methods are safe for concurrent use, except where it is said that they belong
// before the future is shared.
type Promise[T any] struct {
	f Future[T]
}

// NewPromise returns a promise whose future is pending.
func NewPromise[T any]() *Promise[T] { return new(Promise[T]) }

// Future returns the reading end. It is the same at every call.
func (p *Promise[T]) Future() *Future[T] { return &p.f }

// Complete settles the future with v and wakes its waiters. It reports whether it did; false means that the future
// was settled before (or is being settled by somebody else just now), and v is dropped.
func (p *Promise[T]) Complete(v T) bool { return p.CompleteIn(nil, v) }

// CompleteIn is Complete with the wake-ups collected in b; a nil b wakes now.
func (p *Promise[T]) CompleteIn(b *Batch, v T) bool {
	if !p.f.c.claim(Done) {
		return false
	}
	p.f.value = v
	p.f.c.publish(b)
	return true
}

// Fail settles the future with err and wakes its waiters. It reports whether it did, like Complete. A nil err is a
// mistake that must not look like a success: the future fails with an error that says so.
func (p *Promise[T]) Fail(err error) bool { return p.FailIn(nil, err) }

// FailIn is Fail with the wake-ups collected in b; a nil b wakes now.
func (p *Promise[T]) FailIn(b *Batch, err error) bool {
	if err == nil {
		err = errNilFailure
	}
	return p.f.c.fail(Failed, err, b)
}

// Settled reports whether the future has its outcome, by Complete, Fail or Cancel.
func (p *Promise[T]) Settled() bool { return p.f.c.settled() }

// ReuseWaiters lets Await take what it parks on from a package-wide pool and give it back, so that waiting
// allocates nothing. It must be called before the future is shared. Without it every parked Await makes a channel
// of its own; that is what code in a testing/synctest bubble needs, because pooled channels may come from outside
// the bubble.
//
// Futures derived by Map, Then, Catch and their like take over the setting of their source.
func (p *Promise[T]) ReuseWaiters() { p.f.c.flags.Or(reuseFlag) }

// Hold makes waiting fail at once with ErrNotFlushed until Unhold: Await, TryGet, WaitAll, the Await2 family,
// AsCompleted and InOrder. It is for commands that wait for somebody to send them, like those of a pipeline before
// it is executed: waiting for one would block for ever. It should be called before the future is shared; waits that
// have begun are not disturbed.
//
// A future on hold can be settled and cancelled like any other, and then its outcome counts. Futures derived from
// one on hold are not on hold, they are pending.
func (p *Promise[T]) Hold() { p.f.c.flags.Or(heldFlag) }

// Unhold ends Hold.
func (p *Promise[T]) Unhold() { p.f.c.flags.And(^heldFlag) }

// OnCancel registers fn to be called when the future is cancelled, with the cause: at most once, after the future
// is settled, on the goroutine that cancels. If the future was cancelled before, fn is called here and now; if it
// was settled otherwise, never. Several functions are called, the last registered first.
//
// It is for owners of promises. The cancelling goroutine may be one that settles another future (All fails because
// of one source and withdraws from the others), so fn must not block, and must not need a lock that is held while
// settling futures.
func (p *Promise[T]) OnCancel(fn func(cause error)) {
	if fn == nil {
		panic("future: OnCancel: nil function")
	}
	p.f.c.onCancel(fn)
}

// OnSettle registers fn to be called once when the future is settled in whatever way, inline on the goroutine that
// settles it; here and now if it is settled already. It is for owners of promises only: fn must not block, and must
// not run code of the future's user, who has OnReady.
func (p *Promise[T]) OnSettle(fn func()) {
	if fn == nil {
		panic("future: OnSettle: nil function")
	}
	h := &settleFunc{fn: fn}
	h.to = h
	if !p.f.c.watch(&h.hook, false) {
		fn()
	}
}

type settleFunc struct {
	hook
	fn func()
}

func (s *settleFunc) fired(*hook, *Batch) { s.fn() }
