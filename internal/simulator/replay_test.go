package simulator

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// lineName is what names a listener in the texts of errors. They are numbered through.
var lineName = regexp.MustCompile(`mem:[0-9]+`)

// A replay has the same events at the same instants, in nearly every seed. In what order they happen within one instant
// is up to the scheduler.
func TestAReplayIsAlike(t *testing.T) {
	if raceEnabled {
		t.Skip("goroutines run side by side under the race detector")
	}
	onOneProcessor(t)
	const seeds, want = 100, 85
	alike := 0
	for seed := range uint64(seeds) {
		if slices.Equal(instants(t, seed), instants(t, seed)) {
			alike++
		}
	}
	if alike < want {
		t.Errorf("%d of %d replays were alike; want %d", alike, seeds, want)
	}
}

// instants is the transcript of a seed, the lines of each instant sorted.
func instants(t *testing.T, seed uint64) []string {
	res := simulate(t, newPlan(seed), true)
	lines := strings.Split(lineName.ReplaceAllString(res.transcript, "mem"), "\n")
	slices.Sort(lines)
	return lines
}

func TestAPlanIsMadeOfItsSeedAlone(t *testing.T) {
	for seed := range uint64(200) {
		if a, b := newPlan(seed).String(), newPlan(seed).String(); a != b {
			t.Fatalf("seed %d gives\n%s\nand then\n%s", seed, a, b)
		}
	}
}

func TestShrinkLeavesWhatIsNeeded(t *testing.T) {
	p := newPlan(1)
	for seed := uint64(2); len(p.callers) < 3 || len(p.conns) < 3 || p.ending == nil; seed++ {
		p = newPlan(seed)
	}
	needed := p.callers[1].steps[1].id
	before := p.String()
	small := shrink(p, func(p *plan) bool { return strings.Contains(p.String(), needed+" ") && p.ending != nil }, time.Minute)
	if p.String() != before {
		t.Errorf("shrink changed the plan that it was given")
	}
	if len(small.callers) != 1 || len(small.callers[0].steps) != 1 || small.callers[0].steps[0].id != needed || small.ending == nil {
		t.Errorf("shrink = %v; want the step %s and the end alone", small, needed)
	}
	if n := small.parts(); n != 3 { // the end, the step, and its caller
		t.Errorf("parts = %d; want 3:\n%v", n, small)
	}
}
