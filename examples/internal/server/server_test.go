package server

import (
	"io"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

func TestEachWayGivesAServerThatAnswersAndEnds(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{}) // skips where there is no program to start
	for _, x := range []struct {
		name, url string
		open      func(io.Writer) (redis.Options, func(), error)
		want      string
	}{
		{"embedded", "", Embedded, "embedded in this program"},
		{"started", "", Started, "started for this program"},
		{"named instead of embedded", "redis://" + srv.Addr, Embedded, srv.Addr},
		{"named instead of started", "redis://" + srv.Addr, Started, srv.Addr},
	} {
		t.Run(x.name, func(t *testing.T) {
			if srv.Name == "external" && x.name == "started" {
				t.Skip("there may be no program to start")
			}
			t.Setenv("REDIS_URL", x.url)
			var out strings.Builder
			opts, stop, err := x.open(&out)
			if err != nil {
				t.Fatal(err)
			}
			client := redis.New(opts)
			defer client.Close()
			if pong, err := client.Ping().Await(t.Context()); err != nil || pong != "PONG" || !strings.Contains(out.String(), x.want) {
				t.Errorf("Ping = %q, %v, told as %q; want PONG from what is %s", pong, err, out.String(), x.want)
			}
			stop()
			opts.ReconnectMaxAttempts = 1
			after := redis.New(opts)
			defer after.Close()
			if err := after.Connect(t.Context()); (err == nil) != (x.url != "") {
				t.Errorf("Connect after stop = %v; want an own server to be gone, and another to be there", err)
			}
		})
	}
}

func TestAURLThatCannotBeUsedIsNamedWithoutItsPassword(t *testing.T) {
	t.Setenv("REDIS_URL", "http://:secret@localhost")
	for _, open := range []func(io.Writer) (redis.Options, func(), error){Embedded, Started} {
		_, _, err := open(io.Discard)
		if err == nil || !strings.HasPrefix(err.Error(), "REDIS_URL: ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("error = %v; want it to name REDIS_URL and show no password", err)
		}
	}
}

func TestThatThereIsNoProgramToStartIsTold(t *testing.T) {
	t.Setenv("REDIS_URL", "")
	t.Setenv("PATH", t.TempDir())
	t.Setenv("SERVERS_DIR", t.TempDir())
	if _, _, err := Started(io.Discard); err == nil || !strings.Contains(err.Error(), "make servers") {
		t.Errorf("error = %v; want it to say what to do", err)
	}
}
