package redis

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

// The lane lends connections as Conns, for what needs one for several commands: a clean one is used again, another is not.
func TestTheLaneLendsConns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := redistest.NewFake(t)
		srv.Handle("WATCH", redistest.Always("+OK\r\n"))
		srv.Handle("UNWATCH", redistest.Always("+OK\r\n"))
		client := New(Options{Addr: "fake:6379", Dialer: srv.DialContext, LaneSize: 1})
		defer client.Close()
		ctx := context.Background()
		for i, leave := range []func(c *Conn){
			func(c *Conn) { _, _ = c.Unwatch().Await(ctx) },
			func(*Conn) {},
			func(c *Conn) { c.Get("k") },
		} {
			b, conn, err := client.lane.acquire(ctx)
			if err != nil {
				t.Fatal(err)
			}
			short, cancel := context.WithTimeout(ctx, time.Second)
			if _, _, err := client.lane.acquire(short); err != context.DeadlineExceeded {
				t.Errorf("a second acquire = %v; want the deadline", err)
			}
			cancel()
			if _, err := conn.Watch("k").Await(ctx); err != nil {
				t.Fatal(err)
			}
			leave(conn)
			client.lane.release(b, conn)
			if _, err := conn.Get("k").Await(ctx); !errors.As(err, new(*ArgumentError)) {
				t.Errorf("a Conn that was given back = %v; want an *ArgumentError", err)
			}
			if n, want := client.Stats().Lane, map[int]int{0: 1}[i]; n != want {
				t.Errorf("after %d: %d connections are kept; want %d", i, n, want)
			}
		}
		_ = client.Close()
		if _, _, err := client.lane.acquire(ctx); !errors.As(err, new(*DisconnectedError)) {
			t.Errorf("acquire of a closed client = %v; want a *DisconnectedError", err)
		}
	})
}
