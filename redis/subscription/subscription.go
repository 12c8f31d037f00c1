package subscription

import (
	"context"
	stderrors "errors"
	"io"
	"iter"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
)

// errEnded is what a subscription ends with that the program has ended.
var errEnded = io.EOF

// A Subscription is channels, patterns and sharded channels that one reader reads as one stream of messages, in the order in
// which the server has sent them.
//
//	sub, err := client.Subscribe("news", "weather").Await(ctx)
//	defer sub.Close()
//	for m, err := range sub.Messages(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(m.Channel, m.Payload)
//	}
//
// When the connection is lost, another one is made, and everything is subscribed to again; the first message after that has
// AfterGap set. Messages wait in a buffer until they are read; what happens when it is full says Options.Overflow.
//
// A Subscription is safe for any number of goroutines; several that call Next share the messages.
type Subscription struct {
	hub     *Hub
	buf     buffer
	handled atomic.Bool // by OnMessage

	// Guarded by hub.mu.
	topics map[Topic]*topic
	off    int       // of them, those that are not in state on
	away   time.Time // when the gap began; zero: all of it is there
	cause  error     // of the gap
	onGap  func(g Gap)
}

// A Gap is a stretch in which a subscription was not, or not as a whole, connected. What was published in it is missing.
type Gap struct {
	From, To time.Time
	Err      error // why the connection was lost
}

// Stats is what a subscription has done so far, and what it holds.
type Stats struct {
	Received  uint64 // messages that came for it
	Delivered uint64 // messages that were taken
	Dropped   uint64 // messages that were lost to overflow
	Gaps      uint64 // losses of the connection

	Buffered      int  // messages that wait to be taken
	BufferedBytes int  // of them, as Options.BufferBytes counts
	Live          bool // all of it is subscribed to at this moment
}

// Next returns the next message, and waits for it as long as ctx lives; what is there already beats a dead ctx. Its errors are
//
//   - io.EOF: the subscription was closed, or nothing is left of it after Unsubscribe;
//   - context.Cause(ctx): ctx has ended, and nothing else;
//   - a *RefusedError: the server refuses one of the topics. The subscription goes on with the others, and so does Next;
//   - an *OverflowError, a *DisconnectedError, a *ConnectionError, a *RefusedError of all that was left: it has ended. Every
//     further call returns the same.
func (s *Subscription) Next(ctx context.Context) (Message, error) {
	if s.handled.Load() {
		return Message{}, &errors.ArgumentError{Command: "SUBSCRIBE", Reason: "the subscription has a handler, which gets its messages"}
	}
	return s.buf.take(ctx)
}

// Messages iterates over the messages. It ends when the subscription ends; unless that was by Close or Unsubscribe, or when ctx
// ends, the last pair has the error. A *RefusedError of one topic comes in between. The iterator may be used again, and goes on where
// it was left.
func (s *Subscription) Messages(ctx context.Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		for {
			m, err := s.Next(ctx)
			if stderrors.Is(err, io.EOF) {
				return
			}
			if !yield(m, err) || err != nil && !s.goesOn(err) {
				return
			}
		}
	}
}

// goesOn tells whether there may be messages after an error.
func (s *Subscription) goesOn(err error) bool {
	var refused *RefusedError
	if !stderrors.As(err, &refused) {
		return false
	}
	s.buf.mu.Lock()
	defer s.buf.mu.Unlock()
	return s.buf.ended == nil || s.buf.ended != err //nolint:errorlint // the very same error, not one like it
}

// Subscribe adds channels. The future is settled when the server has confirmed them; it fails with the refusals if there are
// any, the others are subscribed to all the same. When it fails otherwise, or is cancelled, none of them is.
func (s *Subscription) Subscribe(channels ...string) *future.Future[struct{}] {
	return s.join(KindChannel, channels)
}

// PSubscribe is Subscribe for patterns.
func (s *Subscription) PSubscribe(patterns ...string) *future.Future[struct{}] {
	return s.join(KindPattern, patterns)
}

// SSubscribe is Subscribe for sharded channels.
func (s *Subscription) SSubscribe(channels ...string) *future.Future[struct{}] {
	return s.join(KindShard, channels)
}

// Unsubscribe takes channels off the subscription, all of them if none are given: from now on no message of theirs is added. The future
// is settled when the server has confirmed it, as far as no other subscription of the connection wants them. With the last
// topic of any kind the subscription ends: Next returns io.EOF after what is in the buffer.
func (s *Subscription) Unsubscribe(channels ...string) *future.Future[struct{}] {
	return s.leave(KindChannel, channels)
}

// PUnsubscribe is Unsubscribe for patterns.
func (s *Subscription) PUnsubscribe(patterns ...string) *future.Future[struct{}] {
	return s.leave(KindPattern, patterns)
}

// SUnsubscribe is Unsubscribe for sharded channels.
func (s *Subscription) SUnsubscribe(channels ...string) *future.Future[struct{}] {
	return s.leave(KindShard, channels)
}

func (s *Subscription) join(kind Kind, names []string) *future.Future[struct{}] {
	h := s.hub
	p, w := newWait()
	w.sub = s
	p.OnCancel(func(cause error) { h.giveUp(w, cause) })
	h.mu.Lock()
	defer h.unlock()
	if _, open := h.subs[s]; !open {
		return future.Rejected[struct{}](&errors.DisconnectedError{Reason: errors.ReasonClosed})
	}
	if len(names) == 0 {
		return future.Rejected[struct{}](refused("channels", "at least one is needed"))
	}
	h.joinLocked(s, topicsOf(nil, kind, names), w)
	return p.Future()
}

func (s *Subscription) leave(kind Kind, names []string) *future.Future[struct{}] {
	h := s.hub
	p, w := newWait()
	h.mu.Lock()
	defer h.unlock()
	list := topicsOf(nil, kind, names)
	if len(names) == 0 {
		for t := range s.topics {
			if t.Kind == kind {
				list = append(list, t)
			}
		}
	}
	if _, open := h.subs[s]; open {
		h.leaveLocked(s, list, w)
	}
	h.startLocked(w, verbs[kind][1])
	return p.Future()
}

// Topics lists what is subscribed to, in no order.
func (s *Subscription) Topics() []Topic {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	list := make([]Topic, 0, len(s.topics))
	for t := range s.topics {
		list = append(list, t)
	}
	return list
}

// Stats returns what the subscription has done so far.
func (s *Subscription) Stats() Stats {
	s.hub.mu.Lock()
	live := s.off == 0 && len(s.topics) > 0
	s.hub.mu.Unlock()
	s.buf.mu.Lock()
	defer s.buf.mu.Unlock()
	stats := s.buf.stats
	stats.Buffered, stats.BufferedBytes, stats.Live = s.buf.count, s.buf.bytes, live
	return stats
}

// Close ends the subscription: what is in its buffer is dropped, and Next returns io.EOF. It waits for nothing, neither for
// the server nor for a handler, and may be called by one. Close again does nothing. The error is always nil.
func (s *Subscription) Close() error {
	h := s.hub
	h.mu.Lock()
	defer h.unlock()
	h.endLocked(s, errEnded, true)
	return nil
}
