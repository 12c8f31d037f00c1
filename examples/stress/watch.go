package main

import (
	"context"
	"sync"
	"time"
)

// windows are the times in which the server is stopped on purpose, so that no progress is expected.
type windows struct {
	mu   sync.Mutex
	open int       // guarded by mu
	last time.Time // guarded by mu; the end of the last one
}

func (w *windows) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open++
}

func (w *windows) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open--
	w.last = time.Now()
}

// afterPause is what a window lasts longer than the pause itself: until the delay between two attempts to connect is over.
const afterPause = 2 * reconnectMax

// excuse tells whether there is a window now.
func (w *windows) excuse() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open > 0 || time.Since(w.last) < afterPause
}

// watch finds workloads that get no replies any more. Each has to make progress: one that stands still while the others
// run on hangs as well.
type watch struct {
	tallies  []*tally
	windows  *windows
	patience time.Duration
	verdict  *verdict
}

// watchTick is how often it looks.
const watchTick = 50 * time.Millisecond

// run looks until ctx ends, or something hangs.
func (w *watch) run(ctx context.Context) {
	type state struct {
		acked int64
		idle  time.Duration
	}
	states := make([]state, len(w.tallies))
	last := time.Now()
	for rest(ctx, watchTick) {
		// A program that was stopped itself, or got no processor, has not waited all that time.
		passed := min(time.Since(last), 2*watchTick)
		last = time.Now()
		for i, t := range w.tallies {
			s := &states[i]
			if acked := t.acked.Load(); acked != s.acked || !t.running.Load() || w.windows.excuse() {
				*s = state{acked: acked}
				continue
			}
			if s.idle += passed; s.idle >= w.patience {
				w.verdict.hang("%s: no reply for %v; %d commands issued, %d settled", t.name, w.patience, t.issued.Load(), t.settled.Load())
				return
			}
		}
	}
}
