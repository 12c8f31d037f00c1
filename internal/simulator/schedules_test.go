package simulator

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	schedules = 10_000 // of a plain run: the seeds from 1 to this
	least     = 100    // that a run cut short by its time has to have played

	replays     = 100              // of a single seed, until it fails
	mostFailing = 3                // seeds, after which a run ends
	stuck       = time.Minute      // of real time, in one schedule
	shrinkTime  = 15 * time.Second // of real time
	gcEvery     = 50               // schedules
)

// TestSchedules plays schedules of faults. Environment:
//
//	SIM_SEED=n         only this one, until it fails (100 times at most), and shows what happens
//	SIM_SEEDS=from-to  these
//	SIM_DURATION=10m   as many as fit, from a seed on that is taken from the clock, or from the first of SIM_SEEDS
//
// Laws G1, G2, G3, G4, G6, G7, G9. Behaviours D1, D5, C4, Q1, Q2.
func TestSchedules(t *testing.T) {
	onOneProcessor(t)
	if text := os.Getenv("SIM_SEED"); text != "" {
		replay(t, parseSeed(t, text))
		return
	}
	from, to, limit := extent(t)
	var total figures
	var playing atomic.Uint64
	guard := time.AfterFunc(stuck, func() { abandon(playing.Load()) })
	defer guard.Stop()
	began, failing := time.Now(), 0
	for seed := from; seed <= to && failing < mostFailing && (limit == 0 || time.Since(began) < limit); seed++ {
		playing.Store(seed)
		guard.Reset(stuck)
		res := simulate(t, newPlan(seed), false)
		total.add(res.figures)
		if len(res.failures) > 0 {
			failing++
			t.Errorf("seed %d:\n\t%s\nafter %v. See it happen:\n\t%s", seed, strings.Join(res.failures, "\n\t"), time.Since(began), commandLine(seed))
		}
		if total.schedules%gcEvery == 0 {
			runtime.GC()
		}
	}
	took := time.Since(began)
	t.Logf("seeds %d to %d: %vin %v of real time, %.0f schedules per second", from, from+uint64(total.schedules)-1, total, took.Round(time.Millisecond), float64(total.schedules)/took.Seconds())
	if total.schedules < least && total.schedules < int(to-from)+1 && failing == 0 {
		t.Errorf("only %d schedules in %v; want %d at least", total.schedules, took, least)
	}
	if total.schedules >= schedules/2 && failing == 0 {
		total.coverEverything(t)
	}
}

// extent tells which seeds to play, and for how long at most (0: for as long as it takes).
func extent(t *testing.T) (from, to uint64, limit time.Duration) {
	from, to = 1, schedules
	if text := os.Getenv("SIM_DURATION"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			t.Fatalf("SIM_DURATION=%s; want a duration like 10m", text)
		}
		from, to, limit = uint64(time.Now().UnixMicro()), 1<<63, d
	} else if raceEnabled || testing.Short() {
		limit = 15 * time.Second
		if testing.Short() {
			limit = 3 * time.Second
		}
	}
	if text := os.Getenv("SIM_SEEDS"); text != "" {
		first, last, _ := strings.Cut(text, "-")
		from = parseSeed(t, first)
		if limit == 0 || os.Getenv("SIM_DURATION") == "" {
			to, limit = parseSeed(t, last), 0
		}
		if to < from {
			t.Fatalf("SIM_SEEDS=%s; want from-to", text)
		}
	}
	return from, to, limit
}

func parseSeed(t *testing.T, text string) uint64 {
	seed, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		t.Fatalf("%q is no seed", text)
	}
	return seed
}

func commandLine(seed uint64) string {
	race := ""
	if raceEnabled {
		race = "-race "
	}
	return fmt.Sprintf("SIM_SEED=%d go test %s./internal/simulator -run TestSchedules -v", seed, race)
}

// onOneProcessor makes schedules repeatable, as far as that goes: goroutines take turns, and the collector, which would
// disturb their turns, runs between schedules. Under the race detector they run side by side: there it is about races.
func onOneProcessor(t *testing.T) {
	if raceEnabled {
		return
	}
	procs, percent := runtime.GOMAXPROCS(1), debug.SetGCPercent(-1)
	t.Cleanup(func() {
		runtime.GOMAXPROCS(procs)
		debug.SetGCPercent(percent)
	})
}

// abandon ends the test when a schedule uses up real time: virtual time stands still, so no limit of its own ends it.
func abandon(seed uint64) {
	buf := make([]byte, 4<<20)
	fmt.Fprintf(os.Stderr, "seed %d does not end within %v of real time. See it happen:\n\t%s\n\n%s\n", seed, stuck, commandLine(seed), buf[:runtime.Stack(buf, true)])
	os.Exit(2)
}

// replay plays one seed until it fails, and shows the plan and what happened, and then the smallest plan that fails.
func replay(t *testing.T, seed uint64) {
	p := newPlan(seed)
	t.Logf("the plan\n%v", p)
	res, tries := playUntilItFails(t, p, replays)
	t.Logf("what happened\n%s", res.transcript)
	if len(res.failures) == 0 {
		t.Logf("seed %d passed %d times", seed, tries)
		return
	}
	failed := 1
	for range replays - tries {
		if len(simulate(t, p, false).failures) > 0 {
			failed++
		}
	}
	small := shrink(p, func(p *plan) bool {
		res, _ := playUntilItFails(t, p, 5)
		return len(res.failures) > 0
	}, shrinkTime)
	least, _ := playUntilItFails(t, small, replays)
	t.Logf("less is enough\n%v\n%s", small, least.transcript)
	t.Errorf("seed %d failed %d times of %d, first at try %d:\n\t%s", seed, failed, replays, tries, strings.Join(res.failures, "\n\t"))
}

func playUntilItFails(t *testing.T, p *plan, most int) (res result, tries int) {
	for tries = range most {
		if res = simulate(t, p, true); len(res.failures) > 0 {
			return res, tries + 1
		}
	}
	return res, most
}

// coverEverything fails the test when something that plans can hold has never happened.
func (f *figures) coverEverything(t *testing.T) {
	for _, kind := range []fault{
		cutWrite, cutRead, slowWrite, shortReads, stallUp, stallDown, blackHole, resetLine, closeLine, halfClose,
		drop, dropReset, die, garbage, shape, deny, slow, slowStart, silent, drip, push,
		helloRefused, helloLoading, helloFull, helloGarbage, helloSilent, helloDrop, helloSlow,
		dialRefused, dialHangs, paused, away,
	} {
		if f.faults[kind] == 0 {
			t.Errorf("no schedule had the fault %q; want some", kind)
		}
	}
	for v, n := range f.verdicts {
		if n == 0 {
			t.Errorf("no command had verdict %d; want some", v)
		}
	}
	if f.alone == 0 {
		t.Error("no caller was alone; want some")
	}
	if f.served == 0 {
		t.Error("no reader wrote for those whom it had woken; want some")
	}
	if f.resent == 0 {
		t.Error("no command was cut while being written and went out again; want some")
	}
}
