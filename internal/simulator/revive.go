package simulator

import (
	"context"
	"errors"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// attempts is how many commands or Connects may fail after the faults are over: what was on its way by then may still
// fail, as an attempt to connect that has been answered by garbage.
const attempts = 4

// revive checks that the client works now that nothing goes wrong any more, or is closed for good, and that nothing is
// left in its queue.
func (r *run) revive() {
	if r.closed() {
		err := r.fresh()
		var gone *redis.DisconnectedError
		if !errors.As(err, &gone) {
			r.fail("D5: a command after Close fails with %v (%T); want a DisconnectedError", err, err)
		}
	} else {
		r.comeBack()
	}
	time.Sleep(r.plan.options.ReadTimeout / 4) // the last write may return after it is answered
	synctest.Wait()
	if s := r.client.Stats(); s.InFlight+s.Backlog+s.BacklogBytes+s.Waiting > 0 {
		r.fail("G2: the queue holds something when all is answered: %+v", s)
	}
}

func (r *run) comeBack() {
	var err error
	for range attempts {
		if r.plan.connect || r.client.State() == redis.StateGivenUp {
			if err = r.connected(); err != nil {
				continue
			}
		}
		before := r.now()
		err = r.fresh()
		if err == nil {
			if took := r.now() - before; r.plan.connect && took > r.plan.options.ReadTimeout/2 {
				r.fail("G6: a command on a healthy connection takes %v", took)
			}
			return
		}
		var typed redis.Error
		if !errors.As(err, &typed) || typed.Outcome() != redis.NotExecuted {
			r.fail("a command on a healthy network fails with %v; want nil, or not executed", err)
			return
		}
		// A PING of the lost connection may fill a queue of one, until there is the next connection.
		time.Sleep(r.plan.options.ReconnectDelayMax)
	}
	r.fail("the client does not come back: %v; it is %v", err, r.client.State())
}

func (r *run) connected() error {
	ctx, stop := context.WithTimeout(context.Background(), 10*r.plan.options.ReadTimeout)
	defer stop()
	err := r.client.Connect(ctx)
	r.say("Connect = %v", err)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		r.fail("Connect on a healthy network hangs for %v", 10*r.plan.options.ReadTimeout)
	}
	return err
}

// fresh issues one command and waits for it.
func (r *run) fresh() error {
	r.say("a fresh command")
	r.fresher++
	ctx, stop := context.WithTimeout(context.Background(), 10*r.plan.options.ReadTimeout)
	defer stop()
	v, err := r.client.Echo("fresh").Await(ctx)
	r.say("the fresh command: %v, %v", v, err)
	if err == nil && v != "fresh" {
		r.fail("G3: ECHO fresh = %q", v)
	}
	return err
}

// closed tells whether Close has been called.
func (r *run) closed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.closings) > 0
}
