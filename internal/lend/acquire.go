package lend

import (
	"context"
	"errors"
	"time"
)

// ErrLimit is the error of an Acquire whose time was up.
var ErrLimit = errors.New("lend: time is up")

// call is an Acquire that waits.
type call[T any] struct {
	Waiter[T]
	ch   chan struct{}
	item *Item[T]
	err  error
}

func (c *call[T]) Take(item *Item[T], err error) {
	c.item, c.err = item, err
	close(c.ch)
}

// Acquire waits for something and returns it. It fails with the cause of ctx when that ends, with ErrLimit after the
// given time (0: no limit), with the error of what was made for it, or with Options.Closed. What comes at the same
// moment is not lost: it is returned, or goes to the next. A ctx that has ended before gets nothing.
func (s *Stock[T]) Acquire(ctx context.Context, limit time.Duration) (*Item[T], error) {
	if ctx.Err() != nil {
		s.mu.Lock()
		s.count.Requests++
		s.count.Withdrawn++
		s.mu.Unlock()
		return nil, context.Cause(ctx)
	}
	if item := s.TryTake(); item != nil {
		return item, nil
	}
	c := &call[T]{ch: make(chan struct{})}
	c.To = c
	s.Request(&c.Waiter)
	select {
	case <-c.ch:
		return c.item, c.err
	default:
	}
	var late <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		late = timer.C
	}
	var err error
	select {
	case <-c.ch:
		return c.item, c.err
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-late:
		err = ErrLimit
	}
	if s.Withdraw(&c.Waiter) {
		return nil, err
	}
	<-c.ch // it is being told at this moment
	return c.item, c.err
}

// Stats is what a stock is doing, and what it has done. Requests is Given, Withdrawn, Refused and Waiting together; Given is
// Released and Lent; Made is everything Destroyed but what was NotMade, and Idle, Checking and Lent.
type Stats struct {
	Making, Idle, Checking, Lent, Ending int
	Waiting                              int

	Requests  uint64
	Given     uint64
	Withdrawn uint64
	Refused   uint64 // by an error of making, or since the stock is closed
	Released  uint64
	Made      uint64
	Destroyed [reasons]uint64
}

// Total is how many things there are, those being made or ended included. It is never above Max.
func (s *Stats) Total() int { return s.Making + s.Idle + s.Checking + s.Lent + s.Ending }

// Stats returns them as of one moment.
func (s *Stock[T]) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.count
	c.Waiting = s.waiting.n
	return c
}
