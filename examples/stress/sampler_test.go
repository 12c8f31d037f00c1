package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestQuantilesAreWithinAnEighth(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(random.ExpFloat64() * float64(20*time.Millisecond))
		h.observe(d)
		all = append(all, d)
	}
	slices.Sort(all)
	var d distribution
	h.addTo(&d)
	for _, q := range []float64{0.01, 0.5, 0.99, 1} {
		exact := all[max(0, int(q*float64(len(all))+0.5)-1)]
		if got := d.quantile(q); got < exact || got > exact+exact/8+time.Microsecond {
			t.Errorf("quantile(%v) = %v; want %v or up to an eighth more", q, got, exact)
		}
	}
	if h.largest() != all[len(all)-1] {
		t.Errorf("largest = %v; want %v", h.largest(), all[len(all)-1])
	}
	h.observe(90 * time.Minute)
	var later distribution
	h.addTo(&later)
	recent := later.since(&d)
	if got := recent.quantile(0.5); got < 20*time.Minute {
		t.Errorf("the quantile since = %v; want that of the last duration alone", got)
	}
	if got := new(distribution).quantile(0.5); got != 0 {
		t.Errorf("the quantile of nothing = %v; want 0", got)
	}
}

func TestEveryDurationLiesBelowTheEndOfItsBucket(t *testing.T) {
	for us := range 100_000 {
		d := time.Duration(us) * time.Microsecond
		i := bucketOf(d)
		if d >= bucketEnd(i) || i > 0 && d < bucketEnd(i-1) {
			t.Fatalf("%v is in the bucket from %v to %v", d, bucketEnd(i-1), bucketEnd(i))
		}
	}
}

func TestWhatGrowsIsNotFlat(t *testing.T) {
	series := func(heap, goroutines func(i int) float64) (list []sample) {
		for i := range 300 {
			list = append(list, sample{heap: heap(i), goroutines: goroutines(i)})
		}
		return list
	}
	level := func(v float64) func(int) float64 { return func(int) float64 { return v } }
	for name, x := range map[string]struct {
		samples []sample
		faults  int
	}{
		"flat":                 {series(level(20<<20), level(100)), 0},
		"a peak":               {series(func(i int) float64 { return float64(20<<20 + i%10/9*(100<<20)) }, level(100)), 0},
		"a slow start":         {series(func(i int) float64 { return float64(min(i, 10) << 20) }, level(100)), 0},
		"a leak of memory":     {series(func(i int) float64 { return float64(20<<20 + i<<17) }, level(100)), 1},
		"a leak of goroutines": {series(level(20<<20), func(i int) float64 { return float64(100 + i/10) }), 1},
		"too short to tell":    {series(func(i int) float64 { return float64(i << 30) }, level(1))[:10], 0},
	} {
		if faults := flatnessOf(x.samples).faults(); len(faults) != x.faults {
			t.Errorf("%s: faults = %q; want %d", name, faults, x.faults)
		}
	}
}

func TestAPlotIsWellFormedAndMarksTheFaults(t *testing.T) {
	p := plot{title: "A <title> & more", span: 10 * time.Second,
		faults: []fault{{faultKill, time.Second, time.Second, "a<b"}, {faultPause, 2 * time.Second, 4 * time.Second, "SIGSTOP"}, {faultRestart, 5 * time.Second, 6 * time.Second, ""}},
		panels: []panel{
			{title: "linear", label: thousands, curves: []curve{{"one", blue, []point{{0, 0}, {time.Second, 123_456}}}}},
			{title: "logarithmic", log: true, label: secondsLabel, curves: []curve{
				{"p50", blue, []point{{0, 0.001}, {time.Second, 0}, {2 * time.Second, 3}}}, {"p99", purple, nil}}},
			{title: "empty", label: thousands},
		}}
	var b bytes.Buffer
	if err := p.write(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text)
		}
	}
	for _, want := range []string{"A &lt;title&gt; &amp; more", ">150k<", ">1 ms<", ">10 s<", "connection killed (1)", "pause at 0:02: SIGSTOP", "restart at 0:05", ">0:10<"} {
		if !strings.Contains(text, want) {
			t.Errorf("the plot has no %q", want)
		}
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
		t.Errorf("the plot has numbers that are none:\n%s", text)
	}
	// One line at the start of each fault, in each panel.
	for kind, style := range faultStyles {
		if n := strings.Count(text, `stroke="`+style.color+`" stroke-width="`) - 1; n != len(p.panels) { // one in the legend
			t.Errorf("%s is marked %d times; want %d", faultNames[kind], n, len(p.panels))
		}
	}
}
