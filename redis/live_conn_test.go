package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// dialLive makes a Conn to a real server, closed with the test.
func dialLive(t *testing.T, opts redis.Options) *redis.Conn {
	t.Helper()
	conn, err := redis.Dial(limit(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// overBoth runs a test over RESP2 and RESP3.
func overBoth(t *testing.T, test func(t *testing.T, protocol int)) {
	for _, protocol := range []int{2, 3} {
		t.Run(fmt.Sprintf("RESP%d", protocol), func(t *testing.T) { test(t, protocol) })
	}
}

// Behaviour T4.
func TestABlockingPopOfAnEmptyListIsMissing(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			conn := dialLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, ReadTimeout: 500 * time.Millisecond})
			start := time.Now()
			popped := await(t, conn.BLPop([]string{"empty"}, time.Second))
			if took := time.Since(start); popped.Valid() || took < 900*time.Millisecond || took > 2*time.Second {
				t.Errorf("BLPOP = %v after %v; want a missing value after a second", popped, took)
			}
			moved := await(t, conn.BLMove("empty", "other", redis.Left, redis.Right, 100*time.Millisecond))
			if moved.Valid() {
				t.Errorf("BLMOVE = %v; want a missing value", moved)
			}
			await(t, conn.RPush("jobs", "one"))
			if got := await(t, conn.BLPop([]string{"empty", "jobs"}, 0)); !got.Valid() {
				t.Error("BLPOP of a list with an element = a missing value")
			}
		})
	})
}

// identified is a Client or a Conn.
type identified interface{ ClientID() *future.Future[int64] }

// kill closes the connection of a role by its id, from outside, and waits until the role has another.
func kill(t *testing.T, srv *redistest.Server, conn identified, id int64) (next int64) {
	t.Helper()
	if n := srv.Do("CLIENT", "KILL", "ID", strconv.FormatInt(id, 10)); n != int64(1) {
		t.Fatalf("CLIENT KILL ID %d = %v; want 1", id, n)
	}
	ctx := limit(t)
	for {
		next, err := conn.ClientID().Await(ctx)
		if err == nil && next != id {
			return next
		}
		if ctx.Err() != nil {
			t.Fatalf("no new connection: %v", err)
		}
	}
}

// Behaviour D7, with a real password and a real ACL user.
func TestASessionIsReplayedOnARealServer(t *testing.T) {
	redistest.EachWith(t, redistest.Options{Password: "s3cret"}, func(t *testing.T, srv *redistest.Server) {
		srv.Do("ACL", "SETUSER", "ada", "on", ">p w:@/", "~*", "&*", "+@all")
		overBoth(t, func(t *testing.T, protocol int) {
			conn := dialLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol, Password: "s3cret", ClientName: "first"})
			await(t, conn.AuthUser("ada", "p w:@/"))
			await(t, conn.Select(7))
			await(t, conn.ClientSetName("second"))
			await(t, conn.ClientNoEvict(true))
			id := await(t, conn.ClientID())
			for range 2 {
				id = kill(t, srv, conn, id)
				if who := await(t, conn.ACLWhoAmI()); who != "ada" {
					t.Errorf("ACL WHOAMI = %s; want ada", who)
				}
				info := await(t, conn.ClientInfo())
				if info.Name != "second" || info.Database != 7 || info.Protocol != int64(protocol) || info.User != "ada" {
					t.Errorf("CLIENT INFO: name %s, db %d, resp %d, user %s; want second, 7, %d, ada", info.Name, info.Database, info.Protocol, info.User, protocol)
				}
			}
		})
	})
}

// Behaviours X2 and D4, by hand on a Conn.
func TestATransactionByHand(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			srv.Do("FLUSHALL")
			conn := dialLive(t, redis.Options{Addr: srv.Addr, Protocol: protocol})
			conn.Watch("k")
			conn.Multi()
			conn.Command("INCR", "k")
			replies := await(t, conn.Exec())
			if n, err := replies[0].Int(); len(replies) != 1 || err != nil || n != 1 {
				t.Errorf("EXEC = %v; want 1", replies)
			}

			await(t, conn.Watch("k"))
			srv.Do("SET", "k", "theirs")
			conn.Multi()
			conn.Command("SET", "k", "ours")
			if v, err := conn.Exec().Await(limit(t)); !errors.Is(err, redis.ErrTxAborted) {
				t.Errorf("EXEC = %v, %v; want ErrTxAborted", v, err)
			}
			if v := srv.Do("GET", "k"); v != "theirs" {
				t.Errorf("k = %v; want theirs", v)
			}

			await(t, conn.Multi())
			await(t, conn.Command("SET", "k", "lost"))
			if s := conn.Session(); !s.InMulti {
				t.Errorf("Session = %+v; want one in MULTI", s)
			}
			srv.Do("CLIENT", "KILL", "TYPE", "normal")
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if _, err := conn.Exec().Await(ctx); !redis.SafeToRetry(err) {
				// The kill may not have reached the client before EXEC went out; then its outcome is unknown.
				if e, ok := err.(redis.Error); !ok || e.Outcome() != redis.Unknown {
					t.Errorf("EXEC after the loss: %v; want not executed or unknown", err)
				}
			}
			if v := srv.Do("GET", "k"); v != "theirs" {
				t.Errorf("k = %v; want theirs: EXEC never reached the connection of its MULTI", v)
			}
		})
	})
}
