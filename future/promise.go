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
func (p *Promise[T]) Fail(err error) bool { return failNow(&p.f.c, err) }

// failNow is not in line in Fail because that would make it once for every type.
//
//go:noinline
func failNow(c *core, err error) bool { return (*Owner)(c).FailIn(nil, err) }

// OnCancel registers fn to be called when the future is cancelled, with the cause: at most once, after the future
// is settled, on the goroutine that cancels. If the future was cancelled before, fn is called here and now; if it
// was settled otherwise, never. Several functions are called, the last registered first.
//
// It is for owners of promises. The cancelling goroutine may be one that settles another future (All fails because
// of one source and withdraws from the others), so fn must not block, and must not need a lock that is held while
// settling futures.
func (p *Promise[T]) OnCancel(fn func(cause error)) { p.f.c.onCancel(fn) }

// Owner returns the part of the promise that does not depend on T.
func (p *Promise[T]) Owner() *Owner { return (*Owner)(&p.f.c) }
