package result

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/load"
)

func TestARunIsReadBackAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	run := &Run{
		Date: time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC), Commit: "abc+", Command: "bench", Cell: time.Second, Seed: 1 << 63,
		Machine: Machine{CPU: "x", CPUs: 2, Heap: 64}, Modules: map[string]string{"a": "v1"}, Failed: map[string]string{"b": "c"},
		Samples: []Sample{
			{Round: 1, Row: "get16@1", Client: "futureio", Measure: load.Measure{Ops: 3, Elapsed: 4, CPU: 5, Mallocs: 6, Bytes: 7, GCs: 8, P50: 9, P99: 10}, ServerReads: 11, Foreign: 0.5, Tries: 3, Disturbed: true},
			{Round: 2, Row: "get16@1", Client: "futureio"},
		},
	}
	if err := run.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil || !reflect.DeepEqual(got, run) {
		t.Errorf("Read = %+v, %v; want %+v", got, err, run)
	}
	raw, err := os.ReadFile(path)
	if lines := strings.Count(string(raw), "\n"); err != nil || lines != 3 {
		t.Errorf("the file has %d lines, %v; want one for the run and one per sample", lines, err)
	}
}

func TestABrokenFileIsNotTakenForAShortRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(path, []byte("{\"commit\":\"abc\"}\n{\"round\":1,\"row\":\"get"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || !strings.Contains(err.Error(), "sample 1") {
		t.Errorf("Read = %v; want an error that names sample 1", err)
	}
}

func TestFiguresArePerCommand(t *testing.T) {
	s := Sample{
		Measure:   load.Measure{Ops: 1000, Elapsed: 500 * time.Millisecond, CPU: 2 * time.Millisecond, Mallocs: 2000, Bytes: 96_000},
		ServerCPU: 3 * time.Millisecond, ServerCommands: 1500, ServerReads: 50,
	}
	for name, c := range map[string][2]float64{
		"Rate": {s.Rate(), 2000}, "CPUPerOp": {s.CPUPerOp(), 2}, "ServerCPUPerOp": {s.ServerCPUPerOp(), 2},
		"PerRead": {s.PerRead(), 30}, "Allocs": {s.Allocs(), 2}, "BytesPerOp": {s.BytesPerOp(), 96},
		"PerRead of a server that does not count": {Sample{ServerCommands: 5}.PerRead(), 0},
	} {
		if c[0] != c[1] {
			t.Errorf("%s = %v; want %v", name, c[0], c[1])
		}
	}
}
