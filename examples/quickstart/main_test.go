package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/internal/redistest"
)

func TestQuickstartShowsWhatItSays(t *testing.T) {
	for name, url := range map[string]string{
		"embedded":  "",
		"REDIS_URL": "redis://" + redistest.Start(t, redistest.Options{}).Addr + "/2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("REDIS_URL", url)
			out := capture(t, run)
			for _, want := range []string{name, "Ada", "1 to 1000", "[first second]", "(nil)", "outcome rejected"} {
				if !strings.Contains(out, want) {
					t.Errorf("the output has no %q:\n%s", want, out)
				}
			}
		})
	}
}

func TestQuickstartTellsThatThereIsNoServer(t *testing.T) {
	t.Setenv("REDIS_URL", "redis://127.0.0.1:1")
	err := run()
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") || !strings.Contains(err.Error(), "is a server running there?") {
		t.Errorf("run = %v; want the address and what to do", err)
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
