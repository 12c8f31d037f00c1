package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestEveryDurationFallsIntoABucketThatEndsLittleAboveIt(t *testing.T) {
	last := -1
	for _, v := range []uint64{0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 1023, 1024, 62_500, 1e6, 1e9, 1 << 40, 1<<40 + 1, math.MaxInt64} {
		b := bucketOf(v)
		if b < last {
			t.Errorf("bucketOf(%d) = %d, below the bucket %d of a smaller value", v, b, last)
		}
		last = b
		end := endOf(b)
		if end < v || float64(end-v) > float64(v)/32 {
			t.Errorf("endOf(bucketOf(%d)) = %d; want at most 1/32 above", v, end)
		}
		if next := bucketOf(end + 1); next != b+1 {
			t.Errorf("bucketOf(%d) = %d; want %d, the one behind %d's", end+1, next, b+1, v)
		}
	}
}

func TestAQuantileIsThatOfTheSortedValuesWithinOneBucket(t *testing.T) {
	var h Histogram
	var values []time.Duration
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		d := time.Duration(math.Exp(r.NormFloat64()*1.5) * 80_000)
		values = append(values, d)
		h.Record(d)
	}
	slices.Sort(values)
	counts := h.Counts()
	for range 50_000 {
		h.Record(0) // not among those any more
	}
	for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999} {
		want := values[int(q*float64(len(values)))]
		got := counts.Quantile(q)
		if got < want || got > want+want/32+1 {
			t.Errorf("Quantile(%v) = %v; want %v or up to 1/32 more", q, got, want)
		}
	}
	if got := counts.Quantile(1); got < values[len(values)-1] {
		t.Errorf("Quantile(1) = %v; want at least the largest, %v", got, values[len(values)-1])
	}
}

func TestAnEmptyHistogramHasNoQuantile(t *testing.T) {
	var h Histogram
	if got := h.Counts().Quantile(0.5); got != 0 {
		t.Errorf("Quantile of nothing = %v; want 0", got)
	}
	h.Record(time.Second)
	h.Record(-time.Second) // a clock that was set back
	if got := h.Counts().Quantile(0.4); got != 0 {
		t.Errorf("Quantile with a negative value = %v; want it counted as 0", got)
	}
}

func TestWhatWasRecordedBetweenTwoLooksIsCounted(t *testing.T) {
	var h Histogram
	h.Record(time.Second)
	var between Counts
	for range 2 {
		before := h.Counts()
		for range 3 {
			h.Record(time.Millisecond)
		}
		between.add(h.Counts(), before)
		h.Record(time.Second)
	}
	total := uint32(0)
	for _, n := range between {
		total += n
	}
	if q := between.Quantile(1); total != 6 || q > 2*time.Millisecond {
		t.Errorf("%d counted, the longest %v; want the 6 milliseconds", total, q)
	}
}
