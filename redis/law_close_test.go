package redis_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// staysClosed checks that nothing of a closed client comes to life again.
func staysClosed(t *testing.T, srv *redistest.Fake, client interface{ State() redis.State }, call func() future.Awaitable, connect func() error) {
	t.Helper()
	before := dialled(srv)
	asErr[*redis.DisconnectedError](t, future.WaitAll(limit(t), call()))
	asErr[*redis.DisconnectedError](t, connect())
	time.Sleep(10 * time.Minute)
	if n := dialled(srv) - before; n != 0 || client.State() != redis.StateClosed {
		t.Errorf("%d dials after Close, state %v; want none, closed", n, client.State())
	}
}

// Behaviour D5. Laws G2, G6. A hundred calls wait for room when the client is closed: they fail at once, as not executed,
// while what is in flight is still answered.
func TestCloseEndsAHundredWaitsForRoomAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.MaxPending = 5 })
		await(t, client.Ping())
		srv.Handle("INCR", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Second)
			return c.Default(args)
		})
		var ledger redistest.Ledger
		var inFlight []*future.Future[int64]
		for range 5 {
			inFlight = append(inFlight, entered(&ledger, "in flight", client.Incr("n")))
		}
		waiting := make(chan *future.Future[int64], 100)
		for range 100 {
			go func() { waiting <- entered(&ledger, "waiting", client.Incr("n")) }()
		}
		synctest.Wait()
		if len(waiting) > 0 {
			t.Fatalf("%d calls beyond MaxPending returned; want them to wait", len(waiting))
		}
		start := time.Now()
		closed := make(chan error, 1)
		go func() { closed <- client.Close() }()
		for range 100 {
			e := awaitErr[*redis.DisconnectedError](t, <-waiting)
			if e.Outcome() != redis.NotExecuted {
				t.Errorf("%v: outcome %v; want not executed", e, e.Outcome())
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("the calls that waited failed after %v; want at once", took)
		}
		for i, f := range inFlight {
			if n := await(t, f); n != int64(i+1) {
				t.Errorf("INCR in flight at Close = %d; want %d", n, i+1)
			}
		}
		if err := <-closed; err != nil {
			t.Errorf("Close = %v", err)
		}
		ledger.Check(t)
		staysClosed(t, srv, client, func() future.Awaitable { return client.Incr("n") }, func() error { return client.Connect(limit(t)) })
	})
}

// Behaviour D5. Laws G2, G6. The same while the server is gone: what is queued, and what blocks on a Conn, fails at once, and
// no dial follows, however far the delays have grown.
func TestCloseWhileReconnectingEndsQueuedCommandsAndBlockingOnesAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		conn := dialConn(t, srv)
		await(t, client.Ping())
		cutOff(srv)
		time.Sleep(time.Second)
		var ledger redistest.Ledger
		var fs []future.Awaitable
		for range 30 {
			fs = append(fs, entered(&ledger, "BLPOP", conn.BLPop([]string{"k"}, 0)), entered(&ledger, "INCR", client.Incr("n")))
		}
		start := time.Now()
		_ = client.Close()
		_ = conn.Close()
		for _, f := range fs {
			if e := asErr[*redis.DisconnectedError](t, future.WaitAll(limit(t), f)); e.Outcome() != redis.NotExecuted {
				t.Errorf("%v: outcome %v; want not executed", e, e.Outcome())
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v; want at once", took)
		}
		ledger.Check(t)
		srv.Memory().RefuseDials(nil)
		staysClosed(t, srv, client, func() future.Awaitable { return client.Incr("n") }, func() error { return client.Connect(limit(t)) })
		staysClosed(t, srv, conn, func() future.Awaitable { return conn.Incr("n") }, func() error { return conn.Connect(limit(t)) })
	})
}

// Behaviour D5. Close in the middle of an attempt, whose dialer and handshake hang.
func TestCloseInTheMiddleOfAnAttemptIsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("HELLO", redistest.Silent)
		client := dialFake(t, srv)
		var ledger redistest.Ledger
		get := entered(&ledger, "GET", client.Get("k"))
		connected := make(chan error, 1)
		go func() { connected <- client.Connect(limit(t)) }()
		srv.WaitFor("HELLO", 1)
		synctest.Wait()
		start := time.Now()
		_ = client.Close()
		awaitErr[*redis.DisconnectedError](t, get)
		asErr[*redis.DisconnectedError](t, <-connected)
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v; want at once", took)
		}
		ledger.Check(t)
		staysClosed(t, srv, client, func() future.Awaitable { return client.Incr("n") }, func() error { return client.Connect(limit(t)) })
	})
}

// Behaviour D5. Laws G2, G6. Thirty Conns wait in BLPOP, some with others behind it, when they are closed: everything fails at
// once, what was sent as unknown, and Close does not wait for an element that may never come.
func TestCloseEndsThirtyPendingBlockingPopsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("BLPOP", redistest.Silent)
		srv.Handle("ECHO", redistest.Silent)
		var ledger redistest.Ledger
		var conns []*redis.Conn
		var pops []*future.Future[redis.Opt[redis.KeyValue]]
		var behind []*future.Future[string]
		for i := range 30 {
			conn := dialConn(t, srv)
			conns = append(conns, conn)
			pops = append(pops, entered(&ledger, "BLPOP", conn.BLPop([]string{"k"}, []time.Duration{0, time.Hour}[i%2])))
			if i%3 == 0 {
				behind = append(behind, entered(&ledger, "behind", conn.Echo("behind")))
			}
		}
		srv.WaitFor("BLPOP", 30)
		synctest.Wait()
		start := time.Now()
		closed := make(chan error, 30)
		for _, conn := range conns {
			go func() { closed <- conn.Close() }()
		}
		for _, f := range pops {
			e := awaitErr[*redis.ConnectionError](t, f)
			if e.Reason != redis.ReasonClientClosed || e.Outcome() != redis.Unknown {
				t.Errorf("BLPOP = %v, outcome %v; want client_closed, unknown", e, e.Outcome())
			}
		}
		for _, f := range behind {
			if _, err := f.Await(limit(t)); asErr[redis.Error](t, err).Outcome() == redis.Rejected {
				t.Errorf("a command behind BLPOP = %v; want it lost", err)
			}
		}
		for range conns {
			if err := <-closed; err != nil {
				t.Errorf("Close = %v", err)
			}
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("took %v; want at once", took)
		}
		ledger.Check(t)
		conn := conns[0]
		staysClosed(t, srv, conn, func() future.Awaitable { return conn.Incr("n") }, func() error { return conn.Connect(limit(t)) })
	})
}

// Behaviour D5. What stands before a blocking command is still answered when a Conn is closed.
func TestCloseAnswersWhatStandsBeforeABlockingCommand(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("BLPOP", redistest.Silent)
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(time.Second)
			return redistest.Bulk(args[1])
		})
		conn := dialConn(t, srv)
		before := conn.Echo("before")
		pop := conn.BLPop([]string{"k"}, 0)
		synctest.Wait()
		start := time.Now()
		closed := make(chan error, 1)
		go func() { closed <- conn.Close() }()
		if got := await(t, before); got != "before" {
			t.Errorf("ECHO = %q; want its reply", got)
		}
		awaitErr[*redis.ConnectionError](t, pop)
		if err := <-closed; err != nil {
			t.Errorf("Close = %v", err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("Close took %v; want 1 s, for the ECHO", took)
		}
	})
}
