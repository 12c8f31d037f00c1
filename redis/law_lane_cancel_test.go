package redis_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

var errEnough = errors.New("enough")

// Behaviour B1.
func TestCancelAsksTheServerToEndTheWait(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv)
		f := pop(client, 0)
		time.Sleep(200 * time.Millisecond)
		f.Cancel(errEnough)
		_, err := f.Await(limit(t))
		if err != errEnough || f.State() != future.Cancelled {
			t.Errorf("Await = %v, state %v; want the cause, cancelled", err, f.State())
		}
		if got := strings.Join(list.unblocks(), "|"); got != "CLIENT UNBLOCK 2 ERROR" {
			t.Errorf("the server got %q; want one UNBLOCK of the second connection", got)
		}
		synctest.Wait()
		list.push("v") // is not eaten
		if v := got(t, pop(client, 0)); v != "v" {
			t.Errorf("BLPOP = %q; want v", v)
		}
		if n := srv.Accepted(); n != 2 {
			t.Errorf("%d connections; want the one used again that was unblocked", n)
		}
	})
}

// Behaviour B1. What was popped before UNBLOCK came is delivered.
func TestWhatIsPoppedInTheRaceWithCancelIsDelivered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		srv.Handle("CLIENT UNBLOCK", func(c *redistest.Conn, args []string) string {
			list.push("v") // a moment before
			return list.unblock(c, args)
		})
		client := dialFake(t, srv)
		f := pop(client, 0)
		synctest.Wait()
		if f.Cancel(errEnough) {
			t.Error("Cancel = true; want false, since the server decides")
		}
		if v := got(t, f); v != "v" {
			t.Errorf("BLPOP = %q; want what was popped", v)
		}
	})
}

// UNBLOCK may overtake the command, since it goes another way: it is repeated.
func TestUnblockIsRepeatedUntilTheCommandIsAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		slow := true
		srv.Handle("BLPOP", func(c *redistest.Conn, args []string) string {
			if slow {
				slow = false
				c.Sleep(50 * time.Millisecond) // on its way
			}
			return list.pop(c, args)
		})
		client := dialFake(t, srv)
		await(t, pop(client, time.Second))
		slow = true
		f := pop(client, 0)
		start := time.Now()
		f.Cancel(errEnough)
		awaitFails(t, f)
		if took := time.Since(start); took > 120*time.Millisecond {
			t.Errorf("cancelled after %v; want soon after the 50ms the command took", took)
		}
		if n := len(list.unblocks()); n < 2 || n > 10 {
			t.Errorf("%d UNBLOCK; want a few", n)
		}
	})
}

// A connection whose UNBLOCK is not answered is kept from others: it would end their wait.
func TestAConnectionIsNotUsedWhileAnUnblockIsOnItsWay(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		srv.Handle("CLIENT UNBLOCK", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Second)
			return list.unblock(c, args)
		})
		client := dialFake(t, srv)
		f := pop(client, 0)
		synctest.Wait()
		f.Cancel(errEnough)
		synctest.Wait()
		list.push("v")
		if v := got(t, f); v != "v" {
			t.Errorf("BLPOP = %q; want v", v)
		}
		next := pop(client, 0)
		time.Sleep(2 * time.Second)
		if next.Settled() {
			t.Errorf("the next command was ended: %v", next.Err())
		}
		if n := srv.Accepted(); n != 3 {
			t.Errorf("%d connections; want another for the next", n)
		}
		list.push("w")
		got(t, next)
		if s := client.Stats(); s.Lane != 2 || s.LaneBusy != 0 {
			t.Errorf("Stats = %+v; want both free in the end", s)
		}
	})
}

// The same when the UNBLOCK is lost with its connection, and may still be read by the server.
func TestAConnectionIsClosedWhoseUnblockWasLost(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		srv.Handle("CLIENT UNBLOCK", func(c *redistest.Conn, args []string) string {
			list.push("v")
			c.Close()
			return ""
		})
		client := dialFake(t, srv)
		f := pop(client, 0)
		synctest.Wait()
		f.Cancel(errEnough)
		if v := got(t, f); v != "v" {
			t.Errorf("BLPOP = %q; want v", v)
		}
		synctest.Wait()
		if s := client.Stats(); s.Lane != 0 {
			t.Errorf("Stats = %+v; want the connection closed", s)
		}
	})
}

// Where UNBLOCK is refused, or cannot be sent, the command has ReadTimeout more.
func TestWithoutUnblockACancelledCommandHasReadTimeoutMore(t *testing.T) {
	for name, change := range map[string]func(srv *redistest.Fake){
		"refused":     func(srv *redistest.Fake) { srv.Handle("CLIENT UNBLOCK", redistest.Always("-NOPERM no\r\n")) },
		"never heard": func(srv *redistest.Fake) { srv.Handle("CLIENT UNBLOCK", redistest.Always(":0\r\n")) },
		"not connected": func(srv *redistest.Fake) {
			srv.Memory().RefuseDials(errors.New("down"))
			srv.Conn(0).Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				list := serveList(t, srv)
				client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = 3 * time.Second })
				served := pop(client, 0)
				synctest.Wait()
				lost := pop(client, 0)
				synctest.Wait()
				change(srv)
				synctest.Wait()
				start := time.Now()
				served.Cancel(errEnough)
				lost.Cancel(errEnough)
				time.Sleep(2 * time.Second)
				list.push("v")
				if v := got(t, served); v != "v" {
					t.Errorf("BLPOP = %q; want v", v)
				}
				e := awaitErr[*redis.TimeoutError](t, lost)
				if took := time.Since(start); took != 3*time.Second || e.Outcome() != redis.Unknown || !errors.Is(e, errEnough) {
					t.Errorf("failed after %v: %v; want 3s, unknown, the cause", took, e)
				}
				synctest.Wait()
				if s := client.Stats(); s.Lane != 1 {
					t.Errorf("Stats = %+v; want that connection closed, and no other", s)
				}
			})
		})
	}
}

// UNBLOCK goes out when the client is connected again.
func TestACancelWaitsForTheClientsOwnConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		serveList(t, srv)
		client := dialFake(t, srv)
		f := pop(client, 0)
		synctest.Wait()
		srv.Memory().RefuseDials(errors.New("down"))
		srv.Conn(0).Close()
		synctest.Wait()
		f.Cancel(errEnough)
		time.Sleep(time.Second)
		if f.Settled() {
			t.Error("settled without an answer")
		}
		srv.Memory().RefuseDials(nil)
		if err := awaitFails(t, f); err != errEnough {
			t.Errorf("Await = %v; want the cause", err)
		}
	})
}

// A command that waits for its connection is cancelled at once, and never sent.
func TestACommandThatWaitsForTheLaneIsCancelledAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.LaneSize = 1 })
		first := pop(client, 0)
		synctest.Wait()
		second, third := pop(client, 0), pop(client, 0)
		if !second.Cancel(errEnough) || second.State() != future.Cancelled {
			t.Error("Cancel = false; want the command cancelled here and now")
		}
		list.push("a")
		list.push("b")
		if a, b := got(t, first), got(t, third); a != "a" || b != "b" {
			t.Errorf("%q, %q; want a, b", a, b)
		}
		if n := srv.Count("BLPOP"); n != 2 {
			t.Errorf("%d BLPOP were sent; want 2", n)
		}
		if len(list.unblocks()) > 0 {
			t.Error("UNBLOCK was sent")
		}
	})
}

// Law G7. The end of an Await is nothing to the command.
func TestAnAbandonedAwaitCancelsNoBlockingCommand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv)
		f := pop(client, 0)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := f.Await(ctx); err != context.DeadlineExceeded {
			t.Errorf("Await = %v; want the deadline", err)
		}
		time.Sleep(time.Second)
		list.push("v")
		if v := got(t, f); v != "v" || len(list.unblocks()) != 0 {
			t.Errorf("BLPOP = %q; want v, and no UNBLOCK", v)
		}
	})
}

// Behaviours B1 and T4. Law G7.
func TestTheContextOfABlockingCommandEndsItOnTheServer(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		list := serveList(t, srv)
		client := dialFake(t, srv)

		ctx, cancel := context.WithCancelCause(context.Background())
		f := pop(client.With(ctx), time.Minute)
		synctest.Wait()
		cancel(errEnough)
		if err := awaitFails(t, f); err != errEnough || f.State() != future.Cancelled {
			t.Errorf("Await = %v; want the cause", err)
		}
		synctest.Wait()
		if err := awaitFails(t, pop(client.With(ctx), time.Minute)); err != errEnough {
			t.Errorf("with a dead context Await = %v; want the cause", err)
		}

		for _, timeout := range []time.Duration{0, time.Minute} {
			short, stop := context.WithTimeout(context.Background(), 1500*time.Millisecond)
			start := time.Now()
			f := pop(client.With(short), timeout)
			e := awaitErr[*redis.TimeoutError](t, f)
			if took := time.Since(start); took != 1500*time.Millisecond || e.After != took || e.Outcome() != redis.NotExecuted {
				t.Errorf("failed after %v: %v, %v; want 1.5s, not executed", took, e, e.Outcome())
			}
			if sent := last(srv, "BLPOP"); sent != "BLPOP k 1.5" {
				t.Errorf("sent %q; want the deadline as its timeout", sent)
			}
			stop()
			synctest.Wait()
		}
		if n := srv.Count("BLPOP"); n != 3 {
			t.Errorf("%d BLPOP were sent; want 3", n)
		}

		long, stop := context.WithTimeout(context.Background(), time.Hour)
		defer stop()
		if v := await(t, pop(client.With(long), 2*time.Second)); v.Valid() || last(srv, "BLPOP") != "BLPOP k 2" {
			t.Errorf("BLPOP = %v; want a missing value, and its own timeout", v)
		}
		if n := srv.Accepted(); n != 2 || list.waiting() != 0 {
			t.Errorf("%d connections, %d blocked; want two, none", n, list.waiting())
		}
	})
}

// What the server says of itself at the deadline is a timeout, too: whichever of the two is first, it is one result.
func TestTheServersOwnAnswerAtTheDeadlineIsATimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("BLPOP", redistest.Always("*-1\r\n")) // its clock is fast
		srv.Handle("XREAD", redistest.Always("_\r\n"))
		client := dialFake(t, srv)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		given := synctest.Wait // the connection is, then: who is woken by an answer may be faster than that
		if o := awaitErr[*redis.TimeoutError](t, pop(client.With(ctx), 0)).Outcome(); o != redis.NotExecuted {
			t.Errorf("outcome = %v; want not executed", o)
		}
		given()
		awaitErr[*redis.TimeoutError](t, client.With(ctx).Command("XREAD", "BLOCK", 0, "STREAMS", "k", "$"))
		if sent := last(srv, "XREAD"); sent != "XREAD BLOCK 1000 STREAMS k $" {
			t.Errorf("sent %q; want the deadline in milliseconds", sent)
		}
		srv.Handle("BLPOP", redistest.Always("-WRONGTYPE no list\r\n"))
		given()
		awaitErr[*redis.RedisError](t, pop(client.With(ctx), 0))
		srv.Handle("BLPOP", redistest.Always("-ERR timeout is negative\r\n"))
		given()
		awaitErr[*redis.RedisError](t, client.With(ctx).Command("BLPOP", "k", -1))
		if sent := last(srv, "BLPOP"); sent != "BLPOP k -1" {
			t.Errorf("sent %q; want what the server refuses", sent)
		}
		if n := srv.Accepted(); n != 2 {
			t.Errorf("%d connections; want all of it on one", n)
		}
	})
}
