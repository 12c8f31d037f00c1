package simulator

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/tuning"
	"github.com/futureio/futureio-go/redis"
)

// run is one plan being played, in a bubble of its own.
type run struct {
	t     testing.TB
	plan  *plan
	start time.Time

	network *network
	server  *server
	client  *redis.Client
	book    *book
	over    atomic.Bool // the faults are over

	// Known when it is over.
	length time.Duration
	stats  redis.Stats
	sent   map[string]*passage // by the id of a command, its way over the wire

	mu       sync.Mutex
	failures []string
	faults   map[fault]int
	events   []event // of OnConnect and OnDisconnect
	observed int     // commands, by the Observer
	fresher  int     // commands that revive has issued
	spoken   *strings.Builder
	closings []closing
}

// event is a call of OnConnect or OnDisconnect.
type event struct {
	at   time.Duration
	what string // connected, or the reason of the end
}

// closing is one call of Close or Shutdown.
type closing struct {
	began, ended time.Duration
	patience     time.Duration // of Shutdown; 0: Close
}

// result is what a run leaves behind.
type result struct {
	failures   []string
	transcript string // empty unless asked for
	figures    figures
}

// simulate plays a plan in a bubble.
func simulate(t *testing.T, p *plan, transcript bool) result {
	r := newRun(p)
	if transcript {
		r.spoken = &strings.Builder{}
	}
	r.simulate(t)
	return r.result()
}

func newRun(p *plan) *run { return &run{plan: p, faults: map[fault]int{}} }

func (r *run) simulate(t *testing.T) {
	defer func() {
		// A bubble in which something blocks for ever ends in a panic.
		if trouble := recover(); trouble != nil {
			r.fail("G2: the bubble does not end: %v", trouble)
		}
	}()
	tuning.CalmTurns, tuning.ManyCalls = r.plan.calm, 2
	synctest.Test(t, func(t *testing.T) {
		r.t = reporter{t, r}
		r.play()
	})
}

func (r *run) play() {
	r.start = time.Now()
	r.book = newBook(r)
	r.network = newNetwork(r)
	r.server = newServer(r)
	r.client = redis.New(r.options())

	var busy sync.WaitGroup
	var callers []*caller
	for i := range r.plan.callers {
		c := &caller{run: r, plan: &r.plan.callers[i]}
		callers = append(callers, c)
		busy.Go(c.work)
	}
	for _, o := range r.plan.outages {
		busy.Go(func() { r.network.suffer(o) })
	}
	if e := r.plan.ending; e != nil {
		for range e.times() {
			busy.Go(func() {
				time.Sleep(e.at)
				r.close(e.patience)
			})
		}
	}
	if !r.wait(&busy, callers) {
		r.network.tearDown()
		return
	}
	var end sync.WaitGroup
	end.Go(func() {
		r.heal()
		r.settled()
		r.revive()
		r.close(0)
	})
	if !r.wait(&end, nil) {
		r.network.tearDown()
		return
	}
	r.server.settle()
	synctest.Wait()
	r.server.fake.Close()
	r.length, r.stats = r.now(), r.client.Stats()
	r.check()
}

// wait waits for all that goes on, as long as it may take at most: every wait of a caller is bounded (law G6).
func (r *run) wait(busy *sync.WaitGroup, callers []*caller) bool {
	done := make(chan struct{})
	go func() {
		busy.Wait()
		close(done)
	}()
	limit := time.NewTimer(100 * r.plan.options.ReadTimeout)
	defer limit.Stop()
	select {
	case <-done:
		return true
	case <-limit.C:
	}
	for _, c := range callers {
		if doing, _ := c.doing.Load().(string); doing != "" {
			r.fail("G6: caller %d hangs, %s", c.plan.number, doing)
		}
	}
	r.fail("the run does not end; the goroutines are\n%s", stacks())
	return false
}

// heal ends the faults.
func (r *run) heal() {
	r.say("the faults are over")
	r.over.Store(true)
	r.network.heal()
	r.server.heal()
	synctest.Wait() // the client has noticed what is lost
}

// settled waits until every command has settled.
func (r *run) settled() {
	r.book.ledger.Check(r.t)
	synctest.Wait()
}

// options are the plan's, with what belongs to the run.
func (r *run) options() redis.Options {
	o := r.plan.options
	o.Dialer = r.network.dial
	o.OnConnect = func(*redis.Client) { r.heard("connected") }
	o.OnDisconnect = func(_ *redis.Client, reason string) { r.heard(reason) }
	o.OnError = func(_ *redis.Client, err error) { r.say("OnError: %v", err) }
	if r.plan.observe {
		o.Observer = &redis.Observer{Command: func(e redis.CommandEvent) {
			r.mu.Lock()
			defer r.mu.Unlock()
			if e.Name != "PING" { // the client's own
				r.observed++
			}
		}}
	}
	return o
}

func (r *run) heard(what string) {
	r.say("event: %s", what)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event{r.now(), what})
}

// close closes the client, with the given patience or that of Close.
func (r *run) close(patience time.Duration) {
	r.mu.Lock()
	n := len(r.closings)
	r.closings = append(r.closings, closing{began: r.now(), ended: -1, patience: patience})
	r.mu.Unlock()
	r.say("the client is to be closed")
	var err error
	if patience > 0 {
		ctx, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		err = r.client.Shutdown(ctx)
	} else {
		err = r.client.Close()
	}
	r.network.forbid()
	r.say("the client is closed: %v", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closings[n].ended = r.now()
}

// chaos tells whether faults still happen.
func (r *run) chaos() bool { return !r.over.Load() }

func (r *run) now() time.Duration { return time.Since(r.start) }

// happened counts a fault.
func (r *run) happened(f fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults[f]++
}

// say adds a line to the transcript.
func (r *run) say(format string, args ...any) {
	if r.spoken == nil {
		return
	}
	line := fmt.Sprintf(format, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.spoken, "%14v  %s\n", r.now(), line)
}

// mostFailures is how many failures of one run are kept: what comes later is as a rule their consequence.
const mostFailures = 20

func (r *run) fail(format string, args ...any) {
	r.say("FAILURE: "+format, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.failures) < mostFailures {
		r.failures = append(r.failures, fmt.Sprintf(format, args...))
	}
}

func (r *run) result() result {
	r.mu.Lock()
	defer r.mu.Unlock()
	res := result{failures: r.failures, figures: r.figures()}
	if r.spoken != nil {
		res.transcript = r.spoken.String()
	}
	return res
}

// reporter is the testing.TB of what the harness gives to the run: a complaint is a failure of the run.
type reporter struct {
	testing.TB
	run *run
}

func (t reporter) Helper() {}

func (t reporter) Errorf(format string, args ...any) { t.run.fail(format, args...) }

func (t reporter) Fatalf(format string, args ...any) {
	t.run.fail(format, args...)
	runtime.Goexit()
}

// stacks are those of the goroutines in bubbles.
func stacks() string {
	buf := make([]byte, 1<<20)
	var found []string
	for stack := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		first, _, _ := strings.Cut(stack, "\n")
		if strings.Contains(first, "bubble") {
			found = append(found, stack)
		}
	}
	return strings.Join(found, "\n\n")
}
