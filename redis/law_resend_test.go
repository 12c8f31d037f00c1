package redis_test

import (
	"context"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Laws G4, G6. The write of a bound command is cut, and its context ends before the
// next connection: it must not go out any more, and has not run.
func TestABoundCommandWhoseWriteWasCutIsStillWithdrawn(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Memory().OnDial(func(c *memnet.Conn) {
			if len(srv.Memory().Dialed()) == 1 {
				c.FailWriteAfter(100_000, syscall.EPIPE)
				c.AfterWrite(func(n int) {
					if n > 50_000 {
						srv.Memory().RefuseDials(syscall.ECONNREFUSED)
					}
				})
			}
		})
		client := dialFake(t, srv)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		set := client.With(ctx).Set("large", string(make([]byte, 1<<20)))
		_, err := set.Await(limit(t))
		time.Sleep(time.Second)
		srv.Memory().RefuseDials(nil)
		time.Sleep(10 * time.Second)
		if n := srv.Count("SET"); n != 0 {
			t.Errorf("%d SET executed after its future had failed at its deadline; want none", n)
		}
		if o := err.(redis.Error).Outcome(); o != redis.NotExecuted {
			t.Errorf("outcome = %v; want not executed: the kernel never took its last byte", o)
		}
	})
}

// Law G4. A server answers a large request early and hangs up while it is still
// being written: the command has its answer and must not be sent again.
func TestACommandThatWasAnsweredEarlyIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen(memnet.Options{Buffer: 64 << 10, NoReset: true})
		defer ln.Close()
		var conns, sets atomic.Int32
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				conns.Add(1)
				buf := make([]byte, 4096)
				_, _ = c.Read(buf) // HELLO
				_, _ = c.Write([]byte("%1\r\n+proto\r\n:3\r\n"))
				n, _ := c.Read(buf)
				if strings.Contains(string(buf[:n]), "SET") {
					sets.Add(1)
					_, _ = c.Write([]byte("-ERR Protocol error: invalid bulk length\r\n"))
					time.Sleep(time.Millisecond)
				}
				_ = c.Close()
			}
		}()
		client := redis.New(redis.Options{Dialer: ln.DialContext})
		_, _ = client.Set("k", string(make([]byte, 10<<20))).Await(limit(t))
		time.Sleep(2 * time.Second)
		if n := sets.Load(); n != 1 {
			t.Errorf("SET began %d times on %d connections in 2 s after it was answered; want once", n, conns.Load())
		}
		_ = client.Close()
	})
}

// Laws G4, G6. A command runs out of time while it is being written, and the write
// is cut later: what was told to have failed must not run then.
func TestACommandThatTimedOutDuringItsWriteIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen(memnet.Options{Buffer: 64 << 10, NoReset: true})
		srv := redistest.NewFakeOn(t, ln)
		// first connection: read little, push bytes all the time, then close
		srv.Handle("PING", func(c *redistest.Conn, args []string) string {
			if c.Number() > 0 {
				return c.Default(args)
			}
			for range 50 { // 5 s: never reads, but pushes arrive
				c.Sleep(100 * time.Millisecond)
				_ = c.Send(">1\r\n+x\r\n")
			}
			c.Close()
			return ""
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = 2 * time.Second })
		client.Ping()
		srv.WaitFor("PING", 1)
		set := client.Set("k", string(make([]byte, 1<<20)))
		_, _ = set.Await(limit(t))
		time.Sleep(10 * time.Second)
		if n := srv.Count("SET"); n != 0 {
			t.Errorf("%d SET executed after its future had failed; want none", n)
		}
	})
}
