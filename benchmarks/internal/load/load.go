// Package load makes the load of one cell in the process that holds the client, and measures what it costs there.
package load

import (
	"errors"
	"fmt"
	"os"
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

// Load is callers who work in turns.
type Load struct {
	row     workload.Row
	client  client.Client
	feed    *feed // of a BLPop row
	keys    []string
	value   string
	every   int // one command of so many is timed
	latency Histogram
	callers []caller
	stop    atomic.Bool // of the turn
	work    sync.WaitGroup
	failed  atomic.Pointer[error]
	stream  *stream // of messages; nil: commands are issued
	total   Measure // of the measured parts of all turns, but for the latencies
	timed   Counts  // in them
}

// caller has a cache line of its own: only its goroutine writes ops, only Turn reads them. What is next belongs to the goroutine
// while there is one.
type caller struct {
	ops  atomic.Int64
	next int // number of the command that it issues next
	tick int // commands since one was timed
	_    [40]byte
}

// Start, of a client of the server at addr, issues one command, to see that the client works. The callers wait for their turn.
func Start(row workload.Row, c client.Client, addr string) (*Load, error) {
	l := &Load{
		row: row, client: c, keys: row.Keys(), value: workload.Value(row.Size), every: timedOneOf(row),
		callers: make([]caller, row.Callers),
	}
	for i := range l.callers {
		// Each starts at another key, and not all time the same command.
		l.callers[i].next, l.callers[i].tick = i*37, i%l.every
	}
	if queue, ok := c.(client.Queue); ok && row.Command == workload.BLPop {
		// A list of its own: what a cell has left behind is none of the next one's, and clients that take turns do not get each
		// other's elements.
		list := fmt.Sprintf("%s:%d:%d", l.keys[0], os.Getpid(), time.Now().UnixNano())
		l.feed = newFeed(queue, list, workload.Value(workload.ElementSize), row.Callers, row.Feeders())
	}
	if row.Command == workload.Message {
		var err error
		if l.stream, err = openStream(c, addr, row.Size); err != nil {
			return nil, fmt.Errorf("%s: %w", row.ID(), err)
		}
	}
	err := l.supply()
	if err == nil {
		if _, err = l.issue(0); err == nil {
			err = l.rest()
		}
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("%s: %w", row.ID(), err)
	}
	return l, nil
}

// supply begins what the callers live on besides their client, if anything.
func (l *Load) supply() error {
	if l.feed != nil {
		l.feed.begin()
	}
	if l.stream != nil {
		return l.stream.begin()
	}
	return nil
}

// rest ends what supply has begun. No caller is at work any more, and what is under way comes to its end.
func (l *Load) rest() error {
	if l.feed != nil {
		l.feed.end()
	}
	if l.stream != nil {
		return l.stream.end()
	}
	return nil
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

func (l *Load) call(self *caller) {
	n, tick, ops := self.next, self.tick, self.ops.Load()
	for !l.stop.Load() {
		var done int
		var err error
		if tick++; tick >= l.every {
			tick = 0
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
	self.next, self.tick = n, tick
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
		got, err := l.stream.receive()
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

// Turn lets the callers loose, measures them for d, if it is not 0, once they have been at work for lead, and lets every one finish
// its command. It fails with the error of the first caller that got one; then the load is over.
func (l *Load) Turn(lead, d time.Duration) error {
	err := l.supply()
	if err == nil {
		l.stop.Store(false)
		for i := range l.callers {
			l.work.Go(func() { l.call(&l.callers[i]) })
		}
		time.Sleep(lead)
		if d > 0 {
			l.measure(d)
		}
		l.stop.Store(true)
		err = l.failure()
	}
	if err == nil {
		l.work.Wait()
		err = errors.Join(l.rest(), l.failure())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", l.row.ID(), err)
	}
	return nil
}

func (l *Load) measure(d time.Duration) {
	timed := l.latency.Counts()
	before, opsBefore := usageNow(), l.answered()
	time.Sleep(d)
	opsAfter, after := l.answered(), usageNow()
	l.timed.add(l.latency.Counts(), timed)
	l.total.Ops += opsAfter - opsBefore
	l.total.Elapsed += after.at.Sub(before.at)
	l.total.CPU += after.cpu - before.cpu
	l.total.Mallocs += after.mallocs - before.mallocs
	l.total.Bytes += after.bytes - before.bytes
	l.total.GCs += after.gcs - before.gcs
}

func (l *Load) failure() error {
	err := l.failed.Load()
	if l.feed != nil && err == nil {
		err = l.feed.failed.Load()
	}
	if err == nil {
		return nil
	}
	return *err
}

// Latency is the median of all that was timed so far, 0 if nothing was.
func (l *Load) Latency() time.Duration { return l.latency.Counts().Quantile(0.5) }

// Measured is what the measured parts of all turns gave.
func (l *Load) Measured() Measure {
	m := l.total
	m.P50, m.P99 = l.timed.Quantile(0.50), l.timed.Quantile(0.99)
	return m
}

func (l *Load) answered() int64 {
	total := int64(0)
	for i := range l.callers {
		total += l.callers[i].ops.Load()
	}
	return total
}

// Close waits for the callers and feeders. After a failure the client has to be closed before: some may wait for what never comes.
func (l *Load) Close() {
	l.work.Wait()
	if l.feed != nil {
		l.feed.end()
	}
	if l.stream != nil {
		l.stream.close()
	}
}
