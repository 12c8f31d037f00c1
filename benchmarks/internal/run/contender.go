package run

import (
	"os/exec"
	"syscall"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/load"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// contender is a client at a row, in a process of its own. It has been warmed up, and does nothing but in its turns.
type contender interface {
	kind() client.Kind
	pid() int
	// turn has it work for lead, and then for d, which is measured.
	turn(lead, d time.Duration) error
	// measured gives what it did in its turns; there are no more.
	measured() (result.Sample, error)
	// end ends the process, at any time.
	end()
}

// cell is a client in a process of ours.
type cell struct {
	*child
	server *Server
	sample result.Sample
}

// startCell opens a client and warms it up. It also tells how long a command takes, 0 if that is not known.
func (r *Runner) startCell(kind client.Kind, order load.Order) (contender, time.Duration, error) {
	child, err := startChild(kind, r.opts.Procs, r.opts.Heap)
	if err != nil {
		return nil, 0, err
	}
	report, err := child.tell(order, order.Warmup)
	if err != nil {
		child.end()
		return nil, 0, err
	}
	return &cell{child: child, server: r.server}, report.Latency, nil
}

// turn asks the server before and after all of it, when nobody disturbs what is measured by that.
func (c *cell) turn(lead, d time.Duration) error {
	before, err := c.server.counters()
	if err != nil {
		return err
	}
	if _, err := c.tell(load.Order{Lead: lead, Time: d}, lead+d); err != nil {
		return err
	}
	after, err := c.server.counters()
	if err != nil {
		return err
	}
	commands, reads, cpu := after.since(before)
	c.sample.ServerCommands += commands
	c.sample.ServerReads += reads
	c.sample.ServerCPU += cpu
	return nil
}

func (c *cell) measured() (result.Sample, error) {
	report, err := c.tell(load.Order{End: true}, 0)
	if err != nil {
		return result.Sample{}, err
	}
	c.sample.Measure = *report.Measured
	return c.sample, nil
}

// tool is redis-benchmark. Between its turns it is stopped by a signal.
type tool struct {
	server *Server
	of     client.Kind
	cmd    *exec.Cmd
	sample result.Sample
}

// startTool starts it, warms it up, and stops it.
func (r *Runner) startTool(row workload.Row, kind client.Kind, order load.Order) (contender, error) {
	cmd, err := toolCommand(r.toolPath, kind, row, order.Addr)
	if err != nil {
		return nil, err
	}
	if err := startBound(cmd); err != nil {
		return nil, err
	}
	t := &tool{server: r.server, of: kind, cmd: cmd}
	if err = r.server.awaitTool(row); err == nil {
		time.Sleep(order.Warmup)
		err = cmd.Process.Signal(syscall.SIGSTOP)
	}
	if err != nil {
		t.end()
		return nil, err
	}
	return t, nil
}

func (t *tool) kind() client.Kind { return t.of }

func (t *tool) pid() int { return t.cmd.Process.Pid }

func (t *tool) turn(lead, d time.Duration) error {
	if err := t.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		return err
	}
	time.Sleep(lead)
	before, err := t.server.lookAtTool(t.pid())
	if err != nil {
		return err
	}
	time.Sleep(d)
	after, err := t.server.lookAtTool(t.pid())
	if err != nil {
		return err
	}
	commands, reads, cpu := after.since(before.counters)
	t.sample.ServerCommands += commands
	t.sample.ServerReads += reads
	t.sample.ServerCPU += cpu
	t.sample.Ops += commands
	t.sample.Elapsed += after.at.Sub(before.at)
	t.sample.CPU += after.cpu - before.cpu
	return t.cmd.Process.Signal(syscall.SIGSTOP)
}

func (t *tool) measured() (result.Sample, error) { return t.sample, nil }

func (t *tool) end() {
	t.cmd.Process.Kill()
	t.cmd.Wait()
}
