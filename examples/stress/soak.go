package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"
)

// soak is one run: the load of all workloads, the faults meanwhile, and the checks that follow.
type soak struct {
	settings
	out     io.Writer
	target  *target
	verdict *verdict
	rig     *rig
	started time.Time

	workloads []workload
	tallies   []*tally // of the workloads, in the same order
	errors    *errorLog
	chaos     *chaos
	sampler   *sampler

	base, closed footprint // before the clients were made, and after they were closed
	lasted       time.Duration
	state        string // of the client at a hang
}

// footprint is what the program takes when it does nothing.
type footprint struct {
	heap       float64
	goroutines int
}

// newSoak puts a run together on a server that answers.
func newSoak(s settings, t *target, out io.Writer) *soak {
	k := &soak{settings: s, out: out, target: t, started: time.Now(), errors: &errorLog{}}
	k.base = footprint{settledHeap(), runtime.NumGoroutine()}
	k.verdict = &verdict{}
	k.rig = newRig(s, t, k.verdict)
	for _, kind := range workloads {
		for _, name := range s.workloads {
			if name != kind.name {
				continue
			}
			tally := &tally{name: name, verdict: k.verdict, errors: k.errors, bound: s.bound()}
			k.tallies = append(k.tallies, tally)
			k.workloads = append(k.workloads, kind.build(k.rig, tally))
		}
	}
	return k
}

// prepare makes the connections and the keys that the workloads begin with. Its error is one of configuration.
func (k *soak) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, max(2*k.timeout, 10*time.Second))
	defer cancel()
	if err := k.rig.connect(ctx); err != nil {
		return err
	}
	for i, w := range k.workloads {
		if err := w.prepare(ctx); err != nil {
			return fmt.Errorf("prepare %s: %w", k.tallies[i].name, err)
		}
	}
	// A user who may not list connections gets no fence, so the run would prove less than it says.
	if err := k.rig.raiseFence(ctx); err != nil {
		return fmt.Errorf("CLIENT LIST: %w", err)
	}
	return nil
}

// load runs everything until the duration is over, ctx ends, or the verdict has fallen, and returns when the workloads have
// come to their end. It reports false when they do not: then they are left behind.
func (k *soak) load(ctx context.Context) (ended bool) {
	loaded, endLoad := context.WithTimeout(ctx, k.duration)
	defer endLoad()
	k.verdict.onFailure(endLoad)
	observed, endObservation := context.WithCancel(context.Background())

	windows := &windows{}
	k.chaos = newChaos(k.rig, windows)
	k.sampler = newSampler(k.tallies, k.duration)
	watch := &watch{tallies: k.tallies, windows: windows, patience: k.hang, verdict: k.verdict}
	status := &status{out: k.out, terminal: isTerminal(k.out), rig: k.rig, tallies: k.tallies, sampler: k.sampler, chaos: k.chaos}
	start := time.Now()
	k.chaos.start, k.sampler.start, status.start, k.errors.start = start, start, start, start

	var faults, observers, work sync.WaitGroup
	faults.Go(func() { k.chaos.run(loaded) })
	observers.Go(func() { k.sampler.run(loaded) })
	observers.Go(func() { status.run(loaded) })
	observers.Go(func() { watch.run(observed) })
	for i, w := range k.workloads {
		k.tallies[i].running.Store(true)
		work.Go(func() {
			defer k.tallies[i].running.Store(false)
			w.run(loaded)
		})
	}
	returned := make(chan struct{})
	go func() {
		work.Wait()
		close(returned)
	}()
	<-loaded.Done()
	k.lasted = time.Since(start)
	faults.Wait()
	ended = k.awaitEnd(returned)
	endObservation()
	observers.Wait()
	return ended
}

// awaitEnd waits for the workloads to return, no longer than the futures of all their commands may take one after the
// other, a few times over.
func (k *soak) awaitEnd(returned <-chan struct{}) bool {
	limit := time.NewTimer(4 * k.bound())
	defer limit.Stop()
	for {
		select {
		case <-returned:
			return true
		case <-limit.C:
			k.verdict.hang("the workloads have not returned within %v of their end", 4*k.bound())
			return false
		case <-time.After(watchTick):
			if code, _, _ := k.verdict.result(); code == exitHang {
				return false
			}
		}
	}
}

// check compares what the server holds with what it has acknowledged.
func (k *soak) check() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*k.bound())
	defer cancel()
	if err := k.rig.awaitQuiet(ctx); err != nil {
		k.verdict.hang("%v", err)
		return
	}
	for _, w := range k.workloads {
		w.check(ctx)
	}
	for _, t := range k.tallies {
		if issued, settled := t.issued.Load(), t.settled.Load(); issued != settled {
			k.verdict.integrity("%s: %d commands were issued, %d settled", t.name, issued, settled)
		}
		if t.acked.Load() == 0 {
			k.verdict.integrity("%s: no command got its reply, so nothing was tested", t.name)
		}
	}
	for _, fault := range flatnessOf(k.sampler.all()).faults() {
		k.verdict.integrity("%s", fault)
	}
	k.checkFaults()
}

// checkFaults makes sure that the faults were real, and that each kill has cost the client a connection.
func (k *soak) checkFaults() {
	faults, _, clientKills := k.chaos.list()
	if connects := k.rig.clientConnects.Load(); connects < int64(1+clientKills) {
		k.verdict.integrity("the client has made %d connections, and the server has killed %d of them", connects, clientKills)
	}
	if !k.settings.chaos || k.lasted < k.duration {
		return
	}
	happened := map[faultKind]bool{}
	for _, f := range faults {
		happened[f.kind] = true
	}
	for _, p := range k.chaos.plan {
		if !happened[p.kind] && p.at < k.duration*9/10 {
			happened[p.kind] = true // once is enough
			k.verdict.integrity("no %s has happened, so it was not tested", faultNames[p.kind])
		}
	}
}

// abandon ends the clients of a run that cannot begin.
func (k *soak) abandon() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = k.rig.close(ctx)
}

// close ends the clients and checks that nothing is left of them.
func (k *soak) close() {
	if code, _, _ := k.verdict.result(); code == exitHang {
		k.state = k.describe()
		k.abandon() // whatever is in flight fails
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), k.bound())
	defer cancel()
	if !k.target.own() { // with its own server, the data goes
		if err := k.rig.clean(ctx); err != nil {
			fmt.Fprintf(k.out, "the keys %s* could not be removed: %v\n", k.rig.prefix, err)
		}
	}
	if err := k.rig.close(ctx); err != nil {
		k.verdict.hang("Shutdown of a client without commands in flight: %v", err)
		return
	}
	k.checkRemains()
}

// checkRemains compares the footprint after Close with the one before the clients were made.
func (k *soak) checkRemains() {
	limit := time.Now().Add(5 * time.Second) // callbacks of the client may still be on their way
	for runtime.NumGoroutine() > k.base.goroutines && time.Now().Before(limit) {
		time.Sleep(time.Millisecond)
	}
	k.rig.client, k.rig.admin, k.rig.conns, k.workloads = nil, nil, nil, nil
	k.closed = footprint{settledHeap(), runtime.NumGoroutine()}
	if k.closed.goroutines > k.base.goroutines {
		k.verdict.integrity("%d goroutines are left after Close; there were %d before:\n%s", k.closed.goroutines, k.base.goroutines, stacks())
	}
	if k.closed.heap > k.base.heap+closedHeapSlack {
		k.verdict.integrity("%.1f MiB of heap are left after Close; there were %.1f MiB before", mebi(k.closed.heap), mebi(k.base.heap))
	}
}

// describe tells the state of the client and of the workloads.
func (k *soak) describe() string {
	text := fmt.Sprintf("client: %v\n", k.rig.client.State())
	for _, t := range k.tallies {
		text += fmt.Sprintf("%s: running %v, %d issued, %d settled, %d with a reply\n", t.name, t.running.Load(), t.issued.Load(), t.settled.Load(), t.acked.Load())
	}
	for _, conn := range k.rig.dialled() {
		text += fmt.Sprintf("%v: %v, %+v\n", conn, conn.State(), conn.Session())
	}
	return text
}
