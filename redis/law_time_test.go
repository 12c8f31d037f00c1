package redis_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour T1. Laws G6, G7.
func TestALateReplyGoesToNobodyAndTheConnectionStays(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			if args[1] == "slow" {
				// Bytes keep coming: the server is alive, just slow.
				_ = c.Drip(300*time.Millisecond, redistest.Bulk("slow"))
				return ""
			}
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = time.Second })
		if err := client.Connect(limit(t)); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		slow := client.Echo("slow")
		e := awaitErr[*redis.TimeoutError](t, slow)
		if took := time.Since(start); took < time.Second || took > 1200*time.Millisecond {
			t.Errorf("failed after %v; want 1 s to 1.2 s", took)
		}
		if e.Outcome() != redis.Unknown || !errors.Is(e, context.DeadlineExceeded) || e.Command != "ECHO" {
			t.Errorf("error = %v, outcome %v; want an unknown outcome and DeadlineExceeded", e, e.Outcome())
		}
		if e.State.InFlight != 1 || e.State.HeadCommand != "ECHO" {
			t.Errorf("state = %+v; want one ECHO in flight", e.State)
		}
		time.Sleep(time.Second) // the rest of the late reply arrives
		if got := await(t, client.Echo("next")); got != "next" {
			t.Errorf("ECHO = %q; want its own reply", got)
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
	})
}

// Behaviour T2. Laws G2, G6.
func TestASilentServerIsDeadAfterReadTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		reasons := make(chan string, 10)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.ReadTimeout = 2 * time.Second
			o.OnDisconnect = func(_ *redis.Client, reason string) { reasons <- reason }
		})
		await(t, client.Ping())
		srv.Pause()
		start := time.Now()
		var fs []*future.Future[int64]
		for range 20 {
			fs = append(fs, client.Incr("n"))
		}
		for _, f := range fs {
			if o := outcome(t, f); o != redis.Unknown {
				t.Errorf("outcome = %v; want unknown", o)
			}
		}
		if reason := <-reasons; reason != redis.ReasonTimeout {
			t.Errorf("reason = %s; want timeout", reason)
		}
		if took := time.Since(start); took < 1600*time.Millisecond || took > 2400*time.Millisecond {
			t.Errorf("dead after %v; want 2 s ± 20 %%", took)
		}
		srv.Resume()
		if n := await(t, client.Incr("m")); n != 1 {
			t.Errorf("INCR = %d; want 1", n)
		}
	})
}

// Behaviour T2.
func TestAnIdleConnectionIsCheckedByAPing(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		reasons := make(chan string, 10)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.ReadTimeout = 2 * time.Second
			o.PingInterval = 5 * time.Second
			o.OnDisconnect = func(_ *redis.Client, reason string) { reasons <- reason }
		})
		if err := client.Connect(limit(t)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := srv.Count("PING"); n < 10 || n > 12 {
			t.Errorf("%d PINGs in a silent minute; want one every 5 s", n)
		}
		srv.Pause()
		start := time.Now()
		if reason := <-reasons; reason != redis.ReasonTimeout {
			t.Errorf("reason = %s; want timeout", reason)
		}
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("found dead after %v; want PingInterval + ReadTimeout at most", took)
		}
		srv.Resume()
		await(t, client.Ping())
	})
}

// Law G6.
func TestACommandThatFindsNoServerSettlesWithinReadTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = 3 * time.Second })
		await(t, client.Ping())
		srv.Memory().RefuseDials(errors.New("no route"))
		srv.Conn(0).Close()
		synctest.Wait()
		start := time.Now()
		get := client.Get("k")
		e := awaitErr[*redis.TimeoutError](t, get)
		if took := time.Since(start); took < 3*time.Second || took > 3600*time.Millisecond {
			t.Errorf("failed after %v; want 3 s to 3.6 s", took)
		}
		if e.Outcome() != redis.NotExecuted {
			t.Errorf("outcome = %v; want not executed", e.Outcome())
		}
		var ce *redis.ConnectionError
		if !errors.As(e, &ce) || ce.Addr != "fake:6379" {
			t.Errorf("error = %v; want it to tell why there is no connection", e)
		}
		srv.Memory().RefuseDials(nil)
		time.Sleep(time.Minute)
		if n := srv.Count("GET"); n != 0 {
			t.Errorf("the expired command was sent %d times; want never", n)
		}
	})
}

// Behaviour Q2. Law G6.
func TestACallWaitsForRoomAndItsContextEndsTheWait(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.MaxPending = 10 })
		await(t, client.Ping())
		srv.Pause()
		for range 10 {
			client.Incr("n")
		}
		issued := make(chan *future.Future[int64], 1)
		go func() { issued <- client.Incr("n") }()
		synctest.Wait()
		select {
		case <-issued:
			t.Fatal("the call beyond MaxPending returned; want it to wait")
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		bound := client.With(ctx).Incr("n")
		if took := time.Since(start); took != time.Second {
			t.Errorf("a call bound to 1 s waited %v", took)
		}
		if e := awaitErr[*redis.TimeoutError](t, bound); e.Outcome() != redis.NotExecuted {
			t.Errorf("outcome = %v; want not executed", e.Outcome())
		}
		srv.Resume()
		if n := await(t, <-issued); n != 11 {
			t.Errorf("INCR = %d; want 11", n)
		}
	})
}

// Behaviour Q2. Laws G2, G6.
func TestCallsThatWaitForRoomEndWithReadTimeoutAndWithClose(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.MaxPending = 1; o.ReadTimeout = 10 * time.Second })
		srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
			_ = c.Drip(time.Second, "$30\r\n") // alive all the time, and never done
			return redistest.Silent(c, args)
		})
		await(t, client.Ping())
		start := time.Now()
		client.Incr("n")
		waiting := client.Incr("n")
		e := awaitErr[*redis.TimeoutError](t, waiting)
		if took := time.Since(start); e.Outcome() != redis.NotExecuted || took > 12*time.Second {
			t.Errorf("outcome %v after %v; want not executed within ReadTimeout", e.Outcome(), took)
		}
		var calls []*future.Future[int64]
		done := make(chan *future.Future[int64], 100)
		for range 100 {
			go func() { done <- client.Incr("n") }()
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = client.Shutdown(ctx)
		for range 100 {
			calls = append(calls, <-done)
		}
		for _, f := range calls {
			if _, err := f.Await(limit(t)); err == nil {
				t.Error("a call that waited for room succeeded after Close")
			}
		}
	})
}

// Behaviour F4. Laws G7, G8.
func TestOneWaiterGivesUpAndTheOtherGetsTheValue(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Second)
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv)
		echo := client.Echo("x")
		other := make(chan string, 1)
		go func() { other <- await(t, echo) }()
		short, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		if v, err := echo.Await(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Await = %q, %v; want the deadline", v, err)
		}
		if got := <-other; got != "x" {
			t.Errorf("the other waiter got %q; want x", got)
		}
		if v, err := echo.Await(short); v != "x" || err != nil {
			t.Errorf("Await with a dead context = %q, %v; want x", v, err)
		}
	})
}

// Behaviour F9. Law G7.
func TestShortDeadlinesNeverCostAConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(5 * time.Millisecond)
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv)
		for i := range 200 {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Millisecond)
			start := time.Now()
			if i%2 == 0 {
				_, err := client.Echo(strconv.Itoa(i)).Await(ctx)
				if !errors.Is(err, context.DeadlineExceeded) && i > 0 {
					t.Errorf("Await = %v; want the deadline", err)
				}
			} else {
				_, err := client.With(ctx).Echo(strconv.Itoa(i)).Await(context.Background())
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("With(ctx) = %v; want the deadline", err)
				}
			}
			if took := time.Since(start); took > 3*time.Millisecond {
				t.Errorf("call %d took %v; want 3 ms", i, took)
			}
			cancel()
		}
		if got := await(t, client.Echo("last")); got != "last" {
			t.Errorf("ECHO = %q; want last", got)
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
	})
}

// A context that ends before a bound command was written keeps it from being sent.
// Law G7.
func TestABoundCommandIsNotSentOnceItsContextHasEnded(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().OnDial(func(c *memnet.Conn) {
			c.AfterWrite(func(int) { time.Sleep(10 * time.Millisecond) })
		})
		client := dialFake(t, srv)
		await(t, client.Ping())
		first := client.Echo("first")
		synctest.Wait()
		ctx, cancel := context.WithCancelCause(context.Background())
		second := client.With(ctx).Echo("second")
		why := errors.New("no longer needed")
		cancel(why)
		if _, err := second.Await(limit(t)); !errors.Is(err, why) || second.State() != future.Cancelled {
			t.Errorf("Await = %v, state %v; want the cause, Cancelled", err, second.State())
		}
		dead, err := client.With(ctx).Echo("third").Await(limit(t))
		if !errors.Is(err, why) {
			t.Errorf("a call with a dead context = %q, %v; want the cause", dead, err)
		}
		await(t, first)
		await(t, client.Echo("last"))
		for _, cmd := range srv.Commands() {
			if cmd == "ECHO second" || cmd == "ECHO third" {
				t.Errorf("%s was sent", cmd)
			}
		}
	})
}
