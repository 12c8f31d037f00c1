package redis_test

import (
	"context"
	"errors"
	"math"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Law G6. The largest limit is no limit, and not an overflow.
func TestTheLargestReadTimeoutIsNoLimit(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", func(c *redistest.Conn, args []string) string {
			c.Sleep(2 * time.Second)
			return c.Default(args)
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = math.MaxInt64 })
		if _, err := client.Get("k").Await(limit(t)); err != nil {
			t.Errorf("Get = %v; want a value", err)
		}
	})
}

// Law G6. Close does not wait for replies that nobody waits for.
func TestCloseTakesReadTimeoutAtMost(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("GET", func(c *redistest.Conn, args []string) string {
			_ = c.Drip(100*time.Millisecond, "$100000\r\n"+strings.Repeat("x", 100000)+"\r\n")
			return ""
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = 2 * time.Second })
		get := client.Get("k")
		srv.WaitFor("GET", 1)
		start := time.Now()
		_ = client.Close()
		_, _ = get.Await(limit(t))
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("Close took %v; want ReadTimeout (2 s) at most", took)
		}
	})
}

// noDeadlines is a connection like those of ssh tunnels.
type noDeadlines struct{ net.Conn }

func (noDeadlines) SetDeadline(time.Time) error { return errors.New("deadline not supported") }

// Behaviour C1. A connection that knows no deadlines is bound by ConnectTimeout all the same.
func TestAHandshakeOnAConnectionWithoutDeadlinesEnds(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string { c.Sleep(5 * time.Minute); return c.Default(args) })
		client := dialFake(t, srv, func(o *redis.Options) {
			o.ConnectTimeout = time.Second
			o.Dialer = func(ctx context.Context, n, a string) (net.Conn, error) {
				c, err := srv.DialContext(ctx, n, a)
				return noDeadlines{c}, err
			}
		})
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		start := time.Now()
		err := client.Connect(ctx)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("Connect took %v = %v; want ConnectTimeout, 1 s", took, err)
		}
		start = time.Now()
		_ = client.Close()
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("Close took %v", took)
		}
	})
}

// Law G2. A callback that ends its goroutine does not take the later ones with it.
func TestACallbackMayEndItsGoroutine(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var lost atomic.Int32
		client := dialFake(t, srv, func(o *redis.Options) {
			o.OnConnect = func(*redis.Client) { runtime.Goexit() }
			o.OnDisconnect = func(*redis.Client, string) { lost.Add(1) }
		})
		await(t, client.Ping())
		synctest.Wait()
		srv.Conn(0).Close()
		synctest.Wait()
		if lost.Load() != 1 {
			t.Errorf("OnDisconnect called %d times after a Goexit in OnConnect; want 1", lost.Load())
		}
	})
}

// deafClose is a connection whose Close takes its time.
type deafClose struct {
	net.Conn
	hold chan struct{}
}

func (d deafClose) Close() error { <-d.hold; return d.Conn.Close() }

// Law G6. Commands in flight settle in time also when closing the connection takes long.
func TestACloseThatBlocksHoldsUpNoFuture(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		hold := make(chan struct{})
		srv.Handle("GET", redistest.Silent)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.ReadTimeout = 2 * time.Second
			o.Dialer = func(ctx context.Context, n, a string) (net.Conn, error) {
				c, err := srv.DialContext(ctx, n, a)
				return deafClose{c, hold}, err
			}
		})
		go func() { time.Sleep(time.Minute); close(hold) }()
		await(t, client.Ping())
		time.Sleep(10 * time.Second)
		client.Get("k")
		time.Sleep(time.Second)
		start := time.Now()
		_, err := client.Get("k").Await(limit(t))
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("Get took %v = %v; want ReadTimeout (2 s)", took, err)
		}
	})
}
