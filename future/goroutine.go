package future

import "context"

// Go runs fn on a goroutine of its own and returns the future of its result. A panic in fn becomes a *PanicError,
// runtime.Goexit becomes ErrGoexit.
//
// fn gets a context derived from ctx, which ends when the future is cancelled (with the same cause) and after fn
// has returned. fn is started in any case; if ctx is dead, it is for fn to notice. Cancelling the future settles it
// at once and does not wait for fn, whose result is then dropped.
func Go[T any](ctx context.Context, fn func(context.Context) (T, error)) *Future[T] {
	if fn == nil {
		panic("future: Go: nil function")
	}
	p := NewPromise[T]()
	ctx, cancel := context.WithCancelCause(ctx)
	p.OnCancel(cancel)
	go func() {
		defer cancel(nil)
		run(p, func() (T, error) { return fn(ctx) })
	}()
	return p.Future()
}
