package redis

import (
	"testing"
	"testing/synctest"
	"time"
)

// run goes through so many batches, each of which takes the given times and gains so many commands by its pause. It returns how many had a
// pause.
func (p *pause) run(batches int, rest, write time.Duration, gained int) (pauses int) {
	for range batches {
		if p.next() {
			pauses++
			start := p.clock()
			time.Sleep(rest)
			p.rested(start, gained)
		}
		start := p.clock()
		time.Sleep(write)
		p.written(start)
	}
	return pauses
}

// The writer pauses as long as that costs less than the writes that it saves, and finds out when that changes.
func TestTheWriterPausesWhileItPays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const write = 10 * time.Microsecond
		var p pause
		if n := p.run(10*pauseWindow, 20*time.Microsecond, write, 10); n != 10*pauseWindow {
			t.Errorf("%d pauses of %d that pay; want all", n, 10*pauseWindow)
		}
		// One after which the machine was elsewhere changes nothing.
		for i := range 10 * pauseWindow {
			rest := 20 * time.Microsecond
			if i%pauseWindow == 2*pauseSample-1 {
				rest = 10 * time.Millisecond
			}
			if p.run(1, rest, write, 10) != 1 {
				t.Fatal("no pause after a single long one in each window")
			}
		}
		p.run(2*pauseWindow, 100*time.Microsecond, write, 10)
		if n := p.run(1000*pauseWindow, 100*time.Microsecond, write, 10); n > 1000*pauseWindow/20 {
			t.Errorf("%d pauses in %d batches that do not pay; want a twentieth at most", n, 1000*pauseWindow)
		}
		p.run(longestGap+pauseWindow, 20*time.Microsecond, write, 10)
		if n := p.run(pauseWindow, 20*time.Microsecond, write, 10); n != pauseWindow {
			t.Errorf("%d pauses of %d when they pay again; want all", n, pauseWindow)
		}
		p.run(pauseWindow+1, 100*time.Microsecond, write, 10)
		if p.gap != 0 && p.gap != firstGap {
			t.Errorf("a gap of %d after pauses that did pay; want %d", p.gap, firstGap)
		}
	})
}
