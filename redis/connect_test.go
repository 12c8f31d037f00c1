package redis_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// asErr finds an error of type E that must be in err.
func asErr[E error](t *testing.T, err error) E {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Fatalf("error = %v (%T); want a %T", err, err, want)
	}
	return want
}

// Behaviour C1.
func TestTheHandshakeIsOneStepAfterTheOtherAndReadyComesLast(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ann", "secret")
		slow := func(c *redistest.Conn, args []string) string {
			c.Sleep(100 * time.Millisecond)
			return c.Default(args)
		}
		for _, step := range []string{"HELLO", "SELECT", "CLIENT SETNAME"} {
			srv.Handle(step, slow)
		}
		connected := make(chan time.Time, 1)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Username, o.Password, o.Database, o.ClientName = "ann", "secret", 5, "worker"
			o.OnConnect = func(*redis.Client) { connected <- time.Now() }
		})
		start := time.Now()
		get := client.Get("k") // queued, must not slip into the handshake
		await(t, get)
		if took := (<-connected).Sub(start); took != 300*time.Millisecond {
			t.Errorf("OnConnect after %v; want 300 ms, after the last step", took)
		}
		want := []string{"HELLO 3 AUTH ann secret", "SELECT 5", "CLIENT SETNAME worker", "GET k"}
		if got := srv.Received(0); !slices.Equal(got, want) {
			t.Errorf("received %q; want %q", got, want)
		}
	})
}

// Behaviour C1. Whatever keeps the handshake from ending, ConnectTimeout ends it.
func TestAHandshakeThatNeverEndsIsATimeoutError(t *testing.T) {
	for name, handle := range map[string]redistest.Handler{
		"silent": redistest.Silent,
		"drip": func(c *redistest.Conn, args []string) string {
			_ = c.Drip(100*time.Millisecond, "+"+strings.Repeat("x", 1000)+"\r\n")
			return ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("HELLO", handle)
				client := dialFake(t, srv, func(o *redis.Options) { o.ConnectTimeout = 2 * time.Second })
				start := time.Now()
				e := asErr[*redis.TimeoutError](t, client.Connect(limit(t)))
				if took := time.Since(start); took != 2*time.Second {
					t.Errorf("Connect took %v; want 2 s", took)
				}
				if e.Op != "connect" || e.Outcome() != redis.NotExecuted {
					t.Errorf("error = %v, outcome %v; want connect, not executed", e, e.Outcome())
				}
			})
		})
	}
}

// Behaviour C1. A dial that hangs is part of the same budget.
func TestADialThatHangsIsATimeoutError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen(memnet.Options{Backlog: -1}) // nobody accepts
		client := redis.New(redis.Options{Dialer: ln.DialContext, ConnectTimeout: time.Second})
		start := time.Now()
		asErr[*redis.TimeoutError](t, client.Connect(limit(t)))
		if took := time.Since(start); took != time.Second {
			t.Errorf("Connect took %v; want 1 s", took)
		}
		_ = client.Close()
	})
}

// Behaviour C3.
func TestAServerWithoutHelloIsSpokenToInRESP2(t *testing.T) {
	for name, refusal := range map[string]string{
		"unknown": "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'ann' 'secret' ",
		"noproto": "NOPROTO unsupported protocol version",
		"denied":  "NOPERM this user has no permissions to run the 'hello' command",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.RequireAuth("ann", "secret")
				srv.Handle("HELLO", redistest.Always(redistest.Error(refusal)))
				srv.Handle("HGETALL", redistest.Always(redistest.Array(redistest.Bulk("a"), redistest.Bulk("1"))))
				client := dialFake(t, srv, func(o *redis.Options) { o.Username, o.Password = "ann", "secret" })
				if got := await(t, client.HGetAll("h")); got["a"] != "1" || len(got) != 1 {
					t.Errorf("HGETALL = %v; want a:1", got)
				}
				if got := srv.Received(0)[1]; got != "AUTH ann secret" {
					t.Errorf("after HELLO came %q; want AUTH", got)
				}
			})
		})
	}
}

// Behaviour C3.
func TestARefusedSetNameDoesNotFailTheConnect(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("CLIENT SETNAME", redistest.Always(redistest.Error("ERR unknown subcommand 'SETNAME'")))
		client := dialFake(t, srv, func(o *redis.Options) { o.ClientName = "worker" })
		if err := client.Connect(limit(t)); err != nil {
			t.Errorf("Connect = %v; want nil", err)
		}
		await(t, client.Ping())
	})
}

// Behaviour C2.
func TestWrongPasswordAndDatabaseAreTypedErrorsAndNoCommandRuns(t *testing.T) {
	for name, change := range map[string]func(*redis.Options){
		"password":    func(o *redis.Options) { o.Username, o.Password = "ann", "wrong" },
		"no password": func(*redis.Options) {},
		"database":    func(o *redis.Options) { o.Username, o.Password, o.Database = "ann", "secret", 99999 },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.RequireAuth("ann", "secret")
				client := dialFake(t, srv, change, func(o *redis.Options) {
					o.OnConnect = func(*redis.Client) { t.Error("OnConnect was called") }
				})
				err := client.Connect(limit(t))
				asErr[*redis.ConnectionError](t, err)
				asErr[*redis.RedisError](t, err)
				if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "wrong") {
					t.Errorf("error %q shows the password", err)
				}
				set := client.Set("k", "v")
				asErr[*redis.RedisError](t, func() error { _, err := set.Await(limit(t)); return err }())
				if n := srv.Count("SET"); n != 0 {
					t.Errorf("%d SET reached the server; want none", n)
				}
				for range 1000 { // a caller that keeps trying must not make it loop
					client.Set("k", "v")
					time.Sleep(time.Millisecond)
				}
				if n := srv.Accepted(); n > 10 {
					t.Errorf("%d connections in a second of wrong credentials; want few", n)
				}
			})
		})
	}
}

// Behaviour C5. Laws G2, G4. Ten quick cycles leave no goroutine and no socket behind, whether Close lets what is in flight be
// answered or Shutdown cuts it off, with callers who go on meanwhile. Connect again, and Close again, do nothing.
func TestConnectTwiceAndTenQuickCyclesLeaveNothingBehind(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	redistest.NoLeaks(t)
	connections := func() int {
		n, _ := strconv.Atoi(srv.Info("stats")["total_connections_received"])
		return n
	}
	before := connections()
	const cycles = 10
	var ledger redistest.Ledger
	for cycle := range cycles {
		client := redis.New(redis.Options{Addr: srv.Addr})
		var ids []int64
		for range 2 {
			if err := client.Connect(limit(t)); err != nil {
				t.Fatalf("Connect = %v", err)
			}
			ids = append(ids, await(t, client.ClientID()))
		}
		if ids[0] != ids[1] {
			t.Errorf("the second Connect made another connection: %d", ids)
		}
		var waits []*future.Future[int64]
		for range 50 {
			waits = append(waits, entered(&ledger, "in flight", client.Incr("cycles")))
		}
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for {
					_, err := entered(&ledger, "meanwhile", client.Incr("meanwhile")).Await(context.Background())
					if err != nil {
						return // closed
					}
				}
			})
		}
		ended := client.Close
		if cycle%2 == 1 {
			dead, cancel := context.WithCancel(context.Background())
			cancel()
			ended = func() error { return client.Shutdown(dead) }
		}
		_ = ended()
		for _, f := range waits {
			if _, err := f.Await(limit(t)); err != nil && cycle%2 == 0 {
				t.Errorf("INCR in flight at Close = %v; want its reply", err)
			} else if err != nil {
				asErr[redis.Error](t, err)
			}
		}
		others.Wait()
		if err := client.Close(); err != nil {
			t.Errorf("Close again = %v; want nil", err)
		}
	}
	if n := connections() - before - 1; n != cycles { // INFO has one of its own
		t.Errorf("%d connections for %d clients that were connected twice each; want one each", n, cycles)
	}
	ledger.Check(t)
}

// Behaviour C6.
func TestAMissingSocketIsNamedInTheError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no.sock")
	client := redis.New(redis.Options{Addr: path})
	defer client.Close()
	err := client.Connect(limit(t))
	if e := asErr[*redis.ConnectionError](t, err); e.Addr != path || !strings.Contains(e.Error(), path) {
		t.Errorf("error = %v; want it to name %s", err, path)
	}
}

// A missing server is told at once, by Connect and by a command alike.
func TestAMissingServerIsAConnectionErrorAtOnce(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	client := redis.New(redis.Options{Addr: addr})
	defer client.Close()
	start := time.Now()
	for _, err := range []error{
		func() error { _, err := client.Get("k").Await(limit(t)); return err }(),
		client.Connect(limit(t)),
	} {
		e := asErr[*redis.ConnectionError](t, err)
		if e.Addr != addr || !strings.Contains(err.Error(), "is a server running there?") || e.Outcome() != redis.NotExecuted {
			t.Errorf("error = %v; want the address and what to do", err)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v; want at once", took)
	}
}

// Behaviour C6.
func TestGarbageInsteadOfRESPIsShownEscaped(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
			_, _ = c.Read(make([]byte, 1000))
			_ = c.Close()
		}
	}()
	client := redis.New(redis.Options{Addr: ln.Addr().String()})
	defer client.Close()
	err = client.Connect(limit(t))
	if e := asErr[*redis.ProtocolError](t, err); !strings.Contains(e.Error(), `HTTP/1.1 400`) || strings.ContainsAny(e.Error(), "\r\n") {
		t.Errorf("error = %q; want the first bytes, escaped", err)
	}
}

// A client with options that cannot be used says so everywhere, and sends nothing.
func TestBadOptionsAreArgumentErrors(t *testing.T) {
	for name, opts := range map[string]redis.Options{
		"Protocol":       {Protocol: 4},
		"Database":       {Database: -1},
		"ReadTimeout":    {ReadTimeout: -time.Second},
		"Addr":           {Addr: "localhost:port"},
		"ClientName":     {ClientName: "two words"},
		"ReconnectDelay": {ReconnectDelay: time.Hour},
	} {
		opts.Dialer = func(context.Context, string, string) (net.Conn, error) {
			t.Errorf("%s: dialled", name)
			return nil, net.ErrClosed
		}
		client := redis.New(opts)
		_, err := client.Get("k").Await(limit(t))
		for _, err := range []error{err, client.Connect(limit(t))} {
			if e := asErr[*redis.ArgumentError](t, err); e.Argument != "Options."+name {
				t.Errorf("%s: error = %v; want it to name the option", name, err)
			}
		}
		if err := client.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
}

// A shared connection refuses what would change it.
func TestAClientRefusesCommandsThatChangeItsConnection(t *testing.T) {
	client := redis.New(redis.Options{})
	defer client.Close()
	for _, args := range [][]any{{"SELECT", 1}, {"multi"}, {"AUTH", "secret"}, {"CLIENT", "REPLY", "OFF"}, {"subscribe", "c"}, {"PSYNC", "?", -1}} {
		_, err := client.Command(args...).Await(limit(t))
		e := asErr[*redis.ArgumentError](t, err)
		if !strings.EqualFold(strings.Fields(e.Command)[0], args[0].(string)) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v: error = %v; want it to name the command and no argument", args, err)
		}
	}
}

// A server that shakes hands and hangs up is asked again with growing delays, not
// in a tight loop.
func TestAConnectionThatDoesNotHoldCountsAsAFailedAttempt(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
			_ = c.Send(c.Default(args))
			c.Close()
			return ""
		})
		client := dialFake(t, srv, func(o *redis.Options) { o.ReconnectJitter = -1 })
		client.Get("k")
		time.Sleep(10 * time.Second)
		// 0, then after 0.1, 0.2, 0.4, 0.8, 1.6, 3.2 s.
		if n := srv.Accepted(); n < 6 || n > 8 {
			t.Errorf("%d connections in 10 s; want about 7", n)
		}
		srv.Handle("HELLO", nil)
		await(t, client.Ping())
		n := srv.Accepted()
		srv.Conn(n - 1).Close()
		synctest.Wait()
		start := time.Now()
		await(t, client.Ping())
		if took := time.Since(start); took > 0 {
			t.Errorf("redial after a connection that held took %v; want at once", took)
		}
	})
}

// Dialer and Credentials are the caller's code: a panic there fails the attempt.
func TestAPanicInTheDialerFailsTheAttempt(t *testing.T) {
	client := redis.New(redis.Options{Dialer: func(context.Context, string, string) (net.Conn, error) { panic("mine") }})
	defer client.Close()
	err := client.Connect(limit(t))
	if e := asErr[*redis.ConnectionError](t, err); !strings.Contains(e.Error(), "mine") {
		t.Errorf("error = %v; want it to show the panic", err)
	}
}
