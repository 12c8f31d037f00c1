// Channellayer shows a channel layer on Redis or Valkey at work: see package layer, and docs/channellayer.md.
//
//	go run ./examples/channellayer                  two processes in one, talking
//	go run ./examples/channellayer -load            what it holds, about three minutes
//	go run ./examples/channellayer -load -for 5s    the same, in short
//
// It starts a server for itself, or uses that of REDIS_URL, where it writes keys that begin with "load:" and "channels:".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/redis"
)

// The exit codes.
const (
	exitHeld   = 0
	exitBroken = 1 // a promise did not hold
	exitConfig = 3
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// settings are the command line's.
type settings struct {
	load bool
	only string
	span time.Duration
	rate int
}

func run(args []string, out, errOut io.Writer) int {
	var s settings
	flags := flag.NewFlagSet("channellayer", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.BoolVar(&s.load, "load", false, "put load on it and check what it promises")
	flags.StringVar(&s.only, "only", "", "of the loads, these: "+strings.Join(loadNames(), ","))
	flags.DurationVar(&s.span, "for", time.Minute, "how long the loads take that go on for a while")
	flags.IntVar(&s.rate, "rate", 300, "messages to groups per second in the load of many rooms")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitHeld
		}
		return exitConfig
	}
	if s.span < time.Second || s.rate < 1 {
		fmt.Fprintln(errOut, "channellayer: -for must be at least 1s, -rate at least 1")
		return exitConfig
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	at, end, err := server.Started(out)
	if err != nil {
		fmt.Fprintln(errOut, "channellayer:", err)
		return exitConfig
	}
	defer end()
	if s.load {
		return putLoad(ctx, s, at, out)
	}
	if err := show(ctx, at, out); err != nil {
		fmt.Fprintln(errOut, "channellayer:", err)
		return exitBroken
	}
	return exitHeld
}

// show lets two processes, which are one here, talk to each other.
func show(ctx context.Context, at redis.Options, out io.Writer) error {
	ada, bob := redis.New(at), redis.New(at)
	defer ada.Close()
	defer bob.Close()
	one, err := layer.New(ctx, ada, layer.Options{History: 100})
	if err != nil {
		return err
	}
	defer one.Close()
	two, err := layer.New(ctx, bob, layer.Options{History: 100})
	if err != nil {
		return err
	}
	defer two.Close()
	mine := two.NewChannel("chat")
	err = errors.Join(two.GroupAdd(ctx, "room", mine), two.Enter(ctx, "room", mine, "Bob"))
	if err != nil {
		return err
	}
	present, err := one.Present(ctx, "room")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "in the room: %s, on %s\n", present[0].Info, present[0].Channel)
	d, err := one.GroupSend(ctx, "room", []byte("hello, Bob"))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "sent to %d\n", d.Sent)
	if err := one.SendAfter(ctx, mine, []byte("still there?"), 500*time.Millisecond); err != nil {
		return err
	}
	for range 2 {
		m, err := two.Receive(ctx, mine)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "Bob got: %s\n", m)
	}
	history, err := two.History(ctx, "room", 10)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "the room remembers %d message: %s\n", len(history), history[0].Message)
	return nil
}
