package lend

import (
	"context"
	"errors"
	"time"
)

// ErrLimit is what a request ends with whose time was up.
var ErrLimit = errors.New("lend: time is up")

// call is an Acquire that waits. It is used again: where many wait for few things, what each wait allocates costs more than
// all else here.
type call[T any] struct {
	Waiter[T]
	told chan struct{} // capacity 1
	item *Item[T]
	err  error
}

func newCall[T any]() *call[T] {
	c := &call[T]{told: make(chan struct{}, 1)}
	c.To = c
	return c
}

func (c *call[T]) Take(item *Item[T], err error) {
	c.item, c.err = item, err
	c.told <- struct{}{}
}

// wait waits for Take, or the end of ctx, which it reports as false.
func (c *call[T]) wait(ctx context.Context) bool {
	done := ctx.Done()
	if done == nil {
		<-c.told
		return true
	}
	select {
	case <-c.told:
		return true
	case <-done:
		return false
	}
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
	var do deeds[T]
	s.mu.Lock()
	if item := s.takeLocked(); item != nil {
		s.mu.Unlock()
		return item, nil
	}
	c := s.calls.Get().(*call[T])
	s.requestLocked(&c.Waiter, limit, &do)
	s.mu.Unlock()
	s.carryOut(&do)
	if !c.wait(ctx) {
		if s.Withdraw(&c.Waiter) {
			c.err = context.Cause(ctx)
		} else {
			<-c.told // it is being told at this moment
		}
	}
	item, err := c.item, c.err
	c.item, c.err = nil, nil
	s.calls.Put(c)
	return item, err
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
