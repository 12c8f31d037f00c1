package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync"
	"time"
)

// sample is what was measured at one moment, and since the one before.
type sample struct {
	at         time.Duration // since the beginning of the load
	operations float64       // commands with a reply per second
	errors     float64       // commands that failed per second
	inFlight   int64         // issued and not settled
	p50, p99   time.Duration // from issue to reply; 0: there was no reply
	heap       float64       // bytes that were live at the last garbage collection
	goroutines float64
}

// sampler measures the run at even intervals.
type sampler struct {
	tallies []*tally
	start   time.Time
	every   time.Duration

	mu      sync.Mutex
	samples []sample // guarded by mu
}

// newSampler makes about 300 samples of a run, ten per second at most.
func newSampler(tallies []*tally, duration time.Duration) *sampler {
	every := max(duration/300, 100*time.Millisecond)
	return &sampler{tallies: tallies, every: every, samples: make([]sample, 0, duration/every+64)}
}

// run samples until ctx ends.
func (s *sampler) run(ctx context.Context) {
	ticker := time.NewTicker(s.every)
	defer ticker.Stop()
	var acked, failed int64
	var seen distribution
	last := s.start
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := time.Now()
		seconds := now.Sub(last).Seconds()
		if seconds <= 0 {
			continue
		}
		next := sample{at: now.Sub(s.start), heap: liveHeap(), goroutines: float64(runtime.NumGoroutine())}
		var nowAcked, nowFailed int64
		var all distribution
		for _, t := range s.tallies {
			nowAcked += t.acked.Load()
			for _, n := range t.failures() {
				nowFailed += n
			}
			next.inFlight += t.issued.Load() - t.settled.Load()
			t.latency.addTo(&all)
		}
		next.operations = float64(nowAcked-acked) / seconds
		next.errors = float64(nowFailed-failed) / seconds
		recent := all.since(&seen)
		next.p50, next.p99 = recent.quantile(0.5), recent.quantile(0.99)
		acked, failed, seen, last = nowAcked, nowFailed, all, now
		s.mu.Lock()
		s.samples = append(s.samples, next)
		s.mu.Unlock()
	}
}

// last is the latest sample.
func (s *sampler) last() sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.samples) == 0 {
		return sample{}
	}
	return s.samples[len(s.samples)-1]
}

func (s *sampler) all() []sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.samples)
}

// liveHeap is what the last garbage collection left over, in bytes: other than the size of the heap it does not depend on
// how long ago that was.
func liveHeap() float64 {
	read := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(read)
	return float64(read[0].Value.Uint64())
}

// settledHeap is liveHeap after garbage collections that also empty the pools of package sync.
func settledHeap() float64 {
	for range 3 {
		runtime.GC()
	}
	return liveHeap()
}

// What counts as flat: the median of the last fifth of the run may be above that of the first fifth by so much. What is in
// flight, and so the heap, differs from one moment to the next; what grows by a leak of one command in a thousand is far
// beyond it after a minute.
const (
	heapGrowth      = 0.5     // of the first
	heapSlack       = 8 << 20 // bytes
	goroutineSlack  = 8
	closedHeapSlack = 8 << 20 // bytes; after Close above the heap before the clients were made
	fewestSamples   = 20
)

// flatness compares the end of a run with its beginning.
type flatness struct {
	heapFirst, heapLast             float64
	goroutinesFirst, goroutinesLast float64
	fewSamples                      bool // the run was too short to tell
}

func flatnessOf(samples []sample) flatness {
	samples = samples[len(samples)/20:] // the first of them are of a program that is still starting
	if len(samples) < fewestSamples {
		return flatness{fewSamples: true}
	}
	fifth := len(samples) / 5
	first, last := samples[:fifth], samples[len(samples)-fifth:]
	heap := func(s sample) float64 { return s.heap }
	goroutines := func(s sample) float64 { return s.goroutines }
	return flatness{
		heapFirst: median(first, heap), heapLast: median(last, heap),
		goroutinesFirst: median(first, goroutines), goroutinesLast: median(last, goroutines),
	}
}

// faults tells what has grown.
func (f flatness) faults() (list []string) {
	if f.heapLast > f.heapFirst*(1+heapGrowth)+heapSlack {
		list = append(list, fmt.Sprintf("the heap has grown from %.1f MiB in the first fifth of the run to %.1f MiB in the last", mebi(f.heapFirst), mebi(f.heapLast)))
	}
	if f.goroutinesLast > f.goroutinesFirst+goroutineSlack {
		list = append(list, fmt.Sprintf("the goroutines have grown from %.0f in the first fifth of the run to %.0f in the last", f.goroutinesFirst, f.goroutinesLast))
	}
	return list
}

func mebi(bytes float64) float64 { return bytes / (1 << 20) }

func median[T any, V cmp.Ordered](list []T, of func(T) V) V {
	values := make([]V, 0, len(list))
	for _, x := range list {
		values = append(values, of(x))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
