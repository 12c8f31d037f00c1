package redis_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// drip answers with a reply that takes for ever, one byte every 100 ms.
func drip(c *redistest.Conn, _ []string) string {
	_ = c.Drip(100*time.Millisecond, "+"+strings.Repeat("x", 10_000)+"\r\n")
	return ""
}

// Behaviour C1. Whichever step never ends, by silence or by one byte every 100 ms, ConnectTimeout ends it; until then
// nothing is ready, and no command has gone out.
func TestNoStepOfTheHandshakeOutlastsConnectTimeout(t *testing.T) {
	steps := map[int][]string{2: {"AUTH", "SELECT", "CLIENT SETNAME"}, 3: {"HELLO", "SELECT", "CLIENT SETNAME"}}
	manners := map[string]redistest.Handler{"silent": redistest.Silent, "drip": drip}
	for protocol, names := range steps {
		for _, step := range names {
			for manner, handle := range manners {
				t.Run(step+" "+manner, func(t *testing.T) {
					bubble(t, func(t *testing.T, srv *redistest.Fake) {
						srv.RequireAuth("ann", "secret")
						srv.Handle(step, handle)
						client := dialFake(t, srv, func(o *redis.Options) {
							o.Username, o.Password, o.Database, o.ClientName, o.Protocol = "ann", "secret", 5, "worker", protocol
							o.ConnectTimeout = 2 * time.Second
							o.OnConnect = func(*redis.Client) { t.Error("OnConnect was called") }
							o.OnDisconnect = func(*redis.Client, string) { t.Error("OnDisconnect was called") }
						})
						var ledger redistest.Ledger
						start := time.Now()
						set := entered(&ledger, "SET", client.Set("k", "v"))
						time.AfterFunc(1900*time.Millisecond, func() {
							if s := client.State(); s != redis.StateConnecting {
								t.Errorf("State before the last step = %v; want connecting", s)
							}
						})
						e := asErr[*redis.TimeoutError](t, client.Connect(limit(t)))
						if took := time.Since(start); took != 2*time.Second || e.Op != "connect" || e.Outcome() != redis.NotExecuted {
							t.Errorf("Connect = %v, %v, after %v; want a connect timeout, not executed, after 2 s", e, e.Outcome(), took)
						}
						awaitErr[*redis.TimeoutError](t, set)
						if n := srv.Count("SET"); n != 0 {
							t.Errorf("%d SET went out before the handshake was over", n)
						}
						ledger.Check(t)
					})
				})
			}
		}
	}
}

// Behaviours C1, C2. In RESP2 without a password there is no step that the server has to answer. It is asked all the same:
// one that says nothing, that wants a password, or that is no Redis, is not connected to.
func TestAConnectionWithoutAStepIsReadyOnlyWhenTheServerHasSpoken(t *testing.T) {
	for name, handle := range map[string]redistest.Handler{
		"silent": redistest.Silent, "drip": drip, "password": redistest.Always(redistest.Error("NOAUTH Authentication required.")),
		"not a Redis": redistest.Always("HTTP/1.1 400 Bad Request\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("*", handle)
				var r told
				client := dialFake(t, srv, r.listen, func(o *redis.Options) { o.Protocol, o.ConnectTimeout = 2, 2*time.Second })
				start := time.Now()
				err := client.Connect(limit(t))
				if took := time.Since(start); err == nil || took > 2*time.Second {
					t.Errorf("Connect = %v after %v; want an error within 2 s", err, took)
				}
				if up, _, _ := r.sofar(); up > 0 || client.State() == redis.StateConnected {
					t.Errorf("OnConnect %d times, state %v; want nothing ready", up, client.State())
				}
			})
		})
	}
}

// Behaviour C1. ConnectTimeout is one budget for all steps, not one for each.
func TestConnectTimeoutIsOneBudgetForAllSteps(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		slow := func(c *redistest.Conn, args []string) string {
			c.Sleep(400 * time.Millisecond)
			return c.Default(args)
		}
		for _, step := range []string{"HELLO", "SELECT", "CLIENT SETNAME"} {
			srv.Handle(step, slow)
		}
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Database, o.ClientName, o.ConnectTimeout = 5, "worker", time.Second
			o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
				time.Sleep(400 * time.Millisecond)
				return srv.DialContext(ctx, network, addr)
			}
		})
		start := time.Now()
		asErr[*redis.TimeoutError](t, client.Connect(limit(t)))
		if took := time.Since(start); took != time.Second {
			t.Errorf("Connect took %v for steps of 400 ms; want ConnectTimeout, 1 s", took)
		}
	})
}

// Behaviour C1. A server that takes the connection and says nothing, or too little, in the TLS handshake.
func TestATLSHandshakeThatNeverEndsIsATimeoutError(t *testing.T) {
	for name, say := range map[string]func(c net.Conn){
		"silent": func(net.Conn) {},
		"drip": func(c net.Conn) {
			for _, b := range append([]byte{0x16, 0x03, 0x03, 0x40, 0x00, 0x02, 0x00, 0x3f, 0xfc}, make([]byte, 10_000)...) {
				time.Sleep(100 * time.Millisecond)
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := memnet.Listen(memnet.Options{})
				var server sync.WaitGroup
				defer server.Wait()
				server.Go(func() {
					c, err := ln.Accept()
					if err != nil {
						return
					}
					say(c)
					_, _ = io.Copy(io.Discard, c) // until the client gives up
					_ = c.Close()
				})
				client := redis.New(redis.Options{Addr: "db.example:6380", TLS: &tls.Config{}, Dialer: ln.DialContext, ConnectTimeout: 2 * time.Second})
				start := time.Now()
				e := asErr[*redis.TimeoutError](t, client.Connect(limit(t)))
				if took := time.Since(start); took != 2*time.Second || e.Op != "connect" {
					t.Errorf("Connect = %v after %v; want a connect timeout after 2 s", e, took)
				}
				_ = client.Close()
			})
		})
	}
}

// Behaviour C1. TCP or unix, TLS, HELLO with AUTH or AUTH, SELECT, SETNAME, and then ready: in this order, each step
// after the reply to the one before.
func TestAConnectionIsMadeInTheOrderOfItsSteps(t *testing.T) {
	for name, c := range map[string]struct {
		addr     string
		secure   bool
		protocol int
		want     []string
	}{
		"TCP, RESP3":  {"db:6379", false, 3, []string{"dial tcp", "HELLO", "SELECT", "CLIENT", "ready"}},
		"TCP, RESP2":  {"db:6379", false, 2, []string{"dial tcp", "AUTH", "SELECT", "CLIENT", "ready"}},
		"TLS, RESP3":  {"db:6379", true, 3, []string{"dial tcp", "TLS", "HELLO", "SELECT", "CLIENT", "ready"}},
		"TLS, RESP2":  {"db:6379", true, 2, []string{"dial tcp", "TLS", "AUTH", "SELECT", "CLIENT", "ready"}},
		"unix socket": {"/run/redis.sock", false, 3, []string{"dial unix", "HELLO", "SELECT", "CLIENT", "ready"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen := make(chan string, 20)
				memory := memnet.Listen(memnet.Options{})
				var ln net.Listener = memory
				opts := redis.Options{Addr: c.addr, Protocol: c.protocol, Username: "ann", Password: "secret", Database: 3, ClientName: "worker"}
				if c.secure {
					authority := redistest.NewAuthority(t)
					ln = tls.NewListener(memory, &tls.Config{
						Certificates:     []tls.Certificate{authority.Server("db").TLS},
						VerifyConnection: func(tls.ConnectionState) error { seen <- "TLS"; return nil },
					})
					opts.TLS = &tls.Config{RootCAs: authority.Pool}
				}
				srv := redistest.NewFakeOn(t, ln)
				srv.RequireAuth("ann", "secret")
				var asked atomic.Int32
				for _, step := range []string{"HELLO", "AUTH", "SELECT", "CLIENT"} {
					srv.Handle(step, func(c *redistest.Conn, args []string) string {
						seen <- step
						number := int(asked.Add(1))
						c.Sleep(10 * time.Millisecond) // whatever was sent behind this step is here by then
						if n := len(srv.Received(0)); n != number {
							t.Errorf("%d requests were sent before %s, number %d, was answered", n, step, number)
						}
						return c.Default(args)
					})
				}
				opts.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
					seen <- "dial " + network
					return memory.DialContext(ctx, network, addr)
				}
				opts.OnConnect = func(*redis.Client) { seen <- "ready" }
				client := redis.New(opts)
				get := client.Get("k")
				if err := client.Connect(limit(t)); err != nil {
					t.Fatal(err)
				}
				await(t, get)
				_ = client.Close()
				synctest.Wait()
				close(seen)
				var got []string
				for s := range seen {
					got = append(got, s)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("steps = %q; want %q", got, c.want)
				}
			})
		})
	}
}

// Behaviours C2, C4. The server's password is changed while a client lives: its next attempts fail, with growing delays, no
// command runs meanwhile, and once the password is right again, what was queued runs.
func TestWrongCredentialsOnAReconnectAreTriedWithGrowingDelaysUntilAFix(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ann", "secret")
		var ledger redistest.Ledger
		var r told
		client := dialFake(t, srv, r.listen, func(o *redis.Options) {
			o.Username, o.Password, o.Database, o.ReadTimeout = "ann", "secret", 3, time.Hour
		})
		await(t, client.Ping())
		srv.RequireAuth("ann", "changed")
		srv.Conn(0).Close()
		synctest.Wait()
		set := entered(&ledger, "SET", client.Set("k", "v"))
		for range 600 {
			time.Sleep(time.Second)
			if s := client.State(); s != redis.StateConnecting {
				t.Fatalf("State with wrong credentials = %v; want connecting", s)
			}
		}
		// 0.1 s, doubled up to 60 s: 10 attempts in the first minute and one a minute later on, jitter apart.
		_, down, refusals := r.sofar()
		if n := srv.Accepted() - 1; n < 12 || n > 30 || len(refusals) != n {
			t.Errorf("%d attempts in 10 minutes of wrong credentials, OnError told of %d; want about 20, each told", n, len(refusals))
		}
		for _, err := range refusals {
			if e := asErr[*redis.RedisError](t, err); !e.IsAuth() {
				t.Errorf("OnError was told %v; want WRONGPASS", err)
			}
		}
		if n := srv.Count("SET"); n != 0 || set.Settled() {
			t.Errorf("%d SET went out, settled %v; want it to wait", n, set.Settled())
		}
		if len(down) != 1 {
			t.Errorf("OnDisconnect was called %d times; want once, for the connection that was lost", len(down))
		}
		srv.RequireAuth("ann", "secret")
		if err := client.Connect(limit(t)); err != nil {
			t.Errorf("Connect after the fix = %v; want nil", err)
		}
		await(t, set)
		if _, inZero := srv.Value("k"); inZero {
			t.Error("SET ran on database 0; want 3")
		}
		ledger.Check(t)
	})
}

// Behaviour C3. What a session makes of CLIENT SETINFO is optional too: the server that took it may be followed by one
// that does not know it.
func TestARefusedSetInfoDoesNotFailTheReconnect(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		conn := dialConn(t, srv)
		await(t, conn.ClientSetName("worker"))
		await(t, conn.Command("CLIENT", "SETINFO", "LIB-NAME", "mine"))
		await(t, conn.Command("CLIENT", "SETINFO", "LIB-VER", "1.0"))
		await(t, conn.Select(3))
		for _, sub := range []string{"SETINFO", "SETNAME"} {
			srv.Handle("CLIENT "+sub, redistest.Always(redistest.Error("ERR unknown subcommand '"+sub+"'")))
		}
		srv.Conn(0).Close()
		synctest.Wait()
		await(t, conn.Set("k", "v"))
		want := []string{"HELLO 3", "SELECT 3", "CLIENT SETNAME worker", "CLIENT SETINFO LIB-NAME mine", "CLIENT SETINFO LIB-VER 1.0", "SET k v"}
		if got := srv.Received(1); !slices.Equal(got, want) {
			t.Errorf("the second connection got %q; want %q", got, want)
		}
	})
}
