package redis_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// tally is a connection that counts who writes: writeLoop, which waits where it has to, or somebody in its place.
type tally struct {
	*memnet.Conn
	own, others atomic.Int64
}

func (c *tally) Write(p []byte) (int, error) {
	c.own.Add(1)
	return c.Conn.Write(p)
}

func (c *tally) TryWrite(p []byte) (int, error) {
	c.others.Add(1)
	return c.Conn.TryWrite(p)
}

// tallied makes a client whose connection counts.
func tallied(t *testing.T, srv *redistest.Fake) (*redis.Client, *tally) {
	t.Helper()
	conn := new(tally)
	client := dialFake(t, srv, func(o *redis.Options) {
		o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := srv.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			conn.Conn = c.(*memnet.Conn)
			return conn, nil
		}
	})
	await(t, client.Ping())
	return client, conn
}

// Law G1. Callers who are woken together have their next commands written by the reader, in the order of their calls, and writeLoop sleeps.
func TestTheReaderWritesForThoseItHasWoken(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		const callers, turns = 16, 200
		client, conn := tallied(t, srv)
		var group sync.WaitGroup
		for range callers {
			group.Go(func() {
				last := int64(0)
				for range turns {
					n, err := client.Incr("n").Await(context.Background())
					if err != nil || n <= last {
						t.Errorf("INCR = %d, %v after %d", n, err, last)
						return
					}
					last = n
				}
			})
		}
		group.Wait()
		own, others := conn.own.Load(), conn.others.Load()
		t.Logf("%d writes by writeLoop, %d by readLoop", own, others)
		if others < turns/2 {
			t.Errorf("%d writes by writeLoop, %d by others; want at least %d by others", own, others, turns/2)
		}
	})
}

// Law G2. What the kernel does not take from the reader at once goes on to writeLoop, to the last byte, while the reader reads.
func TestWhatIsNotTakenFromTheReaderIsWrittenByTheWriter(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, conn := tallied(t, srv)
		const callers, turns = 16, 50
		value := strings.Repeat("v", memnet.DefaultBuffer/8) // sixteen of them do not fit
		var group sync.WaitGroup
		for i := range callers {
			group.Go(func() {
				key := strconv.Itoa(i)
				for n := range turns {
					if _, err := client.Set(key, strconv.Itoa(n)+value).Await(context.Background()); err != nil {
						t.Errorf("SET: %v", err)
						return
					}
				}
				want := strconv.Itoa(turns-1) + value
				if got, err := client.Get(key).Await(context.Background()); err != nil || got != redis.Some(want) {
					t.Errorf("GET = %v, %v; want what was set last", got, err)
				}
			})
		}
		group.Wait()
		own, others := conn.own.Load(), conn.others.Load()
		t.Logf("%d writes by writeLoop, %d by readLoop", own, others)
		if least := int64(5); own < least || others < least {
			t.Errorf("%d writes by writeLoop, %d by others; want at least %d by each", own, others, least)
		}
	})
}

// Law G6. A command that nobody has been woken for is not held back by a reader that waits to read.
func TestACommandAfterARestIsWrittenAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client, _ := tallied(t, srv)
		for range 50 {
			var group sync.WaitGroup
			for range 3 {
				group.Go(func() { await(t, client.Ping()) })
			}
			group.Wait()
			start := time.Now()
			await(t, client.Ping())
			if d := time.Since(start); d > 0 {
				t.Fatalf("PING took %v; want none, in virtual time", d)
			}
			time.Sleep(time.Second)
		}
	})
}
