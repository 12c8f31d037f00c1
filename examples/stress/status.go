package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// status shows where the run stands: on a terminal one line that is written again and again, elsewhere a line every few
// seconds.
type status struct {
	out      io.Writer
	terminal bool
	rig      *rig
	tallies  []*tally
	sampler  *sampler
	chaos    *chaos
	start    time.Time
}

// isTerminal tells whether lines can be written over.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// run shows the status until ctx ends, and then once more.
func (s *status) run(ctx context.Context) {
	every := 200 * time.Millisecond
	if !s.terminal {
		every = min(max(s.rig.duration/10, time.Second), 5*time.Second)
	}
	for rest(ctx, every) {
		s.show()
	}
	s.show()
	if s.terminal {
		fmt.Fprintln(s.out)
	}
}

func (s *status) show() {
	if s.terminal {
		// A line that is too long for the window is cut and not wrapped: the next one would not cover it.
		fmt.Fprintf(s.out, "\r\x1b[K\x1b[?7l%s\x1b[?7h", s.line())
		return
	}
	fmt.Fprintln(s.out, s.line())
}

// line is the status in one line.
func (s *status) line() string {
	last := s.sampler.last()
	var failed [outcomes]int64
	for _, t := range s.tallies {
		for o, n := range t.failures() {
			failed[o] += n
		}
	}
	_, kills, _ := s.chaos.list()
	return fmt.Sprintf("%5s of %v  %8.0f ops/s  %5d in flight  errors: %d unknown, %d not executed, %d rejected  %d reconnects  %d kills  p99 %s",
		time.Since(s.start).Round(time.Second), s.rig.duration, last.operations, last.inFlight,
		failed[redis.Unknown], failed[redis.NotExecuted], failed[redis.Rejected], s.rig.reconnects(), kills, short(last.p99))
}

// reconnects are the connections made beyond the first of each owner.
func (r *rig) reconnects() int64 { return max(0, r.connects.Load()-r.owners.Load()) }

// short is a duration in two or three digits.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	case d >= time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Microsecond).String()
}
