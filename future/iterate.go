package future

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// AsCompleted yields every future's index and result once, in the order in which they settle; those that are
// settled at the start come first, in the order of the arguments. If ctx ends, each future that is still pending is
// yielded at once with context.Cause(ctx) as its error; one that is on hold at the start is yielded at once with
// ErrNotFlushed. So the loop has as many turns as there are futures, unless it is left early, which leaves no
// goroutine and no registration behind.
//
// Like a plain Await the iteration holds no interest: leaving it cancels nothing. It may be ranged over again and
// starts anew each time. A nil future panics.
func AsCompleted[T any](ctx context.Context, fs ...*Future[T]) iter.Seq2[int, Result[T]] {
	fs = slices.Clone(fs)
	mustNotBeNil("AsCompleted", fs)
	return func(yield func(int, Result[T]) bool) {
		c := newCollector(len(fs))
		defer c.close()
		var held []int
		for i, f := range fs {
			if f.c.held() && !f.c.settled() {
				held = append(held, i)
				continue
			}
			c.watch(i, &f.c)
		}
		for _, i := range held {
			if !yield(i, Result[T]{Err: ErrNotFlushed}) {
				return
			}
		}
		for range len(fs) - len(held) {
			i, err := c.next(ctx)
			r := Result[T]{Err: err}
			if err == nil {
				r.Value, r.Err = fs[i].value, fs[i].c.err()
			}
			if !yield(i, r) {
				return
			}
		}
	}
}

// InOrder yields the outcome of every future in the order of the arguments, waiting for each in turn: the i-th pair
// is what Await(ctx) of the i-th future returns. An error does not end the iteration, and neither does ctx: futures
// that are settled are still yielded with their values.
//
// Like a plain Await the iteration holds no interest: leaving it cancels nothing. A nil future panics.
func InOrder[T any](ctx context.Context, fs ...*Future[T]) iter.Seq2[T, error] {
	fs = slices.Clone(fs)
	mustNotBeNil("InOrder", fs)
	return func(yield func(T, error) bool) {
		for _, f := range fs {
			if !yield(f.Await(ctx)) {
				return
			}
		}
	}
}

func mustNotBeNil[T any](name string, fs []*Future[T]) {
	for i, f := range fs {
		if f == nil {
			panic(fmt.Sprintf("future: %s: future %d is nil", name, i))
		}
	}
}
