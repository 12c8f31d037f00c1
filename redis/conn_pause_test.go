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
		const many = 100 * (pauseWindow + pauseStretch)
		var p pause
		if n := p.run(many, 20*time.Microsecond, write, 10); n != many {
			t.Errorf("%d pauses of %d that pay; want all", n, many)
		}
		// A few after which the machine was elsewhere change nothing.
		for i := range many {
			rest := 20 * time.Microsecond
			if i%16 == 0 {
				rest = 10 * time.Millisecond
			}
			if p.run(1, rest, write, 10) != 1 {
				t.Fatal("no pause after some that were long")
			}
		}
		p.run(pauseWindow+pauseStretch, 100*time.Microsecond, write, 10)
		if n := p.run(10*pauseLongestGap, 100*time.Microsecond, write, 10); n > 20*pauseWindow {
			t.Errorf("%d pauses in %d batches that do not pay; want %d at most", n, 10*pauseLongestGap, 20*pauseWindow)
		}
		p.run(pauseLongestGap+pauseWindow, 20*time.Microsecond, write, 10)
		if n := p.run(many, 20*time.Microsecond, write, 10); n != many {
			t.Errorf("%d pauses of %d when they pay again; want all", n, many)
		}
		for !p.off {
			p.run(1, 100*time.Microsecond, write, 10)
		}
		if p.gap != pauseGap {
			t.Errorf("a gap of %d after pauses that did pay; want %d", p.gap, pauseGap)
		}
	})
}
