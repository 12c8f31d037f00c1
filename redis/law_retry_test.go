package redis_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Law G4, and its exception: with RetryReadOnly reads whose replies were lost are sent again, in their order and before
// what came later; what writes is not.
func TestLostReadsAreSentAgainIfAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		first := true
		for _, name := range []string{"GET", "INCR"} {
			srv.Handle(name, func(c *redistest.Conn, args []string) string {
				if first {
					return ""
				}
				return c.Default(args)
			})
		}
		client := dialFake(t, srv, func(o *redis.Options) { o.RetryReadOnly = true })
		await(t, client.Set("a", strings.Repeat("a", 40_000)))
		a, n, b := client.Get("a"), client.Incr("n"), client.Get(strings.Repeat("k", 40_000))
		ended, cancel := context.WithCancel(context.Background())
		gone, given := client.With(ended).Get("gone"), client.Get("given up")
		srv.WaitFor("GET", 4)
		cancel()
		given.Cancel(nil)
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		synctest.Wait()
		later := client.Incr("n")
		first = false
		srv.Memory().RefuseDials(nil)
		if v := await(t, a); len(v.Or("")) != 40_000 {
			t.Errorf("GET a = %d bytes; want 40000", len(v.Or("")))
		}
		if v := await(t, b); v.Valid() {
			t.Errorf("GET of a missing key = %v", v)
		}
		if o := outcome(t, n); o != redis.Unknown {
			t.Errorf("INCR: %v; want unknown", o)
		}
		awaitFails(t, gone)
		await(t, later)
		got := srv.Received(1)
		want := []string{"HELLO 3", "PING", "GET a", "GET kkk", "INCR n"} // PING since the dial before has failed
		if len(got) != len(want) {
			t.Fatalf("the second connection got %.100q; want %v", got, want)
		}
		for i := range want {
			if !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("command %d of the second connection is %.20q; want %s", i, got[i], want[i])
			}
		}
	})
}

// Law G4. Without the option, reads are as all others.
func TestLostReadsAreNotSentAgainUnasked(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", redistest.Silent)
		client := dialFake(t, srv)
		get := client.Get("k")
		srv.WaitFor("GET", 1)
		srv.Conn(0).Close()
		if o := outcome(t, get); o != redis.Unknown {
			t.Errorf("GET: %v; want unknown", o)
		}
		await(t, client.Ping())
		if n := srv.Count("GET"); n != 1 {
			t.Errorf("GET was sent %d times; want once", n)
		}
	})
}

// Laws G4, G6, G9. A reply that breaks the stream is not asked for again, and a server that always hangs up does not keep
// a read for longer than its time.
func TestARetriedReadComesToAnEnd(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", func(c *redistest.Conn, args []string) string { c.Close(); return "" })
		client := dialFake(t, srv, func(o *redis.Options) { o.RetryReadOnly, o.ReadTimeout = true, 5*time.Second })
		start := time.Now()
		awaitErr[*redis.TimeoutError](t, client.Get("k"))
		if took := time.Since(start); took > 5500*time.Millisecond {
			t.Errorf("GET failed after %v; want 5s", took)
		}
		if n := srv.Accepted(); n < 2 || n > 60 {
			t.Errorf("%d connections in 5s; want a few", n)
		}
		srv.Handle("GET", redistest.Always("+OK\n"))
		other := dialFake(t, srv, func(o *redis.Options) { o.RetryReadOnly = true }) // one that has no long delay before it dials
		awaitErr[*redis.ProtocolError](t, other.Get("k"))
	})
}

// Law G4. Close ends it, as Unknown: the server may have had it.
func TestALostReadIsNotRetriedByAClosedClient(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", redistest.Silent)
		client := dialFake(t, srv, func(o *redis.Options) { o.RetryReadOnly = true })
		get := client.Get("k")
		srv.WaitFor("GET", 1)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = client.Shutdown(ctx)
		if o := outcome(t, get); o != redis.Unknown {
			t.Errorf("GET: %v; want unknown", o)
		}
	})
}

// Behaviour D3 with RetryReadOnly: what was cut stays behind what is sent again.
func TestRetriedReadsGoBeforeWhatWasCut(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", redistest.Silent)
		conn := firstConn(srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.RetryReadOnly = true })
		a := client.Get("a")
		srv.WaitFor("GET", 1)
		conn().FailWriteAfter(10, syscall.EPIPE)
		n, b := client.Incr("n"), client.Get("b")
		srv.Handle("GET", redistest.Always("$1\r\nv\r\n"))
		await(t, a)
		await(t, n)
		await(t, b)
		if got := strings.Join(srv.Received(1)[1:], "|"); got != "GET a|INCR n|GET b" {
			t.Errorf("the second connection got %s; want GET a, INCR n, GET b", got)
		}
	})
}
