package redis_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// newLive makes a client of a real server, closed with the test.
func newLive(t *testing.T, opts redis.Options) *redis.Client {
	t.Helper()
	client := redis.New(opts)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// untilBlocked waits until so many connections of a server are blocked.
func untilBlocked(t *testing.T, srv *redistest.Server, n int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); srv.Info("clients")["blocked_clients"] != strconv.Itoa(n); {
		if time.Now().After(end) {
			t.Fatalf("%s clients are blocked; want %d", srv.Info("clients")["blocked_clients"], n)
		}
	}
}

// Behaviours B1 and T5.
func TestBlockedCommandsOnARealServerDelayNobody(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			redistest.NoLeaks(t)
			srv.Do("FLUSHALL")
			client := newLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, ClientName: "lane"})
			var pops []popFuture
			for range 100 {
				pops = append(pops, pop(client, 0))
			}
			untilBlocked(t, srv, 100)
			await(t, client.Set("a", "b"))
			if v := await(t, client.Get("a")); v.Or("") != "b" {
				t.Errorf("GET = %v; want b", v)
			}

			// Cancelled: it returns soon, and an element that is pushed after that is not eaten by it.
			start := time.Now()
			pops[7].Cancel(errEnough)
			if err := awaitFails(t, pops[7]); err != errEnough {
				t.Errorf("Await = %v; want the cause", err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("cancelled after %v; want 50ms", took)
			}
			seen := map[string]bool{}
			for i := range 99 {
				await(t, client.RPush("k", i))
			}
			for i, f := range pops {
				if i != 7 {
					seen[got(t, f)] = true
				}
			}
			if len(seen) != 99 {
				t.Errorf("%d different elements; want 99", len(seen))
			}

			stream := client.XRead([]redis.StreamPosition{{Stream: "s", ID: "0"}}, redis.Block(10*time.Second))
			untilBlocked(t, srv, 1)
			await(t, client.Command("XADD", "s", "*", "f", "v"))
			if entries := await(t, stream); len(entries) != 1 || len(entries[0].Entries) != 1 {
				t.Errorf("XREAD = %v; want the entry", entries)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			start = time.Now()
			e := awaitErr[*redis.TimeoutError](t, client.With(ctx).BZPopMin([]string{"z"}, 0))
			if took := time.Since(start); took < 300*time.Millisecond || took > 2*time.Second || e.Outcome() != redis.NotExecuted {
				t.Errorf("BZPOPMIN = %v, %v after %v; want a timeout after 300ms", e, e.Outcome(), took)
			}

			// Closed with thirty of them pending.
			for i := range pops[:30] {
				pops[i] = pop(client, 0)
			}
			untilBlocked(t, srv, 30)
			start = time.Now()
			_ = client.Close()
			for _, f := range pops[:30] {
				if !f.Settled() || outcome(t, f) != redis.Unknown {
					t.Errorf("after Close: %v; want unknown", f.Err())
				}
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("Close took %v", took)
			}
			for end := time.Now().Add(30 * time.Second); strings.Contains(clientList(srv), "name=lane"); {
				if time.Now().After(end) {
					t.Fatalf("connections are left: %s", clientList(srv))
				}
			}
		})
	})
}

func clientList(srv *redistest.Server) string {
	list, _ := srv.Do("CLIENT", "LIST").(string)
	return list
}

// Behaviour B1. A producer pushes in the moment in which the command is cancelled, by the future or by its context,
// again and again: no element is ever lost.
func TestNoElementIsLostInTheRaceWithCancel(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			srv.Do("FLUSHALL")
			client := newLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, ReadTimeout: 20 * time.Second})
			producer := newLive(t, redis.Options{Addr: srv.Addr})
			seen := map[string]int{}
			cancelled := 0
			for i := range rounds {
				ctx, cancel := context.WithCancelCause(context.Background())
				f := pop(client.With(ctx), 0)
				for range i % 7 * 30 { // let it block, most times
					runtime.Gosched()
				}
				both := []func(){func() { await(t, producer.RPush("k", i)) }, func() { f.Cancel(errEnough) }}
				if i%2 == 0 {
					both[1] = func() { cancel(errEnough) }
				}
				if i%4 < 2 {
					slices.Reverse(both) // the scheduler prefers who is started last
				}
				var together sync.WaitGroup
				for _, do := range both {
					together.Go(do)
				}
				kv, err := f.Await(limitFor(time.Minute))
				together.Wait()
				cancel(nil)
				if v, ok := await(t, producer.LPop("k")).Get(); ok { // what the next round would not wait for
					seen[v]++
				}
				switch v, ok := kv.Get(); {
				case err == nil && ok:
					seen[v.Value]++
				case errors.Is(err, errEnough) && f.State() == future.Cancelled:
					cancelled++
				default:
					t.Fatalf("round %d: %v, %v; want an element, or the cancellation", i, kv, err)
				}
			}
			for i := range rounds {
				if n := seen[strconv.Itoa(i)]; n != 1 {
					t.Errorf("element %d was delivered or left %d times; want once", i, n)
				}
			}
			if cancelled == 0 || cancelled == rounds {
				t.Errorf("%d of %d rounds were cancelled: that is no race", cancelled, rounds)
			}
			t.Logf("%d rounds: %d cancelled, %d delivered", rounds, cancelled, rounds-cancelled)
			for end := time.Now().Add(30 * time.Second); client.Stats().LaneBusy > 0; runtime.Gosched() {
				if time.Now().After(end) {
					t.Fatalf("Stats = %+v; want every connection given back", client.Stats())
				}
			}
		})
	})
}

// WAIT on a Conn counts its own writes.
func TestWaitOnAConnCountsTheReplicasThatHaveItsWrites(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		srv.Do("CONFIG", "SET", "repl-diskless-sync-delay", "0")
		replica := redistest.Start(t, redistest.Options{Flavor: redistest.Flavor(srv.Name)})
		replica.Do("REPLICAOF", "127.0.0.1", strings.TrimPrefix(srv.Addr, "127.0.0.1:"))
		conn := dialLive(t, redis.Options{Addr: srv.Addr})
		for end := time.Now().Add(30 * time.Second); await(t, conn.Wait(1, 100*time.Millisecond)) != 1; {
			if time.Now().After(end) {
				t.Fatal("the replica does not come up")
			}
		}
		await(t, conn.Set("k", "v"))
		if n := await(t, conn.Wait(1, 10*time.Second)); n != 1 {
			t.Errorf("WAIT = %d; want 1", n)
		}
		replica.Pause()
		defer replica.Resume()
		await(t, conn.Set("k", "w"))
		if n := await(t, conn.Wait(1, 300*time.Millisecond)); n != 0 {
			t.Errorf("WAIT = %d though the replica does nothing; want 0", n)
		}
	})
}
