package redis

import "time"

// pause decides whether the writer lets other goroutines run before it writes, so that what they have to say goes out in the same write. As a
// rule that pays: callers that a batch of replies has woken need less time for their next commands than a write takes. It does not when the
// processors are busy with other things, which then all come first: commands that could be on their way wait for work that
// has nothing to do with them. So pauses and writes are measured, and when pauses are too long they are left out for a while:
//
//	window of batches with pauses ---- they pay ----> the next window
//	        ^                     ---- they do not -> a gap of batches without, twice as long each time
//	        +--------------------------------------------+
//
// It belongs to the writer.
type pause struct {
	batches   int  // of this window, so far
	gap       int  // batches that are left of the gap; 0: it is a window
	nextGap   int  // how long the next one is going to be
	measuring bool // this batch

	// Of this window.
	took, wrote    time.Duration
	pauses, writes int // measured
	gained         int // commands that came during the pauses
}

const (
	// pauseWindow is how many batches are looked at, every pauseSample-th of them measured.
	pauseWindow = 256
	pauseSample = 8
	// firstGap and longestGap are how many batches go out without a pause.
	firstGap   = pauseWindow
	longestGap = 32 * pauseWindow
	// pauseTooLong is how much of the time of a write a pause may take for each command that it gains. Measured: 0.02 to 0.3 with callers that
	// do nothing but call; 0.9 with 100 connections of a lane at work beside them, which lost a sixth of their commands by it.
	pauseTooLong = 0.5
	// pauseWorst bounds what a single pause counts for, as a multiple of what would be too long: the machine may have been elsewhere.
	pauseWorst = 4
)

// next begins a batch, and tells whether there is to be a pause if there is reason for one.
func (p *pause) next() bool {
	p.measuring = false
	if p.gap > 0 {
		p.gap--
		return false
	}
	if p.batches == pauseWindow {
		p.judge()
	}
	p.batches++
	p.measuring = p.batches%pauseSample == 0
	return true
}

// judge ends a window.
func (p *pause) judge() {
	last := *p
	*p = pause{nextGap: firstGap}
	if last.pauses > 0 && float64(last.took) > last.tooLong(last.gained) {
		p.gap = max(last.nextGap, firstGap)
		p.nextGap = min(2*p.gap, longestGap)
	}
}

// tooLong is the time that pauses may take which gain so many commands.
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
		p.pauses++
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
