package redis_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour D1. Laws G2, G4.
func TestALostConnectionFailsWhatIsInFlightAsUnknownInOrder(t *testing.T) {
	for name, how := range map[string]struct {
		end    func(c *redistest.Conn)
		cause  error
		reason string
	}{
		"closed": {(*redistest.Conn).Close, io.EOF, redis.ReasonServerClosed},
		"reset":  {(*redistest.Conn).Reset, syscall.ECONNRESET, redis.ReasonConnectionLost},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				const all, answered = 100, 2
				executed := 0
				srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
					reply := c.Default(args)
					if executed++; executed <= answered {
						_ = c.Send(reply)
						return ""
					}
					c.Sleep(time.Millisecond) // so that the answers have arrived
					how.end(c)
					return ""
				})
				srv.Memory().OnDial(func(c *memnet.Conn) {
					c.AfterWrite(func(int) { time.Sleep(time.Nanosecond) }) // so that all go out in one write
				})
				client := dialFake(t, srv)
				await(t, client.Ping())
				client.Ping()
				synctest.Wait() // the writer sleeps behind this PING
				var incrs []*future.Future[int64]
				for range all {
					incrs = append(incrs, client.Incr("n"))
				}
				var settled []int // in the order in which they do
				for i := range future.AsCompleted(limit(t), incrs...) {
					settled = append(settled, i)
				}
				for i, f := range incrs[:answered] {
					if n := await(t, f); n != int64(i+1) {
						t.Errorf("INCR %d = %d; want %d", i, n, i+1)
					}
				}
				for i, f := range incrs[answered:] {
					e := awaitErr[*redis.ConnectionError](t, f)
					if e.Outcome() != redis.Unknown || e.Reason != how.reason || !errors.Is(e, how.cause) {
						t.Fatalf("INCR %d: %v, outcome %v, reason %s; want %v, unknown, %s", answered+i, e, e.Outcome(), e.Reason, how.cause, how.reason)
					}
				}
				if !slices.IsSorted(settled) || len(settled) != all {
					t.Errorf("%d commands settled, in the order %v; want that of their issue", len(settled), settled)
				}
				if v, _ := srv.Value("n"); v != "3" {
					t.Errorf("n = %s; want 3: nothing is executed twice", v)
				}
			})
		})
	}
}

// Behaviour D1. Law G2.
func TestTheBacklogGoesOutAfterReconnectInOrderOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		gate := make(chan struct{})
		srv.Memory().OnDial(func(c *memnet.Conn) {
			c.AfterWrite(func(int) { <-gate }) // holds the writer up, behind its first batch
		})
		client := dialFake(t, srv)
		if err := connectThrough(t, client, gate); err != nil {
			t.Fatal(err)
		}
		first := client.Incr("n")
		synctest.Wait()
		var later []*future.Future[int64]
		for range 10 {
			later = append(later, client.Incr("n"))
		}
		srv.Conn(0).Close()
		synctest.Wait() // the reader has seen the end, the writer is still at the gate
		close(gate)
		// The first was answered or not, depending on what came first; it ran once.
		_, _ = first.Await(limit(t))
		for i, f := range later {
			if n := await(t, f); n != int64(i+2) {
				t.Errorf("INCR = %d; want %d", n, i+2)
			}
		}
		if n := srv.Accepted(); n != 2 {
			t.Errorf("connections = %d; want 2", n)
		}
	})
}

// connectThrough connects while a gate holds up every write: each write of the
// handshake is let through, and nothing else.
func connectThrough(t *testing.T, client *redis.Client, gate chan struct{}) error {
	done := make(chan error, 1)
	go func() { done <- client.Connect(limit(t)) }()
	for {
		select {
		case err := <-done:
			return err
		case gate <- struct{}{}:
		}
	}
}

// Behaviour D3, for single commands. Law G4: to the byte.
func TestAWriteCutInsideAFrameDividesUnknownFromNotExecuted(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		const frame = len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
		var conns []*memnet.Conn
		gate := make(chan struct{})
		srv.Memory().OnDial(func(c *memnet.Conn) {
			if len(conns) > 0 {
				// Virtual time passes when nothing else can go on: the server has
				// done what it got on the first connection. Without this it may run
				// the commands of the second one before those, as a real one may.
				time.Sleep(time.Millisecond)
			}
			conns = append(conns, c)
			c.AfterWrite(func(int) { <-gate })
		})
		srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
			if c.Number() == 0 {
				c.Default(args)
				return "" // executed, never answered
			}
			return c.Default(args)
		})
		client := dialFake(t, srv)
		if err := connectThrough(t, client, gate); err != nil {
			t.Fatal(err)
		}
		hold := client.Ping()
		synctest.Wait() // the writer waits at the gate behind PING
		var incrs []*future.Future[int64]
		for range 10 {
			incrs = append(incrs, client.Incr("n"))
		}
		conns[0].FailWriteAfter(6*frame+5, syscall.EPIPE) // 6 whole frames and 5 bytes of the seventh
		close(gate)
		await(t, hold)
		for i, f := range incrs[:6] {
			if o := outcome(t, f); o != redis.Unknown {
				t.Errorf("INCR %d: outcome %v; want unknown", i+1, o)
			}
		}
		for i, f := range incrs[6:] {
			if n := await(t, f); n != int64(7+i) {
				t.Errorf("INCR %d = %d; want %d, from the next connection", 7+i, n, 7+i)
			}
		}
	})
}

// Laws G2, G4. The same for a value that is written without being copied.
func TestALargeValueThatWasNotSentWholeGoesOutAgain(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().OnDial(func(c *memnet.Conn) {
			if len(srv.Memory().Dialed()) == 1 {
				c.FailWriteAfter(100_000, syscall.EPIPE)
			}
		})
		client := dialFake(t, srv)
		large := string(make([]byte, 1<<20))
		small := client.Echo("small")
		set := client.Set("large", large)
		get := client.Get("large")
		if ok := await(t, set); !ok {
			t.Error("SET = false; want true")
		}
		if v := await(t, get); v.Or("") != large {
			t.Errorf("GET = %d bytes; want %d", len(v.Or("")), len(large))
		}
		_, _ = small.Await(limit(t))
	})
}

// Behaviour C5. Law G2.
func TestCloseAnswersWhatIsInFlightAndThenRefuses(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Second)
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv)
		var echos []*future.Future[string]
		for i := range 5 {
			echos = append(echos, client.Echo(strconv.Itoa(i)))
		}
		srv.WaitFor("ECHO", 1)
		closed := make(chan error, 1)
		go func() { closed <- client.Close() }()
		synctest.Wait()
		e := awaitErr[*redis.DisconnectedError](t, client.Echo("late"))
		if e.Outcome() != redis.NotExecuted {
			t.Errorf("outcome = %v; want not executed", e.Outcome())
		}
		if err := <-closed; err != nil {
			t.Errorf("Close = %v; want nil", err)
		}
		for i, f := range echos {
			if got := await(t, f); got != strconv.Itoa(i) {
				t.Errorf("ECHO = %q; want %d", got, i)
			}
		}
		if err := client.Close(); err != nil {
			t.Errorf("second Close = %v; want nil", err)
		}
		if err := client.Connect(limit(t)); err == nil {
			t.Error("Connect after Close = nil; want an error")
		}
	})
}

// Law G2.
func TestShutdownCutsWhatIsNotAnsweredInTime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", redistest.Silent)
		client := dialFake(t, srv)
		echo := client.Echo("x")
		srv.WaitFor("ECHO", 1)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := client.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown = %v; want the deadline", err)
		}
		e := awaitErr[*redis.ConnectionError](t, echo)
		if e.Reason != redis.ReasonClientClosed || e.Outcome() != redis.Unknown {
			t.Errorf("ECHO: reason %s, outcome %v; want client_closed, unknown", e.Reason, e.Outcome())
		}
	})
}

// Behaviour D5, without blocking commands. Law G2.
func TestCloseWhileReconnectingSettlesEverythingAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		if err := client.Connect(limit(t)); err != nil {
			t.Fatal(err)
		}
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		time.Sleep(time.Second) // virtual: attempts fail meanwhile
		var fs []*future.Future[int64]
		for range 100 {
			fs = append(fs, client.Incr("n"))
		}
		start := time.Now()
		if err := client.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		for _, f := range fs {
			awaitErr[*redis.DisconnectedError](t, f)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v of virtual time; want none", took)
		}
		dialed := len(srv.Memory().Dialed())
		time.Sleep(10 * time.Minute)
		if n := len(srv.Memory().Dialed()); n != dialed {
			t.Errorf("%d dials after Close; want none", n-dialed)
		}
	})
}

// Behaviour C4.
func TestOnDisconnectFiresOncePerLostConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var events []string
		client := dialFake(t, srv, func(o *redis.Options) {
			o.OnConnect = func(*redis.Client) { events = append(events, "up") }
			o.OnDisconnect = func(_ *redis.Client, reason string) { events = append(events, reason) }
		})
		await(t, client.Ping())
		srv.Conn(0).Close()
		time.Sleep(time.Second)
		await(t, client.Ping())
		srv.Conn(1).Reset()
		time.Sleep(time.Second)
		await(t, client.Ping())
		_ = client.Close()
		synctest.Wait()
		want := []string{"up", redis.ReasonServerClosed, "up", redis.ReasonConnectionLost, "up", redis.ReasonClientClosed}
		if len(events) != len(want) {
			t.Fatalf("events = %v; want %v", events, want)
		}
		for i := range want {
			if events[i] != want[i] {
				t.Fatalf("events = %v; want %v", events, want)
			}
		}
	})
}
