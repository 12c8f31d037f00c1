package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The colours of the curves, which differ from those of the faults also for those who do not see all colours.
const (
	blue   = "#1565c0"
	purple = "#8e24aa"
	green  = "#2e7d32"
)

// writeCharts writes the pictures of the report.
func writeCharts(dir string, samples []sample, faults []fault, span time.Duration) error {
	of := func(value func(sample) float64) []point {
		points := make([]point, 0, len(samples))
		for _, s := range samples {
			points = append(points, point{s.at, value(s)})
		}
		return points
	}
	for name, p := range map[string]plot{
		"throughput.svg": {title: "Throughput", panels: []panel{
			{title: "replies per second", label: thousands, curves: []curve{
				{"replies", blue, of(func(s sample) float64 { return s.operations })},
			}},
			{title: "failed commands per second", label: thousands, curves: []curve{
				{"failed", purple, of(func(s sample) float64 { return s.errors })},
			}},
			{title: "commands in flight", label: thousands, curves: []curve{
				{"in flight", green, of(func(s sample) float64 { return float64(s.inFlight) })},
			}},
		}},
		"latency.svg": {title: "Latency", panels: []panel{
			{title: "from the issue of a command to its reply (logarithmic)", log: true, label: secondsLabel, curves: []curve{
				{"p50", blue, of(func(s sample) float64 { return s.p50.Seconds() })},
				{"p99", purple, of(func(s sample) float64 { return s.p99.Seconds() })},
			}},
		}},
		"memory.svg": {title: "Memory and goroutines", panels: []panel{
			{title: "live heap at the last garbage collection", label: func(v float64) string { return fmt.Sprintf("%.0f MiB", v) }, curves: []curve{
				{"heap", blue, of(func(s sample) float64 { return mebi(s.heap) })},
			}},
			{title: "goroutines", label: thousands, curves: []curve{
				{"goroutines", green, of(func(s sample) float64 { return s.goroutines })},
			}},
		}},
	} {
		p.span, p.faults = span, faults
		if err := writeChart(filepath.Join(dir, name), &p); err != nil {
			return err
		}
	}
	return nil
}

func writeChart(path string, p *plot) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := p.write(file); err != nil {
		return err
	}
	return file.Close()
}

// thousands is a number as an axis shows it: 500, 20k.
func thousands(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v/1000, 'f', -1, 64) + "k"
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// secondsLabel is a duration as an axis shows it: 10 ms.
func secondsLabel(v float64) string {
	switch {
	case v >= 0.999:
		return fmt.Sprintf("%.0f s", v)
	case v >= 0.000999:
		return fmt.Sprintf("%.0f ms", v*1e3)
	}
	return fmt.Sprintf("%.0f µs", v*1e6)
}
