package commands

import (
	"testing"

	stderrors "errors"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
)

// recorder is a Doer that keeps the last command and answers nothing.
type recorder struct{ cmd *Cmd }

func (r *recorder) Do(cmd *Cmd) { r.cmd = cmd }

// record returns commands bound to a new recorder.
func record() (*Commands, *recorder) {
	r := new(recorder)
	c := On(r)
	return &c, r
}

// refused checks that f has failed with an *ArgumentError, and that nothing
// reached the Doer: such a call takes no place in any queue.
func refused(t *testing.T, call string, r *recorder, f interface{ Err() error }) *errors.ArgumentError {
	t.Helper()
	var arg *errors.ArgumentError
	if !stderrors.As(f.Err(), &arg) {
		t.Errorf("%s = %v; want an *ArgumentError", call, f.Err())
		return &errors.ArgumentError{}
	}
	if r.cmd != nil {
		t.Errorf("%s reached the Doer as %q; want it refused before", call, r.cmd.Args())
	}
	return arg
}

var _ interface{ Err() error } = (*future.Future[int64])(nil)
