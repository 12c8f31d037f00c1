package main

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// counters has many goroutines that increment a few counters. Each reply is larger than the one before to the same
// goroutine, and in the end acknowledged ≤ value ≤ acknowledged + unknown: nothing is lost, nothing runs twice, and what
// is said to be not executed has not run.
type counters struct {
	rig   *rig
	tally *tally
	list  [counterKeys]counter
}

type counter struct {
	key            string
	acked, unknown atomic.Int64
}

const (
	counterKeys       = 8
	counterGoroutines = 32
	counterWindow     = 16 // increments in flight of one goroutine, at most
)

func newCounters(r *rig, t *tally) workload {
	w := &counters{rig: r, tally: t}
	for i := range w.list {
		w.list[i].key = "counter:" + strconv.Itoa(i)
	}
	return w
}

func (w *counters) prepare(ctx context.Context) error {
	for i := range w.list {
		if _, err := w.rig.client.Set(w.list[i].key, 0).Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *counters) run(ctx context.Context) {
	var goroutines sync.WaitGroup
	for i := range counterGoroutines {
		goroutines.Go(func() { w.work(ctx, i) })
	}
	goroutines.Wait()
}

func (w *counters) work(ctx context.Context, number int) {
	type increment struct {
		counter int
		call    call
		future  *future.Future[int64]
	}
	random := w.rig.random("counters", number)
	last := [counterKeys]int64{}
	window := make([]increment, 0, counterWindow)
	for ctx.Err() == nil {
		window = window[:0]
		for range 1 + random.IntN(counterWindow) {
			i := random.IntN(counterKeys)
			window = append(window, increment{i, w.tally.issue("INCR", w.list[i].key), w.rig.client.Incr(w.list[i].key)})
		}
		failed := false
		for _, inc := range window {
			value, err := settle(inc.call, inc.future)
			c := &w.list[inc.counter]
			switch {
			case err == nil:
				c.acked.Add(1)
				if value <= last[inc.counter] {
					w.rig.verdict.integrity("counters: INCR %s = %d after %d to the same goroutine", c.key, value, last[inc.counter])
				}
				last[inc.counter] = value
			case outcomeOf(err) == redis.Unknown:
				c.unknown.Add(1)
				failed = true
			default:
				failed = true
			}
		}
		if failed {
			rest(ctx, afterError)
		}
	}
}

func (w *counters) check(ctx context.Context) {
	for i := range w.list {
		c := &w.list[i]
		got, err := w.rig.client.Get(c.key).Await(ctx)
		if err != nil {
			w.rig.verdict.integrity("counters: key %s cannot be read at the end: %v", c.key, err)
			return
		}
		value, err := strconv.ParseInt(got.Or("missing"), 10, 64)
		acked, unknown := c.acked.Load(), c.unknown.Load()
		if err != nil || value < acked || value > acked+unknown {
			w.rig.verdict.integrity("counters: key %s holds %v; want at least the %d acknowledged and at most %d, with the %d unknown",
				c.key, got.Or("nothing"), acked, acked+unknown, unknown)
		}
	}
}
