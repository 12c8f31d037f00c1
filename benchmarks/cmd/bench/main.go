// Command bench measures this project's client beside its peers against one real server, and writes what it found.
//
//	bench                             the rows that have gates, five rounds, about 15 minutes
//	bench -rows core -rounds 2        a first look
//	bench -rows get16@128 -clients futureio,rueidis-1 -cell 1s -out ""
//	bench -report                     the report again, from the results of the last run
//	bench -list                       what can be selected
//
// It needs Linux, and a machine on which nothing else happens.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/delay"
	"github.com/futureio/futureio-go/benchmarks/internal/load"
	"github.com/futureio/futureio-go/benchmarks/internal/network"
	"github.com/futureio/futureio-go/benchmarks/internal/report"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
	"github.com/futureio/futureio-go/benchmarks/internal/run"
)

func main() {
	// The kernel ends the workers when the thread that started them ends: keep it.
	runtime.LockOSThread()
	var err error
	switch {
	case len(os.Args) == 4 && os.Args[1] == "worker":
		err = work(os.Args[2], os.Args[3])
	case len(os.Args) == 4 && os.Args[1] == "proxy":
		err = forward(os.Args[2], os.Args[3])
	case len(os.Args) > 1 && os.Args[1] == "apart":
		if err = network.Prepare(); err == nil {
			err = bench(os.Args[2:], true)
		}
	default:
		err = bench(os.Args[1:], false)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are the command line's.
type settings struct {
	rows, clients, server string
	out, readme           string
	network               string
	opts                  run.Options
	reportOnly, list      bool
}

func parse(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&s.rows, "rows", "gates", "what is measured: gates, core, all, or IDs such as get16@128,get16@window1000,get16@128+5ms")
	flags.StringVar(&s.clients, "clients", "field", "who is measured: gates (ours and whom the gates name), field (the same, and everybody in the rows of the charts), all, or IDs")
	flags.StringVar(&s.server, "server", "", "path, family (valkey), or version under .servers (valkey-9.1); default: redis-server on PATH, else the newest Redis under .servers")
	flags.StringVar(&s.network, "network", "own", "own: a network namespace with Linux's default congestion control, where that is allowed; or machine: as this machine is set")
	flags.StringVar(&s.out, "out", "docs/benchmarks", "folder for results.json, results.md and the charts; \"\" prints the tables and writes nothing")
	flags.StringVar(&s.readme, "readme", "", "file whose part between the markers of the benchmarks is written anew")
	flags.IntVar(&s.opts.Rounds, "rounds", 5, "how often each row is measured")
	flags.DurationVar(&s.opts.Cell, "cell", 300*time.Millisecond, "how long each client is measured in a row and round")
	flags.DurationVar(&s.opts.Turn, "turn", 150*time.Millisecond, "how long of that at a time, taking turns with the other clients")
	flags.DurationVar(&s.opts.Lead, "lead", 100*time.Millisecond, "the load at the beginning of each turn that is not measured")
	flags.DurationVar(&s.opts.Warmup, "warmup", 100*time.Millisecond, "the load before the first turn")
	flags.DurationVar(&s.opts.Limit, "for", 18*time.Minute, "the run ends before that, with the rounds it has; 0: no limit")
	flags.IntVar(&s.opts.Procs, "procs", runtime.NumCPU(), "GOMAXPROCS of every client")
	flags.IntVar(&s.opts.Heap, "heap", 64, "MiB of live heap in every client's process besides the client: a program around it")
	flags.Uint64Var(&s.opts.Seed, "seed", uint64(time.Now().UnixNano()), "of the random order")
	flags.Float64Var(&s.opts.Foreign, "foreign", 0.05, "share of the machine's CPU time, used by others, beyond which a cell is measured again")
	flags.BoolVar(&s.reportOnly, "report", false, "measure nothing: make the report from results.json")
	flags.BoolVar(&s.list, "list", false, "print the rows and clients")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	switch {
	case flags.NArg() > 0:
		return s, fmt.Errorf("unexpected %q", flags.Arg(0))
	case s.opts.Rounds < 1 || min(s.opts.Cell, s.opts.Turn) < 10*time.Millisecond || s.opts.Procs < 1:
		return s, errors.New("-rounds and -procs must be at least 1, -cell and -turn at least 10ms")
	case s.network != "own" && s.network != "machine":
		return s, fmt.Errorf("-network is own or machine, not %q", s.network)
	case s.reportOnly && s.out == "":
		return s, errors.New("-report needs the folder of the results: -out")
	}
	s.opts.Log = os.Stderr
	return s, nil
}

// bench does what the command line says. apart tells that it is in a network of its own by now.
func bench(args []string, apart bool) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	if s.list {
		return list(os.Stdout)
	}
	results := filepath.Join(s.out, "results.json")
	if s.reportOnly {
		r, err := result.Read(results)
		if err != nil {
			return err
		}
		return report.Write(r, s.out, s.readme)
	}
	plan, err := run.NewPlan(s.rows, s.clients)
	if err != nil {
		return err
	}
	if s.opts.Server, err = run.FindServer(s.server); err != nil {
		return err
	}
	if s.network == "own" && !apart {
		if err = network.Rerun(append([]string{"apart"}, args...)...); !errors.Is(err, network.ErrNotAllowed) {
			return err
		}
		fmt.Fprintf(os.Stderr, "bench: %v: measuring in the machine's, with congestion control %s\n", err, network.Congestion())
	}
	r, err := run.Run(plan, s.opts)
	r.Machine.Apart = apart
	r.Command, r.Commit, r.Modules = strings.Join(append([]string{"bench"}, args...), " "), run.Commit(), run.Modules()
	if err != nil && len(r.Samples) == 0 {
		return err
	}
	if s.out == "" {
		return errors.Join(err, report.Markdown(os.Stdout, r))
	}
	if wrong := os.MkdirAll(s.out, 0o755); wrong != nil {
		return errors.Join(err, wrong)
	}
	return errors.Join(err, r.Write(results), report.Write(r, s.out, s.readme))
}

func list(out io.Writer) error {
	plan, err := run.NewPlan("all", "all")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "rows:")
	for _, e := range plan {
		fmt.Fprintf(out, "  %-18s %s, %s\n", e.Row.ID(), e.Row.What(), e.Row.How())
	}
	fmt.Fprintln(out, "clients:")
	for _, k := range client.Kinds() {
		fmt.Fprintf(out, "  %-22s %s\n", k.ID, k.Options)
	}
	return nil
}

// work is the process of one client.
func work(id, heap string) error {
	kind, err := client.Find(id)
	if err != nil {
		return err
	}
	mib, err := strconv.Atoi(heap)
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(around(mib))
	runtime.UnlockOSThread()
	return load.Serve(kind, os.Stdin, os.Stdout)
}

// around makes a heap of so many MiB as a program has that has been running for a while. Without it the heap is the client alone, and the collector runs the more
// often the smaller the client's own buffers are. What the client allocates between two collections, which is as much again, has been in use before: in a fresh
// process the kernel has to be asked for every page of it, at up to half of what a command costs.
func around(mib int) (rest []byte) {
	rest = make([]byte, mib<<20)
	used := make([]byte, mib<<20)
	for i := 0; i < len(used); i += os.Getpagesize() {
		used[i] = 1
	}
	runtime.KeepAlive(used)
	runtime.GC()
	return rest
}

// forward is the process of a delaying proxy. Its parent reads the address; it ends with its parent.
func forward(target, roundTrip string) error {
	d, err := time.ParseDuration(roundTrip)
	if err != nil {
		return err
	}
	p, err := delay.Listen(target, d)
	if err != nil {
		return err
	}
	fmt.Println(p.Addr())
	select {}
}
