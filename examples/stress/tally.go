package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// kind is the type of an error.
type kind int

// The types of errors that a future of a command can settle with, and what is none of them.
const (
	kindConnection kind = iota
	kindTimeout
	kindProtocol
	kindRedis
	kindDisconnected
	kindArgument
	kindOther
	kindUntyped
	kinds
)

var kindNames = [kinds]string{
	"ConnectionError", "TimeoutError", "ProtocolError", "RedisError", "DisconnectedError", "ArgumentError", "another type", "no type",
}

func kindOf(err error) (kind, redis.Error) {
	var e redis.Error
	if !errors.As(err, &e) {
		return kindUntyped, nil
	}
	switch e.(type) {
	case *redis.ConnectionError:
		return kindConnection, e
	case *redis.TimeoutError:
		return kindTimeout, e
	case *redis.ProtocolError:
		return kindProtocol, e
	case *redis.RedisError:
		return kindRedis, e
	case *redis.DisconnectedError:
		return kindDisconnected, e
	case *redis.ArgumentError:
		return kindArgument, e
	}
	return kindOther, e
}

// outcomes is how many there are: Unknown, NotExecuted and Rejected, in this order.
const outcomes = 3

// outcomeOf is the outcome that an error tells, and Unknown where it tells none.
func outcomeOf(err error) redis.Outcome {
	var e redis.Error
	if errors.As(err, &e) {
		return e.Outcome()
	}
	return redis.Unknown
}

// tally counts the commands of one workload, and judges their errors. It is safe for concurrent use.
type tally struct {
	name    string
	verdict *verdict
	errors  *errorLog
	bound   time.Duration // within which every future has to settle

	issued, settled atomic.Int64
	acked           atomic.Int64 // settled as they should: with a reply, or with the refusal that was asked for
	failed          [kinds][outcomes]atomic.Int64
	latency         histogram // from issue to reply, without commands that block

	running atomic.Bool // between the start and the return of the workload's run
}

// call is one command, from its issue on.
type call struct {
	tally   *tally
	op      string // of the command, "SET"
	key     string
	at      time.Time
	refusal string        // the code of the error that is asked for, "WRONGTYPE"
	blocks  time.Duration // how long the server may keep it
}

// issue counts a command that is going to be issued at once, before the call that may wait for room in the queue.
func (t *tally) issue(op, key string) call {
	t.issued.Add(1)
	return call{tally: t, op: op, key: key, at: time.Now()}
}

// errHung is what settle returns for a future that did not settle in time.
var errHung = errors.New("the future did not settle in time")

// settle awaits the future of a call and counts its end. A future that does not settle within its bound is a hang. The refusal
// that was asked for is no error.
func settle[T any](c call, f *future.Future[T]) (T, error) {
	if !f.Settled() {
		ctx, cancel := context.WithDeadline(context.Background(), c.at.Add(c.tally.bound+c.blocks))
		_, _ = f.Await(ctx)
		cancel()
		if !f.Settled() {
			c.tally.verdict.hang("%s: %s %s did not settle within %v", c.tally.name, c.op, c.key, c.tally.bound+c.blocks)
			var zero T
			return zero, errHung
		}
	}
	v, err := f.Await(context.Background())
	return v, c.settled(err)
}

// settled counts the end of a call and judges its error: it must be of a type, and of one that may come up.
func (c call) settled(err error) error {
	t := c.tally
	t.settled.Add(1)
	if err == nil {
		if c.refusal != "" {
			t.verdict.integrity("%s: %s %s succeeded; want %s", t.name, c.op, c.key, c.refusal)
		}
		c.acked()
		return nil
	}
	k, typed := kindOf(err)
	outcome := redis.Unknown
	if typed != nil {
		outcome = typed.Outcome()
	}
	if refused, ok := typed.(*redis.RedisError); ok && refused.Code == c.refusal {
		if refused.Command != c.op || outcome != redis.Rejected {
			t.verdict.integrity("%s: %s %s got the refusal of %s, outcome %v: %v", t.name, c.op, c.key, refused.Command, outcome, err)
		}
		c.acked()
		return nil
	}
	t.failed[k][outcome].Add(1)
	t.errors.add(t.name, c.op, err)
	if !mayComeUp(typed) {
		t.verdict.integrity("%s: %s %s failed with %s (%s, outcome %v), which no fault explains", t.name, c.op, c.key, err, kindNames[k], outcome)
	}
	return err
}

func (c call) acked() {
	c.tally.acked.Add(1)
	if c.blocks == 0 {
		c.tally.latency.observe(time.Since(c.at))
	}
}

// mayComeUp tells whether a server that loses connections, stops and starts again explains an error.
func mayComeUp(typed redis.Error) bool {
	switch e := typed.(type) {
	case *redis.ConnectionError, *redis.TimeoutError:
		return true
	case *redis.DisconnectedError:
		return e.QueueSize > 0 // the queue is full; a client that is closed or has given up is not
	}
	return false
}

// failures sums the errors up by outcome.
func (t *tally) failures() (sum [outcomes]int64) {
	for k := range t.failed {
		for o := range t.failed[k] {
			sum[o] += t.failed[k][o].Load()
		}
	}
	return sum
}
