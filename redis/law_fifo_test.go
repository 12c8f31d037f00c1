package redis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Law G1. Write returns a nanosecond of virtual time after its bytes went out, so
// the server has always answered by then: a command that were put into the FIFO
// after the write would meet its reply there too late.
func TestACommandIsInTheFIFOBeforeItsFirstByteCanReachTheSocket(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().OnDial(func(c *memnet.Conn) {
			c.AfterWrite(func(int) { time.Sleep(time.Nanosecond) })
		})
		client := dialFake(t, srv)
		for i := range 50 {
			if got := await(t, client.Incr("n")); got != int64(i+1) {
				t.Fatalf("INCR = %d; want %d", got, i+1)
			}
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
	})
}

// Behaviour F1. Law G3.
func TestAHundredConcurrentCommandsEachGetTheirOwnReply(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		var gets []*future.Future[redis.Opt[string]]
		var pings []*future.Future[string]
		for i := range 50 {
			k := strconv.Itoa(i)
			client.Set(k, "value of "+k)
			gets = append(gets, client.Get(k))
			pings = append(pings, client.Echo("echo "+k))
		}
		for i := range 50 {
			k := strconv.Itoa(i)
			if v := await(t, gets[i]); v.Or("") != "value of "+k {
				t.Errorf("GET %s = %v; want %q", k, v, "value of "+k)
			}
			if v := await(t, pings[i]); v != "echo "+k {
				t.Errorf("ECHO = %q; want %q", v, "echo "+k)
			}
		}
	})
}

// Law G3.
func TestRepliesSettleInTheOrderOfTheWire(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Millisecond)
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv)
		var fs []*future.Future[string]
		for i := range 100 {
			fs = append(fs, client.Echo(strconv.Itoa(i)))
		}
		for i, f := range fs {
			await(t, f)
			// Everything before has settled by now, and what is two behind has not.
			for j := range i {
				if !fs[j].Settled() {
					t.Fatalf("command %d settled before command %d", i, j)
				}
			}
			if i+2 < len(fs) && fs[i+2].Settled() {
				t.Fatalf("command %d settled as soon as command %d", i+2, i)
			}
		}
	})
}

// Behaviour F2.
func TestNoReplyLandsOnAnotherCommandWhileWaitsAreCancelled(t *testing.T) {
	srv := redistest.NewFake(t)
	client := dialFake(t, srv)
	var g errgroup.Group
	for worker := range 64 {
		g.Go(func() error {
			rnd := rand.New(rand.NewPCG(1, uint64(worker)))
			for i := range 200 {
				if err := oneMixedCommand(client, rnd, fmt.Sprintf("%d.%d", worker, i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if n := srv.Accepted(); n != 1 {
		t.Errorf("connections = %d; want 1", n)
	}
}

// oneMixedCommand issues one of several commands, gives up one in twenty, and
// checks that what came back can only be its own reply.
func oneMixedCommand(client *redis.Client, rnd *rand.Rand, id string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if rnd.IntN(20) == 0 {
		cancel()
	}
	switch rnd.IntN(4) {
	case 0:
		v, err := client.Echo(id).Await(ctx)
		if err == nil && v != id {
			return fmt.Errorf("ECHO %s = %q", id, v)
		}
	case 1:
		set := client.Set(id, id)
		v, err := client.Get(id).Await(ctx)
		if err == nil && v.Or("") != id {
			return fmt.Errorf("GET %s = %v", id, v)
		}
		if ok, err := set.Await(context.Background()); !ok || err != nil {
			return fmt.Errorf("SET = %v, %v", ok, err)
		}
	case 2:
		if n, err := client.Incr("n" + id).Await(ctx); err == nil && n != 1 {
			return fmt.Errorf("INCR of a new key = %d", n)
		}
	case 3:
		v, err := client.Command("NOSUCH", id).Await(ctx)
		if err == nil {
			return fmt.Errorf("NOSUCH = %v, no error", v)
		}
	}
	return nil
}

// Behaviour F2. Law G2. Every cancellation makes the writer look through the backlog
// while callers append to it.
func TestCancellingAndIssuingAtTheSameTime(t *testing.T) {
	srv := redistest.NewFake(t)
	client := dialFake(t, srv)
	var g errgroup.Group
	for worker := range 16 {
		g.Go(func() error {
			for i := range 300 {
				id := fmt.Sprintf("%d.%d", worker, i)
				ctx, cancel := context.WithCancel(context.Background())
				bound := client.With(ctx).Echo("bound " + id)
				gone := client.Echo("gone " + id)
				kept := client.Echo(id)
				gone.Cancel(nil)
				cancel()
				if v, err := kept.Await(limit(t)); v != id || err != nil {
					return fmt.Errorf("ECHO %s = %q, %v", id, v, err)
				}
				if v, err := bound.Await(limit(t)); err == nil && v != "bound "+id {
					return fmt.Errorf("ECHO bound %s = %q", id, v)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

// Behaviour F3. The command is cancelled while the writer is held up by an earlier
// write, so it has not been written.
func TestACommandCancelledBeforeItWasWrittenIsNeverSent(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().OnDial(func(c *memnet.Conn) {
			c.AfterWrite(func(int) { time.Sleep(10 * time.Millisecond) })
		})
		client := dialFake(t, srv)
		if err := client.Connect(limit(t)); err != nil {
			t.Fatal(err)
		}
		first := client.Echo("first")
		synctest.Wait() // the writer sleeps in its write
		second := client.Echo("second")
		third := client.Echo("third")
		if !second.Cancel(nil) {
			t.Error("Cancel = false; want true")
		}
		if got := await(t, first); got != "first" {
			t.Errorf("ECHO = %q; want first", got)
		}
		if got := await(t, third); got != "third" {
			t.Errorf("ECHO = %q; want third", got)
		}
		for _, cmd := range srv.Commands() {
			if cmd == "ECHO second" {
				t.Error("the cancelled command reached the server")
			}
		}
		if st := second.State(); st != future.Cancelled {
			t.Errorf("state = %v; want Cancelled", st)
		}
	})
}

// Behaviour F3. Law G7.
func TestTheReplyOfACommandCancelledAfterItWasWrittenIsDropped(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(10 * time.Millisecond)
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv)
		first := client.Echo("first")
		srv.WaitFor("ECHO", 1)
		first.Cancel(nil)
		if got := await(t, client.Echo("second")); got != "second" {
			t.Errorf("ECHO second = %q; want its own reply", got)
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
	})
}

// Behaviour F6.
func TestErrorsNestedInArraysAreElementsAndTakeNoOtherSlot(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		inner := redistest.Array(redistest.Error("ERR deep"), redistest.Int(7))
		srv.Handle("EVAL", redistest.Always(redistest.Array(redistest.Error("WRONGTYPE flat"), redistest.Array(inner))))
		client := dialFake(t, srv)
		nested := client.Command("EVAL", "return …", 0)
		next := client.Echo("next")
		v := await(t, nested)
		elems := v.Array()
		if len(elems) != 2 {
			t.Fatalf("EVAL = %v; want two elements", v)
		}
		if e := asErr[*redis.RedisError](t, elems[0].Err()); e.Code != "WRONGTYPE" {
			t.Errorf("first element = %v; want the error WRONGTYPE", e)
		}
		deep := elems[1].Array()[0].Array()
		if e := asErr[*redis.RedisError](t, deep[0].Err()); e.Message != "ERR deep" {
			t.Errorf("deep element = %v; want the error ERR deep", e)
		}
		if got := await(t, next); got != "next" {
			t.Errorf("ECHO = %q; want its own reply", got)
		}
	})
}

// Behaviour F8.
func TestAnArgumentThatCannotBeEncodedFailsThatCallAlone(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		before := client.Echo("before")
		bad := client.Set("k", struct{ A int }{1})
		after := client.Echo("after")
		awaitErr[*redis.ArgumentError](t, bad)
		if got := await(t, before); got != "before" {
			t.Errorf("ECHO = %q; want before", got)
		}
		if got := await(t, after); got != "after" {
			t.Errorf("ECHO = %q; want after", got)
		}
		if n := srv.Count("SET"); n != 0 {
			t.Errorf("the server received %d SET; want none", n)
		}
	})
}
