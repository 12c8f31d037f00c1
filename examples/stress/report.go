package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// tell writes the report, prints what matters of it, and returns the exit code.
func (k *soak) tell() int {
	faults, _, _ := k.chaos.list()
	samples := k.sampler.all()
	text := k.reportText(samples, faults)
	err := os.WriteFile(filepath.Join(k.report, "report.md"), []byte(text), 0o644)
	if err == nil {
		err = writeCharts(k.report, samples, faults, max(k.lasted, time.Second))
	}
	if dump := k.verdict.stacks(); err == nil && dump != nil {
		err = os.WriteFile(filepath.Join(k.report, "goroutines.txt"), dump, 0o644)
	}
	if err != nil {
		fmt.Fprintf(k.out, "the report could not be written: %v\n", err)
	}
	code, findings, more := k.verdict.result()
	fmt.Fprint(k.out, k.summary())
	for _, finding := range findings {
		fmt.Fprintln(k.out, "FAILED:", finding)
	}
	if more > 0 {
		fmt.Fprintf(k.out, "and %d more\n", more)
	}
	if code != exitClean {
		fmt.Fprintf(k.out, "seed %d; %s\n", k.seed, k.command())
	}
	fmt.Fprintf(k.out, "%s (exit code %d); report: %s\n", verdictNames[code], code, filepath.Join(k.report, "report.md"))
	return code
}

var verdictNames = map[int]string{exitClean: "clean", exitIntegrity: "integrity violated", exitHang: "hang"}

// summary is the run in a few lines.
func (k *soak) summary() string {
	var acked, issued, settled int64
	var failed [outcomes]int64
	var all distribution
	for _, t := range k.tallies {
		acked += t.acked.Load()
		issued += t.issued.Load()
		settled += t.settled.Load()
		t.latency.addTo(&all)
		for o, n := range t.failures() {
			failed[o] += n
		}
	}
	faults, kills, clientKills := k.chaos.list()
	counts := map[faultKind]int{}
	for _, f := range faults {
		counts[f.kind]++
	}
	flat := flatnessOf(k.sampler.all())
	text := fmt.Sprintf("%v: %d commands issued, %d settled, %d with their reply (%.0f per second); p50 %s, p99 %s\n",
		k.lasted.Round(time.Millisecond), issued, settled, acked, float64(acked)/k.lasted.Seconds(), short(all.quantile(0.5)), short(all.quantile(0.99)))
	text += fmt.Sprintf("errors: %d unknown, %d not executed, %d rejected; of no type: %d\n",
		failed[redis.Unknown], failed[redis.NotExecuted], failed[redis.Rejected], k.untyped())
	text += fmt.Sprintf("faults: %d connections killed (%d of the client), %d pauses, %d restarts; %d connections made again\n",
		kills, clientKills, counts[faultPause], counts[faultRestart], k.rig.reconnects())
	if !flat.fewSamples {
		text += fmt.Sprintf("live heap: %.1f MiB in the first fifth, %.1f MiB in the last\n", mebi(flat.heapFirst), mebi(flat.heapLast))
		text += fmt.Sprintf("goroutines: %.0f in the first fifth, %.0f in the last\n", flat.goroutinesFirst, flat.goroutinesLast)
	}
	if k.closed.goroutines > 0 { // not after a hang
		text += fmt.Sprintf("before the clients were made and after Close: %.1f and %.1f MiB, %d and %d goroutines\n",
			mebi(k.base.heap), mebi(k.closed.heap), k.base.goroutines, k.closed.goroutines)
	}
	return text
}

func (k *soak) untyped() (n int64) {
	for _, t := range k.tallies {
		for o := range t.failed[kindUntyped] {
			n += t.failed[kindUntyped][o].Load()
		}
	}
	return n
}

// reportText is the report in Markdown.
func (k *soak) reportText(samples []sample, faults []fault) string {
	var b strings.Builder
	code, findings, more := k.verdict.result()
	fmt.Fprintf(&b, "# Stress: %s\n\n%s; %s, %s/%s, %d CPUs; began %s.\n\n```\n%s\n```\n\n", verdictNames[code], k.target.name,
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), k.started.Format(time.RFC3339), k.command())
	for _, finding := range findings {
		fmt.Fprintf(&b, "- **failed**: %s\n", finding)
	}
	if more > 0 {
		fmt.Fprintf(&b, "- and %d more\n", more)
	}
	if len(findings) > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "```\n%s```\n\n", k.summary())
	if len(samples) > 1 {
		b.WriteString("![Throughput](throughput.svg)\n\n![Latency](latency.svg)\n\n![Memory and goroutines](memory.svg)\n\n")
	}
	k.writeWorkloads(&b)
	k.writeErrors(&b)
	k.writeFaultTable(&b, faults)
	if k.state != "" {
		fmt.Fprintf(&b, "## State at the hang\n\n```\n%s```\n\nThe stacks of all goroutines at that moment are in goroutines.txt.\n", k.state)
	}
	return b.String()
}

func (k *soak) writeWorkloads(b *strings.Builder) {
	b.WriteString("## Workloads\n\nLatency is from the issue of a command to its reply, without commands that block on purpose.\n\n" +
		"| workload | issued | settled | with reply | per second | unknown | not executed | rejected | p50 | p99 | longest |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, t := range k.tallies {
		var d distribution
		t.latency.addTo(&d)
		f := t.failures()
		fmt.Fprintf(b, "| %s | %d | %d | %d | %.0f | %d | %d | %d | %s | %s | %s |\n", t.name, t.issued.Load(), t.settled.Load(), t.acked.Load(),
			float64(t.acked.Load())/k.lasted.Seconds(), f[redis.Unknown], f[redis.NotExecuted], f[redis.Rejected],
			short(d.quantile(0.5)), short(d.quantile(0.99)), short(t.latency.largest()))
	}
	b.WriteString("\n")
}

func (k *soak) writeErrors(b *strings.Builder) {
	b.WriteString("## Errors\n\n| type | unknown | not executed | rejected |\n| --- | ---: | ---: | ---: |\n")
	for i := range kinds {
		var n [outcomes]int64
		for _, t := range k.tallies {
			for o := range n {
				n[o] += t.failed[i][o].Load()
			}
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d |\n", kindNames[i], n[redis.Unknown], n[redis.NotExecuted], n[redis.Rejected])
	}
	reasons, failedAttempts := k.rig.lost()
	b.WriteString("\nConnections lost, by reason: ")
	var list []string
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		list = append(list, fmt.Sprintf("%s %d", reason, reasons[reason]))
	}
	fmt.Fprintf(b, "%s. Attempts to connect that failed: %d.\n\n", cmp.Or(strings.Join(list, ", "), "none"), failedAttempts)
	if lines := k.errors.lines(); len(lines) > 0 {
		b.WriteString("The latest errors, those within 100 ms as one:\n\n```\n" + strings.Join(lines, "\n") + "\n```\n\n")
	}
}

func (k *soak) writeFaultTable(b *strings.Builder, faults []fault) {
	if len(faults) == 0 {
		return
	}
	b.WriteString("## Faults\n\nBeside the kills of connections, which the pictures show:\n\n| at | fault | took | what |\n| ---: | --- | ---: | --- |\n")
	for _, f := range faults {
		if f.kind != faultKill {
			fmt.Fprintf(b, "| %s | %s | %s | %s |\n", clock(f.from), faultNames[f.kind], short(f.to-f.from), f.note)
		}
	}
	b.WriteString("\n")
}
