package redis_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// attempts lists when a client dialled, one attempt after the other.
type attempts struct {
	mu sync.Mutex
	at []time.Time
}

func (a *attempts) watch(srv *redistest.Fake) func(*redis.Options) {
	return func(o *redis.Options) {
		o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
			a.mu.Lock()
			a.at = append(a.at, time.Now())
			a.mu.Unlock()
			return srv.DialContext(ctx, network, addr)
		}
	}
}

func (a *attempts) times() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.at)
}

// delays are the times between the attempts from the i-th on.
func (a *attempts) delays(from int) (ds []time.Duration) {
	at := a.times()
	for i := from + 1; i < len(at); i++ {
		ds = append(ds, at[i].Sub(at[i-1]))
	}
	return ds
}

// Behaviour D6. Without jitter: at once, then 0.1, 0.2, 0.4 s, and so on up to the default maximum, and not beyond.
func TestBackoffDoublesFromTheDelayToTheMaximum(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var a attempts
		client := dialFake(t, srv, a.watch(srv), func(o *redis.Options) { o.ReconnectJitter, o.ReadTimeout = -1, time.Hour })
		await(t, client.Ping())
		lost := time.Now()
		cutOff(srv)
		time.Sleep(10 * time.Minute)
		if first := a.times()[1].Sub(lost); first != 0 {
			t.Errorf("the first attempt came after %v; want at once", first)
		}
		want := 100 * time.Millisecond
		ds := a.delays(1)
		if len(ds) < 15 {
			t.Fatalf("%d delays in 10 minutes; want 15 or more", len(ds))
		}
		for i, d := range ds {
			if d != want {
				t.Errorf("delay %d = %v; want %v", i, d, want)
			}
			want = min(2*want, 60*time.Second)
		}
	})
}

// Behaviour D6. Jitter: each delay is within a quarter of its due, and never above the maximum; over many runs
// they use that range, the clients of one server do not come all at once.
func TestJitterStaysWithinAQuarterAndBelowTheMaximum(t *testing.T) {
	least, most, leastCapped := 1.0, 1.0, 1.0
	for range 40 {
		bubble(t, func(t *testing.T, srv *redistest.Fake) {
			var a attempts
			client := dialFake(t, srv, a.watch(srv), func(o *redis.Options) { o.ReconnectDelayMax, o.ReadTimeout = time.Second, time.Hour })
			await(t, client.Ping())
			cutOff(srv)
			time.Sleep(15 * time.Second)
			want := 100 * time.Millisecond
			for i, d := range a.delays(1) {
				if d < want*3/4 || d > want*5/4 || d > time.Second {
					t.Errorf("delay %d = %v; want %v ± 25 %%, never above 1 s", i, d, want)
				}
				part := float64(d) / float64(want)
				if want < time.Second {
					least, most = min(least, part), max(most, part)
				} else {
					leastCapped = min(leastCapped, part)
				}
				want = min(2*want, time.Second)
			}
		})
	}
	if least > 0.85 || most < 1.15 || leastCapped > 0.85 {
		t.Errorf("delays were from %.2f to %.2f of what is due, at the maximum from %.2f; want about 0.75 to 1.25, and 0.75", least, most, leastCapped)
	}
}

// Behaviour D6. A server that is gone is dialled exactly three times, whether it was ever there or not; then everything
// fails, until a Connect that works. The count starts anew after a connection that held.
func TestThreeAttemptsAreThreeDialsAndTheCountRestartsAfterSuccess(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var r told
		client := dialFake(t, srv, r.listen, func(o *redis.Options) { o.ReconnectMaxAttempts = 3 })
		var ledger redistest.Ledger
		await(t, client.Ping())
		for round := range 3 {
			// Two of three fail, then the server is back for a while: the failures are forgotten.
			before := dialled(srv)
			cutOff(srv)
			for dialled(srv) < before+2 {
				time.Sleep(time.Millisecond)
			}
			srv.Memory().RefuseDials(nil)
			await(t, entered(&ledger, "PING", client.Ping()))
			if n := dialled(srv) - before; n != 3 {
				t.Errorf("round %d: %d dials; want 2 refused and 1", round, n)
			}
		}
		before := dialled(srv)
		cutOff(srv)
		queued := entered(&ledger, "INCR", client.Incr("n"))
		e := awaitErr[*redis.DisconnectedError](t, queued)
		if n := dialled(srv) - before; n != 3 || e.Outcome() != redis.NotExecuted {
			t.Errorf("%d dials after the loss, then %v; want 3, not executed", n, e)
		}
		time.Sleep(time.Hour)
		awaitErr[*redis.DisconnectedError](t, entered(&ledger, "INCR", client.Incr("n")))
		if n := dialled(srv) - before; n != 3 || client.State() != redis.StateGivenUp {
			t.Errorf("%d dials, state %v an hour later; want 3 still, given up", n, client.State())
		}
		srv.Memory().RefuseDials(nil)
		if err := client.Connect(limit(t)); err != nil {
			t.Errorf("Connect = %v; want nil", err)
		}
		if n := await(t, entered(&ledger, "INCR", client.Incr("n"))); n != 1 {
			t.Errorf("INCR = %d; want 1: the one that failed did not run", n)
		}
		synctest.Wait()
		if up, down, _ := r.sofar(); len(down) != 4 || up != 5 {
			t.Errorf("OnConnect %d, OnDisconnect %d times; want 5 and 4", up, len(down))
		}
		ledger.Check(t)
	})
}

// oneAtATime is a dialer that notes how many dials run, and how many of its connections are open, at the same time.
type oneAtATime struct {
	mu            sync.Mutex
	dialing, open int
	mostDialing   int
	mostOpen      int
}

func (d *oneAtATime) add(dialing, open int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dialing, d.open = d.dialing+dialing, d.open+open
	d.mostDialing, d.mostOpen = max(d.mostDialing, d.dialing), max(d.mostOpen, d.open)
}

// counted is a connection that tells when it is closed.
type counted struct {
	net.Conn
	closed func()
}

func (c *counted) Close() error {
	c.closed()
	return c.Conn.Close()
}

func (d *oneAtATime) watch(srv *redistest.Fake) func(*redis.Options) {
	return func(o *redis.Options) {
		o.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
			d.add(1, 0)
			defer d.add(-1, 0)
			time.Sleep(time.Millisecond)
			c, err := srv.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			d.add(0, 1)
			return &counted{c, sync.OnceFunc(func() { d.add(0, -1) })}, nil
		}
	}
}

// Behaviour D8. Laws G2, G4. Twenty drops in a second, under load and while other callers ask for a connection by Connect: one
// reconnect loop, never two connections, and nothing runs twice.
func TestTwentyDropsInASecondNeverMakeTwoConnections(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var d oneAtATime
		var r told
		client := dialFake(t, srv, d.watch(srv), r.listen, func(o *redis.Options) { o.ReconnectDelay = time.Millisecond })
		await(t, client.Ping())
		var ledger redistest.Ledger
		var acked, unknown atomic.Int64
		over := time.Now().Add(time.Second)
		for range 8 {
			go func() {
				for time.Now().Before(over) {
					var e redis.Error
					switch _, err := entered(&ledger, "INCR", client.Incr("n")).Await(limit(t)); {
					case err == nil:
						acked.Add(1)
					case errors.As(err, &e) && e.Outcome() == redis.Unknown:
						unknown.Add(1)
					default:
						t.Errorf("INCR = %v; want a value, or an unknown outcome", err)
					}
					_ = client.Connect(limit(t))
					time.Sleep(time.Millisecond)
				}
			}()
		}
		for i := range 20 {
			time.Sleep(45 * time.Millisecond)
			conn := srv.Conn(srv.Accepted() - 1)
			if i%2 == 0 {
				conn.Reset()
			} else {
				conn.Close()
			}
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if d.mostDialing != 1 || d.mostOpen != 1 {
			t.Errorf("%d dials and %d connections at the same time; want 1 and 1", d.mostDialing, d.mostOpen)
		}
		if _, down, _ := r.sofar(); srv.Accepted() != 21 || len(down) != 20 {
			t.Errorf("%d connections for 20 drops, OnDisconnect %d times; want 21 and 20", srv.Accepted(), len(down))
		}
		ledger.Check(t)
		counter := await(t, client.Incr("n")) - 1
		if counter < acked.Load() || counter > acked.Load()+unknown.Load() || acked.Load() < 100 {
			t.Errorf("counter %d, acked %d, unknown %d", counter, acked.Load(), unknown.Load())
		}
	})
}

// Behaviour D8. The connection is lost in every step of making the next one: still one loop.
func TestDropsDuringTheHandshakeMakeOneLoop(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var d oneAtATime
		steps := []string{"HELLO", "SELECT", "CLIENT SETNAME"}
		for i, step := range steps {
			srv.Handle(step, func(c *redistest.Conn, args []string) string {
				if n := c.Number(); n > 0 && n < 20 && n%len(steps) == i {
					c.Close()
					return ""
				}
				return c.Default(args)
			})
		}
		client := dialFake(t, srv, d.watch(srv), func(o *redis.Options) {
			o.Database, o.ClientName, o.ReconnectDelay, o.ReconnectDelayMax = 3, "worker", time.Millisecond, 50*time.Millisecond
		})
		await(t, client.Ping())
		srv.Conn(0).Reset()
		await(t, client.Ping())
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := srv.Accepted(); n != 21 || d.mostDialing != 1 || d.mostOpen != 1 {
			t.Errorf("%d connections, %d dials and %d open at the same time; want 21, 1 and 1", n, d.mostDialing, d.mostOpen)
		}
	})
}

// Behaviours D6, D11. A server that loads its data after a restart is asked again with growing delays, and what was
// queued runs when it is done.
func TestAServerThatLoadsAfterARestartIsAskedWithGrowingDelays(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		var a attempts
		client := dialFake(t, srv, a.watch(srv), func(o *redis.Options) { o.Database, o.ReconnectJitter = 3, -1 })
		await(t, client.Ping())
		srv.Handle("SELECT", redistest.Always(redistest.Error("LOADING Redis is loading the dataset in memory")))
		srv.Conn(0).Close()
		synctest.Wait()
		set := client.Set("k", "v")
		time.Sleep(2 * time.Second)
		srv.Handle("SELECT", nil)
		await(t, set)
		want := []time.Duration{100, 200, 400, 800, 1600}
		for i, d := range a.delays(1) {
			if d != want[i]*time.Millisecond {
				t.Errorf("delay %d = %v; want %v ms", i, d, int(want[i]))
			}
		}
		if n := len(a.times()); n != 7 {
			t.Errorf("%d attempts; want 7", n)
		}
	})
}
