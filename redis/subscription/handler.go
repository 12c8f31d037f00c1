package subscription

import (
	"context"
	stderrors "errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
)

// OnMessage has fn called for every message, one after the other, on a goroutine of the subscription's. fn may block, and may close
// the subscription. An error that it returns, and a panic, goes to Options.OnError of the client; the subscription goes
// on. The future is settled when fn is called no more: with a value after Close or Unsubscribe, or with what has ended
// the subscription. Next fails from now on, and so does a second OnMessage.
func (s *Subscription) OnMessage(fn func(m Message) error) *future.Future[struct{}] {
	return s.handle(fn)
}

// OnMessageAsync is OnMessage for an fn that begins something and returns the future of its end: the next message is held
// until that is settled. Its error is reported like an error of fn. nil holds nothing.
func (s *Subscription) OnMessageAsync(fn func(m Message) future.Awaitable) *future.Future[struct{}] {
	return s.handle(func(m Message) error {
		f := fn(m)
		if f == nil {
			return nil
		}
		select {
		case <-f.Done():
			return f.Err()
		case <-s.buf.over:
			return nil
		}
	})
}

// OnGap has fn called when a gap has ended: the connection was lost, and all of the subscription is back. It is called on the
// goroutine of the client's callbacks, where it may block. It should be set before messages matter; nil sets none.
func (s *Subscription) OnGap(fn func(g Gap)) {
	s.hub.mu.Lock()
	s.onGap = fn
	s.hub.mu.Unlock()
}

func (s *Subscription) handle(fn func(m Message) error) *future.Future[struct{}] {
	if s.handled.Swap(true) {
		return future.Rejected[struct{}](&errors.ArgumentError{Command: "SUBSCRIBE", Reason: "the subscription has a handler already"})
	}
	p := future.NewPromise[struct{}]()
	go s.handleLoop(fn, p)
	return p.Future()
}

// handleLoop takes messages and has them handled, until the subscription ends.
func (s *Subscription) handleLoop(fn func(m Message) error, done *future.Promise[struct{}]) {
	over := false
	defer func() {
		if !over { // fn has ended its goroutine by runtime.Goexit: the subscription lives
			go s.handleLoop(fn, done)
		}
	}()
	for {
		m, err := s.buf.take(context.Background())
		if err == nil {
			err = handled(fn, m)
			if err != nil {
				s.hub.link.Report(err)
			}
			continue
		}
		if s.goesOn(err) {
			s.hub.link.Report(err)
			continue
		}
		over = true
		if stderrors.Is(err, io.EOF) {
			done.Complete(struct{}{})
		} else {
			done.Fail(err)
		}
		return
	}
}

// handled calls fn. A panic becomes an error.
func handled(fn func(m Message) error, m Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("redis: panic in the handler of a subscription: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(m)
}
