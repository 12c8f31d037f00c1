package main

import (
	"context"
	"net"
	"os"
	"strconv"
	"testing"

	"github.com/futureio/futureio-go/internal/browser"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// startChat starts the program on a free port, ended with the test, and returns where it is.
func startChat(t *testing.T, srv *redistest.Server) (url string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, ln, redis.Options{Addr: srv.Addr}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve = %v; want a clean end", err)
		}
	})
	return "http://" + ln.Addr().String()
}

// says is a condition: the page shows a message of somebody.
func says(who, text string) string {
	return `[...document.querySelectorAll("#log .say")].filter(li => li.innerText.includes(` + strconv.Quote(who) + `) && li.innerText.includes(` + strconv.Quote(text) + `)).length == 1`
}

// say types a message and sends it.
func say(t *testing.T, tab *browser.Tab, text string) {
	t.Helper()
	tab.Run(t, `document.getElementById("text").value = `+strconv.Quote(text)+`; document.getElementById("form").requestSubmit()`)
}

const bothPresent = `document.getElementById("present").innerText.includes("Ada") && document.getElementById("present").innerText.includes("Bob")`

// Behaviour S3. Law G11. Two tabs talk by two processes; the server of it all is restarted, which both are told; the chat goes on.
func TestTwoTabsTalkAcrossARestart(t *testing.T) {
	b := browser.Start(t)
	srv := redistest.Start(t, redistest.Options{Args: []string{"--appendonly", "no"}})
	one, two := startChat(t, srv), startChat(t, srv)

	ada := b.Open(t, one+"/?room=garden&name=Ada")
	ada.WaitFor(t, `document.getElementById("present").innerText.includes("Ada")`)
	say(t, ada, "Is anybody here? <b>&amp;")
	ada.WaitFor(t, says("Ada", "Is anybody here? <b>&amp;"))
	bob := b.Open(t, two+"/?room=garden&name=Bob")
	elsewhere := b.Open(t, one+"/?room=kitchen&name=Cy")
	bob.WaitFor(t, says("Ada", "Is anybody here?")) // from the history
	say(t, bob, "I am, on another machine.")
	for _, tab := range []*browser.Tab{ada, bob} {
		tab.WaitFor(t, says("Bob", "on another machine"))
		tab.WaitFor(t, bothPresent)
	}

	srv.Restart()
	const gap = `document.querySelectorAll("#log .gap").length == 1`
	for _, tab := range []*browser.Tab{ada, bob, elsewhere} {
		tab.WaitFor(t, gap)
	}
	say(t, ada, "That was short.")
	say(t, bob, "It was.")
	for _, tab := range []*browser.Tab{ada, bob} {
		tab.WaitFor(t, says("Ada", "That was short."))
		tab.WaitFor(t, says("Bob", "It was."))
		tab.WaitFor(t, bothPresent)
		tab.WaitFor(t, gap)
	}
	if n := elsewhere.Run(t, `document.querySelectorAll("#log .say").length`); n != "0" {
		t.Errorf("another room shows %s messages; want none", n)
	}
	if file := os.Getenv("E2E_SCREENSHOT"); file != "" {
		ada.Screenshot(t, file)
	}
}
