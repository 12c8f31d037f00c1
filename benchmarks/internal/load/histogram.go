package load

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// subBits gives 32 buckets for each power of two: a quantile is at most 3 % too high.
const subBits = 5

// Histogram counts durations in buckets that grow with them. The zero value is empty. Record is safe for concurrent use; it is
// one atomic addition, so callers record only one command of several.
type Histogram struct {
	buckets [buckets]atomic.Uint32
}

const buckets = (64 - subBits + 1) << subBits

// Counts are the durations that a Histogram had recorded at one moment.
type Counts [buckets]uint32

// Record counts one duration; a negative one counts as 0.
func (h *Histogram) Record(d time.Duration) {
	h.buckets[bucketOf(uint64(max(d, 0)))].Add(1)
}

// Counts copies what was recorded, so that all quantiles are of the same durations though others are being recorded.
func (h *Histogram) Counts() *Counts {
	var c Counts
	for i := range h.buckets {
		c[i] = h.buckets[i].Load()
	}
	return &c
}

// Quantile is the duration that the fraction q of those recorded does not exceed, rounded up to its bucket's end; 0 when
// nothing was recorded.
func (c *Counts) Quantile(q float64) time.Duration {
	total := uint64(0)
	for _, n := range c {
		total += uint64(n)
	}
	if total == 0 {
		return 0
	}
	rank := uint64(q * float64(total))
	seen := uint64(0)
	for i, n := range c {
		seen += uint64(n)
		if seen > rank || seen == total {
			return time.Duration(endOf(i))
		}
	}
	return 0
}

// add counts what was recorded between two looks at a Histogram.
func (c *Counts) add(after, before *Counts) {
	for i := range c {
		c[i] += after[i] - before[i]
	}
}

// bucketOf: values below 1<<subBits have a bucket each; above, the position of the highest bit and the subBits bits behind it
// are the bucket.
func bucketOf(v uint64) int {
	if v < 1<<subBits {
		return int(v)
	}
	shift := bits.Len64(v) - subBits - 1
	return (shift+1)<<subBits + int(v>>shift)&(1<<subBits-1)
}

// endOf is the largest value of a bucket.
func endOf(bucket int) uint64 {
	if bucket < 1<<subBits {
		return uint64(bucket)
	}
	shift := bucket>>subBits - 1
	return (uint64(1)<<subBits|uint64(bucket)&(1<<subBits-1)+1)<<shift - 1
}
