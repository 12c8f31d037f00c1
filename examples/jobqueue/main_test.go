package main

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// shopAt is a shop on a server of its own.
func shopAt(t *testing.T, workers int) (*shop, *redistest.Server) {
	t.Helper()
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr, LaneSize: workers})
	t.Cleanup(func() { client.Close() })
	q := &queue{client: client, name: "jobqueue"}
	t.Cleanup(func() { cleanUp(q, workers) })
	return &shop{queue: q, workers: workers}, srv
}

func TestTheQueueLosesNoJob(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr+"/2")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // with a job lost, the workers would wait for ever
	defer cancel()
	var out strings.Builder
	if err := run(ctx, &out, 200, 4); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`stopped: .*: \d+ waiting, \d+ done, \d+ put aside, 0 in work\n`,
		`stopped: .*: 0 waiting, 196 done, 4 put aside, 0 in work\n`,
		`on the way: +32 attempts failed, 4 workers died, 4 jobs were taken back\n`, // 4 × 3 and 20
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the output has no %q:\n%s", want, out.String())
		}
	}
	client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
	defer client.Close()
	if left, err := client.Keys("jobqueue:*").Await(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("it leaves %q behind (%v); want nothing", left, err)
	}
}

func TestAStopEndsWorkersThatWait(t *testing.T) {
	redistest.NoLeaks(t)
	s, _ := shopAt(t, 4)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.work(ctx, 1_000_000) }()
	if err := s.queue.push(t.Context(), job{ID: 1}, job{ID: 2}); err != nil {
		t.Fatal(err)
	}
	limit, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	for s.settled.Load() < 2 || s.queue.client.Stats().LaneBusy < 4 { // both are done, and all wait
		if _, err := s.queue.client.Ping().Await(limit); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("work = %v; want nil", err)
		}
	case <-limit.Done():
		t.Fatal("the workers wait on")
	}
	// What comes after is for the next one, and is not eaten by a wait that goes on at the server.
	if err := s.queue.push(t.Context(), job{ID: 3}); err != nil {
		t.Fatal(err)
	}
	if waiting, done, _, err := s.queue.state(t.Context()); err != nil || waiting != 1 || done != 2 {
		t.Errorf("%d wait and %d are done, %v; want 1 and 2", waiting, done, err)
	}
}

func TestAJobOfAWorkerThatDiedIsTakenBackInFront(t *testing.T) {
	s, srv := shopAt(t, 1)
	if err := s.queue.push(t.Context(), job{ID: 1}, job{ID: 2}); err != nil {
		t.Fatal(err)
	}
	if j, ok, err := s.queue.take(t.Context(), "worker0"); err != nil || !ok || j.ID != 1 {
		t.Fatalf("take = %+v, %v, %v; want job 1", j, ok, err)
	}
	if n, err := s.queue.takeBack(t.Context(), "worker0"); err != nil || n != 1 {
		t.Errorf("takeBack = %d, %v; want 1", n, err)
	}
	if j, ok, err := s.queue.take(t.Context(), "other"); err != nil || !ok || j.ID != 1 {
		t.Errorf("take = %+v, %v, %v; want job 1 again", j, ok, err)
	}
	srv.Do("DEL", s.queue.working("other"))
	if err := s.queue.finish(t.Context(), "other", job{ID: 1}); err == nil {
		t.Error("finish = nil for a job that is not on the worker's list")
	}
}

func TestAnInterruptedRunEndsInGoodOrder(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		client := redis.New(redis.Options{Addr: srv.Addr})
		defer client.Close()
		for n := int64(0); n < 10 && ctx.Err() == nil; {
			n, _ = client.SCard("jobqueue:done").Await(ctx)
		}
	}()
	var out strings.Builder
	if err := run(ctx, &out, 20_000, 4); err != nil || !strings.Contains(out.String(), ", 0 in work\ninterrupted:") {
		t.Errorf("run = %v and printed:\n%s\nwant nil, nothing in work, and that it was interrupted", err, out.String())
	}
}
