package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/load"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample is a cell of one second in which ops commands were done.
func sample(round int, row, client string, ops int64, cpu time.Duration) result.Sample {
	return result.Sample{
		Round: round, Row: row, Client: client, Tries: 1,
		Measure: load.Measure{
			Ops: ops, Elapsed: time.Second, CPU: cpu, Mallocs: uint64(2 * ops), Bytes: uint64(96 * ops),
			P50: 87 * time.Microsecond, P99: 1340 * time.Microsecond,
		},
		ServerCPU: 500 * time.Millisecond, ServerCommands: ops, ServerReads: ops / 40,
	}
}

// threeRounds is a run in which the machine was slower from round to round, in equal measure for all.
func threeRounds() *result.Run {
	run := &result.Run{
		Date: time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC), Commit: "0123456789ab", Command: "bench -rows core", Cell: time.Second, Turn: 50 * time.Millisecond, Seed: 7,
		Machine: result.Machine{CPU: "Some CPU", CPUs: 2, Memory: "8 kB", Kernel: "Linux 6", Go: "go1.26", Procs: 2, Heap: 64, Server: "Redis 8.0.2", Congestion: "cubic", Apart: true},
		Modules: map[string]string{"github.com/redis/rueidis": "v1.0.79", "github.com/gomodule/redigo": "v1.9.3"},
		Failed:  map[string]string{"get16@128 radix": "connection refused"},
	}
	for round, pace := range []int64{100, 60, 50} {
		run.Samples = append(run.Samples,
			sample(round+1, "get16@128", "futureio", 8000*pace, time.Second),
			sample(round+1, "get16@128", "rueidis-1", 2000*pace, time.Second),
			sample(round+1, "get16@128", "redis-benchmark", 900*pace, time.Second),
			sample(round+1, "get16@1", "rueidis-after", 200*pace, 500*time.Millisecond),
			sample(round+1, "get16@1", "futureio", 150*pace, 500*time.Millisecond),
			sample(round+1, "incr@128", "futureio", 8000*pace, time.Second),
		)
	}
	disturbed := sample(1, "incr@128", "goredis", 70_000, time.Second)
	disturbed.Disturbed, disturbed.Foreign, disturbed.Tries = true, 0.2, 3
	run.Samples = append(run.Samples, disturbed)
	return run
}

func TestAMedianIsTheMiddleOrBetweenTheTwoInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   Spread
	}{
		{nil, Spread{}},
		{[]float64{3}, Spread{3, 3, 3, 1}},
		{[]float64{9, 1}, Spread{5, 1, 9, 2}},
		{[]float64{9, 1, 2}, Spread{2, 1, 9, 3}},
		{[]float64{4, 1, 3, 2}, Spread{2.5, 1, 4, 4}},
	} {
		if got := spreadOf(c.values); got != c.want {
			t.Errorf("spreadOf(%v) = %+v; want %+v", c.values, got, c.want)
		}
	}
}

func TestRatiosAreTakenWithinARound(t *testing.T) {
	table := arrange(threeRounds())
	if got, want := table.ratio("get16@128", "rueidis-1", result.Sample.Rate), (Spread{4, 4, 4, 3}); got != want {
		t.Errorf("ratio = %+v; want %+v: the pace of a round falls out", got, want)
	}
	if got := table.ratio("incr@128", "goredis", result.Sample.Rate).Count; got != 1 {
		t.Errorf("ratio to a peer measured once has %d rounds; want 1", got)
	}
	if got := table.ratio("get16@128", "redigo", result.Sample.Rate); got != (Spread{}) {
		t.Errorf("ratio to a peer that was not measured = %+v; want none", got)
	}
}

func TestADisturbedRoundCountsOnlyWhereThereIsNoOther(t *testing.T) {
	run := threeRounds()
	slow := sample(4, "get16@128", "futureio", 1000, time.Second)
	slow.Disturbed = true
	run.Samples = append(run.Samples, slow, sample(4, "get16@128", "rueidis-1", 200_000, time.Second))
	table := arrange(run)
	if got, want := table.ratio("get16@128", "rueidis-1", result.Sample.Rate), (Spread{4, 4, 4, 3}); got != want {
		t.Errorf("ratio = %+v; want %+v", got, want)
	}
	if got := table.of("get16@128", "futureio", result.Sample.Rate); got.Count != 3 || got.Low != 400_000 {
		t.Errorf("rate = %+v; want the three undisturbed rounds", got)
	}
	if got := table.of("incr@128", "goredis", result.Sample.Rate); got.Count != 1 {
		t.Errorf("rate of a cell that was always disturbed = %+v; want it all the same", got)
	}
}

func TestAGateIsJudgedByTheMedian(t *testing.T) {
	judged := 0
	for _, v := range arrange(threeRounds()).verdicts() {
		if v.Ratio.Count == 0 {
			if v.must() || v.aim() {
				t.Errorf("%s against %s passes without being measured", v.Row, v.Peer)
			}
			continue
		}
		judged++
		wantMust, wantAim := true, false
		switch {
		case v.Row == "get16@128" && v.Metric == "client CPU per op": // 0.25 of at most 0.4, aim 0.25
			wantAim = true
		case v.Row == "get16@1": // 0.75 of at least 0.85
			wantMust = false
		case v.Row == "incr@128": // 11.4 of at least 10, aim 15
		}
		if v.must() != wantMust || v.aim() != wantAim {
			t.Errorf("%s of %s against %s: ratio %v, must %v, aim %v; want %v, %v", v.Metric, v.Row, v.Peer, v.Ratio.Median, v.must(), v.aim(), wantMust, wantAim)
		}
	}
	if judged != 4 {
		t.Errorf("%d gates were judged; want 4", judged)
	}
}

func TestTheReportIsAsRecorded(t *testing.T) {
	dir := t.TempDir()
	readme := filepath.Join(dir, "README.md")
	write(t, readme, "# Title\n\n"+beginMarker+"\nold\n"+endMarker+"\n\nThe end.\n")
	if err := Write(threeRounds(), dir, readme); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"results.md", "get.svg", "cpu.svg", "commands.svg", "README.md"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			write(t, golden, string(got))
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs from %s (%v); look at the difference and run the test with -update", name, golden, err)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAChartIsWellFormedAndEveryBarFitsIn(t *testing.T) {
	charts := arrange(threeRounds()).charts()
	if len(charts) != 3 {
		t.Fatalf("%d charts; want 3: the network was not measured", len(charts))
	}
	for _, c := range charts {
		decoder := xml.NewDecoder(strings.NewReader(c.svg()))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", c.file, err)
			}
		}
		for _, p := range c.panels {
			if last := p.bars[len(p.bars)-1]; c.file == "get.svg" && p.title == "GET 16 B, 128 callers" && last.kind != toolBar {
				t.Errorf("%s: the last bar of %s is %s; want redis-benchmark", c.file, p.title, last.label)
			}
		}
	}
}

func TestAFileWithoutMarkersIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	for _, content := range []string{"nothing", beginMarker, endMarker + beginMarker} {
		write(t, path, content)
		if err := writeBetweenMarkers(path, "new"); err == nil {
			t.Errorf("writeBetweenMarkers into %q = nil; want an error", content)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != content {
			t.Errorf("the file is %q now, %v; want %q", got, err, content)
		}
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 999: "999", 1000: "1 000", 1_095_891: "1 095 891", 12_007: "12 007"} {
		if got := thousands(v); got != want {
			t.Errorf("thousands(%v) = %q; want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "", 87_400: "87 µs", 1_340_000: "1.34 ms"} {
		if got := latency(v); got != want {
			t.Errorf("latency(%v) = %q; want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{15_327: "15.3 k", 1_095_891: "1096 k"} {
		if got := kilo(v); got != want {
			t.Errorf("kilo(%v) = %q; want %q", v, got, want)
		}
	}
}
