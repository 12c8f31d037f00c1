package future

import (
	"context"
	"errors"
)

var (
	// ErrNotFlushed is the error of waiting for a future whose command was collected but not sent yet, such as one
	// of a pipeline before Exec. The future is not settled by it: wait again after the flush.
	ErrNotFlushed = errors.New("future: not flushed yet: execute the pipeline before waiting for its results")

	// ErrEmpty is the failure of Any and Race over no futures.
	ErrEmpty = errors.New("future: no futures to choose from")

	errNilFailure = errors.New("future: failed with a nil error")
)

// State tells where a future stands. It leaves Pending at most once, and for good.
type State uint32

const (
	Pending   State = iota // not settled
	Done                   // has its value
	Failed                 // has an error
	Cancelled              // was cancelled; its error is the cause
)

// String returns "pending", "done", "failed" or "cancelled".
func (s State) String() string {
	switch s {
	case Pending:
		return "pending"
	case Done:
		return "done"
	case Failed:
		return "failed"
	case Cancelled:
		return "cancelled"
	}
	return "invalid state"
}

// Future is a value of type T that may be still on its way. It is settled exactly once: with a value, with an
// error, or by being cancelled. Futures are used as *Future[T], come from a Promise or from the functions of this
// package, and must not be copied.
//
// All methods are safe for concurrent use, and any number of goroutines may wait for one future.
type Future[T any] struct {
	_ notComparable

	// value is written between claim and publish, and read only when c is settled. It stays zero unless Done. It
	// stands first because a zero-sized last field would cost a word.
	value T
	c     core
}

// notComparable keeps the compiler from making functions that compare futures, one for each type: only pointers to
// futures are compared. It takes no room.
type notComparable [0]func()

// Await waits for the outcome and returns it: the value, or the error of a failed or cancelled future. If ctx ends
// first, Await returns context.Cause(ctx); only this wait ends, the future goes on. A settled future beats a dead
// ctx: its outcome is returned whatever ctx says. On a future on hold it fails at once with ErrNotFlushed.
func (f *Future[T]) Await(ctx context.Context) (T, error) {
	if !f.c.settled() {
		if err := f.c.wait(ctx); err != nil {
			var zero T
			return zero, err
		}
	}
	return f.value, f.c.err()
}

// TryGet returns the outcome if there is one, and never blocks. ok tells whether the future is settled; v and err
// are then what Await would return. On a pending future it returns false and a nil error, or ErrNotFlushed if the
// future is on hold.
//
//go:noinline
func (f *Future[T]) TryGet() (v T, ok bool, err error) {
	held := f.c.held()
	if f.c.looked() {
		return f.value, true, f.c.err()
	}
	if held {
		err = ErrNotFlushed
	}
	return v, false, err
}

// Done returns a channel that is closed when the future is settled, for use in select. The channel is made at the
// first call, so Await is cheaper where no select is needed. Every call returns the same channel.
func (f *Future[T]) Done() <-chan struct{} { return f.c.doneChan() }

// Settled reports whether the future has its outcome.
func (f *Future[T]) Settled() bool { return f.c.looked() }

// Err returns the error of a failed future or the cause of a cancelled one, and nil if it is pending or done.
func (f *Future[T]) Err() error {
	if !f.c.looked() {
		return nil
	}
	return f.c.err()
}

// State returns where the future stands.
func (f *Future[T]) State() State {
	f.c.looked()
	return f.c.stateNow()
}

// Cancel settles the future as Cancelled with the given cause, which Await and Err then return; a nil cause is
// context.Canceled. It reports whether it did; false means that the future was settled before. Whoever works on the
// result is told and may stop, and futures that this one was derived from lose one interest each: those that nobody
// else wants are cancelled too. Futures derived from this one settle as Cancelled.
//
// Some producers cannot stop at once without harm, such as a blocking command that may have taken an element already. They are asked
// to stop, and settle the future a little later: as Cancelled with the cause, or with the value that came in the meantime. Cancel returns
// false then, since it has not settled the future; Await tells what came of it.
func (f *Future[T]) Cancel(cause error) bool { return f.c.request(cause) }

// base lets the functions that work on futures of mixed types reach the untyped part. It keeps Awaitable sealed.
func (f *Future[T]) base() *core {
	if f == nil {
		return nil
	}
	return &f.c
}

// Resolved returns a future that is done with v.
func Resolved[T any](v T) *Future[T] {
	f := &Future[T]{value: v}
	f.c.state.Store(uint32(Done))
	f.c.waiter.Store(&settledMark)
	return f
}

// Rejected returns a future that has failed with err. A nil err is treated as in Promise.Fail.
func Rejected[T any](err error) *Future[T] {
	p := new(Promise[T])
	p.Fail(err)
	return &p.f
}
