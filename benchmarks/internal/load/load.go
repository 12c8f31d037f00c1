// Package load makes the load of one cell in the process that holds the client, and measures what it costs there.
package load

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Measure is what one cell gave, seen from the process of the client.
type Measure struct {
	Ops     int64         `json:"ops"` // commands answered; each GET of a window counts
	Elapsed time.Duration `json:"elapsed"`
	CPU     time.Duration `json:"cpu"` // user and system, of the whole process
	Mallocs uint64        `json:"mallocs"`
	Bytes   uint64        `json:"bytes"` // allocated
	GCs     uint32        `json:"gcs"`
	P50     time.Duration `json:"p50"` // of one command in a few, or of whole windows; 0: no samples
	P99     time.Duration `json:"p99"`
}

// Load is callers at work.
type Load struct {
	row     workload.Row
	client  client.Client
	feed    *feed // of a BLPop row
	keys    []string
	value   string
	every   int // one command of so many is timed
	latency Histogram
	callers []caller
	stop    atomic.Bool
	work    sync.WaitGroup
	failed  atomic.Pointer[error]
	stream  *stream // of messages; nil: commands are issued
}

// caller has a cache line of its own: only its goroutine writes ops, only Measure reads them.
type caller struct {
	ops atomic.Int64
	_   [56]byte
}

// Start, of a client of the server at addr, issues one command, to see that the client works, and lets the callers of a row loose.
func Start(row workload.Row, c client.Client, addr string) (*Load, error) {
	l := &Load{
		row: row, client: c, keys: row.Keys(), value: workload.Value(row.Size), every: timedOneOf(row),
		callers: make([]caller, row.Callers),
	}
	if queue, ok := c.(client.Queue); ok && row.Command == workload.BLPop {
		// A list of its own: what a cell has left behind is none of the next one's.
		list := fmt.Sprintf("%s:%d", l.keys[0], time.Now().UnixNano())
		l.feed = newFeed(queue, list, workload.Value(workload.ElementSize), row.Callers, row.Feeders())
	}
	if row.Command == workload.Message {
		var err error
		if l.stream, err = openStream(c, addr, row.Size); err != nil {
			return nil, fmt.Errorf("%s: %w", row.ID(), err)
		}
	}
	if _, err := l.issue(0); err != nil {
		l.Stop()
		return nil, fmt.Errorf("%s: %w", row.ID(), err)
	}
	for i := range l.callers {
		l.work.Go(func() { l.call(i) })
	}
	return l, nil
}

// timedOneOf keeps the clock from costing what is measured: reading it twice takes about 0.1 µs. A row with few callers has
// commands that take far longer, and needs its samples.
func timedOneOf(row workload.Row) int {
	every := 16
	switch {
	case row.Window > 0 || row.Callers == 1 && row.Command != workload.Message || row.Command == workload.Pipeline:
		return 1
	case row.Callers <= 16:
		every = 4
	}
	if row.Delay > 0 {
		every = max(1, every/8)
	}
	return every
}

func (l *Load) call(i int) {
	self := &l.callers[i]
	// Each starts at another key, and not all time the same command.
	n, timed := i*37, i
	ops := int64(0)
	for !l.stop.Load() {
		var done int
		var err error
		if timed++; timed%l.every == 0 {
			began := time.Now()
			done, err = l.issue(n)
			l.latency.Record(time.Since(began))
		} else {
			done, err = l.issue(n)
		}
		if err != nil {
			// A copy: the address of err itself would cost an allocation per command.
			first := err
			l.failed.CompareAndSwap(nil, &first)
			return
		}
		n += done
		ops += int64(done)
		self.ops.Store(ops)
	}
}

// issue runs the n-th command, or window, checks its result, and tells how many commands that were.
func (l *Load) issue(n int) (int, error) {
	if l.row.Command.Special() {
		return l.issueSpecial(n)
	}
	got, want := 0, l.row.Size
	var err error
	key := l.keys[n&(len(l.keys)-1)]
	switch l.row.Command {
	case workload.Get:
		if l.row.Window > 0 {
			keys := l.run(n, l.row.Window)
			got, err = l.client.Window(keys)
			if want *= len(keys); err == nil && got == want {
				return len(keys), nil
			}
			break
		}
		got, err = l.client.Get(key)
	case workload.Set:
		got, err = want, l.client.Set(key, l.value)
	case workload.Incr:
		got, err = want, l.client.Incr(key)
	case workload.MGet:
		got, err = l.client.MGet(l.run(n, l.row.Size))
	case workload.HGetAll:
		got, err = l.client.HGetAll(key)
	case workload.LRange:
		got, err = l.client.LRange(key)
	}
	return 1, l.check(got, want, err)
}

// issueSpecial is issue for what not every client does.
func (l *Load) issueSpecial(n int) (int, error) {
	keys := l.run(n, l.row.Size)
	switch l.row.Command {
	case workload.Pipeline:
		if c, ok := l.client.(client.Pipeliner); ok {
			got, err := c.Pipeline(keys)
			return len(keys), l.check(got, workload.ElementSize*l.row.Size, err)
		}
	case workload.Tx:
		if c, ok := l.client.(client.Transactor); ok {
			got, err := c.Tx(keys)
			return len(keys), l.check(got, l.row.Size, err)
		}
	case workload.BLPop:
		if l.feed != nil {
			got, err := l.feed.pop()
			return 1, l.check(got, workload.ElementSize, err)
		}
	case workload.Message:
		got, err := l.stream.receive(messages)
		return messages, l.check(got, messages*l.row.Size, err)
	case workload.PoolGet:
		if c, ok := l.client.(client.Lender); ok {
			got, err := c.PoolGet(l.keys[n&(len(l.keys)-1)])
			return 1, l.check(got, l.row.Size, err)
		}
	}
	return 0, fmt.Errorf("the client does not do %s", l.row.What())
}

// check is the error of a command, which may be that its reply is of another size than wanted.
func (l *Load) check(got, want int, err error) error {
	if err == nil && got != want {
		return fmt.Errorf("the reply to %s has size %d; want %d", l.row.What(), got, want)
	}
	return err
}

// run is size keys in a row, shorter only where there are not so many.
func (l *Load) run(n, size int) []string {
	size = min(size, len(l.keys))
	from := n % (len(l.keys) - size + 1)
	return l.keys[from : from+size]
}

// Measure watches the callers for a while. It returns early with the error of the first caller that got one.
func (l *Load) Measure(d time.Duration) (Measure, error) {
	l.latency.Reset()
	before, opsBefore := usageNow(), l.ops()
	time.Sleep(d)
	opsAfter, after := l.ops(), usageNow()
	err := l.failed.Load()
	if l.feed != nil && err == nil {
		err = l.feed.failed.Load()
	}
	if err != nil {
		return Measure{}, fmt.Errorf("%s: %w", l.row.ID(), *err)
	}
	latency := l.latency.Counts()
	return Measure{
		Ops: opsAfter - opsBefore, Elapsed: after.at.Sub(before.at), CPU: after.cpu - before.cpu,
		Mallocs: after.mallocs - before.mallocs, Bytes: after.bytes - before.bytes, GCs: after.gcs - before.gcs,
		P50: latency.Quantile(0.50), P99: latency.Quantile(0.99),
	}, nil
}

func (l *Load) ops() int64 {
	total := int64(0)
	for i := range l.callers {
		total += l.callers[i].ops.Load()
	}
	return total
}

// Stop lets every caller finish its command and waits for that.
func (l *Load) Stop() {
	l.stop.Store(true)
	l.work.Wait()
	if l.stream != nil {
		l.stream.close()
	}
	if l.feed != nil {
		l.feed.end()
	}
}
