// Package report makes tables and charts of a run: for people, from its results alone.
package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Write puts results.md and the charts of a run into a folder, and its summary between the markers of readme, if that is not "".
func Write(run *result.Run, dir, readme string) error {
	var text bytes.Buffer
	if err := Markdown(&text, run); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.md"), text.Bytes(), 0o644); err != nil {
		return err
	}
	t := arrange(run)
	for _, c := range t.charts() {
		if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.svg()), 0o644); err != nil {
			return err
		}
	}
	if readme == "" {
		return nil
	}
	return writeBetweenMarkers(readme, t.summary())
}

// Markdown writes the report of a run as text.
func Markdown(out io.Writer, run *result.Run) error {
	t := arrange(run)
	var w strings.Builder
	t.writeHead(&w)
	t.writeGates(&w)
	for _, c := range t.charts() {
		fmt.Fprintf(&w, "\n![%s](%s)\n", c.title, c.file)
	}
	for _, row := range t.rows {
		t.writeRow(&w, row)
	}
	_, err := io.WriteString(out, w.String())
	return err
}

func (t *table) writeHead(w *strings.Builder) {
	m := t.run.Machine
	fmt.Fprintf(w, "# Results\n\nWritten by `bench`; not by hand. How to read it: [README.md](README.md).\n\n")
	fmt.Fprintf(w, "%s, commit %s: `%s`\n\n", t.run.Date.Format("2006-01-02 15:04 MST"), t.run.Commit, t.run.Command)
	network := "in the machine's network"
	if m.Apart {
		network = "in a network of their own"
	}
	fmt.Fprintf(w, "%s, %d CPUs, %s memory, %s; %s, GOMAXPROCS %d, %d MiB of other live heap; %s; %s, TCP by %s.\n",
		m.CPU, m.CPUs, m.Memory, m.Kernel, m.Go, m.Procs, m.Heap, m.Server, network, m.Congestion)
	var versions []string
	for _, path := range sortedKeys(t.run.Modules) {
		versions = append(versions, strings.TrimPrefix(path, "github.com/")+" "+t.run.Modules[path])
	}
	fmt.Fprintf(w, "%s. Seed %d.\n", strings.Join(versions, ", "), t.run.Seed)
	disturbed := 0
	for _, s := range t.run.Samples {
		if s.Disturbed {
			disturbed++
		}
	}
	fmt.Fprintf(w, "\n%d cells of %v in turns of %v; in %d of them other processes used the CPU, in all tries.\n", len(t.run.Samples), t.run.Cell, t.run.Turn, disturbed)
	for _, cell := range sortedKeys(t.run.Failed) {
		fmt.Fprintf(w, "Not measured: %s: %s.\n", cell, t.run.Failed[cell])
	}
}

func (t *table) writeGates(w *strings.Builder) {
	var musts, aims, measured int
	var lines strings.Builder
	for _, v := range t.verdicts() {
		if v.Ratio.Count == 0 {
			continue
		}
		measured++
		says := "**missed**"
		if v.must() {
			musts, says = musts+1, "holds"
		}
		if v.aim() {
			aims, says = aims+1, "aim reached"
		}
		peer, err := client.Find(v.Peer)
		if err != nil {
			peer.Label = v.Peer
		}
		fmt.Fprintf(&lines, "| %s | %s | %s | %s | %.2f | %.2f–%.2f | %s | %s | %s |\n", t.title(v.Row), peer.Label, v.Metric, rounds(v.Ratio),
			v.Ratio.Median, v.Ratio.Low, v.Ratio.High, limit(v, v.Must), limit(v, v.Aim), says)
	}
	if measured == 0 {
		return
	}
	fmt.Fprintf(w, "\n## Gates\n\nOurs divided by the peer's, within each round: median and extremes. %d of %d hold, %d reach the aim.\n\n", musts, measured, aims)
	w.WriteString("| row | peer | of | rounds | ratio | from–to | must | aim | |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | --- |\n")
	w.WriteString(lines.String())
}

func rounds(s Spread) string { return fmt.Sprint(s.Count) }

func limit(v verdict, value float64) string {
	if v.Passes(value+1, value) {
		return fmt.Sprintf("≥ %g", value)
	}
	return fmt.Sprintf("≤ %g", value)
}

func (t *table) title(id string) string {
	row, err := workload.Parse(id)
	if err != nil {
		return id
	}
	return row.What() + ", " + row.How()
}

func (t *table) writeRow(w *strings.Builder, row workload.Row) {
	id := row.ID()
	best := ""
	for _, k := range t.clients(id) {
		if !k.Tool && (best == "" || t.of(id, k.ID, result.Sample.Rate).Median > t.of(id, best, result.Sample.Rate).Median) {
			best = k.ID
		}
	}
	fmt.Fprintf(w, "\n## %s: %s\n\n", row.What(), row.How())
	if best != client.Ours && best != "" {
		winner, _ := client.Find(best)
		fmt.Fprintf(w, "%s is the fastest client here.\n\n", winner.Label)
	}
	w.WriteString("| client | ops/s | from–to | ours ÷ it | from–to | commands per read | client CPU µs | server CPU µs | allocs | bytes | p50 | p99 |\n")
	w.WriteString("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, k := range t.clients(id) {
		of := func(figure func(result.Sample) float64) float64 { return t.of(id, k.ID, figure).Median }
		rate := t.of(id, k.ID, result.Sample.Rate)
		ratio, spread := "", ""
		if k.ID != client.Ours {
			if r := t.ratio(id, k.ID, result.Sample.Rate); r.Count > 0 {
				ratio, spread = fmt.Sprintf("%.2f", r.Median), fmt.Sprintf("%.2f–%.2f", r.Low, r.High)
			}
		}
		allocs, bytes := fmt.Sprintf("%.1f", of(result.Sample.Allocs)), fmt.Sprintf("%.0f", of(result.Sample.BytesPerOp))
		if k.Tool {
			allocs, bytes = "", ""
		}
		name := k.Label
		if k.ID == best {
			name = "**" + name + "**"
		}
		fmt.Fprintf(w, "| %s | %s | %s–%s | %s | %s | %s | %.2f | %.2f | %s | %s | %s | %s |\n", name, thousands(rate.Median), thousands(rate.Low), thousands(rate.High),
			ratio, spread, optional("%.1f", of(result.Sample.PerRead)), of(result.Sample.CPUPerOp), of(result.Sample.ServerCPUPerOp), allocs, bytes,
			latency(of(func(s result.Sample) float64 { return float64(s.P50) })), latency(of(func(s result.Sample) float64 { return float64(s.P99) })))
	}
}

// thousands writes 783412 as 783 412, in the precision that the measurement has.
func thousands(v float64) string {
	n := int64(v + 0.5)
	if n < 1000 {
		return fmt.Sprint(n)
	}
	text := fmt.Sprint(n % 1000)
	return thousands(float64(n/1000)) + " " + strings.Repeat("0", 3-len(text)) + text
}

func optional(format string, v float64) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf(format, v)
}

func latency(ns float64) string {
	switch {
	case ns == 0:
		return ""
	case ns < 1e6:
		return fmt.Sprintf("%.0f µs", ns/1e3)
	}
	return fmt.Sprintf("%.2f ms", time.Duration(ns).Seconds()*1e3)
}
