package redis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

type popFuture = *future.Future[redis.Opt[redis.KeyValue]]

// pop blocks for an element of k.
func pop(c interface {
	BLPop(keys []string, timeout time.Duration) *future.Future[redis.Opt[redis.KeyValue]]
}, timeout time.Duration) popFuture {
	return c.BLPop([]string{"k"}, timeout)
}

// got waits for the element that a pop has got.
func got(t *testing.T, f popFuture) string {
	t.Helper()
	kv, ok := await(t, f).Get()
	if !ok {
		t.Fatal("BLPOP = a missing value; want an element")
	}
	return kv.Value
}

// Behaviours B1 and T5.
func TestAHundredBlockingPopsDelayNobody(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv)
		var pops []popFuture
		for range 100 {
			pops = append(pops, pop(client, 0))
		}
		synctest.Wait()
		start := time.Now()
		await(t, client.Set("a", "b"))
		await(t, client.Get("a"))
		if took := time.Since(start); took != 0 {
			t.Errorf("SET and GET took %v behind the pops; want no time", took)
		}
		if n := list.waiting(); n != 100 {
			t.Errorf("%d pops are blocked; want 100", n)
		}
		if s := client.Stats(); s.Lane != 100 || s.LaneBusy != 100 || s.LaneWaiting != 0 {
			t.Errorf("Stats = %+v; want a lane of 100, all busy", s)
		}
		for i := range pops {
			await(t, client.RPush("k", i))
		}
		seen := map[string]bool{}
		for _, f := range pops {
			seen[got(t, f)] = true
		}
		if len(seen) != 100 {
			t.Errorf("%d different elements; want 100", len(seen))
		}
		await(t, pop(client, time.Second))
		if n := srv.Accepted(); n != 101 {
			t.Errorf("%d connections; want the client's own and 100, used again", n)
		}
		time.Sleep(61 * time.Second)
		if s := client.Stats(); s.Lane != 0 {
			t.Errorf("%d connections are left after 60 s; want none", s.Lane)
		}
	})
}

// Behaviour T4. Law G6.
func TestABlockingCommandOnAClientMayTakeItsOwnTimeoutAndReadTimeout(t *testing.T) {
	for name, call := range map[string]func(c *redis.Client) future.Awaitable{
		"BLPOP":      func(c *redis.Client) future.Awaitable { return c.BLPop([]string{"k"}, 40*time.Second) },
		"BRPOPLPUSH": func(c *redis.Client) future.Awaitable { return c.BRPopLPush("k", "l", 40*time.Second) },
		"BLMPOP":     func(c *redis.Client) future.Awaitable { return c.Command("BLMPOP", 40, 1, "k", "LEFT") },
		"BZMPOP":     func(c *redis.Client) future.Awaitable { return c.BZMPop(40*time.Second, []string{"k"}, redis.ZMin) },
		"XREAD": func(c *redis.Client) future.Awaitable {
			return c.Command("xread", "block", 40000, "STREAMS", "k", "$")
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle(name, redistest.Silent)
				client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = 2 * time.Second })
				start := time.Now()
				err := future.WaitAll(limit(t), call(client))
				if !errors.As(err, new(*redis.TimeoutError)) && !errors.As(err, new(*redis.ConnectionError)) {
					t.Fatalf("%s = %v; want a *TimeoutError, or a *ConnectionError since the server is silent", name, err)
				}
				if took := time.Since(start); took < 42*time.Second || took > 42*time.Second+500*time.Millisecond {
					t.Errorf("%s failed after %v; want 42s", name, took)
				}
				await(t, client.Ping())
				synctest.Wait()
				if s := client.Stats(); s.Lane != 0 || s.Disconnects != 0 {
					t.Errorf("Stats = %+v; want its connection closed, and the client's own open", s)
				}
			})
		})
	}
}

// Behaviour T4. Law G6.
func TestABlockingCommandWithoutATimeoutHasNoLimitOnAClient(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv)
		f := pop(client, 0)
		time.Sleep(3 * time.Hour)
		list.push("v")
		if v := got(t, f); v != "v" {
			t.Errorf("BLPOP = %q; want v", v)
		}
	})
}

// Law G6. The limit of the lane: first come first served, and what a command waits for a connection counts to its time.
func TestACommandWaitsForAConnectionOfTheLane(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.LaneSize = 2; o.ReadTimeout = 5 * time.Second })
		first := pop(client, 0)
		synctest.Wait()
		second := pop(client, 0)
		synctest.Wait()
		third := pop(client, time.Minute)
		synctest.Wait()
		fourth := pop(client, time.Minute)
		short := pop(client, 3*time.Second)
		if s := client.Stats(); s.LaneWaiting != 3 || s.Lane != 2 {
			t.Errorf("Stats = %+v; want three waiting for two connections", s)
		}
		start := time.Now()
		e := awaitErr[*redis.TimeoutError](t, short)
		if took := time.Since(start); took != 8*time.Second || e.Outcome() != redis.NotExecuted || e.After != 8*time.Second {
			t.Errorf("failed after %v: %v; want 8s, not executed", took, e)
		}
		time.Sleep(12 * time.Second)
		list.push("a")
		if v := got(t, first); v != "a" {
			t.Errorf("BLPOP = %q; want a", v)
		}
		synctest.Wait()
		if last := last(srv, "BLPOP"); last != "BLPOP k 40" {
			t.Errorf("the third went out as %q; want the 20 s it has waited taken off", last)
		}
		list.push("b")
		list.push("c")
		if v, w := got(t, second), got(t, third); v != "b" || w != "c" {
			t.Errorf("second and third = %q, %q; want b, c", v, w)
		}
		if fourth.Settled() {
			t.Error("the fourth was settled before its turn")
		}
		if v := await(t, fourth); v.Valid() {
			t.Errorf("the fourth = %v; want a missing value", v)
		}
	})
}

// last is the last request with that name.
func last(srv *redistest.Fake, name string) (text string) {
	for _, r := range srv.History() {
		if strings.EqualFold(r.Args[0], name) {
			text = r.String()
		}
	}
	return text
}

// Laws G2, G4.
func TestALostConnectionOfTheLaneFailsItsCommandAlone(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv)
		await(t, client.Ping())
		lost := pop(client, 0)
		synctest.Wait()
		kept := pop(client, 0)
		synctest.Wait()
		srv.Conn(1).Close()
		if o := outcome(t, lost); o != redis.Unknown {
			t.Errorf("outcome = %v; want unknown", o)
		}
		synctest.Wait()
		if s := client.Stats(); s.Lane != 1 || s.State != redis.StateConnected || s.Disconnects != 0 {
			t.Errorf("Stats = %+v; want one connection of the lane left, and the client's own", s)
		}
		time.Sleep(time.Minute)
		if n := srv.Accepted(); n != 3 {
			t.Errorf("%d connections; want none made again by itself", n)
		}
		list.mu.Lock()
		list.blocked = list.blocked[1:] // the server has noticed
		list.mu.Unlock()
		list.push("v")
		if v := got(t, kept); v != "v" {
			t.Errorf("the other = %q; want v", v)
		}
		again := pop(client, 0)
		list.push("w")
		if v := got(t, again); v != "w" {
			t.Errorf("the next = %q; want w", v)
		}
	})
}

// Behaviour D10. An outage has one reconnect loop; commands that block wait for its end as others do, and fail as they do.
func TestBlockingCommandsWaitForTheEndOfAnOutage(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.ReconnectJitter = -1; o.ReadTimeout = 20 * time.Second })
		await(t, client.Ping())
		srv.Memory().RefuseDials(errors.New("down"))
		srv.Conn(0).Close()
		synctest.Wait()
		before := len(srv.Memory().Dialed())
		var pops []popFuture
		for range 50 {
			pops = append(pops, pop(client, time.Minute))
		}
		late := pop(client, time.Second)
		get := client.Get("k")
		time.Sleep(10 * time.Second)
		if n := len(srv.Memory().Dialed()) - before; n > 10 {
			t.Errorf("%d attempts to connect in 10 s; want those of one loop", n)
		}
		awaitErr[*redis.TimeoutError](t, get)
		if o := outcome(t, late); o != redis.NotExecuted {
			t.Errorf("outcome = %v; want not executed", o)
		}
		srv.Memory().RefuseDials(nil)
		time.Sleep(30 * time.Second)
		if n := list.waiting(); n != 50 {
			t.Errorf("%d pops went out after the outage; want 50", n)
		}
		for i := range pops {
			list.push(fmt.Sprint(i))
		}
		for _, f := range pops {
			got(t, f)
		}
	})
}

// Behaviour D6. When nobody was ever there, a command hears why at once, as others do.
func TestABlockingCommandHearsWhyThereIsNoConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().RefuseDials(errors.New("nobody there"))
		client := dialFake(t, srv)
		e := awaitErr[*redis.ConnectionError](t, pop(client, 0))
		if e.Outcome() != redis.NotExecuted || !strings.Contains(e.Error(), "nobody there") {
			t.Errorf("error = %v; want the reason, not executed", e)
		}
		srv.Memory().RefuseDials(nil)
		await(t, client.Ping())
		srv.Handle("HELLO", redistest.Always("-ERR max number of clients reached\r\n"))
		srv.Handle("PING", redistest.Always("-ERR max number of clients reached\r\n"))
		e = awaitErr[*redis.ConnectionError](t, pop(client, 0))
		if e.Outcome() != redis.NotExecuted || !strings.Contains(e.Error(), "max number") {
			t.Errorf("error = %v; want what the server said", e)
		}
	})
}

// Behaviour D5. Law G2.
func TestCloseSettlesWhatBlocksAtOnce(t *testing.T) {
	for name, end := range map[string]func(c *redis.Client) error{
		"Close": func(c *redis.Client) error { return c.Close() },
		"Shutdown": func(c *redis.Client) error {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = c.Shutdown(ctx)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				serveList(t, srv)
				client := dialFake(t, srv, func(o *redis.Options) { o.LaneSize = 20 })
				var pops []popFuture
				for i := range 30 {
					pops = append(pops, pop(client, time.Duration(i)*time.Second))
				}
				synctest.Wait()
				start := time.Now()
				if err := end(client); err != nil {
					t.Errorf("Close = %v", err)
				}
				for i, f := range pops {
					if !f.Settled() {
						t.Fatalf("pop %d is not settled after Close", i)
					}
					want := redis.Unknown
					if i >= 20 {
						want = redis.NotExecuted
					}
					if o := outcome(t, f); o != want {
						t.Errorf("pop %d: %v; want %v", i, f.Err(), want)
					}
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("Close took %v; want no time", took)
				}
				if e := awaitErr[*redis.DisconnectedError](t, pop(client, 0)); e.Reason == "" {
					t.Errorf("a pop after Close = %v; want that it is closed", e)
				}
				if s := client.Stats(); s.Lane != 0 || s.LaneWaiting != 0 {
					t.Errorf("Stats = %+v; want no lane", s)
				}
			})
		})
	}
}

// Behaviour D5. Close does not wait for a connection of the lane that is being made.
func TestCloseWhileTheLaneConnects(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		await(t, client.Ping())
		srv.Handle("HELLO", redistest.Silent)
		f := pop(client, 0)
		synctest.Wait()
		start := time.Now()
		_ = client.Close()
		awaitErr[*redis.DisconnectedError](t, f)
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v; want no time", took)
		}
	})
}

// Behaviour O2.
func TestTheObserverHearsOnceOfABlockingCommand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveList(t, srv)
		events := make(chan redis.CommandEvent, 10)
		connects := make(chan redis.ConnectEvent, 10)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.OnConnect = func(c *redis.Client) {
				if c.State() != redis.StateConnected {
					t.Error("OnConnect of a client that is not connected")
				}
				connects <- redis.ConnectEvent{Addr: "OnConnect"}
			}
			o.Observer = &redis.Observer{
				Command: func(e redis.CommandEvent) { events <- e },
				Connect: func(e redis.ConnectEvent) { connects <- e },
			}
		})
		done := pop(client, time.Second)
		await(t, done)
		cancelled := pop(client, time.Second)
		synctest.Wait()
		cancelled.Cancel(nil)
		awaitFails(t, cancelled)
		synctest.Wait()
		if n := len(events); n != 2 {
			t.Fatalf("%d events of commands; want 2", n)
		}
		if a, b := <-events, <-events; a.Name != "BLPOP" || a.Err != nil || a.Duration != time.Second || b.Err == nil {
			t.Errorf("events %+v, %+v; want a second, and a cancellation", a, b)
		}
		if n := len(connects); n != 3 {
			t.Errorf("%d events of connecting; want OnConnect of the client's own connection, and two for the Observer", n)
		}
		if s := client.Stats(); s.Commands != 3 { // with an UNBLOCK of the client's own
			t.Logf("Commands = %d", s.Commands)
		}
	})
}

// The connections of the lane are like the client's own, and know what the server calls them, over RESP2 too.
func TestTheLaneConnectsAsTheClientDoes(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveList(t, srv)
		srv.RequireAuth("ada", "secret")
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Protocol, o.Username, o.Password, o.Database, o.ClientName = 2, "ada", "secret", 3, "worker"
		})
		f := pop(client, 0)
		synctest.Wait()
		want := "AUTH ada secret|SELECT 3|CLIENT SETNAME worker|CLIENT ID|BLPOP k 0"
		if got := strings.Join(srv.Received(1), "|"); !strings.EqualFold(got, want) {
			t.Errorf("the lane sent %s; want %s", got, want)
		}
		if own := strings.Join(srv.Received(0), "|"); strings.Contains(own, "ID") {
			t.Errorf("the client's own connection sent %s; want no CLIENT ID", own)
		}
		f.Cancel(nil)
		awaitFails(t, f)
	})
}

// On a connection of the lane, which has written nothing, WAIT would tell how many replicas there are, and nothing of the writes.
func TestWaitNeedsTheConnectionOfTheWrites(t *testing.T) {
	client := redis.New(redis.Options{Dialer: nobody})
	defer client.Close()
	for _, err := range []error{awaitFails(t, client.Wait(1, time.Second)), awaitFails(t, client.WaitAOF(1, 1, time.Second))} {
		if e := asErr[*redis.ArgumentError](t, err); !strings.Contains(e.Reason, "use a Conn") {
			t.Errorf("error = %v; want the right way", e)
		}
	}
}

// nobody is a Dialer that must not be called.
func nobody(context.Context, string, string) (net.Conn, error) { panic("dialled") }

// A full lane hands its connection on from the reader, which must not wait for room.
func TestAConnectionOfTheLaneGoesFromHandToHand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().OnDial(func(c *memnet.Conn) {
			c.AfterWrite(func(int) { time.Sleep(time.Millisecond) }) // the reply is there before Write returns
		})
		list := serveList(t, srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.LaneSize, o.MaxPending, o.MaxPendingBytes = 1, 1, 1 })
		for i := range 100 {
			list.push(fmt.Sprint(i))
		}
		var pops []popFuture
		for range 100 {
			pops = append(pops, pop(client, 0))
		}
		for i, f := range pops {
			if v := got(t, f); v != fmt.Sprint(i) {
				t.Errorf("pop %d = %q", i, v)
			}
		}
	})
}

// A connection of the lane has one command at a time, so its caller writes that by himself. What the kernel does not take at once is the writer's; what
// is lost in between has not run.
func TestACommandOfTheLaneIsWrittenByItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFakeOn(t, memnet.Listen(memnet.Options{Buffer: 100}))
		var conns []*memnet.Conn
		srv.Memory().OnDial(func(c *memnet.Conn) { conns = append(conns, c) })
		list := serveList(t, srv)
		client := dialFake(t, srv)
		list.push("a")
		got(t, pop(client, 0)) // the connection is there, and its writer sleeps
		synctest.Wait()

		lane, writes := conns[1], 0
		lane.AfterWrite(func(int) {
			stack := make([]byte, 1<<16)
			if stack = stack[:runtime.Stack(stack, false)]; !bytes.Contains(stack, []byte(".BLPop(")) {
				t.Errorf("not written by the caller:\n%s", stack)
			}
			writes++
		})
		list.push("b")
		if v := got(t, pop(client, 0)); v != "b" || writes != 1 {
			t.Errorf("BLPOP = %q in %d writes; want b in one", v, writes)
		}
		synctest.Wait()

		lane.AfterWrite(nil)
		list.push("c")
		f := client.BLPop([]string{strings.Repeat("k", 1000)}, 0)
		if v := got(t, f); v != "c" || srv.Count("BLPOP") != 3 {
			t.Errorf("a long BLPOP = %q, %d have come; want c, 3", v, srv.Count("BLPOP"))
		}
		synctest.Wait()

		srv.Pause()
		lane.AfterWrite(func(n int) {
			lane.AfterWrite(nil)
			srv.Conn(1).Reset()
		})
		f = client.BLPop([]string{strings.Repeat("k", 1000)}, 0)
		if o := outcome(t, f); o != redis.NotExecuted {
			t.Errorf("lost in the middle of its write: %v; want NotExecuted", o)
		}
		srv.Resume()
		list.push("d")
		if v := got(t, pop(client, 0)); v != "d" || srv.Count("BLPOP") != 4 {
			t.Errorf("the next BLPOP = %q, %d have come; want d, 4", v, srv.Count("BLPOP"))
		}
	})
}

// Who issues a blocking command lets those go first who share the client's connection, while there is anything under way on it: each such command is a
// write of its own. Else nobody is to gain by that.
func TestACommandOfTheLaneLetsTheSharedConnectionGoFirst(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // what is made runnable runs only when others let it
	srv := redistest.NewFake(t)
	list := serveList(t, srv)
	client := dialFake(t, srv)
	list.push("a")
	got(t, pop(client, 0)) // the connection of the lane is there
	first := func(under func()) (count int) {
		const tries = 20
		for range tries {
			under()
			var ran atomic.Bool
			go ran.Store(true)
			f := pop(client, 0)
			if ran.Load() {
				count++
			}
			list.push("b")
			got(t, f)
		}
		return count
	}
	if n := first(func() { time.Sleep(time.Millisecond) }); n > 5 {
		t.Errorf("others went first in %d of 20 rounds with nothing under way; want hardly any", n)
	}
	answer := make(chan struct{})
	defer close(answer)
	srv.Handle("GET", func(*redistest.Conn, []string) string { <-answer; return "$-1\r\n" })
	client.Get("k")
	if n := first(func() {}); n < 15 {
		t.Errorf("others went first in %d of 20 rounds with a command under way; want nearly all", n)
	}
}
