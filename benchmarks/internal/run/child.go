package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/load"
)

// child is the process of one kind of client at one row.
type child struct {
	of      client.Kind
	cmd     *exec.Cmd
	in      io.WriteCloser
	orders  *json.Encoder
	reports chan load.Report
	ended   error // set before reports is closed
}

// reportLimit bounds the wait for a report beyond the time that it takes by itself.
const reportLimit = 20 * time.Second

// startChild starts this program again, as "worker ID HEAP".
func startChild(kind client.Kind, procs, heap int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "worker", kind.ID, strconv.Itoa(heap))
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(procs))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startBound(cmd); err != nil {
		return nil, err
	}
	c := &child{of: kind, cmd: cmd, in: in, orders: json.NewEncoder(in), reports: make(chan load.Report)}
	go c.receive(out)
	return c, nil
}

func (c *child) receive(out io.Reader) {
	defer close(c.reports)
	decoder := json.NewDecoder(out)
	for {
		var r load.Report
		if err := decoder.Decode(&r); err != nil {
			c.ended = fmt.Errorf("the process of the client ended: %w", err)
			return
		}
		c.reports <- r
	}
}

func (c *child) kind() client.Kind { return c.of }

func (c *child) pid() int { return c.cmd.Process.Pid }

// tell gives an order and waits for the report, which takes about d. After an error the child is of no more use.
func (c *child) tell(order load.Order, d time.Duration) (load.Report, error) {
	if err := c.orders.Encode(order); err != nil {
		return load.Report{}, err
	}
	limit := time.NewTimer(d + reportLimit)
	defer limit.Stop()
	select {
	case r, ok := <-c.reports:
		if !ok {
			return r, c.ended
		}
		if r.Error != "" {
			return r, errors.New(r.Error)
		}
		return r, nil
	case <-limit.C:
		return load.Report{}, fmt.Errorf("no answer within %v: the client hangs", d+reportLimit)
	}
}

// end ends the process, hanging or not.
func (c *child) end() {
	c.in.Close()
	c.cmd.Process.Kill()
	for range c.reports {
		// The receiver may hold a report that nobody waited for.
		continue
	}
	c.cmd.Wait()
}
