package main

import (
	"io"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

func TestQuickstartShowsWhatItSays(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { shows(t, "embedded", "") })
	t.Run("REDIS_URL", func(t *testing.T) {
		srv := redistest.Start(t, redistest.Options{})
		shows(t, "REDIS_URL", "redis://"+srv.Addr+"/2")
		client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
		defer client.Close()
		if left, err := client.Keys("quickstart:*").Await(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("it leaves %q behind (%v); want nothing", left, err)
		}
	})
}

// shows runs quickstart and looks for what it has to print about a server.
func shows(t *testing.T, server, url string) {
	t.Helper()
	t.Setenv("REDIS_URL", url)
	var out strings.Builder
	if err := run(&out); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		server, "one value:      Ada\n", "1 to 1000", "Ada 1815 [first second]\n", "Ada was born in 1815, best score 10\n",
		"a scan:         6 keys\n", `(nil), or "a default"`, "not an integer", "outcome rejected\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output has no %q:\n%s", want, out.String())
		}
	}
}

func TestQuickstartNamesAURLThatItCannotUse(t *testing.T) {
	t.Setenv("REDIS_URL", "http://:secret@localhost")
	err := run(io.Discard)
	if err == nil || !strings.HasPrefix(err.Error(), "REDIS_URL: ") || strings.Contains(err.Error(), "secret") {
		t.Errorf("run = %v; want it to name REDIS_URL and show no password", err)
	}
}

func TestQuickstartTellsThatThereIsNoServer(t *testing.T) {
	t.Setenv("REDIS_URL", "redis://127.0.0.1:1")
	err := run(io.Discard)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") || !strings.Contains(err.Error(), "is a server running there?") {
		t.Errorf("run = %v; want the address and what to do", err)
	}
}
