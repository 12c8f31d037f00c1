package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// fence tells since when no command that had failed before can run any more. A command with the outcome Unknown that was
// given up with its connection may run late, as long as the server has not come to the end of what that connection had sent.
// The fence is raised to a moment when, after it,
//
//   - the client's connection has answered a PING, so all that was sent before on that one has run, and
//   - the server lists one connection of the client at most, so it is done with all others.
//
// Where the connection of the PING was lost in between, the one on the list is a later one, and the first is done with, too.
type fence struct{ at atomic.Pointer[time.Time] }

// raised is the time of the last fence, and the zero time when there was none.
func (f *fence) raised() time.Time {
	if at := f.at.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

// raiseFence tries to raise the fence to now.
func (r *rig) raiseFence(ctx context.Context) error {
	from := time.Now()
	if _, err := r.client.Ping().Await(ctx); err != nil {
		return err
	}
	_, shared, err := r.mine(ctx)
	if err != nil {
		return err
	}
	if len(shared) > 1 {
		return fmt.Errorf("the server lists %d connections of the client", len(shared))
	}
	r.fence.at.Store(&from)
	return nil
}

// awaitQuiet waits until the server has nothing left to run: a fence is raised, and the connections of the workloads,
// which have closed them, are gone.
func (r *rig) awaitQuiet(ctx context.Context) error {
	for {
		err := r.raiseFence(ctx)
		if err == nil {
			var all []redis.ClientInfo
			if all, _, err = r.mine(ctx); err == nil && len(all) <= 1 {
				return nil
			}
		}
		if !rest(ctx, afterError) {
			return fmt.Errorf("the server has not come to rest: %w", errors.Join(err, ctx.Err()))
		}
	}
}
