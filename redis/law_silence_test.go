package redis_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour T1. Law G7. The deadline of a context bound to the command passes after it was written, at times while its
// reply is on its way: the outcome is unknown, the connection stays, and the late reply is nobody's.
func TestADeadlineThatPassesAfterTheWriteIsUnknownAndCostsNothingElse(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			if args[1] == "slow" {
				_ = c.Drip(100*time.Millisecond, redistest.Bulk("slow"))
				return ""
			}
			return redistest.Bulk(args[1])
		})
		client := dialFake(t, srv)
		var ledger redistest.Ledger
		for i := 1; i <= 5; i++ {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*150*time.Millisecond)
			slow := entered(&ledger, "slow", client.With(ctx).Echo("slow"))
			next := entered(&ledger, "next", client.Echo("next"))
			e := awaitErr[*redis.TimeoutError](t, slow)
			if e.Outcome() != redis.Unknown || e.After != time.Duration(i)*150*time.Millisecond || e.Op != "read" {
				t.Errorf("error = %v, outcome %v; want no reply within %d ms, unknown", e, e.Outcome(), i*150)
			}
			if got := await(t, next); got != "next" {
				t.Errorf("the next ECHO = %q; want its own reply", got)
			}
			cancel()
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("connections = %d; want 1", n)
		}
		ledger.Check(t)
	})
}

// Behaviour T2. Laws G2, G6. A black hole: what the client sends never arrives, nothing comes back, and no end of the
// connection is ever told.
func TestABlackHoleIsDeadAfterReadTimeout(t *testing.T) {
	for _, limit := range []time.Duration{100 * time.Millisecond, time.Second, 30 * time.Second} {
		t.Run(limit.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				first := firstConn(srv)
				var r told
				client := dialFake(t, srv, r.listen, func(o *redis.Options) { o.ReadTimeout, o.WriteTimeout = limit, time.Hour })
				await(t, client.Ping())
				time.Sleep(10 * time.Second) // so that it is not the silence before that counts
				first().Hold()
				var ledger redistest.Ledger
				start := time.Now()
				fs := []future.Awaitable{
					entered(&ledger, "GET", client.Get("k")), entered(&ledger, "INCR", client.Incr("n")),
					entered(&ledger, "HGETALL", client.HGetAll("h")), entered(&ledger, "MGET", client.MGet("a", "b")),
				}
				for _, f := range fs {
					err := future.WaitAll(context.Background(), f)
					if e := asErr[redis.Error](t, err); e.Outcome() != redis.Unknown {
						t.Errorf("%v: outcome %v; want unknown", err, e.Outcome())
					}
					if took := time.Since(start); took < limit*8/10 || took > limit*12/10 {
						t.Errorf("failed after %v; want %v ± 20 %%", took, limit)
					}
				}
				await(t, client.Ping())
				if took := time.Since(start); took > limit*12/10 {
					t.Errorf("the next connection came after %v; want %v ± 20 %%", took, limit)
				}
				synctest.Wait()
				if _, down, _ := r.sofar(); len(down) != 1 || down[0] != redis.ReasonTimeout || srv.Accepted() != 2 {
					t.Errorf("OnDisconnect was told %q, %d connections; want timeout, once, and 2", down, srv.Accepted())
				}
				ledger.Check(t)
			})
		})
	}
}

// Behaviour T2. An idle connection in a black hole is found by the PING that is due, and replaced before anybody asks.
func TestAnIdleConnectionInABlackHoleIsReplacedBeforeItIsNeeded(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		first := firstConn(srv)
		client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout, o.PingInterval = 2*time.Second, 5*time.Second })
		await(t, client.Ping())
		first().Hold()
		time.Sleep(8 * time.Second) // PingInterval and ReadTimeout, give or take
		if n := srv.Accepted(); n != 2 {
			t.Fatalf("%d connections after 8 s; want the second", n)
		}
		start := time.Now()
		await(t, client.Ping())
		if took := time.Since(start); took > 0 {
			t.Errorf("the first command afterwards took %v; want no delay", took)
		}
	})
}

// Behaviour T4. Law G6. A timeout of 0 is no deadline, wherever the command has it.
func TestABlockingCommandWithTimeoutZeroHasNoDeadline(t *testing.T) {
	for name, call := range map[string]func(c *redis.Conn) future.Awaitable{
		"BLPOP":      func(c *redis.Conn) future.Awaitable { return c.BLPop([]string{"k"}, 0) },
		"BRPOP":      func(c *redis.Conn) future.Awaitable { return c.BRPop([]string{"k"}, 0) },
		"BRPOPLPUSH": func(c *redis.Conn) future.Awaitable { return c.BRPopLPush("k", "l", 0) },
		"BLMOVE":     func(c *redis.Conn) future.Awaitable { return c.BLMove("k", "l", redis.Left, redis.Right, 0) },
		"BZPOPMIN":   func(c *redis.Conn) future.Awaitable { return c.BZPopMin([]string{"k"}, 0) },
		"BZPOPMAX":   func(c *redis.Conn) future.Awaitable { return c.BZPopMax([]string{"k"}, 0) },
		"BLMPOP":     func(c *redis.Conn) future.Awaitable { return c.Command("BLMPOP", 0, 1, "k", "LEFT") },
		"BZMPOP":     func(c *redis.Conn) future.Awaitable { return c.Command("BZMPOP", "0", 1, "k", "MIN") },
		"XREAD":      func(c *redis.Conn) future.Awaitable { return c.Command("XREAD", "BLOCK", 0, "STREAMS", "k", "$") },
		"XREADGROUP": func(c *redis.Conn) future.Awaitable {
			return c.Command("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "k", ">")
		},
		"WAIT":    func(c *redis.Conn) future.Awaitable { return c.Wait(1, 0) },
		"WAITAOF": func(c *redis.Conn) future.Awaitable { return c.WaitAOF(1, 1, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle(name, redistest.Silent)
				conn := dialConn(t, srv, func(o *redis.Options) { o.ReadTimeout = time.Second })
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				if err := future.WaitAll(ctx, call(conn)); !errors.Is(err, ctx.Err()) || errors.As(err, new(redis.Error)) {
					t.Errorf("%s ended with %v; want it to wait for ever", name, err)
				}
				if n := srv.Accepted(); n != 1 {
					t.Errorf("%d connections; want the first one still", n)
				}
			})
		})
	}
}

// Behaviour T4. Law G6. A blocking command in a pipeline on a Conn has its own timeout and ReadTimeout as well.
func TestABlockingCommandInAPipelineOfAConnHasItsOwnTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("BLPOP", func(c *redistest.Conn, _ []string) string {
			c.Sleep(40 * time.Second)
			return redistest.Array(redistest.Bulk("k"), redistest.Bulk("v"))
		})
		conn := dialConn(t, srv, func(o *redis.Options) { o.ReadTimeout = 2 * time.Second })
		p := conn.Pipeline()
		first := p.BLPop([]string{"k"}, time.Minute)
		second := p.BLPop([]string{"k"}, 0)
		if err := p.Exec(limit(t)); err != nil {
			t.Errorf("Exec = %v; want the elements", err)
		}
		for _, f := range []*future.Future[redis.Opt[redis.KeyValue]]{first, second} {
			if v := await(t, f); !v.Valid() {
				t.Error("BLPOP = a missing value; want its element")
			}
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections; want the first one still", n)
		}
	})
}
