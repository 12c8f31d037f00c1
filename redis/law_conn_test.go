package redis_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// dialConn makes a Conn to a scripted server, closed with the test.
func dialConn(t *testing.T, srv *redistest.Fake, change ...func(o *redis.Options)) *redis.Conn {
	t.Helper()
	opts := redis.Options{Addr: "fake:6379", Dialer: srv.DialContext}
	for _, c := range change {
		c(&opts)
	}
	conn, err := redis.Dial(limit(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		_ = conn.Shutdown(ctx)
	})
	return conn
}

// Behaviour T4. Law G6. Every blocking command has its own timeout and ReadTimeout, wherever its arguments say the former.
func TestABlockingCommandOnAConnMayTakeItsOwnTimeoutAndReadTimeout(t *testing.T) {
	for name, call := range map[string]func(c *redis.Conn) future.Awaitable{
		"BLPOP":      func(c *redis.Conn) future.Awaitable { return c.BLPop([]string{"k"}, 40*time.Second) },
		"BRPOP":      func(c *redis.Conn) future.Awaitable { return c.BRPop([]string{"k"}, 40*time.Second) },
		"BRPOPLPUSH": func(c *redis.Conn) future.Awaitable { return c.BRPopLPush("k", "l", 40*time.Second) },
		"BLMOVE": func(c *redis.Conn) future.Awaitable {
			return c.BLMove("k", "l", redis.Left, redis.Right, 40*time.Second)
		},
		"BZPOPMIN": func(c *redis.Conn) future.Awaitable { return c.BZPopMin([]string{"k"}, 40*time.Second) },
		"BZPOPMAX": func(c *redis.Conn) future.Awaitable { return c.BZPopMax([]string{"k"}, 40*time.Second) },
		"BLMPOP":   func(c *redis.Conn) future.Awaitable { return redis.Do[redis.Value](c, "BLMPOP", 40, 1, "k", "LEFT") },
		"BZMPOP":   func(c *redis.Conn) future.Awaitable { return redis.Do[redis.Value](c, "BZMPOP", "40", 1, "k", "MIN") },
		"XREAD": func(c *redis.Conn) future.Awaitable {
			return redis.Do[redis.Value](c, "XREAD", "BLOCK", 40000, "STREAMS", "k", "$")
		},
		"XREADGROUP": func(c *redis.Conn) future.Awaitable {
			return redis.Do[redis.Value](c, "XREADGROUP", "GROUP", "g", "c", "BLOCK", 40000, "STREAMS", "k", ">")
		},
		"WAIT":    func(c *redis.Conn) future.Awaitable { return c.Wait(1, 40*time.Second) },
		"WAITAOF": func(c *redis.Conn) future.Awaitable { return c.WaitAOF(1, 1, 40*time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle(name, redistest.Silent)
				conn := dialConn(t, srv, func(o *redis.Options) { o.ReadTimeout = 2 * time.Second })
				start := time.Now()
				err := future.WaitAll(limit(t), call(conn))
				var late *redis.TimeoutError
				if !errors.As(err, &late) && !errors.As(err, new(*redis.ConnectionError)) {
					t.Fatalf("%s = %v; want a *TimeoutError, or a *ConnectionError since the server is silent", name, err)
				}
				if took := time.Since(start); took < 42*time.Second || took > 42*time.Second+500*time.Millisecond {
					t.Errorf("%s failed after %v; want 42s", name, took)
				}
				if late != nil && late.After != 42*time.Second {
					t.Errorf("After = %v; want 42s", late.After)
				}
			})
		})
	}
}

// Behaviour T4. Law G6. A command that blocks for ever waits for ever, and those behind it do not.
func TestABlockingCommandWithoutATimeoutMayTakeForEver(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("BLPOP", func(c *redistest.Conn, args []string) string {
			c.Sleep(3 * time.Hour)
			return redistest.Array(redistest.Bulk("k"), redistest.Bulk("v"))
		})
		conn := dialConn(t, srv)
		start := time.Now()
		pop := conn.BLPop([]string{"k"}, 0)
		get := conn.Get("k")
		late := awaitErr[*redis.TimeoutError](t, get)
		if took := time.Since(start); took > 32*time.Second || late.Outcome() != redis.Unknown {
			t.Errorf("the GET behind it failed after %v, outcome %v; want 30s, unknown", took, late.Outcome())
		}
		if late.State.HeadCommand != "BLPOP" {
			t.Errorf("the error names %q as the head; want BLPOP", late.State.HeadCommand)
		}
		v, err := pop.Await(context.Background())
		if err != nil || time.Since(start) < 3*time.Hour {
			t.Errorf("BLPOP = %v, %v after %v; want its element after 3h", v, err, time.Since(start))
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections; want 1", n)
		}
	})
}

// Law G2. Nothing is remembered of blocking commands that are over, however they ended: each of these would leave its
// patience behind, and the connection would be thought to block.
func TestACommandBehindFailedBlockingOnesIsLateAsEver(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv, func(o *redis.Options) { o.ReadTimeout = time.Second })
		srv.Handle("BLPOP", redistest.Always("*-1\r\n"))
		await(t, conn.BLPop([]string{"k"}, time.Minute))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		awaitFails(t, conn.With(ctx).BLPop([]string{"k"}, time.Minute))
		srv.Handle("GET", redistest.Silent)
		start := time.Now()
		awaitFails(t, conn.Get("k"))
		if took := time.Since(start); took > 1200*time.Millisecond {
			t.Errorf("GET failed after %v; want 1s", took)
		}
	})
}

// awaitFails waits for a failure of any kind.
func awaitFails[T any](t *testing.T, f *future.Future[T]) error {
	t.Helper()
	v, err := f.Await(limit(t))
	if err == nil {
		t.Fatalf("Await = %v; want an error", v)
	}
	return err
}

// Behaviour D7. What the commands of a Conn have set is there on the next connection, in the order of the handshake.
func TestAConnMakesItsSessionAgain(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		for _, name := range []string{"READONLY", "CLIENT NO-EVICT", "CLIENT TRACKING"} {
			srv.Handle(name, redistest.Always("+OK\r\n"))
		}
		srv.RequireAuth("ada", "first")
		conn := dialConn(t, srv, func(o *redis.Options) { o.Username, o.Password = "ada", "first" })
		await(t, conn.Select(3))
		await(t, conn.ClientSetName("worker"))
		await(t, conn.ClientNoEvict(true))
		await(t, conn.ClientTracking(true, redis.BCast))
		await(t, conn.ReadOnly())
		srv.RequireAuth("ada", "second")
		await(t, conn.AuthUser("ada", "second"))
		awaitErr[*redis.RedisError](t, conn.AuthUser("ada", "wrong"))
		srv.Conn(0).Close()
		synctest.Wait()
		await(t, conn.Ping())
		got := strings.Join(srv.Received(1), "|")
		want := "HELLO 3 AUTH ada second|SELECT 3|CLIENT SETNAME worker|CLIENT NO-EVICT ON|CLIENT TRACKING ON BCAST|READONLY|PING"
		if !strings.EqualFold(got, want) {
			t.Errorf("the second connection got %s; want %s", got, want)
		}
	})
}

// Behaviour C2. What a session was made of is refused on the next connection: nothing runs on a half-made one.
func TestAConnIsNotReadyBeforeItsSessionIsMadeAgain(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv, func(o *redis.Options) { o.ReconnectMaxAttempts = 2 })
		await(t, conn.Select(3))
		srv.Handle("SELECT", redistest.Always("-ERR DB index is out of range\r\n"))
		srv.Conn(0).Close()
		synctest.Wait()
		awaitErr[*redis.DisconnectedError](t, conn.Set("k", "v"))
		if n := srv.Count("SET"); n != 0 {
			t.Errorf("%d SET ran on the wrong database", n)
		}
	})
}

// Law G6. A Conn whose queue is full waits for room, while replies that change its session come in.
func TestAFullConnStillLearns(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv, func(o *redis.Options) { o.MaxPending = 2 })
		var selects []*future.Future[string]
		for i := range 50 {
			selects = append(selects, conn.Select(int64(i%3)))
		}
		for _, f := range selects {
			await(t, f)
		}
	})
}

// Law G5, and what a Conn cannot carry.
func TestAConnRefusesWhatHasNoReply(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv)
		for _, words := range [][]any{{"QUIT"}, {"CLIENT", "REPLY", "OFF"}, {"MONITOR"}, {"SUBSCRIBE", "c"}, {"PSYNC", "?", "-1"}} {
			e := awaitErr[*redis.ArgumentError](t, conn.Command(words...))
			if e.Reason == "" || e.Command == "" {
				t.Errorf("%v: %v; want a reason and the command", words, e)
			}
		}
		if got := srv.Commands(); slices.ContainsFunc(got, func(s string) bool { return !strings.HasPrefix(s, "HELLO") }) {
			t.Errorf("the server got %v; want nothing", got)
		}
	})
}

// Law G12.
func TestAConnShowsNoPassword(t *testing.T) {
	conn := redis.NewConn(redis.Options{Password: "secret"})
	defer conn.Close()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%t"} {
		if text := fmt.Sprintf(verb, conn); strings.Contains(text, "secret") {
			t.Errorf("%s shows the password: %.200s", verb, text)
		}
	}
}

// Behaviour K3. The reader takes answered commands off its list some time after their callers were woken; they are not in flight any more.
func TestNothingIsInFlightOnceItIsAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv)
		for range 300 {
			srv.Pause() // so that many replies come at once
			var gets []*future.Future[redis.Opt[string]]
			for range 1000 {
				gets = append(gets, conn.Get("k"))
			}
			synctest.Wait()
			srv.Resume()
			for len(gets) > 0 {
				runtime.Gosched()
				for len(gets) > 0 && gets[0].Settled() {
					gets = gets[1:]
				}
				if s := conn.Session(); s.InFlight > len(gets) {
					t.Fatalf("Session = %+v with %d unsettled; want no more in flight", s, len(gets))
				}
			}
		}
		awaitFails(t, conn.ClientSetName("with space"))
		if s := conn.Session(); !s.Changed || s.Clean() {
			t.Errorf("Session = %+v; want it changed, for all we know", s)
		}
		srv.Handle("GET", redistest.Silent)
		f := conn.Get("k")
		synctest.Wait()
		f.Cancel(nil)
		if s := conn.Session(); s.InFlight != 1 {
			t.Errorf("Session = %+v; want the cancelled one still in flight", s)
		}
	})
}

// Law G3. The same without a server: nothing is sent in front of such a command whose reply is still due, and what stands
// behind it does not wait for its reply.
func TestACommandThatAuthenticatesGoesOutWhenNoReplyIsDue(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ann", "secret")
		srv.Handle("ECHO", func(c *redistest.Conn, args []string) string {
			c.Sleep(10 * time.Millisecond)
			return redistest.Bulk(args[1])
		})
		var line *memnet.Conn
		var sent int64 // when the server answers what authenticates
		srv.Memory().OnDial(func(c *memnet.Conn) { line = c })
		slowly := func(c *redistest.Conn, args []string) string {
			c.Sleep(10 * time.Millisecond)
			sent = line.Stats().BytesWritten
			return c.Default(args)
		}
		srv.Handle("AUTH", slowly)
		srv.Handle("HELLO", slowly)
		conn := dialConn(t, srv, func(o *redis.Options) { o.Username, o.Password = "ann", "secret" })
		for _, call := range []func() future.Awaitable{
			func() future.Awaitable { return conn.AuthUser("ann", "wrong") },
			func() future.Awaitable { return conn.Command("hello", 3, "auth", "ann", "wrong") },
		} {
			start, before := time.Now(), len(srv.History())
			var fs []*future.Future[string]
			for i := range 5 {
				fs = append(fs, conn.Echo(fmt.Sprint(i)))
			}
			auth := call()
			fs = append(fs, conn.Echo("5"), conn.Echo("6"))
			for i, f := range fs {
				if v := await(t, f); v != fmt.Sprint(i) {
					t.Errorf("ECHO %d = %q; want its own reply", i, v)
				}
			}
			if err := future.WaitAll(limit(t), auth); err == nil {
				t.Error("a wrong password = nil error")
			}
			got := srv.History()[before:]
			if after := got[5].At.Sub(start); got[5].Args[0] == "ECHO" || after != 50*time.Millisecond {
				t.Errorf("%s was sent after %v; want 50 ms, behind the replies to the five commands before it", got[5], after)
			}
			if n := line.Stats().BytesWritten; n != sent {
				t.Errorf("%d of %d bytes were sent before what authenticates was answered; want all of them", sent, n)
			}
		}
	})
}
