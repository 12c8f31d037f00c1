package future

import (
	"context"
	"fmt"
	"iter"
)

// MapN calls fn for the elements of seq, keeps at most n of the futures it returns under way, and yields their
// outcomes in the order of seq. It is made for commands, which start when they are called and need no goroutine:
//
//	for name, err := range future.MapN(ctx, 100, slices.Values(keys), client.Get) { … }
//
// A function that blocks becomes such an fn with Go. An element counts as under way from the call of fn until its
// outcome is yielded, so memory stays bounded by n, and a slow first element holds back the start of the (n+1)th.
//
// Everything happens on the goroutine of the loop, seq and fn included, and nothing before it starts. A future that
// fails does not end the iteration. If ctx ends, no further element is taken; outcomes that are there are still
// yielded up to the first that is not, and the last pair has context.Cause(ctx). However the iteration ends, MapN
// holds an interest in each future that was not yielded and takes it back then: what fn has started and nobody will
// see is cancelled. A nil future from fn is yielded as an error; n below 1 and a nil seq or fn panic.
func MapN[T, U any](ctx context.Context, n int, seq iter.Seq[T], fn func(T) *Future[U]) iter.Seq2[U, error] {
	switch {
	case n < 1:
		panic(fmt.Sprintf("future: MapN: at most %d at once makes no progress", n))
	case seq == nil || fn == nil:
		panic("future: MapN: nil sequence or function")
	}
	return func(yield func(U, error) bool) {
		w := window[U]{ctx: ctx, yield: yield}
		defer w.abandon()
		for x := range seq {
			if !w.yieldSettled() || len(w.fs) == n && !w.yieldFirst() {
				return
			}
			if ctx.Err() != nil {
				if w.yieldAll() {
					var zero U
					yield(zero, context.Cause(ctx))
				}
				return
			}
			w.add(fn(x))
		}
		w.yieldAll()
	}
}

// window is the run of futures that one MapN loop has under way, oldest first. It belongs to the goroutine of the
// loop. Its methods return false when the iteration is over.
type window[U any] struct {
	ctx   context.Context
	yield func(U, error) bool
	fs    []*Future[U]
}

func (w *window[U]) add(f *Future[U]) {
	if f == nil {
		f = Rejected[U](errNilFuture)
	}
	f.c.want()
	w.fs = append(w.fs, f)
}

// yieldSettled yields what needs no waiting.
func (w *window[U]) yieldSettled() bool {
	for len(w.fs) > 0 && w.fs[0].Settled() {
		if !w.yieldFirst() {
			return false
		}
	}
	return true
}

func (w *window[U]) yieldAll() bool {
	for len(w.fs) > 0 {
		if !w.yieldFirst() {
			return false
		}
	}
	return true
}

func (w *window[U]) yieldFirst() bool {
	f := w.fs[0]
	v, err := f.Await(w.ctx)
	if err != nil && !f.Settled() {
		// The wait failed, not the future: it stays in the window, so that abandon withdraws from it.
		w.yield(v, err)
		return false
	}
	w.fs[0] = nil
	w.fs = w.fs[1:]
	return w.yield(v, err)
}

// abandon takes the interests back, also when the loop's body panics.
func (w *window[U]) abandon() {
	for _, f := range w.fs {
		f.c.unwant(context.Canceled)
	}
}
