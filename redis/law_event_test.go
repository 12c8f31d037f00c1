package redis_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// told records the callbacks of a client.
type told struct {
	mu     sync.Mutex
	up     int
	down   []string // reasons
	errors []error
}

func (r *told) listen(o *redis.Options) {
	o.OnConnect = func(*redis.Client) { r.note(func() { r.up++ }) }
	o.OnDisconnect = func(_ *redis.Client, reason string) { r.note(func() { r.down = append(r.down, reason) }) }
	o.OnError = func(_ *redis.Client, err error) { r.note(func() { r.errors = append(r.errors, err) }) }
}

func (r *told) note(what func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	what()
}

// sofar is what has been told by now.
func (r *told) sofar() (up int, down []string, errs []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.up, slices.Clone(r.down), slices.Clone(r.errors)
}

// Behaviour C4. An attempt that fails, in whatever way, was no connection: OnError hears of it, OnDisconnect does not.
func TestOnDisconnectIsNeverCalledForAFailedHandshake(t *testing.T) {
	hangUp := func(c *redistest.Conn, _ []string) string { c.Close(); return "" }
	for name, fail := range map[string]func(srv *redistest.Fake){
		"refused dial":   func(srv *redistest.Fake) { srv.Memory().RefuseDials(syscall.ECONNREFUSED) },
		"wrong password": func(srv *redistest.Fake) { srv.RequireAuth("ann", "other") },
		"hang up":        func(srv *redistest.Fake) { srv.Handle("HELLO", hangUp) },
		"late hang up":   func(srv *redistest.Fake) { srv.Handle("CLIENT SETNAME", hangUp) },
		"silence":        func(srv *redistest.Fake) { srv.Handle("SELECT", redistest.Silent) },
		"garbage":        func(srv *redistest.Fake) { srv.Handle("HELLO", redistest.Always("HTTP/1.1 400 Bad Request\r\n")) },
		"no database": func(srv *redistest.Fake) {
			srv.Handle("SELECT", redistest.Always(redistest.Error("ERR DB index is out of range")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				fail(srv)
				var r told
				client := dialFake(t, srv, r.listen, func(o *redis.Options) {
					o.Username, o.Password, o.Database, o.ClientName = "ann", "secret", 3, "worker"
					o.ConnectTimeout = time.Second
				})
				for range 3 {
					if err := client.Connect(limit(t)); err == nil {
						t.Fatal("Connect = nil; want an error")
					}
				}
				_ = client.Close()
				time.Sleep(time.Minute)
				if up, down, errs := r.sofar(); up > 0 || len(down) > 0 || len(errs) != 3 {
					t.Errorf("OnConnect %d times, OnDisconnect for %q, OnError %d times; want OnError 3 times alone", up, down, len(errs))
				}
			})
		})
	}
}

// Behaviour C4. However an established connection ends, with commands in flight on it, OnDisconnect tells once, and why.
func TestOnDisconnectFiresOnceHoweverTheConnectionEnds(t *testing.T) {
	for reason, end := range map[string]func(srv *redistest.Fake, client *redis.Client){
		redis.ReasonServerClosed:   func(srv *redistest.Fake, _ *redis.Client) { srv.Conn(0).Close() },
		redis.ReasonConnectionLost: func(srv *redistest.Fake, _ *redis.Client) { srv.Conn(0).Reset() },
		redis.ReasonProtocolError:  func(srv *redistest.Fake, _ *redis.Client) { _ = srv.Conn(0).Send("?\r\n") },
		redis.ReasonTimeout:        func(*redistest.Fake, *redis.Client) {},
		redis.ReasonClientClosed: func(_ *redistest.Fake, client *redis.Client) {
			go func() { _ = client.Shutdown(limitFor(0)) }()
		},
	} {
		t.Run(reason, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				srv.Handle("GET", redistest.Silent)
				var r told
				var ledger redistest.Ledger
				client := dialFake(t, srv, r.listen, func(o *redis.Options) { o.ReadTimeout, o.PingInterval = 2*time.Second, -1 })
				await(t, client.Ping())
				for range 10 {
					entered(&ledger, "GET", client.Get("k"))
				}
				srv.WaitFor("GET", 10)
				end(srv, client)
				ledger.Check(t)
				time.Sleep(time.Minute)
				synctest.Wait()
				if _, down, _ := r.sofar(); !slices.Equal(down, []string{reason}) {
					t.Errorf("OnDisconnect was told %q; want %s, once", down, reason)
				}
			})
		})
	}
}

// Behaviour C4. Law G5. Every callback panics, every time: the client works on, tells of later events, and closes.
func TestCallbacksThatAlwaysPanicDoNotWedgeTheClient(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var up, down, failed atomic.Int32
		client := dialFake(t, srv, func(o *redis.Options) {
			o.OnConnect = func(*redis.Client) { up.Add(1); panic("up") }
			o.OnDisconnect = func(*redis.Client, string) { down.Add(1); panic("down") }
			o.OnError = func(*redis.Client, error) { failed.Add(1); panic("failed") }
		})
		var ledger redistest.Ledger
		for i := range 5 {
			await(t, entered(&ledger, "PING", client.Ping()))
			srv.Memory().RefuseDials(syscall.ECONNREFUSED) // so that OnError has something of its own to tell
			srv.Conn(i).Close()
			time.Sleep(time.Second)
			srv.Memory().RefuseDials(nil)
			if err := client.Connect(limit(t)); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		synctest.Wait()
		if up, down, failed := up.Load(), down.Load(), failed.Load(); up != 6 || down != 6 || failed < up+down+5 {
			t.Errorf("OnConnect %d, OnDisconnect %d, OnError %d times; want 6, 6, and each of these panics and the refused attempts", up, down, failed)
		}
		ledger.Check(t)
	})
}
