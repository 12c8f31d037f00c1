package main

import (
	"math"
	"math/bits"
	"time"
)

// Buckets of latencies: four for each doubling, from 1 µs to more than an hour.
const (
	perDoubling = 4
	buckets     = 33 * perDoubling
)

// latencies counts durations. The zero value is empty.
type latencies struct {
	counts  [buckets]int
	total   int
	longest time.Duration
}

func (l *latencies) observe(d time.Duration) {
	l.counts[bucketOf(d)]++
	l.total++
	l.longest = max(l.longest, d)
}

// quantile is the duration that the share q does not exceed: the upper end of its bucket, so up to a quarter too long, but never
// more than the longest. 0, if there are none.
func (l *latencies) quantile(q float64) time.Duration {
	rank := int(math.Ceil(q * float64(l.total)))
	for i, n := range l.counts {
		if rank -= n; rank <= 0 && n > 0 {
			return min(endOf(i), l.longest)
		}
	}
	return l.longest
}

// bucketOf finds the bucket by the position of the highest bit and the two bits behind it.
func bucketOf(d time.Duration) int {
	us := max(uint64(max(d, 0)/time.Microsecond), 1)
	high := bits.Len64(us) - 1
	return min(high*perDoubling+int(us<<2>>high)-4, buckets-1)
}

// endOf is the first duration beyond a bucket.
func endOf(bucket int) time.Duration {
	high, quarter := bucket/perDoubling, bucket%perDoubling
	return time.Duration(math.Ceil(math.Ldexp(float64(4+quarter+1)/4, high))) * time.Microsecond
}
