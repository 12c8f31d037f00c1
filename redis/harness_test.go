package redis_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/internal/tuning"
	"github.com/futureio/futureio-go/redis"
)

func init() { tuning.FromEnvironment() }

// dialFake makes a client of a scripted server, closed with the test.
func dialFake(t *testing.T, srv *redistest.Fake, change ...func(o *redis.Options)) *redis.Client {
	t.Helper()
	opts := redis.Options{Addr: "fake:6379", Dialer: srv.DialContext}
	for _, c := range change {
		c(&opts)
	}
	client := redis.New(opts)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = client.Shutdown(ctx)
	})
	return client
}

// bubble runs a test in virtual time against a scripted server in memory.
func bubble(t *testing.T, test func(t *testing.T, srv *redistest.Fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, redistest.NewFake(t)) })
}

// await waits for a result that must come.
func await[T any](t *testing.T, f *future.Future[T]) T {
	t.Helper()
	v, err := f.Await(limit(t))
	if err != nil {
		t.Fatalf("Await = %v, %v; want a value", v, err)
	}
	return v
}

// awaitErr waits for an error of type E that must come.
func awaitErr[E error, T any](t *testing.T, f *future.Future[T]) E {
	t.Helper()
	v, err := f.Await(limit(t))
	var want E
	if !errors.As(err, &want) {
		t.Fatalf("Await = %v, %v (%T); want a %T", v, err, err, want)
	}
	return want
}

// limit ends a wait that would be for ever. It is longer than every default time limit.
func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// outcome is the outcome of a failed future.
func outcome[T any](t *testing.T, f *future.Future[T]) redis.Outcome {
	t.Helper()
	return awaitErr[redis.Error](t, f).Outcome()
}

// entered notes a future in a ledger, which is told when it settles.
func entered[T any](l *redistest.Ledger, label string, f *future.Future[T]) *future.Future[T] {
	settled := l.Issue(label)
	f.OnReady(func(*future.Future[T]) { settled() })
	return f
}

// dialled counts the attempts of a client to reach a scripted server.
func dialled(srv *redistest.Fake) int { return len(srv.Memory().Dialed()) }

// cutOff makes a scripted server lose its connections and refuse new ones.
func cutOff(srv *redistest.Fake) {
	srv.Memory().RefuseDials(syscall.ECONNREFUSED)
	for i := range srv.Accepted() {
		srv.Conn(i).Close()
	}
	synctest.Wait()
}

// firstConn watches what is dialled. The function that it returns gives the client's end of the first connection; there must be one by then.
func firstConn(srv *redistest.Fake) func() *memnet.Conn {
	var first *memnet.Conn
	srv.Memory().OnDial(func(c *memnet.Conn) {
		if first == nil {
			first = c
		}
	})
	return func() *memnet.Conn { return first }
}
