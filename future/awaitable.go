package future

import (
	"context"
	"errors"
	"fmt"
)

// Awaitable is any *Future, whatever its type, so that futures of different types can stand in one list. Only
// futures of this package implement it.
type Awaitable interface {
	Done() <-chan struct{}
	Settled() bool
	Err() error
	State() State
	Cancel(cause error) bool

	base() *core
}

// WaitAll waits until all futures are settled and returns nil if all are done. Otherwise it returns the errors of
// those that failed or were cancelled, joined in the order of the arguments by errors.Join. If ctx ends first, the
// context.Cause(ctx) is joined to the errors known so far; a future on hold counts as an ErrNotFlushed. The values
// are then there for TryGet. It holds no interest. A nil future panics.
func WaitAll(ctx context.Context, fs ...Awaitable) error {
	var errs []error
	var ended error
	for i, f := range fs {
		var c *core
		if f != nil {
			c = f.base()
		}
		if c == nil {
			panic(fmt.Sprintf("future: WaitAll: future %d is nil", i))
		}
		switch err := c.wait(ctx); {
		case err == nil:
			if err := c.err(); err != nil {
				errs = append(errs, err)
			}
		case errors.Is(err, ErrNotFlushed):
			errs = append(errs, err)
		default:
			ended = err
		}
	}
	if ended != nil {
		errs = append(errs, ended)
	}
	return errors.Join(errs...)
}
