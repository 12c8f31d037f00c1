package redis_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour F5. Law G5.
func TestCallbacksThatBlockOrPanicHarmNobodyElse(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		forever := make(chan struct{})
		defer close(forever)
		first := client.Echo("first")
		blocked := future.Map(first, func(string) (int, error) { <-forever; return 0, nil })
		broken := future.Map(first, func(string) (int, error) { panic("mine") })
		issuing := future.Then(first, func(s string) *future.Future[string] {
			v, err := client.Echo(s + " again").Await(context.Background())
			if err != nil {
				return future.Rejected[string](err)
			}
			return client.Echo(v + " and again")
		})
		first.OnReady(func(*future.Future[string]) { <-forever })
		for range 100 {
			if got := await(t, client.Echo("next")); got != "next" {
				t.Errorf("ECHO = %q; want next", got)
			}
		}
		awaitErr[*future.PanicError](t, broken)
		if got := await(t, issuing); got != "first again and again" {
			t.Errorf("a callback that issues and awaits gave %q", got)
		}
		if blocked.Settled() {
			t.Error("the blocked callback has settled")
		}
	})
}

// Behaviour C4. Law G5.
func TestEventCallbacksThatPanicOrBlockDoNotWedgeTheClient(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var told atomic.Value
		forever := make(chan struct{})
		defer close(forever)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.OnConnect = func(*redis.Client) { panic("in OnConnect") }
			o.OnError = func(_ *redis.Client, err error) { told.Store(err.Error()) }
			o.OnDisconnect = func(*redis.Client, string) { <-forever }
		})
		await(t, client.Ping())
		synctest.Wait()
		if text, _ := told.Load().(string); !strings.Contains(text, "in OnConnect") {
			t.Errorf("OnError was told %q; want the panic", text)
		}
		srv.Conn(0).Close()
		synctest.Wait()
		await(t, client.Ping())
	})
}

// panicky is a connection whose reads panic once they are told to.
type panicky struct {
	net.Conn
	now *atomic.Bool
}

func (p panicky) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if p.now.Load() {
		panic("while reading")
	}
	return n, err
}

// Law G2. A panic on the reader goroutine, where only our own code runs, ends the
// connection with every future settled, and not the program.
func TestAPanicOnTheReaderSettlesEverything(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var now atomic.Bool
		client := dialFake(t, srv, func(o *redis.Options) {
			o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
				c, err := srv.DialContext(ctx, network, addr)
				return panicky{c, &now}, err
			}
		})
		await(t, client.Ping())
		now.Store(true)
		first, second := client.Echo("a"), client.Echo("b")
		if o := outcome(t, first); o != redis.Unknown {
			t.Errorf("outcome = %v; want unknown", o)
		}
		if o := outcome(t, second); o != redis.Unknown {
			t.Errorf("outcome = %v; want unknown", o)
		}
		now.Store(false)
		await(t, client.Ping())
	})
}

// Law G6. A server that takes no bytes is found by WriteTimeout.
func TestAServerThatReadsNothingIsFoundByWriteTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		reasons := make(chan string, 10)
		client := dialFake(t, srv, func(o *redis.Options) {
			o.WriteTimeout = time.Second
			o.OnDisconnect = func(_ *redis.Client, reason string) { reasons <- reason }
		})
		await(t, client.Ping())
		srv.Pause()
		start := time.Now()
		set := client.Set("k", strings.Repeat("x", 16<<20)) // far more than the buffers between
		if reason := <-reasons; reason != redis.ReasonTimeout {
			t.Errorf("reason = %s; want timeout", reason)
		}
		if took := time.Since(start); took < time.Second || took > 1200*time.Millisecond {
			t.Errorf("found after %v; want 1 s to 1.2 s", took)
		}
		srv.Resume()
		// Not written whole, so not executed: it goes out again by itself.
		await(t, set)
	})
}

// Requests and replies far larger than every buffer between: the reader must read
// while the writer still writes. Laws G1, G2.
func TestLargeEchosInFlightDoNotLockUp(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	await(t, client.Ping())
	large := strings.Repeat("0123456789abcdef", 1<<20)
	var echos []*future.Future[string]
	for range 12 {
		echos = append(echos, client.Echo(large))
	}
	for i, f := range echos {
		if got := await(t, f); got != large {
			t.Errorf("ECHO %d gave %d bytes; want %d", i, len(got), len(large))
		}
	}
}

// A future that fails may take others with it, and their owners' hooks may call the
// client: no lock of the client may be held while it settles anything. Law G2.
func TestAHookThatCallsTheClientFindsNoLockTaken(t *testing.T) {
	for name, fail := range map[string]func(t *testing.T, srv *redistest.Fake, client *redis.Client){
		"timeout in flight": func(t *testing.T, srv *redistest.Fake, client *redis.Client) {
			srv.Pause()
		},
		"lost connection": func(t *testing.T, srv *redistest.Fake, client *redis.Client) {
			srv.Memory().RefuseDials(syscall.ECONNREFUSED)
			srv.Conn(0).Close()
		},
		"context": func(t *testing.T, srv *redistest.Fake, client *redis.Client) {
			srv.Pause()
		},
		"close": func(t *testing.T, srv *redistest.Fake, client *redis.Client) {
			srv.Memory().RefuseDials(syscall.ECONNREFUSED)
			srv.Conn(0).Close()
			synctest.Wait()
			go func() { time.Sleep(100 * time.Millisecond); _ = client.Close() }()
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				client := dialFake(t, srv, func(o *redis.Options) { o.ReadTimeout = time.Second })
				await(t, client.Ping())
				fail(t, srv, client)
				synctest.Wait()
				ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
				defer cancel()
				for _, get := range []*future.Future[redis.Opt[string]]{client.Get("k"), client.With(ctx).Get("k")} {
					other := future.NewPromise[redis.Opt[string]]()
					called := make(chan struct{})
					other.OnCancel(func(error) {
						client.Incr("cancelled")
						close(called)
					})
					all := future.All(get, other.Future())
					if _, err := all.Await(limit(t)); err == nil {
						t.Error("All = nil error; want it to fail")
					}
					select {
					case <-called:
					case <-limit(t).Done():
						t.Fatal("the hook did not return")
					}
				}
				srv.Resume()
				srv.Memory().RefuseDials(nil)
			})
		})
	}
}
