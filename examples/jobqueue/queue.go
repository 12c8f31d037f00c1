package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// job is what the queue carries.
type job struct {
	ID       int `json:"id"`
	Attempts int `json:"attempts"` // how often it has failed
}

// queue is a reliable queue: a job is always in one of its lists, whoever dies, and leaves them only when it is done.
//
//	push --> waiting --take (BLMOVE)--> working:<worker> --finish--> counted in done
//	            ^                          |        |
//	            +------ retry -------------+        +--- failed too often --> dead
//
// A worker that died has left its job in its list; who starts under the same name takes it back. So a job may be
// worked on twice, and is finished once.
type queue struct {
	client *redis.Client
	name   string // before all keys
}

// maxAttempts is how often a job may fail before it is put aside.
const maxAttempts = 3

func (q *queue) waiting() string              { return q.name + ":waiting" }
func (q *queue) working(worker string) string { return q.name + ":working:" + worker }
func (q *queue) done() string                 { return q.name + ":done" }
func (q *queue) dead() string                 { return q.name + ":dead" }

// push adds jobs at the end of the queue.
func (q *queue) push(ctx context.Context, jobs ...job) error {
	elements := make([]any, len(jobs))
	for i, j := range jobs {
		elements[i] = j.encode()
	}
	_, err := q.client.LPush(q.waiting(), elements...).Await(ctx)
	return err
}

// take waits for a job and moves it to the worker's own list. It returns false when ctx has ended and there is none.
func (q *queue) take(ctx context.Context, worker string) (job, bool, error) {
	// Bound to ctx, so that its end also ends the wait at the server. A job that was moved in that very moment is delivered; that is why
	// ctx does not end the Await as well.
	f := q.client.With(ctx).BLMove(q.waiting(), q.working(worker), redis.Right, redis.Left, 0)
	element, err := f.Await(context.Background())
	text, ok := element.Get()
	switch {
	case err != nil && ctx.Err() != nil:
		return job{}, false, nil
	case err != nil || !ok:
		return job{}, false, err
	}
	var j job
	err = json.Unmarshal([]byte(text), &j)
	return j, true, err
}

// finish takes a job off the worker's list and counts it, both or neither.
func (q *queue) finish(ctx context.Context, worker string, j job) error {
	return q.settle(ctx, worker, j, func(tx *redis.Tx) { tx.SAdd(q.done(), j.ID) })
}

// fail gives a job back to be tried again later, behind those that wait, or puts it aside if it has failed too often.
func (q *queue) fail(ctx context.Context, worker string, j job) (dead bool, err error) {
	again := job{ID: j.ID, Attempts: j.Attempts + 1}
	dead = again.Attempts >= maxAttempts
	return dead, q.settle(ctx, worker, j, func(tx *redis.Tx) {
		if dead {
			tx.LPush(q.dead(), again.encode())
		} else {
			tx.LPush(q.waiting(), again.encode())
		}
	})
}

// settle takes a job off the worker's list, together with what becomes of it. When the connection is lost on the way, the job
// may be on the list still; then it is taken back.
func (q *queue) settle(ctx context.Context, worker string, j job, also func(tx *redis.Tx)) error {
	tx := q.client.Tx()
	removed := tx.LRem(q.working(worker), 1, j.encode())
	also(tx)
	if err := tx.Exec(ctx); err != nil {
		return err
	}
	if n, err := removed.Await(ctx); err != nil || n != 1 {
		return fmt.Errorf("job %d was on the list of %s %d times; want 1 (error: %v)", j.ID, worker, n, err)
	}
	return nil
}

// takeBack puts what a worker has left in its list back in front of the queue, and tells how many jobs that were.
func (q *queue) takeBack(ctx context.Context, worker string) (jobs int, err error) {
	for {
		moved, err := q.client.LMove(q.working(worker), q.waiting(), redis.Left, redis.Right).Await(ctx)
		if err != nil || !moved.Valid() {
			return jobs, err
		}
		jobs++
	}
}

// state counts what is where, at one moment.
func (q *queue) state(ctx context.Context) (waiting, done, dead int64, err error) {
	tx := q.client.Tx()
	w, d, x := tx.LLen(q.waiting()), tx.SCard(q.done()), tx.LLen(q.dead())
	if err := tx.Exec(ctx); err != nil {
		return 0, 0, 0, err
	}
	return future.Await3(ctx, w, d, x)
}

func (j job) encode() []byte {
	text, err := json.Marshal(j)
	if err != nil {
		panic(err) // two integers
	}
	return text
}
