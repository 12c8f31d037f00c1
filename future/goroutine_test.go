package future_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/futureio/futureio-go/future"
)

func goexit() { runtime.Goexit() }

func TestGoSettlesWithWhatItsFunctionReturns(t *testing.T) {
	wantValue(t, future.Go(t.Context(), func(context.Context) (int, error) { return 3, nil }), 3)
	wantError(t, future.Go(t.Context(), func(context.Context) (int, error) { return 0, errBroken }), errBroken)
}

func TestGoTurnsAPanicIntoAPanicErrorWithTheStack(t *testing.T) {
	f := future.Go(t.Context(), func(context.Context) (int, error) {
		var none []int
		return none[len(none)], nil
	})
	var pe *future.PanicError
	if err := settledError(t, f); !errors.As(err, &pe) || !strings.Contains(string(pe.Stack), "TestGoTurnsAPanic") {
		t.Fatalf("Go fails with %v; want a *PanicError whose stack shows the function", err)
	}
	var re runtime.Error
	if !errors.As(pe, &re) {
		t.Errorf("the *PanicError does not unwrap to the runtime.Error %v", pe.Value)
	}
	if pe := (&future.PanicError{Value: "text"}); pe.Unwrap() != nil {
		t.Errorf("Unwrap of a panic with a string = %v; want nil", pe.Unwrap())
	}
}

func TestGoSettlesWhenItsFunctionEndsTheGoroutine(t *testing.T) {
	f := future.Go(t.Context(), func(context.Context) (int, error) {
		goexit()
		return 1, nil
	})
	wantError(t, f, future.ErrGoexit)
}

func TestCancelOfGoEndsTheContextOfItsFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		f := future.Go(t.Context(), func(ctx context.Context) (int, error) {
			<-ctx.Done()
			cause = context.Cause(ctx)
			return 1, nil
		})
		f.Cancel(errGaveUp)
		wantError(t, f, errGaveUp)
		synctest.Wait()
		if cause != errGaveUp {
			t.Errorf("the function's context ended with %v; want %v", cause, errGaveUp)
		}
		wantState(t, f, future.Cancelled)
	})
}

func TestGoPassesTheEndOfItsContextToTheFunction(t *testing.T) {
	f := future.Go(deadContext(), func(ctx context.Context) (int, error) { return 0, context.Cause(ctx) })
	wantError(t, f, errGaveUp)
	wantState(t, f, future.Failed)
}
