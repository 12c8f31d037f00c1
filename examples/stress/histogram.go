package main

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// buckets is how many a histogram has: one for each microsecond below 16, then eight for each doubling, up to about half an hour.
const buckets = 16 + 28*8

// histogram counts durations in buckets that are at most an eighth wide. The zero value is ready; it is safe for concurrent
// use.
type histogram struct {
	counts [buckets]atomic.Int64
	top    atomic.Int64 // ns
}

// distribution is what a histogram held at one moment, or between two.
type distribution [buckets]int64

func (h *histogram) observe(d time.Duration) {
	h.counts[bucketOf(d)].Add(1)
	for {
		top := h.top.Load()
		if int64(d) <= top || h.top.CompareAndSwap(top, int64(d)) {
			return
		}
	}
}

// largest is the longest duration observed.
func (h *histogram) largest() time.Duration { return time.Duration(h.top.Load()) }

func (h *histogram) addTo(d *distribution) {
	for i := range h.counts {
		d[i] += h.counts[i].Load()
	}
}

// since is what came after an earlier distribution of the same histograms.
func (d *distribution) since(earlier *distribution) distribution {
	var diff distribution
	for i := range d {
		diff[i] = d[i] - earlier[i]
	}
	return diff
}

// quantile is the duration that the share q of all does not exceed, rounded up to the end of its bucket. 0: there are none.
func (d *distribution) quantile(q float64) time.Duration {
	total := int64(0)
	for _, n := range d {
		total += n
	}
	if total == 0 {
		return 0
	}
	rank := max(1, int64(q*float64(total)+0.5))
	for i, n := range d {
		if rank -= n; rank <= 0 {
			return bucketEnd(i)
		}
	}
	return bucketEnd(buckets - 1)
}

func bucketOf(d time.Duration) int {
	us := uint64(max(0, d.Microseconds()))
	if us < 16 {
		return int(us)
	}
	exponent := bits.Len64(us) - 1 // 4 or more
	eighth := int(us>>(exponent-3)) & 7
	return min(16+(exponent-4)*8+eighth, buckets-1)
}

// bucketEnd is the first duration that belongs to the next bucket.
func bucketEnd(i int) time.Duration {
	if i < 16 {
		return time.Duration(i+1) * time.Microsecond
	}
	exponent, eighth := (i-16)/8+4, (i-16)%8
	return time.Duration((8+eighth+1)<<(exponent-3)) * time.Microsecond
}
