package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// jobs is a queue in the classical form: producers RPUSH jobs, each consumer moves one into a list of its own by BLMOVE, works
// on it, and removes it by LREM. After an error a consumer finds in its list what it was given without hearing of it.
type jobs struct {
	rig       *rig
	tally     *tally
	books     [jobProducers]*jobBook
	consumers [jobConsumers]*consumer
}

const (
	jobProducers = 2
	jobConsumers = 3
	jobBatch     = 16 // pushes in flight of one producer
	jobQueue     = "job:queue"
	jobWait      = 500 * time.Millisecond // of one BLMOVE
)

// consumer has a connection for itself, since it blocks it. Owned by its goroutine, then by check.
type consumer struct {
	conn *redis.Conn
	list string // key
	// taken counts, for each job, the deliveries of which the removal from the list is not certain.
	taken map[string]int
	// idle counts the turns without a job, and with nothing left in the list, since the last job. Read by run.
	idle atomic.Int64
}

func newJobs(r *rig, t *tally) workload {
	w := &jobs{rig: r, tally: t}
	for i := range w.books {
		w.books[i] = newJobBook(i)
	}
	for i := range w.consumers {
		w.consumers[i] = &consumer{list: fmt.Sprintf("job:consumer:%d", i), taken: map[string]int{}}
	}
	return w
}

func (w *jobs) prepare(ctx context.Context) error {
	for i, c := range w.consumers {
		conn, err := w.rig.dial(ctx, fmt.Sprintf("consumer-%d", i))
		if err != nil {
			return err
		}
		c.conn = conn
	}
	return nil
}

// idleTurns is after how many of them a consumer has nothing to come.
const idleTurns = 2

func (w *jobs) idle() bool {
	for _, c := range w.consumers {
		if c.idle.Load() < idleTurns {
			return false
		}
	}
	return true
}

// run lets the consumers go on until all is delivered, once the producers have come to their end.
func (w *jobs) run(ctx context.Context) {
	drain, drained := context.WithCancel(context.Background())
	defer drained()
	var consumers, producers sync.WaitGroup
	for _, c := range w.consumers {
		consumers.Go(func() { w.consume(drain, c) })
	}
	for _, b := range w.books {
		producers.Go(func() { w.produce(ctx, b) })
	}
	producers.Wait()
	// What is lost does not come however long one waits: check looks for it.
	for _, c := range w.consumers {
		c.idle.Store(0)
	}
	for w.undelivered() > 0 && !w.idle() && !w.rig.verdict.fallen() {
		rest(drain, time.Millisecond)
	}
	drained()
	consumers.Wait()
	for _, c := range w.consumers {
		w.shut(c)
	}
}

// shut closes a consumer's connection; nothing is in flight on it.
func (w *jobs) shut(c *consumer) {
	ctx, cancel := context.WithTimeout(context.Background(), w.tally.bound)
	defer cancel()
	if err := c.conn.Shutdown(ctx); err != nil {
		w.rig.verdict.hang("jobs: Shutdown of a connection without commands in flight: %v", err)
	}
}

func (w *jobs) undelivered() (n int) {
	for _, b := range w.books {
		n += len(b.undelivered())
	}
	return n
}

func (w *jobs) produce(ctx context.Context, b *jobBook) {
	for ctx.Err() == nil {
		var batch []uint64
		for len(batch) < jobBatch {
			select {
			case b.delay <- struct{}{}:
			case <-ctx.Done():
				return
			}
			batch = append(batch, b.take())
		}
		for len(batch) > 0 {
			failed := w.push(b, batch)
			if len(failed) > 0 && !rest(ctx, afterError) {
				return
			}
			batch = failed
		}
	}
}

// push issues the pushes of a batch together, and returns the jobs that have to be pushed again.
func (w *jobs) push(b *jobBook, batch []uint64) (failed []uint64) {
	calls := make([]call, len(batch))
	pushes := make([]*future.Future[int64], len(batch))
	for i, number := range batch {
		b.pushing(number)
		calls[i] = w.tally.issue("RPUSH", jobQueue)
		pushes[i] = w.rig.client.RPush(jobQueue, strconv.Itoa(b.producer)+":"+strconv.FormatUint(number, 10))
	}
	for i, number := range batch {
		_, err := settle(calls[i], pushes[i])
		if wrong := b.pushed(number, err == nil, err != nil && outcomeOf(err) == redis.Unknown); wrong != nil {
			w.rig.verdict.integrity("jobs: %v", wrong)
		}
		if err != nil {
			failed = append(failed, number)
		}
	}
	return failed
}

func (w *jobs) consume(ctx context.Context, c *consumer) {
	for ctx.Err() == nil {
		move := w.tally.issue("BLMOVE", jobQueue)
		move.blocks = jobWait
		got, err := settle(move, c.conn.BLMove(jobQueue, c.list, redis.Left, redis.Right, jobWait))
		item, moved := got.Get()
		if moved {
			c.idle.Store(0)
			w.deliver(c, item)
			err = w.remove(c, item)
		}
		// Also when there was nothing to do: a BLMOVE of a lost connection can have been run since.
		for (err != nil || !moved) && ctx.Err() == nil {
			if err = w.recover(c); err == nil {
				c.idle.Add(1)
				break
			}
			rest(ctx, afterError)
		}
	}
}

// deliver notes that a job has arrived.
func (w *jobs) deliver(c *consumer, item string) {
	c.taken[item]++
	producer, number, _ := strings.Cut(item, ":")
	p, err := strconv.Atoi(producer)
	n, err2 := strconv.ParseUint(number, 10, 64)
	if err = errors.Join(err, err2); err != nil || p < 0 || p >= len(w.books) {
		w.rig.verdict.integrity("jobs: %.60q was delivered, which is no job", item)
		return
	}
	if err := w.books[p].deliver(n); err != nil {
		w.rig.verdict.integrity("jobs: %v", err)
	}
}

// remove takes a job that is done out of the consumer's list.
func (w *jobs) remove(c *consumer, item string) error {
	lrem := w.tally.issue("LREM", c.list)
	n, err := settle(lrem, c.conn.LRem(c.list, 1, item))
	if err != nil {
		return err
	}
	if c.taken[item]--; n == 0 || c.taken[item] <= 0 {
		delete(c.taken, item)
	}
	return nil
}

// recover delivers what stands in the consumer's list and is not known to have been delivered, and removes all of it.
func (w *jobs) recover(c *consumer) error {
	lrange := w.tally.issue("LRANGE", c.list)
	items, err := settle(lrange, c.conn.LRange(c.list, 0, -1))
	if err != nil {
		return err
	}
	w.deliverNew(c, items)
	if len(items) > 0 {
		c.idle.Store(0)
	}
	for _, item := range items {
		if err := w.remove(c, item); err != nil {
			return err
		}
	}
	return nil
}

// deliverNew delivers those of a list's items that have not been before. What was removed by an LREM of unknown outcome
// is not in the list any more.
func (w *jobs) deliverNew(c *consumer, items []string) {
	listed := map[string]int{}
	for _, item := range items {
		listed[item]++
	}
	for item := range c.taken {
		if c.taken[item] = min(c.taken[item], listed[item]); c.taken[item] == 0 {
			delete(c.taken, item)
		}
	}
	for item, n := range listed {
		for c.taken[item] < n {
			w.deliver(c, item)
		}
	}
}

// check counts what is left in the lists as delivered; what is then missing is lost.
func (w *jobs) check(ctx context.Context) {
	queue := &consumer{list: jobQueue, taken: map[string]int{}}
	for _, c := range append(w.consumers[:], queue) {
		items, err := w.rig.client.LRange(c.list, 0, -1).Await(ctx)
		if err != nil {
			w.rig.verdict.integrity("jobs: key %s cannot be read at the end: %v", c.list, err)
			return
		}
		w.deliverNew(c, items)
	}
	for _, b := range w.books {
		if lost := b.undelivered(); len(lost) > 0 {
			w.rig.verdict.integrity("jobs: %d jobs of producer %d are lost, the first is %d: pushed to %s, acknowledged, and never delivered",
				len(lost), b.producer, lost[0], jobQueue)
		}
	}
}
