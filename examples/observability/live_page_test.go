package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/browser"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// startPage starts the program on a free port, ended with the test, and returns where it is.
func startPage(t *testing.T, l load) (url string) {
	t.Helper()
	srv := redistest.Start(t, redistest.Options{Args: []string{"--appendonly", "no"}})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, ln, redis.Options{Addr: srv.Addr}, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve = %v; want a clean end", err)
		}
	})
	return "http://" + ln.Addr().String() + "/"
}

// Law G11: the gap of the subscription is seen, too.
func TestTheSecondsShowTheLoadAndItsLosses(t *testing.T) {
	url := startPage(t, load{callers: 2, kill: 500 * time.Millisecond})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var sum second
	for sum.Commands == 0 || sum.Losses == 0 || sum.Reconnects == 0 || sum.Gaps == 0 || sum.Rejected == 0 || sum.Writes == 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("after 30 s: %+v; want some of each", sum)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"seconds", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var list []second
		err = json.NewDecoder(answer.Body).Decode(&list)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		sum = second{}
		for _, s := range list {
			sum.Commands += s.Commands
			sum.Losses += s.Losses
			sum.Reconnects += s.Reconnects
			sum.Gaps += s.Gaps
			sum.Rejected += s.Rejected
			sum.Writes += s.Writes
		}
	}
}

func TestThePageDrawsTheLoadInABrowser(t *testing.T) {
	b := browser.Start(t)
	kill := time.Second
	file := os.Getenv("E2E_DASHBOARD")
	if file != "" {
		kill = 4 * time.Second
	}
	tab := b.Open(t, startPage(t, load{callers: 16, kill: kill}))
	tab.WaitFor(t, `document.getElementById("state").textContent == "connected"`)
	tab.WaitFor(t, `document.querySelectorAll("figure").length == 6 && document.querySelectorAll("#throughput polyline").length == 1`)
	tab.WaitFor(t, `document.querySelectorAll("#throughput .mark").length >= 2`) // losses
	tab.WaitFor(t, `document.querySelector("#latency .values").textContent.includes("ms")`)
	tab.WaitFor(t, `document.querySelector("#throughput polyline").getAttribute("points").split(" ").length >= 3`)
	if file != "" {
		tab.WaitFor(t, `document.querySelector("#throughput polyline").getAttribute("points").split(" ").length >= 25`)
		tab.Screenshot(t, file)
	}
}
