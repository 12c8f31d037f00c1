package run

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/delay"
	"github.com/futureio/futureio-go/benchmarks/internal/load"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
)

// The runner starts its own program again as a worker or a proxy; in a test that program is the test's.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "worker":
		kind, err := client.Find(os.Args[2])
		if err == nil {
			err = load.Serve(kind, os.Stdin, os.Stdout)
		}
		exit(err)
	case len(os.Args) == 4 && os.Args[1] == "proxy":
		d, err := time.ParseDuration(os.Args[3])
		if err != nil {
			exit(err)
		}
		p, err := delay.Listen(os.Args[2], d)
		if err != nil {
			exit(err)
		}
		fmt.Println(p.Addr())
		select {}
	}
	runtime.LockOSThread()
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// measure runs a plan against a real server, once or more.
func measure(t *testing.T, rows, clients string, opts Options) *result.Run {
	t.Helper()
	path, err := FindServer("")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	plan, err := NewPlan(rows, clients)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	opts.Server, opts.Procs, opts.Seed, opts.Log = path, runtime.GOMAXPROCS(0), 1, &log
	// What else the machine does is no matter here.
	opts.Foreign = 2
	// The kernel ends a worker with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	run, err := Run(plan, opts)
	if err != nil {
		t.Fatalf("Run = %v\n%s", err, log.String())
	}
	for cell, why := range run.Failed {
		t.Errorf("%s failed: %s", cell, why)
	}
	return run
}

func TestEveryCellOfAPlanIsMeasuredOncePerRound(t *testing.T) {
	run := measure(t, "get16@16,get16@window100,incr@4+2ms", "futureio,redigo", Options{Rounds: 2, Cell: 30 * time.Millisecond, Turn: 10 * time.Millisecond, Warmup: 10 * time.Millisecond})
	seen := map[string]int{}
	for _, s := range run.Samples {
		seen[fmt.Sprint(s.Round, s.Row, s.Client)]++
		if s.Ops <= 0 || s.Elapsed < 30*time.Millisecond || s.CPU <= 0 || s.ServerCPU <= 0 || s.ServerCommands <= 0 || s.P50 <= 0 || s.Allocs() <= 0 {
			t.Errorf("sample %+v has figures missing", s)
		}
		if strings.HasSuffix(s.Row, "ms") && s.P50 < 2*time.Millisecond {
			t.Errorf("%s by %s: p50 = %v; want at least the delay of 2 ms", s.Row, s.Client, s.P50)
		}
	}
	if len(seen) != 12 || len(run.Samples) != 12 {
		t.Errorf("%d samples of %d cells; want 12 of 12: %v", len(run.Samples), len(seen), seen)
	}
	if run.Machine.Server == "" || run.Machine.Go != runtime.Version() {
		t.Errorf("machine = %+v; want the server and the Go version", run.Machine)
	}
}

func TestEveryClientCanRunEveryCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("a process for each client")
	}
	run := measure(t, "get16@1,get1k@4,set1k@4,incr@4,mget100@4,hgetall100@4,lrange1000@4,get16@window100,pipeline100@2,tx10@4,blpop@8,poolget16@4,message200@1", "all", Options{Rounds: 1, Cell: 10 * time.Millisecond, Turn: 10 * time.Millisecond, Warmup: time.Millisecond})
	measured := map[string]int{}
	for _, s := range run.Samples {
		measured[s.Client]++
	}
	for _, k := range client.Kinds() {
		if measured[k.ID] == 0 {
			t.Errorf("%s was not measured at all", k.ID)
		}
	}
}

func TestARunEndsWhenItsTimeIsOver(t *testing.T) {
	began := time.Now()
	run := measure(t, "get16@4,incr@4", "futureio", Options{Rounds: 1000, Cell: 20 * time.Millisecond, Turn: 10 * time.Millisecond, Warmup: time.Millisecond, Limit: time.Second})
	if took := time.Since(began); len(run.Samples) == 0 || len(run.Samples) > 1000 || took > 20*time.Second {
		t.Errorf("%d samples in %v; want some, and an end soon after one second", len(run.Samples), took)
	}
}

// What the design promises of the hot path and no machine changes: allocations, and how many commands share a read. The times
// are another matter; they are in docs/benchmarks.
func TestOurClientCostsWhatIsPromised(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	run := measure(t, "get16@16,get16@128,get16@1024,set16@128,incr@128,mget100@16,hgetall100@16,lrange1000@16", client.Ours,
		Options{Rounds: 4, Cell: 100 * time.Millisecond, Turn: 50 * time.Millisecond, Lead: 20 * time.Millisecond, Warmup: 50 * time.Millisecond})
	promised := map[string]struct{ perRead, allocs, bytes float64 }{
		"get16@16": {7, 2, 96 + 16}, "get16@128": {20, 2, 96 + 16}, "get16@1024": {80, 2, 96 + 16}, "set16@128": {20, 2, 0}, "incr@128": {20, 1, 0},
		"mget100@16": {0, 102, 0}, "hgetall100@16": {0, 205, 0}, "lrange1000@16": {0, 1003, 0},
	}
	// What the commands under way at the beginning and at the end have allocated is counted with those that were answered between:
	// on a busy machine, where those are few, it is some percent too much or too little. So the best round counts.
	for row, want := range promised {
		perRead, allocs, bytes := 0.0, math.Inf(1), math.Inf(1)
		for _, s := range run.Samples {
			if s.Row == row {
				perRead, allocs, bytes = max(perRead, s.PerRead()), min(allocs, s.Allocs()), min(bytes, s.BytesPerOp())
			}
		}
		if perRead < want.perRead || allocs > want.allocs*1.02+0.05 || want.bytes > 0 && bytes > want.bytes*1.1 {
			t.Errorf("%s: %.1f commands per read, %.2f allocations, %.0f bytes; want at least %v, at most %v, %v",
				row, perRead, allocs, bytes, want.perRead, want.allocs, want.bytes)
		}
	}
}
