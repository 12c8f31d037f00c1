package redis_test

import (
	"context"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Without reconnecting, Connect is one attempt and its failure is final.
func TestAFailedConnectWithoutReconnectIsNotTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.DisableReconnect = true })
		await(t, client.Ping())
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		synctest.Wait()
		before := len(srv.Memory().Dialed())
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		start := time.Now()
		err := client.Connect(ctx)
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("Connect took %v = %v; want the failure of its attempt", took, err)
		}
		if n := len(srv.Memory().Dialed()) - before; n != 1 {
			t.Errorf("%d dials for one Connect with DisableReconnect; want 1", n)
		}
		srv.Memory().RefuseDials(nil)
		time.Sleep(2 * time.Minute)
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections: it reconnected by itself", n)
		}
	})
}

// A Connect that joined an earlier round has no say in a later one.
func TestAnEarlierConnectDoesNotCutALaterDelayShort(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string { c.Sleep(time.Second); return c.Default(args) })
		client := dialFake(t, srv, func(o *redis.Options) { o.ReconnectJitter = -1 })
		client.Ping()
		synctest.Wait()
		for range 2 {
			if err := client.Connect(limit(t)); err != nil { // joins the attempt under way
				t.Fatal(err)
			}
		}
		await(t, client.Ping())
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		n := len(srv.Memory().Dialed())
		srv.Conn(0).Close()
		time.Sleep(20 * time.Millisecond) // the loss of an idle connection may be noticed a little later
		if got := len(srv.Memory().Dialed()) - n; got != 1 {
			t.Errorf("%d dials at once after the loss; want 1, the second after 100 ms", got)
		}
	})
}

// A server that answers one command and hangs up is not dialled in a tight loop.
func TestAServerThatAnswersOnceAndHangsUpIsNotDialledInATightLoop(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", func(c *redistest.Conn, args []string) string {
			_ = c.Send(redistest.Error("ERR upstream is gone"))
			c.Close()
			return ""
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.ReconnectJitter = -1 })
		start := time.Now()
		n := 0
		for time.Since(start) < time.Second && n < 20000 {
			_, _ = client.Get("k").Await(limit(t))
			n++
			if n%100 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		if c := srv.Accepted(); c > 50 {
			t.Errorf("%d connections in %v of virtual time; want backoff", c, time.Since(start))
		}
	})
}

// Law G9. One reply too many in the handshake is nobody's value.
func TestASurplusReplyInTheHandshakeIsAProtocolError(t *testing.T) {
	wrong := 0
	for range 50 {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
				if c.Number() > 0 {
					return c.Default(args)
				}
				return c.Default(args) + ":666\r\n"
			})
			client := dialFake(t, srv)
			n, _ := client.Incr("n").Await(limit(t))
			if n == 666 {
				wrong++
			}
		})
	}
	if wrong > 0 {
		t.Errorf("INCR = 666 in %d of 50 runs: a surplus byte of the handshake became its value", wrong)
	}
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
			if c.Number() > 0 {
				return c.Default(args)
			}
			return c.Default(args) + "+OK\r\n"
		})
		srv.Handle("SELECT", redistest.Always(redistest.Error("ERR DB index is out of range")))
		client := dialFake(t, srv, func(o *redis.Options) { o.Database = 99 })
		if err := client.Connect(limit(t)); err == nil {
			t.Errorf("Connect with a refused SELECT behind a surplus +OK succeeded (db 0)")
		}
	})
}
