// Package run is the parent of a measurement: it starts the server and the proxies, and for each row of each round a process for each
// client, and lets these take turns in random order.
package run

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
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
	Cell    time.Duration // the measured time of a cell, at least
	Turn    time.Duration // the measured time of a client's turn in it, at least
	Lead    time.Duration // the load at the beginning of a turn, at least
	Warmup  time.Duration // the load before the first turn
	Limit   time.Duration // no row is started that would end later than this after the start; 0: no limit
	Server  string        // path of the program
	Procs   int           // GOMAXPROCS of every client
	Heap    int           // MiB of live heap in every client's process besides the client
	Seed    uint64        // of the order
	Foreign float64       // share of the machine's CPU time beyond which a cell is measured again
	Log     io.Writer     // progress
}

// tries is how often a row is measured at most in one round, when it is disturbed.
const tries = 3

const (
	// roundTrips is how many round trips of a delayed row are measured at least.
	roundTrips = 50
	// latencies is how many commands each caller has one after the other in a turn, at least: callers answered in step make a cut in
	// the midst of one an error of its part.
	latencies = 10
	// leads is the least part of a turn before it is measured, 1/leads of what is measured: first all callers begin at once.
	leads = 4
)

// Runner runs one plan.
type Runner struct {
	opts     Options
	plan     []Entry
	server   *Server
	order    *rand.Rand  // of rows and clients
	toolPath string      // of redis-benchmark
	field    []contender // of the row that is being measured
	proxies  map[time.Duration]*proxy
	progress *progress
	run      *result.Run
}

// Run runs a plan and gives what it measured. When it fails, the run has what there is so far.
func Run(plan []Entry, opts Options) (*result.Run, error) {
	r := &Runner{
		opts: opts, plan: plan, order: rand.New(rand.NewPCG(opts.Seed, 0)), proxies: map[time.Duration]*proxy{},
		run: &result.Run{Date: time.Now().UTC().Truncate(time.Second), Cell: opts.Cell, Turn: opts.Turn, Seed: opts.Seed, Failed: map[string]string{}},
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
		for round := range r.opts.Rounds {
			cells += len(e.in(round + 1))
		}
		for _, k := range e.in(1) {
			if k.Tool && r.toolPath == "" {
				if r.toolPath, err = benchmarkProgram(r.server.Path); err != nil {
					return err
				}
			}
		}
	}
	r.progress = newProgress(r.opts.Log, cells, r.opts.Limit)
	return r.server.Fill(rows)
}

// rounds measures. In each round the rows come in another order.
func (r *Runner) rounds() error {
	for round := 1; round <= r.opts.Rounds; round++ {
		for _, at := range r.order.Perm(len(r.plan)) {
			row, clients := r.plan[at].Row, r.plan[at].in(round)
			if r.progress.late(len(clients)) {
				r.progress.note("the time is over")
				return nil
			}
			r.progress.start(round, row)
			if err := r.row(round, row, clients); err != nil {
				return err
			}
			r.progress.done(len(clients))
		}
	}
	r.progress.finish()
	return nil
}

// row measures a row in one round until it is left in peace, and keeps its most peaceful try. A client that fails is noted; only
// trouble with the server is an error.
func (r *Runner) row(round int, row workload.Row, clients []client.Kind) error {
	best, least := []result.Sample(nil), math.Inf(1)
	try := 1
	for ; ; try++ {
		samples, foreign, err := r.turns(row, clients)
		if err != nil {
			return err
		}
		if foreign < least {
			best, least = samples, foreign
		}
		if least <= r.opts.Foreign || try == tries {
			break
		}
		r.awaitQuiet()
	}
	disturbed := least > r.opts.Foreign
	if disturbed {
		r.progress.note(fmt.Sprintf("%s: others used %.0f %% of the CPU time", row.ID(), 100*least))
	}
	for _, s := range best {
		s.Round, s.Row, s.Foreign, s.Tries, s.Disturbed = round, row.ID(), least, try, disturbed
		r.run.Samples = append(r.run.Samples, s)
	}
	return nil
}

// turns lets the clients of a row take turns, in another order each time, and gives what each of them did in all of its turns, and the
// share of the machine's CPU time that others used meanwhile. What the machine can do changes from second to second: those whose
// ratio is taken are measured within moments of each other, and none always behind the same one.
func (r *Runner) turns(row workload.Row, clients []client.Kind) (samples []result.Sample, foreign float64, err error) {
	addr := r.server.Addr
	if row.Delay > 0 {
		p, err := r.proxy(row.Delay)
		if err != nil {
			return nil, 0, err
		}
		addr = p.addr
	}
	used, began := others(r.own()), time.Now()
	defer r.endField()
	turn := r.opts.Turn
	order := load.Order{Row: row.ID(), Addr: addr, Warmup: max(r.opts.Warmup, 4*row.Delay)}
	for _, i := range r.order.Perm(len(clients)) {
		kind := clients[i]
		var c contender
		var latency time.Duration
		if kind.Tool {
			c, err = r.startTool(row, kind, order)
		} else {
			c, latency, err = r.startCell(kind, order)
		}
		if err == nil {
			r.field, turn = append(r.field, c), max(turn, latencies*latency)
		} else if err = r.failed(row, kind, err); err != nil {
			return nil, 0, err
		}
	}
	turns := int((max(r.opts.Cell, roundTrips*row.Delay) + turn - 1) / turn)
	for range turns {
		r.order.Shuffle(len(r.field), func(i, j int) { r.field[i], r.field[j] = r.field[j], r.field[i] })
		err := r.each(row, func(c contender) error { return c.turn(max(r.opts.Lead, turn/leads), turn) })
		if err != nil {
			return nil, 0, err
		}
	}
	err = r.each(row, func(c contender) error {
		s, err := c.measured()
		if err == nil && s.Ops <= 0 {
			err = errors.New("not one command was answered in the measured time")
		}
		if err == nil {
			s.Client = c.kind().ID
			samples = append(samples, s)
		}
		return err
	})
	return samples, share(others(r.own())-used, time.Since(began)), err
}

// each has everybody in the field do something. Who fails is out.
func (r *Runner) each(row workload.Row, do func(c contender) error) error {
	for _, c := range slices.Clone(r.field) {
		err := do(c)
		if err == nil {
			continue
		}
		c.end()
		r.field = slices.DeleteFunc(r.field, func(other contender) bool { return other == c })
		if err := r.failed(row, c.kind(), err); err != nil {
			return err
		}
	}
	return nil
}

// failed notes that a client has failed in a row. It returns an error if the server has.
func (r *Runner) failed(row workload.Row, kind client.Kind, err error) error {
	if _, dead := r.server.Info("server"); dead != nil {
		return fmt.Errorf("%s by %s: %w; the server: %w", row.ID(), kind.ID, err, dead)
	}
	r.run.Failed[row.ID()+" "+kind.ID] = err.Error()
	r.progress.note(fmt.Sprintf("%s by %s: %v", row.ID(), kind.ID, err))
	return nil
}

func (r *Runner) endField() {
	for _, c := range r.field {
		c.end()
	}
	r.field = nil
}

// quietLimit bounds the wait for the others to become quiet.
const quietLimit = 10 * time.Second

// awaitQuiet waits until the others leave the CPU alone: what disturbs, a compiler or a backup, goes on for longer than a cell
// takes, and would spoil the next try as well.
func (r *Runner) awaitQuiet() {
	again := time.NewTicker(300 * time.Millisecond)
	defer again.Stop()
	used, at := others(r.own()), time.Now()
	for giveUp := at.Add(quietLimit); at.Before(giveUp); {
		<-again.C
		before, since := used, at
		used, at = others(r.own()), time.Now()
		if share(used-before, at.Sub(since)) <= r.opts.Foreign {
			return
		}
	}
}

// share is CPU time as a part of what the machine has in d.
func share(used, d time.Duration) float64 {
	return float64(used) / float64(d) / float64(cpus)
}

// own is the processes of this run.
func (r *Runner) own() map[int]bool {
	own := map[int]bool{os.Getpid(): true, r.server.Pid(): true}
	for _, c := range r.field {
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
	for _, p := range r.proxies {
		p.end()
	}
	r.server.Stop()
}
