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
	keys    []string
	value   string
	every   int // one command of so many is timed
	latency Histogram
	callers []caller
	stop    atomic.Bool
	work    sync.WaitGroup
	failed  atomic.Pointer[error]
}

// caller has a cache line of its own: only its goroutine writes ops, only Measure reads them.
type caller struct {
	ops atomic.Int64
	_   [56]byte
}

// Start issues one command, to see that the client works, and lets the callers of a row loose.
func Start(row workload.Row, c client.Client) (*Load, error) {
	l := &Load{
		row: row, client: c, keys: row.Keys(), value: workload.Value(row.Size), every: timedOneOf(row),
		callers: make([]caller, row.Callers),
	}
	if _, err := l.issue(0); err != nil {
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
	case row.Window > 0 || row.Callers == 1:
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
	if err == nil && got != want {
		err = fmt.Errorf("the reply to %s has size %d; want %d", l.row.What(), got, want)
	}
	return 1, err
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
	if err := l.failed.Load(); err != nil {
		return Measure{}, fmt.Errorf("%s: %w", l.row.ID(), *err)
	}
	return Measure{
		Ops: opsAfter - opsBefore, Elapsed: after.at.Sub(before.at), CPU: after.cpu - before.cpu,
		Mallocs: after.mallocs - before.mallocs, Bytes: after.bytes - before.bytes, GCs: after.gcs - before.gcs,
		P50: l.latency.Quantile(0.50), P99: l.latency.Quantile(0.99),
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
}
