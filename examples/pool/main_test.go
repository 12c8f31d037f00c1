package main

import (
	"io"
	"os"
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
	out := capture(t, run)
	for _, want := range []string{
		server, "alice 0, bob 100, over ", "0 keys, 1 connection closed", "no free connection in the pool",
		"4 of 4 connections lent", "was given back", "stats:",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output has no %q:\n%s", want, out)
		}
	}
}

// capture runs fn and returns what it printed.
func capture(t *testing.T, fn func() error) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = stdout }()
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	if err := fn(); err != nil {
		t.Error(err)
	}
	_ = w.Close()
	return <-text
}
