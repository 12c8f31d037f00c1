package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/redistest"
)

// greet is code of an application: it takes any role.
func greet(ctx context.Context, d redis.Doer, id string) (string, error) {
	c := commands.On(d)
	name, err := c.Get("user:" + id).Await(ctx)
	if err != nil {
		return "", fmt.Errorf("greet %s: %w", id, err)
	}
	return "Hello " + name.Or("stranger"), nil
}

// count is code of an application that sends again what certainly did not run.
func count(ctx context.Context, client *redis.Client) (int64, error) {
	n, err := client.Incr("n").Await(ctx)
	if redis.SafeToRetry(err) {
		return client.Incr("n").Await(ctx)
	}
	return n, err
}

// How an application tests with a Recorder.
func TestGreet(t *testing.T) {
	rec := redistest.NewRecorder(t)
	rec.Reply("GET user:7", redistest.Bulk("Ada"))
	rec.Reply("GET user:8", redistest.Nil)
	rec.Fail("GET user:9", &redis.DisconnectedError{Reason: "the queue is full"})

	for id, want := range map[string]string{"7": "Hello Ada", "8": "Hello stranger"} {
		if got, err := greet(t.Context(), rec, id); err != nil || got != want {
			t.Errorf("greet = %q, %v; want %q", got, err, want)
		}
	}
	if _, err := greet(t.Context(), rec, "9"); !redis.SafeToRetry(err) {
		t.Errorf("greet = %v; want an error that may be tried again", err)
	}
}

// How an application tests with a Server, in virtual time.
func TestCountDoesNotRepeatWhatMayHaveRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewServer(t)
		opts := srv.Options()
		opts.ReadTimeout = time.Minute
		client := redis.New(opts)
		defer client.Close()

		srv.Reply("INCR", redistest.Disconnect)
		_, err := count(t.Context(), client)
		var lost *redis.ConnectionError
		if !errors.As(err, &lost) || len(srv.Sent()) != 1 {
			t.Errorf("count = %v after %q; want a lost connection after one INCR", err, srv.Sent())
		}
	})
}
