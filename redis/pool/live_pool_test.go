package pool_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

// livePool makes a pool of a real server, whose connections are called "pool", closed with the test.
func livePool(t *testing.T, srv *redistest.Server, protocol int, change ...func(o *pool.Options)) *pool.Pool {
	t.Helper()
	opts := pool.Options{Options: redis.Options{Addr: srv.Addr, Protocol: protocol, ClientName: "pool", ReadTimeout: 20 * time.Second}, AcquireTimeout: 20 * time.Second}
	for _, c := range change {
		c(&opts)
	}
	p := pool.New(opts)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// connections lists the IDs of the connections that are called "pool".
func connections(srv *redistest.Server) (ids []string) {
	list, _ := srv.Do("CLIENT", "LIST").(string)
	for line := range strings.Lines(list) {
		if strings.Contains(line, " name=pool ") {
			id, _, _ := strings.Cut(strings.TrimPrefix(line, "id="), " ")
			ids = append(ids, id)
		}
	}
	return ids
}

// until waits for something that must come.
func until(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !yes(); {
		if time.Now().After(end) {
			t.Fatalf("waited 30s for %s", what)
		}
	}
}

// Behaviours K3, K4, K5, K6, K8 and K10, on real servers.
func TestAPoolOnARealServer(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		for _, protocol := range []int{2, 3} {
			t.Run(map[int]string{2: "RESP2", 3: "RESP3"}[protocol], func(t *testing.T) {
				redistest.NoLeaks(t)
				srv.Do("FLUSHALL")
				p := livePool(t, srv, protocol, func(o *pool.Options) { o.Min, o.Max = 2, 4 })
				until(t, "Min", func() bool { return p.Stats().Idle == 2 })
				id := func() int64 {
					c := acquire(t, p)
					defer release(t, p, c)
					return await(t, c.ClientID())
				}
				first := id()
				if again := id(); again != first {
					t.Errorf("connection %d, then %d; want the same again", first, again)
				}

				// A transaction that is left open is not committed by the next user, and locks nobody out.
				c := acquire(t, p)
				await(t, c.Watch("k"))
				await(t, c.Multi())
				await(t, c.Command("SET", "k", "half"))
				release(t, p, c)
				if v := await(t, p.Get("k")); v.Valid() {
					t.Errorf("GET = %v; want what was never executed missing", v)
				}
				c = acquire(t, p)
				await(t, c.Select(5))
				await(t, c.Set("k", "other"))
				release(t, p, c)
				if v := await(t, p.Get("k")); v.Valid() {
					t.Errorf("GET = %v; want nothing of another database", v)
				}
				if s := p.Stats(); s.Dirty != 2 {
					t.Errorf("Stats = %+v; want two dirty", s)
				}

				// All cut by the server.
				until(t, "Min", func() bool { return p.Stats().Idle >= 2 && len(connections(srv)) == p.Stats().Idle })
				cut := connections(srv)
				for _, id := range cut {
					srv.Do("CLIENT", "KILL", "ID", id)
				}
				for range 10 {
					c := acquire(t, p)
					v, err := c.Echo("alive").Await(limit(t))
					if err == nil && v != "alive" {
						t.Errorf("ECHO = %q", v)
					}
					release(t, p, c)
				}
				c = acquire(t, p)
				await(t, c.Echo("alive"))
				release(t, p, c)
				until(t, "the losses to be noticed", func() bool { return p.Stats().Lost >= uint64(len(cut)) })
				until(t, "Min", func() bool { return p.Stats().Idle >= 2 })

				lent := acquire(t, p)
				_ = p.Close()
				release(t, p, lent)
				until(t, "all connections to end", func() bool { return len(connections(srv)) == 0 })
				books(t, p)
			})
		}
	})
}

// Behaviour K4. Cleaned on request, on real servers.
func TestACleanedConnectionIsAsGoodAsNew(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		srv.Do("FLUSHALL")
		p := livePool(t, srv, 3, func(o *pool.Options) { o.Max, o.CleanOnRelease = 1, true })
		c := acquire(t, p)
		id := await(t, c.ClientID())
		release(t, p, c)
		for name, leave := range map[string]func(c *redis.Conn){
			"MULTI":        func(c *redis.Conn) { await(t, c.Multi()); await(t, c.Command("SET", "k", "half")) },
			"WATCH":        func(c *redis.Conn) { await(t, c.Watch("k")) },
			"WATCH, MULTI": func(c *redis.Conn) { await(t, c.Watch("k")); await(t, c.Multi()) },
		} {
			c := acquire(t, p)
			leave(c)
			release(t, p, c)
			srv.Do("SET", "k", "touched")
			// Neither a transaction nor a watch of the one before is left.
			if _, err := pool.With(limit(t), p, func(ctx context.Context, c *redis.Conn) (int64, error) {
				tx := c.Tx()
				tx.Incr("n")
				if err := tx.Exec(ctx); err != nil {
					return 0, err
				}
				return c.ClientID().Await(ctx)
			}); err != nil {
				t.Errorf("%s: the next transaction = %v; want it to run", name, err)
			}
			c = acquire(t, p)
			if now := await(t, c.ClientID()); now != id {
				t.Errorf("%s: connection %d; want %d", name, now, id)
			}
			release(t, p, c)
		}
		if s := books(t, p); s.Cleaned != 3 || s.Destroyed != 0 {
			t.Errorf("Stats = %+v; want three cleaned, none closed", s)
		}
	})
}

// Behaviour K5. A connection that was lent when the server cut it fails its user, and nobody else.
func TestALostConnectionFailsItsUserAlone(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	p := livePool(t, srv, 3, func(o *pool.Options) { o.Max = 2 })
	a, b := acquire(t, p), acquire(t, p)
	blocked := a.BLPop([]string{"k"}, 0)
	id := await(t, b.ClientID())
	for _, other := range connections(srv) {
		if other != itoa(id) {
			srv.Do("CLIENT", "KILL", "ID", other)
		}
	}
	if e := isA[*redis.ConnectionError](t, awaitErr(t, blocked)); e.Outcome() != redis.Unknown {
		t.Errorf("outcome = %v; want unknown", e.Outcome())
	}
	if err := awaitErr(t, a.Ping()); err == nil {
		t.Error("a lost connection of a pool was made again under its user")
	}
	await(t, b.Ping())
	release(t, p, a)
	release(t, p, b)
	await(t, p.Ping())
	until(t, "the connection to be given back", func() bool { return p.Stats().Active == 0 })
	if s := books(t, p); s.Lost != 1 || s.Created != 2 && s.Created != 3 {
		t.Errorf("Stats = %+v; want one lost", s)
	}
}

// Behaviours K4 and S7. Who takes a connection after one that was subscribed gets another, also where what is dirty is cleaned.
func TestASubscribedConnectionIsNotLentAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		for _, protocol := range []int{2, 3} {
			redistest.NoLeaks(t)
			p := livePool(t, srv, protocol, func(o *pool.Options) { o.Max, o.CleanOnRelease = 1, true })
			c := acquire(t, p)
			sub := await(t, c.Subscribe("news"))
			release(t, p, c)
			if m, err := sub.Next(t.Context()); err == nil {
				t.Errorf("Next = %v; want an error: the connection was given back", m)
			}
			next := acquire(t, p)
			if v := await(t, next.Get("k")); v.Valid() {
				t.Errorf("GET = %v; want a missing value", v)
			}
			release(t, p, next)
			if s := p.Stats(); s.Dirty != 1 || s.Created != 2 {
				t.Errorf("Stats = %+v; want one dirty of two", s)
			}
			_ = p.Close()
		}
	})
}
