package main

import (
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
)

func TestTheDemonstrationTalks(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr)
	var out, errOut strings.Builder
	if code := run(nil, &out, &errOut); code != exitHeld {
		t.Fatalf("exit code %d; want 0: %s%s", code, &out, &errOut)
	}
	for _, want := range []string{"sent to 1\n", "Bob got: hello, Bob\n", "Bob got: still there?\n", "remembers 1 message"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it prints %q; want %q in it", &out, want)
		}
	}
}

// Law G11. In short; the figures of docs/channellayer.md are of the whole.
func TestTheLoadHoldsInShort(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	srv := redistest.Start(t, redistest.Options{})
	t.Setenv("REDIS_URL", "redis://"+srv.Addr)
	var out, errOut strings.Builder
	if code := run([]string{"-load", "-for", "4500ms", "-only", "fanout,churn,killed"}, &out, &errOut); code != exitHeld {
		t.Fatalf("exit code %d; want 0:\n%s%s", code, &out, &errOut)
	}
	if !strings.Contains(out.String(), "all of it held") || !strings.Contains(out.String(), "| killed | kills; gaps of subscriptions, the longest | 2; 1, ") {
		t.Errorf("it prints\n%s\nwant two kills and a gap", &out)
	}
}

func TestAWrongCommandLineIsRefused(t *testing.T) {
	for _, args := range [][]string{{"-for", "1ms"}, {"-rate", "0"}, {"-what"}} {
		var out, errOut strings.Builder
		if code := run(args, &out, &errOut); code != exitConfig || errOut.Len() == 0 {
			t.Errorf("%v: exit code %d, %q; want %d, and why", args, code, &errOut, exitConfig)
		}
	}
}
