package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// figures count what happened in one run or in many.
type figures struct {
	schedules, commands, dials, connections, resent, alone, served int
	verdicts                                                       [4]int // by verdict
	faults                                                         map[fault]int
	virtual                                                        time.Duration
}

func (r *run) figures() figures {
	f := figures{schedules: 1, faults: maps.Clone(r.faults)}
	if r.book == nil || r.network == nil {
		return f
	}
	f.virtual = r.length
	f.commands, f.dials, f.connections = len(r.book.records), r.network.dials, len(r.network.lines)
	for _, rec := range r.book.records {
		f.verdicts[rec.verdict()]++
	}
	for _, l := range r.network.lines {
		f.alone += l.alone
		f.served += l.served
	}
	for _, p := range r.sent {
		if p.partly > 0 && p.whole > 0 {
			f.resent++
		}
	}
	return f
}

// add adds another run.
func (f *figures) add(other figures) {
	f.schedules += other.schedules
	f.commands += other.commands
	f.dials += other.dials
	f.connections += other.connections
	f.resent += other.resent
	f.alone += other.alone
	f.served += other.served
	f.virtual += other.virtual
	for i, n := range other.verdicts {
		f.verdicts[i] += n
	}
	if f.faults == nil {
		f.faults = map[fault]int{}
	}
	for kind, n := range other.faults {
		f.faults[kind] += n
	}
}

// String is a table.
func (f figures) String() string {
	var b strings.Builder
	total := 0
	for _, n := range f.faults {
		total += n
	}
	fmt.Fprintf(&b, "%d schedules of %v in all: %d commands (%d succeeded, %d may have run, %d did not run, %d were refused; %d were cut while being written and went out again), %d writes by callers who were alone, %d by readers, %d dials, %d connections, %d faults:\n",
		f.schedules, f.virtual.Round(time.Second), f.commands, f.verdicts[succeeded], f.verdicts[mayHaveRun], f.verdicts[notRun], f.verdicts[refused], f.resent,
		f.alone, f.served, f.dials, f.connections, total)
	for _, kind := range slices.Sorted(maps.Keys(f.faults)) {
		fmt.Fprintf(&b, "%9d  %s\n", f.faults[kind], kind)
	}
	return b.String()
}
