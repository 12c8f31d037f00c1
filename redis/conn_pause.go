package redis

import "time"

// pause decides whether the writer lets other goroutines run before it writes, so that what they have to say goes out in the same write. As a
// rule that pays: callers that a batch of replies has woken need less time for their next commands than a write takes. It does not when the
// processors are busy with other things, which then all come first: commands that could be on their way wait for work that
// has nothing to do with them. So now and then pauses and writes are measured, and when the pauses are too long they are left out for a while:
//
//	a window: pauses, measured ---- they pay ----> pauses, not measured
//	  ^    ^                   ---- they do not -> no pauses, each time for longer
//	  |    +--------------------------------------------+            |
//	  +--------------------------------------------------------------+
//
// It belongs to the writer.
type pause struct {
	left      int  // batches, of this window or what is between two
	measuring bool // this is a window
	off       bool // no pauses
	gap       int  // how many batches were without pauses the last time; 0: the last window did pay

	// Of the window.
	took, wrote time.Duration
	writes      int
	gained      int // commands that came during the pauses
}

const (
	// pauseWindow is how many batches are measured in a row, pauseStretch how many go out after those whose pauses pay.
	pauseWindow  = 64
	pauseStretch = 8 * pauseWindow
	// pauseGap is how many go out without pauses the first time, and eight times as many each time, up to pauseLongestGap: pauses bring
	// those together whom they make wait, and it takes a while until they are apart again.
	pauseGap        = pauseWindow
	pauseLongestGap = 8 * 8 * 8 * pauseGap
	// pauseTooLong is how much of the time of a write a pause may take for each command that it gains. Measured: 0.02 to 0.25 with callers that
	// do nothing but call; 0.4 to 1 with 100 connections of a lane at work beside them, which lost an eighth of their commands by it.
	pauseTooLong = 0.45
	// pauseWorst bounds what a single pause counts for, as a multiple of what would be too long: the machine may have been elsewhere.
	pauseWorst = 3
)

// next begins a batch, and tells whether there is to be a pause if there is reason for one.
func (p *pause) next() bool {
	if p.left == 0 {
		if p.measuring {
			p.judge()
		} else {
			*p = pause{left: pauseWindow, measuring: true, gap: p.gap}
		}
	}
	p.left--
	return !p.off
}

// judge ends a window.
func (p *pause) judge() {
	p.measuring = false
	if p.off = float64(p.took) > p.tooLong(p.gained); p.off {
		p.gap = min(max(8*p.gap, pauseGap), pauseLongestGap)
		p.left = p.gap
	} else {
		p.gap = 0
		p.left = pauseStretch
	}
}

// tooLong is the time in which pauses that gain so many commands do not pay any more.
func (p *pause) tooLong(gained int) float64 {
	return pauseTooLong * float64(p.wrote) / float64(max(p.writes, 1)) * float64(gained)
}

// clock is the time if this batch is measured.
func (p *pause) clock() (now time.Time) {
	if p.measuring {
		now = time.Now()
	}
	return now
}

// rested notes a pause that began at the given clock.
func (p *pause) rested(start time.Time, gained int) {
	if p.measuring && p.writes > 0 {
		p.gained += gained
		p.took += min(time.Since(start), time.Duration(pauseWorst*p.tooLong(gained+1)))
	}
}

// written notes a write that began at the given clock.
func (p *pause) written(start time.Time) {
	if p.measuring {
		p.writes++
		p.wrote += time.Since(start)
	}
}
