package redis_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// withMulti teaches a scripted server MULTI: what comes behind it is queued, and EXEC answers an empty array.
func withMulti(srv *redistest.Fake) {
	inMulti := map[int]bool{}
	for _, name := range []string{"MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"} {
		srv.Handle(name, func(c *redistest.Conn, args []string) string {
			was := inMulti[c.Number()]
			switch {
			case name == "MULTI":
				inMulti[c.Number()] = true
			case (name == "EXEC" || name == "DISCARD") && !was:
				return "-ERR " + name + " without MULTI\r\n"
			case name == "EXEC":
				inMulti[c.Number()] = false
				return "*0\r\n"
			case name == "DISCARD":
				inMulti[c.Number()] = false
			}
			return "+OK\r\n"
		})
	}
	srv.Handle("SET", func(c *redistest.Conn, args []string) string {
		if inMulti[c.Number()] {
			return "+QUEUED\r\n"
		}
		return c.Default(args)
	})
}

// Behaviour D4. Law G4. The connection is lost between MULTI and EXEC: what was in flight has not run, and what comes
// of the transaction later, up to its EXEC, does not run outside of it.
func TestATransactionThatIsLostBeforeExecHasNotRun(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withMulti(srv)
		conn := dialConn(t, srv)
		await(t, conn.Multi())
		srv.Handle("SET", redistest.Silent)
		inFlight := conn.Set("a", "1")
		srv.WaitFor("SET", 1)
		srv.Conn(0).Close()
		if o := outcome(t, inFlight); o != redis.NotExecuted {
			t.Errorf("SET in flight: %v; want not executed: there was no EXEC", o)
		}
		withMulti(srv)
		if s := conn.Session(); !s.LostTransaction || s.InMulti || s.Clean() {
			t.Errorf("Session = %+v; want a lost transaction", s)
		}
		for _, f := range []future.Awaitable{conn.Set("b", "2"), conn.Exec()} {
			err := future.WaitAll(limit(t), f)
			if !redis.SafeToRetry(err) || !strings.Contains(err.Error(), "transaction was lost") {
				t.Errorf("%v; want a lost transaction, not executed", err)
			}
		}
		if s := conn.Session(); !s.Clean() {
			t.Errorf("Session after Exec = %+v; want a clean one", s)
		}
		await(t, conn.Set("c", "3"))
		if _, ok := srv.Value("b"); ok {
			t.Error("b was set outside of its transaction")
		}
		if _, ok := srv.Value("c"); !ok {
			t.Error("c was not set after the transaction was over")
		}
	})
}

// Behaviour D4. Law G4. EXEC was sent: the server may have run all of it.
func TestATransactionThatIsLostBehindExecIsUnknown(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withMulti(srv)
		conn := dialConn(t, srv)
		await(t, conn.Multi())
		srv.Handle("SET", redistest.Silent)
		srv.Handle("EXEC", func(c *redistest.Conn, args []string) string { c.Close(); return "" })
		set, exec := conn.Set("a", "1"), conn.Exec()
		if o := outcome(t, set); o != redis.Unknown {
			t.Errorf("SET: %v; want unknown: its EXEC was sent", o)
		}
		if o := outcome(t, exec); o != redis.Unknown {
			t.Errorf("EXEC: %v; want unknown", o)
		}
		await(t, conn.Ping())
		if n := srv.Count("EXEC"); n != 1 {
			t.Errorf("EXEC was sent %d times; want once", n)
		}
	})
}

// Behaviour D4. Law G4. MULTI went out, the write of the rest was cut: the rest must not run one by one on the next
// connection, although it was issued with its EXEC.
func TestTheRestOfACutTransactionIsNotSentOnTheNextConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withMulti(srv)
		first := firstConn(srv)
		conn := dialConn(t, srv)
		await(t, conn.Multi())
		first().FailWriteAfter(10, syscall.EPIPE)
		set, exec, after := conn.Set("a", "1"), conn.Exec(), conn.Set("after", "1")
		for _, f := range []future.Awaitable{set, exec} {
			if err := future.WaitAll(limit(t), f); !redis.SafeToRetry(err) {
				t.Errorf("%v; want not executed", err)
			}
		}
		await(t, after)
		if _, ok := srv.Value("a"); ok {
			t.Error("a was set outside of its transaction")
		}
		if !conn.Session().Clean() {
			t.Errorf("Session = %+v; want a clean one: EXEC was issued", conn.Session())
		}
	})
}

// Behaviour X2, for a Conn. A watch is lost with its connection, and so must be what relies on it.
func TestAWatchIsNotForgottenInSilence(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withMulti(srv)
		conn := dialConn(t, srv)
		await(t, conn.Watch("k"))
		await(t, conn.Get("k"))
		srv.Conn(0).Close()
		synctest.Wait()
		err := future.WaitAll(limit(t), conn.Multi(), conn.Set("k", "stale"), conn.Exec())
		if !redis.SafeToRetry(err) {
			t.Errorf("%v; want not executed", err)
		}
		await(t, conn.Ping())
		if _, ok := srv.Value("k"); ok || srv.Count("MULTI") > 0 {
			t.Error("the transaction ran without its watch")
		}
	})
}

// Law G4. A command of a transaction is cancelled, or its context ends, before it is sent: the transaction goes out whole.
func TestATransactionGoesOutWholeOrNotAtAll(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withMulti(srv)
		gate := make(chan struct{})
		srv.Memory().OnDial(func(c *memnet.Conn) { c.AfterWrite(func(int) { <-gate }) })
		go func() { gate <- struct{}{} }() // HELLO
		conn := dialConn(t, srv)
		conn.Ping() // the writer is at the gate, what follows waits behind it
		synctest.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		multi := conn.Multi()
		bound := conn.With(ctx).Set("a", "1")
		plain := conn.Set("b", "2")
		exec := conn.Exec()
		cancel()
		plain.Cancel(nil)
		synctest.Wait()
		close(gate)
		await(t, multi)
		await(t, exec)
		awaitFails(t, bound)
		awaitFails(t, plain)
		if got := strings.Join(srv.Received(0)[1:], "|"); got != "PING|MULTI|SET a 1|SET b 2|EXEC" {
			t.Errorf("the server got %s; want the whole transaction", got)
		}
	})
}

// Laws G4, G6. The same while there is no connection: then nothing of it goes out.
func TestATransactionThatRanOutOfTimeOfflineIsNotSent(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		withMulti(srv)
		conn := dialConn(t, srv, func(o *redis.Options) { o.ReadTimeout = 10 * time.Second })
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		synctest.Wait()
		multi, set := conn.Multi(), conn.Set("a", "1")
		time.Sleep(8 * time.Second)
		exec := conn.Exec()
		time.Sleep(3 * time.Second)
		srv.Memory().RefuseDials(nil)
		for _, f := range []future.Awaitable{multi, set, exec} {
			if err := future.WaitAll(limit(t), f); !redis.SafeToRetry(err) {
				t.Errorf("%v; want not executed", err)
			}
		}
		await(t, conn.Ping())
		if n := srv.Count("MULTI") + srv.Count("SET") + srv.Count("EXEC"); n != 0 {
			t.Errorf("%d commands of the transaction were sent; want none", n)
		}
	})
}
