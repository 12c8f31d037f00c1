package main

import (
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

func TestThePoolExampleShowsWhatItSays(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { shows(t, "embedded", "") })
	t.Run("REDIS_URL", func(t *testing.T) {
		srv := redistest.Start(t, redistest.Options{})
		shows(t, "REDIS_URL", "redis://"+srv.Addr+"/2")
		client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
		defer client.Close()
		if left, err := client.Keys("pool:*").Await(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("it leaves %q behind (%v); want nothing", left, err)
		}
	})
}

// shows runs the example and looks for what it has to print.
func shows(t *testing.T, server, url string) {
	t.Helper()
	t.Setenv("REDIS_URL", url)
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		server, "alice 0, bob 100, over ", "0 keys, 1 connection closed", "no free connection in the pool",
		"4 of 4 connections lent", "was given back", "stats:",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output has no %q:\n%s", want, out.String())
		}
	}
}
