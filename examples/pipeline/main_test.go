package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviours PL1, PL2, as a newcomer sees them.
func TestPipelineShowsWhatItSays(t *testing.T) {
	redistest.NoLeaks(t)
	t.Run("embedded", func(t *testing.T) { shows(t, "") })
	t.Run("REDIS_URL", func(t *testing.T) {
		srv := redistest.Start(t, redistest.Options{})
		shows(t, "redis://"+srv.Addr+"/2")
		client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
		defer client.Close()
		if left, err := client.Keys("pipeline:*").Await(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("it leaves %q behind (%v); want nothing", left, err)
		}
	})
}

func shows(t *testing.T, url string) {
	t.Helper()
	t.Setenv("REDIS_URL", url)
	var out strings.Builder
	if err := run(&out, 2500); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`one page: +Ada of London, last seen at search, 1000 visits: 7 commands`,
		`a failed slot: +0 of 2, INCR: .*not an integer`,
		`the other one: +1001, error <nil> \(that of the failed one: true\)`,
		`before Exec: .*ErrNotFlushed`,
		`one by one: +2500 INCRs`, `as futures: +2500 INCRs`, `in pipelines: +2500 INCRs`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the output has no %q:\n%s", want, out.String())
		}
	}
}
