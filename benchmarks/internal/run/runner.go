// Package run is the parent of a measurement: it starts the server, a process for each client and the proxies, and lets them
// measure cell after cell, in random order, round after round.
package run

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/load"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Options say how a plan is run.
type Options struct {
	Rounds  int           // each row is measured so many times
	Cell    time.Duration // the measured time of a cell
	Warmup  time.Duration // the load before it
	Limit   time.Duration // no row is started that would end later than this after the start; 0: no limit
	Server  string        // path of the program
	Procs   int           // GOMAXPROCS of every client
	Heap    int           // MiB of live heap in every client's process besides the client
	Seed    uint64        // of the order
	Foreign float64       // share of the machine's CPU time beyond which a cell is measured again
	Log     io.Writer     // progress
}

// tries is how often a disturbed cell is measured at most.
const tries = 3

// roundTrips is how many round trips of a delayed row are measured at least: callers answered in step make a cut in the midst of
// one an error of its part.
const roundTrips = 50

// Runner runs one plan.
type Runner struct {
	opts     Options
	plan     []Entry
	server   *Server
	tool     string // path of redis-benchmark
	children map[string]*child
	proxies  map[time.Duration]*proxy
	progress *progress
	run      *result.Run
}

// Run runs a plan and gives what it measured. When it fails, the run has what there is so far.
func Run(plan []Entry, opts Options) (*result.Run, error) {
	r := &Runner{
		opts: opts, plan: plan, children: map[string]*child{}, proxies: map[time.Duration]*proxy{},
		run: &result.Run{Date: time.Now().UTC().Truncate(time.Second), Cell: opts.Cell, Seed: opts.Seed, Failed: map[string]string{}},
	}
	server, err := StartServer(opts.Server)
	if err != nil {
		return r.run, err
	}
	r.server = server
	defer r.end()
	if err := r.prepare(); err != nil {
		return r.run, err
	}
	return r.run, r.rounds()
}

func (r *Runner) prepare() error {
	info, err := r.server.Info("server")
	if err != nil {
		return err
	}
	r.run.Machine = describeMachine(info, r.opts.Procs, r.opts.Heap)
	var rows []workload.Row
	cells := 0
	for _, e := range r.plan {
		rows = append(rows, e.Row)
		cells += len(e.Clients)
		for _, k := range e.Clients {
			if k.Tool && r.tool == "" {
				if r.tool, err = benchmarkProgram(r.server.Path); err != nil {
					return err
				}
			}
		}
	}
	r.progress = newProgress(r.opts.Log, r.opts.Rounds*cells, r.opts.Limit)
	return r.server.Fill(rows)
}

// rounds measures. In each round the rows come in another order, and in each row the clients: those whose ratio is taken are
// measured within seconds of each other, and none always behind the same one.
func (r *Runner) rounds() error {
	order := rand.New(rand.NewPCG(r.opts.Seed, 0))
	for round := 1; round <= r.opts.Rounds; round++ {
		for _, at := range order.Perm(len(r.plan)) {
			e := r.plan[at]
			if r.progress.late(len(e.Clients)) {
				r.progress.note("the time is over")
				return nil
			}
			for _, i := range order.Perm(len(e.Clients)) {
				r.progress.start(round, e.Row, e.Clients[i])
				if err := r.cell(round, e.Row, e.Clients[i]); err != nil {
					return err
				}
				r.progress.done()
			}
		}
	}
	r.progress.finish()
	return nil
}

// cell measures one cell until it is left in peace, and keeps its most peaceful try. A client that fails is noted; only trouble
// with the server is an error.
func (r *Runner) cell(round int, row workload.Row, kind client.Kind) error {
	var best *result.Sample
	for try := 1; try <= tries; try++ {
		s, err := r.measure(row, kind)
		if err == nil && s.Ops <= 0 {
			err = errors.New("not one command was answered in the measured time")
		}
		if err != nil {
			if _, dead := r.server.Info("server"); dead != nil {
				return fmt.Errorf("%s by %s: %w; the server: %w", row.ID(), kind.ID, err, dead)
			}
			r.run.Failed[row.ID()+" "+kind.ID] = err.Error()
			r.progress.note(fmt.Sprintf("%s by %s: %v", row.ID(), kind.ID, err))
			return nil
		}
		if best == nil || s.Foreign < best.Foreign {
			best = &s
		}
		best.Tries = try
		if best.Foreign <= r.opts.Foreign {
			break
		}
		if try < tries {
			r.awaitQuiet()
		}
	}
	best.Round, best.Row, best.Client = round, row.ID(), kind.ID
	best.Disturbed = best.Foreign > r.opts.Foreign
	if best.Disturbed {
		r.progress.note(fmt.Sprintf("%s by %s: others used %.0f %% of the CPU time", row.ID(), kind.ID, 100*best.Foreign))
	}
	r.run.Samples = append(r.run.Samples, *best)
	return nil
}

// quietLimit bounds the wait for the others to become quiet.
const quietLimit = 10 * time.Second

// awaitQuiet waits until the others leave the CPU alone: what disturbs, a compiler or a backup, goes on for longer than a cell
// takes, and would spoil the next try as well.
func (r *Runner) awaitQuiet() {
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	used, at := others(r.own(0)), time.Now()
	for giveUp := at.Add(quietLimit); at.Before(giveUp); {
		<-again.C
		before, since := used, at
		used, at = others(r.own(0)), time.Now()
		if share(used-before, at.Sub(since)) <= r.opts.Foreign {
			return
		}
	}
}

func (r *Runner) measure(row workload.Row, kind client.Kind) (result.Sample, error) {
	addr := r.server.Addr
	if row.Delay > 0 {
		p, err := r.proxy(row.Delay)
		if err != nil {
			return result.Sample{}, err
		}
		addr = p.addr
	}
	order := load.Order{
		Row: row.ID(), Addr: addr, Warmup: max(r.opts.Warmup, 4*row.Delay), Time: max(r.opts.Cell, roundTrips*row.Delay),
	}
	if kind.Tool {
		return r.measureTool(row, kind, order)
	}
	return r.measureChild(kind, order)
}

func (r *Runner) measureChild(kind client.Kind, order load.Order) (s result.Sample, err error) {
	c := r.children[kind.ID]
	if c == nil {
		if c, err = startChild(kind, r.opts.Procs, r.opts.Heap); err != nil {
			return s, err
		}
		r.children[kind.ID] = c
	}
	tell := func(order load.Order, d time.Duration) (report load.Report, err error) {
		report, lost, err := c.tell(order, d)
		if lost != nil {
			// The next cell gets a new process.
			c.end()
			delete(r.children, kind.ID)
		}
		return report, err
	}
	if _, err = tell(order, order.Warmup); err != nil {
		return s, err
	}
	foreign, began := others(r.own(0)), time.Now()
	before, err := r.server.counters()
	if err != nil {
		return s, err
	}
	report, err := tell(load.Order{Go: true}, order.Time)
	if err != nil {
		return s, err
	}
	after, err := r.server.counters()
	if err != nil {
		return s, err
	}
	s.Foreign = share(others(r.own(0))-foreign, time.Since(began))
	s.Measure = *report.Measured
	s.ServerCommands, s.ServerReads, s.ServerCPU = after.since(before)
	_, err = tell(load.Order{Go: true}, 0)
	return s, err
}

func (r *Runner) measureTool(row workload.Row, kind client.Kind, order load.Order) (s result.Sample, err error) {
	cmd, err := startTool(r.tool, kind, row, order.Addr)
	if err != nil {
		return s, err
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	if err := r.server.awaitTool(row); err != nil {
		return s, err
	}
	time.Sleep(order.Warmup)
	foreign, began := others(r.own(cmd.Process.Pid)), time.Now()
	before, err := r.server.lookAtTool(cmd.Process.Pid)
	if err != nil {
		return s, err
	}
	time.Sleep(order.Time)
	after, err := r.server.lookAtTool(cmd.Process.Pid)
	if err != nil {
		return s, err
	}
	s.Foreign = share(others(r.own(cmd.Process.Pid))-foreign, time.Since(began))
	s.ServerCommands, s.ServerReads, s.ServerCPU = after.since(before.counters)
	s.Ops, s.Elapsed, s.CPU = s.ServerCommands, after.at.Sub(before.at), after.cpu-before.cpu
	return s, nil
}

// share is CPU time as a part of what the machine has in d.
func share(used, d time.Duration) float64 {
	return float64(used) / float64(d) / float64(cpus)
}

// own is the processes of this run.
func (r *Runner) own(tool int) map[int]bool {
	own := map[int]bool{os.Getpid(): true, r.server.Pid(): true, tool: true}
	for _, c := range r.children {
		own[c.pid()] = true
	}
	for _, p := range r.proxies {
		own[p.cmd.Process.Pid] = true
	}
	return own
}

// proxy gives the proxy with a delay; each has a process of its own, whose CPU time is nobody's.
func (r *Runner) proxy(d time.Duration) (*proxy, error) {
	if p := r.proxies[d]; p != nil {
		return p, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &proxy{cmd: exec.Command(self, "proxy", r.server.Addr, d.String())}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(r.opts.Procs))
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startBound(p.cmd); err != nil {
		return nil, err
	}
	if _, err := fmt.Fscanln(out, &p.addr); err != nil {
		p.end()
		return nil, fmt.Errorf("the proxy does not say its address: %w", err)
	}
	r.proxies[d] = p
	return p, nil
}

// proxy is a process of package delay.
type proxy struct {
	cmd  *exec.Cmd
	addr string
}

func (p *proxy) end() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

func (r *Runner) end() {
	for _, c := range r.children {
		c.end()
	}
	for _, p := range r.proxies {
		p.end()
	}
	r.server.Stop()
}
