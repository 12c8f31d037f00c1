package redis_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour S1. The configuration is looked at and not changed.
func TestEventsOfKeysComeTyped(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			srv.Do("FLUSHALL")
			srv.Do("CONFIG", "SET", "notify-keyspace-events", "Kx")
			client := newLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, Database: 3})
			var bad *redis.ArgumentError
			for _, events := range [][]string{nil, {"set"}, {"expired", "hset"}} {
				if _, err := redis.KeyspaceEvents(limit(t), client, "*", events...); !errors.As(err, &bad) || !strings.Contains(err.Error(), `"Kx"`) && !strings.Contains(err.Error(), `"xK"`) {
					t.Errorf("KeyspaceEvents(%q) = %v; want an ArgumentError that shows the configuration", events, err)
				}
			}
			srv.Do("CONFIG", "SET", "notify-keyspace-events", "KEA")
			all, err := redis.KeyspaceEvents(limit(t), client, "*")
			if err != nil {
				t.Fatal(err)
			}
			some, err := redis.KeyspaceEvents(limit(t), client, "user:*", "set", "expired")
			if err != nil {
				t.Fatal(err)
			}
			await(t, client.Set("user:1", "x", redis.PX(20*time.Millisecond)))
			await(t, client.RPush("user:2", "x"))
			await(t, client.Set("other", "x"))
			for _, want := range []string{"set", "expired"} {
				e, err := some.Next(limit(t))
				if err != nil || e.Event != want || e.Key != "user:1" || e.Database != 3 || e.AfterGap {
					t.Errorf("Next = %+v, %v; want %s of user:1", e, err, want)
				}
			}
			_ = some.Close()
			for range some.Events(limit(t)) {
				t.Error("an event came after Close")
			}
			seen := 0
			for e, err := range all.Events(limit(t)) {
				if err != nil {
					t.Fatal(err)
				}
				if seen++; e.Key == "user:2" && e.Event == "rpush" {
					break
				}
			}
			if seen < 3 {
				t.Errorf("%d events before the push; want set and expire at least", seen)
			}
			_ = all.Close()
		})
	})
}
