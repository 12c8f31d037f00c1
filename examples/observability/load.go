package main

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// keys is how many keys the load works on.
const keys = 1000

// load is what callers do to a server, so that there is something to see.
type load struct {
	callers int
	kill    time.Duration
}

// start begins the load, which ends with ctx; wait for the group then.
func (l load) start(ctx context.Context, client *redis.Client, opts redis.Options) *sync.WaitGroup {
	var group sync.WaitGroup
	for range l.callers {
		group.Go(func() { call(ctx, client) })
	}
	group.Go(func() { listen(ctx, client) })
	group.Go(func() { publish(ctx, client) })
	if l.kill > 0 {
		group.Go(func() { killAll(ctx, opts, l.kill) })
	}
	return &group
}

// call reads, writes and counts, some commands at a time. Failures are what the page shows; nobody else needs them.
func call(ctx context.Context, client *redis.Client) {
	for ctx.Err() == nil {
		key := "observability:" + strconv.Itoa(rand.IntN(keys))
		_ = future.WaitAll(ctx,
			client.Set(key, "value", redis.EX(time.Minute)),
			client.Get(key),
			client.Incr("observability:n"),
		)
		if rand.IntN(1000) == 0 {
			_, _ = client.LPush("observability:n", "refused: it is a number").Await(ctx)
		}
		pause(ctx, time.Millisecond)
	}
}

// listen subscribes, and takes what comes.
func listen(ctx context.Context, client *redis.Client) {
	for ctx.Err() == nil {
		sub, err := client.Subscribe("observability").Await(ctx)
		if err != nil {
			pause(ctx, time.Second)
			continue
		}
		for range sub.Messages(ctx) {
		}
		_ = sub.Close()
	}
}

func publish(ctx context.Context, client *redis.Client) {
	for ctx.Err() == nil {
		client.Publish("observability", "message")
		pause(ctx, 100*time.Millisecond)
	}
}

// killAll kills the connections of all other clients, now and then.
func killAll(ctx context.Context, opts redis.Options, every time.Duration) {
	killer := redis.New(opts)
	defer killer.Close()
	for {
		if !pause(ctx, every) {
			return
		}
		for _, kind := range []string{"normal", "pubsub"} {
			_, _ = redis.Do[int64](killer, "CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes").Await(ctx)
		}
	}
}

// pause waits for d, and reports false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
