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

// Behaviour Q1. The limits of the queue hold from the first command on, while the first connection is being made; who
// comes beyond them is told at once, and the handshake is not counted.
func TestAFullQueueRefusesAtOnceAndNeverTheHandshake(t *testing.T) {
	incr := len("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n")
	for name, change := range map[string]func(*redis.Options){
		"by count": func(o *redis.Options) { o.QueueSize = 1 },
		"by bytes": func(o *redis.Options) { o.QueueBytes = incr },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.RequireAuth("ann", "secret")
				srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
					c.Sleep(time.Second)
					return c.Default(args)
				})
				client := dialFake(t, srv, change, func(o *redis.Options) {
					o.Username, o.Password, o.Database, o.ClientName = "ann", "secret", 3, "a name longer than the queue is wide, in bytes"
					o.ClientName = strings.ReplaceAll(o.ClientName, " ", "-")
				})
				var ledger redistest.Ledger
				for i := range 3 {
					start := time.Now()
					first := entered(&ledger, "first", client.Incr("n"))
					for range 5 {
						e := awaitErr[*redis.DisconnectedError](t, entered(&ledger, "beyond", client.Incr("n")))
						if e.QueueSize != 1 || e.Outcome() != redis.NotExecuted || !strings.Contains(e.Error(), "queue is full") {
							t.Errorf("error = %v, size %d, %v; want a full queue of 1, not executed", e, e.QueueSize, e.Outcome())
						}
					}
					if took := time.Since(start); took != 0 {
						t.Errorf("the refusals took %v; want at once", took)
					}
					if n := await(t, first); n != int64(i+1) {
						t.Errorf("INCR = %d; want %d", n, i+1)
					}
					srv.Conn(i).Close()
					synctest.Wait()
				}
				for i := range 3 {
					if got := len(srv.Received(i)); got != 4 {
						t.Errorf("connection %d got %q; want three steps and one command", i, srv.Received(i))
					}
				}
				ledger.Check(t)
			})
		})
	}
}

// Behaviour Q1. Law G6. What ran out of time in the queue, by ReadTimeout or by its context, is never written, and what stands
// around it is, in order.
func TestWhatExpiredInTheQueueIsNeverWritten(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout, o.ReconnectDelayMax = 10*time.Second, time.Second })
		await(t, client.Ping())
		cutOff(srv)
		var ledger redistest.Ledger
		short, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		old := entered(&ledger, "old", client.Echo("old"))
		time.Sleep(8 * time.Second)
		before := entered(&ledger, "before", client.Echo("before"))
		bound := entered(&ledger, "bound", client.With(short).Echo("bound")) // the context has ended already
		late, cancelLate := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancelLate()
		bound2 := entered(&ledger, "bound", client.With(late).Echo("bound"))
		given := entered(&ledger, "given up", client.Echo("given up"))
		after := entered(&ledger, "after", client.Echo("after"))
		given.Cancel(nil)
		time.Sleep(3 * time.Second)
		srv.Memory().RefuseDials(nil)
		for _, f := range []*future.Future[string]{old, bound, bound2} {
			e := awaitErr[*redis.TimeoutError](t, f)
			if e.Outcome() != redis.NotExecuted || e.Op != "queue" {
				t.Errorf("%v: op %s, outcome %v; want queue, not executed", e, e.Op, e.Outcome())
			}
		}
		await(t, before)
		await(t, after)
		if got := strings.Join(srv.Received(1), "|"); got != "HELLO 3|PING|ECHO before|ECHO after" { // PING: the dial before has failed
			t.Errorf("the server got %s; want what was in time, in order", got)
		}
		ledger.Check(t)
	})
}

// full makes a client with as much in flight as it may have, to a server that is paused.
func full(t *testing.T, srv *redistest.Fake, ledger *redistest.Ledger, change ...func(*redis.Options)) (*redis.Client, []*future.Future[int64]) {
	t.Helper()
	client := dialFake(t, srv, append(change, func(o *redis.Options) { o.MaxPending = 10 })...)
	await(t, client.Ping())
	srv.Pause()
	var fs []*future.Future[int64]
	for range 10 {
		fs = append(fs, entered(ledger, "INCR", client.Incr("n")))
	}
	return client, fs
}

// waitForRoom issues n calls that must wait, each on a goroutine of its own.
func waitForRoom(t *testing.T, ledger *redistest.Ledger, n int, call func() *future.Future[int64]) chan *future.Future[int64] {
	t.Helper()
	issued := make(chan *future.Future[int64], n)
	for range n {
		go func() { issued <- entered(ledger, "waiting", call()) }()
	}
	synctest.Wait()
	if len(issued) > 0 {
		t.Fatalf("%d of %d calls beyond MaxPending returned; want them to wait", len(issued), n)
	}
	return issued
}

// Behaviour Q2. Law G2. The end of its context ends the wait of a call, a cancel as well as a deadline, and of no other.
func TestTheWaitForRoomEndsWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var ledger redistest.Ledger
		client, inFlight := full(t, srv, &ledger)
		ctx, cancel := context.WithCancelCause(context.Background())
		others := waitForRoom(t, &ledger, 5, func() *future.Future[int64] { return client.Incr("n") })
		bound := waitForRoom(t, &ledger, 5, func() *future.Future[int64] { return client.With(ctx).Incr("n") })
		why := errors.New("no longer needed")
		start := time.Now()
		cancel(why)
		for range 5 {
			if _, err := (<-bound).Await(limit(t)); !errors.Is(err, why) {
				t.Errorf("a call whose context was cancelled = %v; want the cause", err)
			}
		}
		if took := time.Since(start); took != 0 || len(others) > 0 {
			t.Errorf("took %v, and %d other calls returned; want at once, and none", took, len(others))
		}
		srv.Resume()
		for _, f := range inFlight {
			await(t, f)
		}
		for range 5 {
			await(t, <-others)
		}
		if n := srv.Count("INCR"); n != 15 {
			t.Errorf("%d INCR were sent; want 15, none of those given up", n)
		}
		ledger.Check(t)
	})
}

// Behaviour Q2. Laws G2, G4. The connection dies: the calls return at once. What the offline queue takes goes out on the
// next connection, the rest is told that it is full.
func TestTheWaitForRoomEndsWithTheConnection(t *testing.T) {
	for name, c := range map[string]struct{ queue, kept int }{"all fit": {100, 20}, "some fit": {5, 5}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				var ledger redistest.Ledger
				client, inFlight := full(t, srv, &ledger, func(o *redis.Options) { o.QueueSize = c.queue })
				waiting := waitForRoom(t, &ledger, 20, func() *future.Future[int64] { return client.Incr("n") })
				start := time.Now()
				srv.Memory().RefuseDials(errors.New("no route"))
				srv.Conn(0).Reset()
				var fs []*future.Future[int64]
				for range 20 {
					fs = append(fs, <-waiting)
				}
				if took := time.Since(start); took != 0 {
					t.Errorf("the calls returned after %v; want at once", took)
				}
				for _, f := range inFlight {
					if o := outcome(t, f); o != redis.Unknown {
						t.Errorf("in flight: outcome %v; want unknown", o)
					}
				}
				srv.Resume()
				srv.Memory().RefuseDials(nil)
				kept := 0
				for _, f := range fs {
					_, err := f.Await(limit(t))
					if err == nil {
						kept++
					} else if e := asErr[*redis.DisconnectedError](t, err); e.QueueSize != c.queue || e.Outcome() != redis.NotExecuted {
						t.Errorf("%v, outcome %v; want a queue of %d, not executed", e, e.Outcome(), c.queue)
					}
				}
				if kept != c.kept {
					t.Errorf("%d of 20 went out on the next connection; want %d", kept, c.kept)
				}
				ledger.Check(t)
			})
		})
	}
}

// Behaviour Q2. The bytes that are not written yet are bounded as well.
func TestACallWaitsForRoomInBytes(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.MaxPendingBytes = 1 << 20 })
		await(t, client.Ping())
		srv.Pause()
		large := strings.Repeat("x", 1<<20)
		first := client.Set("a", large) // a single one is let in, whatever its size; the server's buffers do not take it whole
		synctest.Wait()
		var ledger redistest.Ledger
		waiting := waitForRoom(t, &ledger, 3, func() *future.Future[int64] { return client.Incr("n") })
		start := time.Now()
		time.AfterFunc(time.Second, srv.Resume)
		for range 3 {
			await(t, <-waiting)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("the calls waited %v; want 1 s, until there was room", took)
		}
		await(t, first)
		ledger.Check(t)
	})
}
