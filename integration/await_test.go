package integration

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
)

// await waits for a result that must come.
func await[T any](t *testing.T, f *future.Future[T]) T {
	t.Helper()
	v, err := f.Await(limit(t))
	if err != nil {
		t.Fatalf("Await = %v, %v; want a value", v, err)
	}
	return v
}

// expect waits for a result that must come and must be the wanted one.
func expect[T comparable](t *testing.T, what string, f *future.Future[T], want T) {
	t.Helper()
	if got, err := f.Await(limit(t)); err != nil || got != want {
		t.Errorf("%s = %v, %v; want %v", what, got, err, want)
	}
}

// failure gives the error that f must settle with, which must be an E.
func failure[E error, T any](t *testing.T, f *future.Future[T]) E {
	t.Helper()
	v, err := f.Await(limit(t))
	if err == nil {
		t.Fatalf("Await = %v, nil; want an error", v)
	}
	return asError[E](t, err)
}

func asError[E error](t *testing.T, err error) E {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Fatalf("error = %v (%T); want a %T", err, err, want)
	}
	return want
}

// receive waits for what must come from a channel.
func receive[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	ctx := limit(t)
	select {
	case v := <-from:
		return v
	case <-ctx.Done():
		t.Fatalf("%s: nothing within a minute", what)
		panic("not reached")
	}
}

// limit ends a wait that would be for ever.
func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
