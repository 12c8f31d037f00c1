package future

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrGoexit is the failure of a future whose function neither returned nor panicked but ended its goroutine with
// runtime.Goexit, as t.FailNow does.
var ErrGoexit = errors.New("future: the function called runtime.Goexit")

// PanicError is the failure of a future whose function panicked: one given to Go, Map, Then, Catch, CatchAs,
// Transform or OnReady. The panic goes no further.
type PanicError struct {
	Value any    // what panic was called with
	Stack []byte // the stack of the panicking goroutine, as debug.Stack formats it
}

func newPanicError(value any) *PanicError {
	return &PanicError{Value: value, Stack: debug.Stack()}
}

// Error returns the value that was panicked with. The stack is only in the field Stack.
func (e *PanicError) Error() string { return fmt.Sprintf("future: panic: %v", e.Value) }

// Unwrap returns the value that was panicked with if it is an error, else nil.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// run calls fn and settles p with what it returns, and also when fn panics or ends its goroutine: no way out of fn
// leaves the future pending.
//
// It is no method, because methods are compiled for every T, used or not.
func run[T any](p *Promise[T], fn func() (T, error)) {
	var v T
	err := ErrGoexit
	defer func() {
		if r := recover(); r != nil {
			err = newPanicError(r)
		}
		if err != nil {
			p.Fail(err)
		} else {
			p.Complete(v)
		}
	}()
	v, err = fn()
}
