package redis_test

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

func TestTheStateOfAClientIsWhereItStands(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv, func(o *redis.Options) { o.ReconnectMaxAttempts = 2 })
		want := func(when string, want redis.State) {
			t.Helper()
			if got := client.State(); got != want {
				t.Errorf("%s: State = %v; want %v", when, got, want)
			}
		}
		want("new", redis.StateIdle)
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
			want("during the handshake", redis.StateConnecting)
			return c.Default(args)
		})
		await(t, client.Ping())
		want("after a command", redis.StateConnected)
		srv.Memory().RefuseDials(syscall.ECONNREFUSED)
		srv.Conn(0).Close()
		synctest.Wait()
		time.Sleep(time.Second)
		want("after two refused attempts", redis.StateGivenUp)
		awaitErr[*redis.DisconnectedError](t, client.Ping())
		srv.Memory().RefuseDials(nil)
		if err := client.Connect(limit(t)); err != nil {
			t.Fatal(err)
		}
		want("after Connect", redis.StateConnected)
		_ = client.Close()
		want("after Close", redis.StateClosed)
	})
}

// Behaviour D11. A server that loads its data is waited for, also by the first connection.
func TestAServerThatIsLoadingIsWaitedFor(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		loading := 3
		answer := func(c *redistest.Conn, args []string) string {
			if loading > 0 {
				return redistest.Error("LOADING Redis is loading the dataset in memory")
			}
			return c.Default(args)
		}
		srv.Handle("HELLO", answer)
		srv.Handle("PING", func(c *redistest.Conn, args []string) string {
			if loading > 0 {
				loading--
				return redistest.Error("LOADING Redis is loading the dataset in memory")
			}
			return c.Default(args)
		})
		client := dialFake(t, srv)
		start := time.Now()
		await(t, client.Set("k", "v"))
		if took := time.Since(start); took < 400*time.Millisecond || took > 2*time.Second {
			t.Errorf("the command took %v; want the delays of three attempts, 700 ms or so", took)
		}
	})
}

// Behaviour C2. A wrong password is tried once for each attempt: servers lock out who tries too often.
func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ann", "secret")
		client := dialFake(t, srv, func(o *redis.Options) { o.Username, o.Password = "ann", "wrong" })
		err := client.Connect(limit(t))
		if e := asErr[*redis.RedisError](t, err); !e.IsAuth() {
			t.Errorf("Connect = %v; want WRONGPASS", err)
		}
		if got := srv.Received(0); len(got) != 1 {
			t.Errorf("the server got %q; want one attempt to authenticate", got)
		}
	})
}

// Behaviour D11. A server that says no has not run the command, and will say no again: rejected, sent once, and the connection
// is as good as before.
func TestWhatTheServerRefusesIsRejectedAndSentOnce(t *testing.T) {
	for text, is := range map[string]func(e *redis.RedisError) bool{
		"READONLY You can't write against a read only replica.":                                  (*redis.RedisError).IsReadOnly,
		"LOADING Redis is loading the dataset in memory":                                         (*redis.RedisError).IsLoading,
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.":       (*redis.RedisError).IsMasterDown,
		"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.": (*redis.RedisError).IsBusy,
		"OOM command not allowed when used memory > 'maxmemory'.":                                (*redis.RedisError).IsOOM,
	} {
		t.Run(text[:6], func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("SET", redistest.Always(redistest.Error(text)))
				client := dialFake(t, srv)
				e := awaitErr[*redis.RedisError](t, client.Set("k", "v"))
				if !is(e) || e.Message != text || e.Command != "SET" {
					t.Errorf("error = %+v; want %s, of SET", e, text)
				}
				if e.Outcome() != redis.Rejected || redis.SafeToRetry(e) {
					t.Errorf("outcome %v, safe to retry %v; want rejected, and not", e.Outcome(), redis.SafeToRetry(e))
				}
				if got := await(t, client.Echo("next")); got != "next" {
					t.Errorf("ECHO = %q; want next", got)
				}
				if n, conns := srv.Count("SET"), srv.Accepted(); n != 1 || conns != 1 {
					t.Errorf("%d SET on %d connections; want 1 on 1", n, conns)
				}
			})
		})
	}
}
