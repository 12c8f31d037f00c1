package simulator

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

var (
	errChangedMind = errors.New("the caller cancelled the future")
	errRevoked     = errors.New("the caller cancelled the context")
)

// caller is one goroutine that works through its steps.
type caller struct {
	run   *run
	plan  *callerPlan
	into  *commands.Commands // where commands are collected; nil: they are sent
	taken []taken            // what was collected
	later []func()           // waits that are put off to the end
	doing atomic.Value       // string: for a caller that does not come to its end
}

func (c *caller) work() {
	for i := range c.plan.steps {
		s := &c.plan.steps[i]
		if s.pause > 0 {
			c.doing.Store("pausing before " + s.id)
			time.Sleep(s.pause)
		}
		c.doing.Store("issuing " + s.id + " " + s.text)
		s.do(c, s)
	}
	for _, wait := range c.later {
		wait()
	}
	c.doing.Store("")
}

// issue sends one command in the manner of its step, and notes in the book how it settles. right tells what is wrong
// with its value.
func issue[T any](c *caller, s *step, send func(*commands.Commands) *future.Future[T], right func(T) string) {
	if c.into != nil {
		collect(c, s, send, right)
		return
	}
	r, m := c.run, s.manner
	rec := r.book.open(r.now(), s)
	r.say("caller %d issues %s %s", c.plan.number, s.id, s.text)
	cs := &r.client.Commands
	release := func() {}
	switch {
	case m.limit > 0:
		ctx, stop := context.WithTimeout(context.Background(), m.limit)
		cs, release = cs.With(ctx), stop
	case m.revoke > 0:
		ctx, stop := context.WithCancelCause(context.Background())
		alarm := time.AfterFunc(m.revoke, func() { stop(errRevoked) })
		cs, release = cs.With(ctx), func() { alarm.Stop(); stop(nil) }
	}
	f := send(cs)
	r.book.returned(r.now(), rec)
	watch(r, rec, f, right, release)
	use(c, s, rec, f)
}

// watch has the book told how the command settles.
func watch[T any](r *run, rec *record, f *future.Future[T], right func(T) string, release func()) {
	f.OnReady(func(f *future.Future[T]) {
		v, _, err := f.TryGet()
		wrong := ""
		if err == nil {
			wrong = right(v)
		}
		r.book.settle(r.now(), rec, err, wrong)
		release()
	})
}

// use does with the future what the step says.
func use[T any](c *caller, s *step, rec *record, f *future.Future[T]) {
	r := c.run
	switch s.manner.then {
	case await:
		wait(c, s, f)
	case awaitLater:
		c.later = append(c.later, func() { wait(c, s, f) })
	case awaitFor:
		c.doing.Store(fmt.Sprintf("waiting for %s for %v", s.id, s.manner.after))
		ctx, stop := context.WithTimeout(context.Background(), s.manner.after)
		_, err := f.Await(ctx)
		stop()
		if f.State() == future.Pending && !errors.Is(err, context.DeadlineExceeded) {
			r.fail("G7: Await of %s = %v though it is pending; want the end of its context", s.id, err)
		}
	case cancel:
		giveUp := func() {
			r.say("caller %d cancels %s", c.plan.number, s.id)
			if f.Cancel(errChangedMind) {
				r.book.cancelled(rec)
			}
		}
		if s.manner.after == 0 {
			giveUp()
		} else {
			time.AfterFunc(s.manner.after, giveUp)
		}
	}
}

func wait[T any](c *caller, s *step, f *future.Future[T]) {
	c.doing.Store("waiting for " + s.id + " " + s.text)
	_, err := f.Await(context.Background())
	if !f.Settled() || err != f.Err() {
		c.run.fail("G8: Await of %s = %v, settled %v with %v", s.id, err, f.Settled(), f.Err())
	}
}

// connect is a step: Connect with a context of its own. Only what it returns is checked.
func connect(c *caller, s *step) {
	r := c.run
	patience := r.plan.options.ReadTimeout
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	r.say("caller %d calls Connect", c.plan.number)
	err := r.client.Connect(ctx)
	r.say("caller %d: Connect = %v", c.plan.number, err)
	var typed redis.Error
	if err != nil && !errors.As(err, &typed) && err != context.DeadlineExceeded {
		r.fail("Connect of %s = %v (%T); want a typed error", s.id, err, err)
	}
}
