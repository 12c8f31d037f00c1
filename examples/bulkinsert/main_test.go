package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

func TestBulkinsertWritesAllKeysEachWay(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr+"/2")
	client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
	defer client.Close()
	var out strings.Builder
	if err := run(t.Context(), &out, 12_345, 1000); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`one at a time: +\[#{30}\] 100 %, 123 keys`, `window: +\[#{30}\] 100 %, 12345 keys`, `pipelines: +\[#{30}\] 100 %, 12345 keys`,
		`in all: +12345 keys, [0-9.]+ times as fast in a window of 1000, [0-9.]+ times in pipelines of 100\n`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the output has no %q:\n%s", want, out.String())
		}
	}
	info, err := client.Info("commandstats").Await(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if calls := info.Field("cmdstat_set"); srv.Name != "external" && !strings.HasPrefix(calls, "calls=24813,") {
		t.Errorf("SET: %s; want 24813 calls, each key twice and 123 before", calls)
	}
	if left, err := client.Keys("bulkinsert:*").Await(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("it leaves %d keys behind (%v); want none", len(left), err)
	}
}

func TestAnInterruptedBulkinsertLeavesNothingBehind(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr+"/2")
	client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
	defer client.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for n := int64(0); n < 3000 && ctx.Err() == nil; { // in the window's part: one at a time writes 2000
			n, _ = client.DBSize().Await(ctx)
		}
	}()
	var out strings.Builder
	if err := run(ctx, &out, 200_000, 1000); err == nil || !strings.Contains(out.String(), "window:") {
		t.Errorf("run = %v and printed:\n%s\nwant the error of the context, in the window's part", err, out.String())
	}
	if left, err := client.Keys("bulkinsert:*").Await(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("it leaves %d keys behind (%v); want none", len(left), err)
	}
}

func TestTheBarTellsHowFarItIs(t *testing.T) {
	var out strings.Builder
	b := newBar(&out, "half", 3000)
	b.drawn = b.drawn.Add(-barEvery)
	b.add(1500)
	if got := out.String(); !strings.Contains(got, "\rhalf:           [###############...............]  50 %, 1500 keys") {
		t.Errorf("the bar is %q; want half of it", got)
	}
	if rate := newBar(&out, "none", 0).end(); rate != 0 {
		t.Errorf("the rate of nothing is %v; want 0", rate)
	}
}
