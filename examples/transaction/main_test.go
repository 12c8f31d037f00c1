package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour X2, as a newcomer sees it.
func TestTheBankAddsUpUnderConflicts(t *testing.T) {
	redistest.NoLeaks(t)
	t.Run("embedded", func(t *testing.T) { addsUp(t, "") })
	t.Run("REDIS_URL", func(t *testing.T) {
		srv := redistest.Start(t, redistest.Options{})
		addsUp(t, "redis://"+srv.Addr+"/2")
		client := redis.New(redis.Options{Addr: srv.Addr, Database: 2})
		defer client.Close()
		if left, err := client.Keys("transaction:*").Await(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("it leaves %q behind (%v); want nothing", left, err)
		}
	})
}

func addsUp(t *testing.T, url string) {
	t.Helper()
	t.Setenv("REDIS_URL", url)
	var out strings.Builder
	if err := run(&out, 8, 50); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`transfers: +[1-9]\d* in .*, [1-9]\d* refused`, `conflicts: +[1-9]`, `audits: +[1-9]\d*, each at a sum of 800`, `sum at the end: 800\n`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("the output has no %q:\n%s", want, out.String())
		}
	}
}

// The auditor of the example is no ornament: it finds money that is missing.
func TestTheAuditorFindsAMissingSum(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	b := &bank{client: client}
	if err := b.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer client.Del(b.keys()...)
	if _, err := client.Decr(account(3)).Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.audit(t.Context()); err == nil || !strings.Contains(err.Error(), "hold 799") {
		t.Errorf("audit = %v; want it to find 799", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := b.audit(ended); n != 0 || err != nil {
		t.Errorf("audit under an ended context = %d, %v; want 0, nil", n, err)
	}
}
