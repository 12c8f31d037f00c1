package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
)

var (
	errCrash = errors.New("the worker died in the midst of a job")
	errFlaky = errors.New("it did not work this time")
)

// shop is workers on one queue.
type shop struct {
	queue   *queue
	workers int

	settled, retried, crashes, takenBack atomic.Int64
	crashed                              sync.Map // IDs of the jobs that a worker has died of
}

// work lets the workers take jobs until enough are settled or ctx ends, and returns when each has ended the job it was at.
func (s *shop) work(ctx context.Context, enough int) error {
	open, shut := context.WithCancel(ctx)
	defer shut()
	team := make([]*future.Future[struct{}], s.workers)
	for i := range team {
		// Not bound to open: a worker ends by itself when it is shut.
		team[i] = future.Go(context.Background(), func(context.Context) (struct{}, error) {
			name := fmt.Sprint("worker", i)
			err := s.serve(open, shut, name, enough)
			for errors.Is(err, errCrash) { // a supervisor starts it again, under its name
				s.crashes.Add(1)
				err = s.serve(open, shut, name, enough)
			}
			if err != nil {
				shut()
			}
			return struct{}{}, err
		})
	}
	var failures []error
	for _, r := range future.AsCompleted(context.Background(), team...) {
		failures = append(failures, r.Err)
	}
	return errors.Join(failures...)
}

// serve is the life of a worker: take a job, do it, settle it.
func (s *shop) serve(open context.Context, shut func(), name string, enough int) error {
	ctx := context.Background() // a job that was taken is brought to its end, shut or not
	n, err := s.queue.takeBack(ctx, name)
	if err != nil {
		return err
	}
	s.takenBack.Add(int64(n))
	for {
		j, ok, err := s.queue.take(open, name)
		if err != nil || !ok {
			return err
		}
		err = s.do(j)
		over := true
		switch {
		case errors.Is(err, errCrash):
			return err
		case err != nil:
			over, err = s.queue.fail(ctx, name, j)
			s.retried.Add(1)
		default:
			err = s.queue.finish(ctx, name, j)
		}
		if err != nil {
			return err
		}
		if over && s.settled.Add(1) >= int64(enough) {
			shut()
		}
	}
}

// do is the work itself. Some jobs fail at first, some always, and some kill their worker once.
func (s *shop) do(j job) error {
	time.Sleep(time.Millisecond)
	if j.ID%50 == 11 {
		if _, before := s.crashed.LoadOrStore(j.ID, true); !before {
			return errCrash
		}
	}
	if hopeless(j) || j.ID%10 == 3 && j.Attempts == 0 {
		return errFlaky
	}
	return nil
}

func hopeless(j job) bool { return j.ID%50 == 7 }
