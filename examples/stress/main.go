// Stress puts load on one client by several workloads at once, makes faults meanwhile, and checks every reply: see README.md.
//
//	go run ./examples/stress -duration 5m -chaos
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program; it returns the exit code.
func run(args []string, out, errOut io.Writer) int {
	s, err := parse(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return exitClean
	}
	if err != nil {
		return misconfigured(errOut, err)
	}
	if err := makeReportFolder(&s); err != nil {
		return misconfigured(errOut, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t, err := open(&s)
	if err != nil {
		return misconfigured(errOut, err)
	}
	defer t.close()
	fmt.Fprintf(out, "server: %s\nrepeat: %s\n", t.name, s.command())

	k := newSoak(s, t, out)
	if err := k.prepare(ctx); err != nil {
		k.abandon()
		return misconfigured(errOut, err)
	}
	if k.load(ctx) {
		stop() // a second interrupt ends the program at once
		k.check()
	}
	k.close()
	return k.tell()
}

func misconfigured(errOut io.Writer, err error) int {
	fmt.Fprintln(errOut, "stress:", err)
	return exitConfig
}

// makeReportFolder makes sure that there will be a place for the report, before the work for it is done.
func makeReportFolder(s *settings) error {
	if s.report == "" {
		dir, err := os.MkdirTemp("", "stress-report-")
		s.report = dir
		return err
	}
	return os.MkdirAll(s.report, 0o755)
}
