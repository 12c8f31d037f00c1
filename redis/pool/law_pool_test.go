package pool_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

// Behaviour K1.
func TestThereAreNeverMoreConnectionsThanMax(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		dials := &counter{dial: srv.DialContext}
		srv.Handle("HELLO", func(c *redistest.Conn, args []string) string {
			c.Sleep(300 * time.Millisecond)
			return c.Default(args)
		})
		srv.Handle("PING", func(c *redistest.Conn, args []string) string {
			c.Sleep(200 * time.Millisecond)
			if c.Number()%4 == 0 {
				c.Close() // every fourth health check fails
			}
			return c.Default(args)
		})
		p := newPool(t, srv, func(o *pool.Options) {
			o.Options.Dialer = dials.DialContext
			o.Min, o.Max, o.AcquireTimeout, o.MaxLifetime = 3, 10, time.Minute, 7*time.Second
		})
		for round := range 5 {
			var together sync.WaitGroup
			for i := range 100 {
				together.Add(1)
				go func() {
					defer together.Done()
					c := acquire(t, p)
					if n := p.Stats().Total; n > 10 {
						t.Errorf("%d connections", n)
					}
					await(t, c.Incr("n"))
					if i%10 == round {
						c.Watch("k")
					}
					time.Sleep(50 * time.Millisecond)
					release(t, p, c)
				}()
			}
			together.Wait()
			time.Sleep(2 * time.Second)
		}
		if open, most := dials.counts(); most != 10 || open > 10 {
			t.Errorf("%d connections at once; want 10", most)
		}
		if s := books(t, p); s.Acquired != 500 || s.Dirty == 0 || s.Unhealthy == 0 && s.Lost == 0 {
			t.Errorf("Stats = %+v; want 500 acquired, some dirty, some unhealthy", s)
		}
		if v, _ := srv.Value("n"); v != "500" {
			t.Errorf("n = %s; want 500", v)
		}
	})
}

// Behaviour K2.
func TestAnExhaustedPoolServesInOrderAndTimesOut(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 2 })
		a, b := acquire(t, p), acquire(t, p)
		start := time.Now()
		_, err := p.Acquire(limit(t))
		e := isA[*redis.TimeoutError](t, err)
		if took := time.Since(start); took != 5*time.Second || e.After != took || e.Outcome() != redis.NotExecuted || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Acquire = %v after %v; want a timeout after 5s", err, took)
		}
		if !strings.Contains(e.Error(), "2 of 2 connections lent") {
			t.Errorf("error = %v; want the state of the pool", e)
		}

		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start = time.Now()
		if _, err := p.Acquire(ctx); !errors.As(err, new(*redis.TimeoutError)) || time.Since(start) != time.Second {
			t.Errorf("Acquire = %v after %v; want a timeout after 1s", err, time.Since(start))
		}
		why := errors.New("enough")
		cut, stop := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Second, func() { stop(why) })
		if _, err := p.Acquire(cut); err != why {
			t.Errorf("Acquire = %v; want the cause", err)
		}
		if _, err := p.Acquire(cut); err != why {
			t.Errorf("Acquire with a dead context = %v; want the cause", err)
		}
		if s := p.Stats(); s.Waiting != 0 || s.Timeouts != 2 || s.Cancelled != 2 {
			t.Errorf("Stats = %+v; want nobody waiting, two timeouts, two cancelled", s)
		}

		var order []int
		var together sync.WaitGroup
		for i := range 10 {
			together.Add(1)
			go func() {
				defer together.Done()
				c := acquire(t, p)
				order = append(order, i) // one after the other: there is one connection for them
				time.Sleep(100 * time.Millisecond)
				release(t, p, c)
			}()
			synctest.Wait()
		}
		release(t, p, a)
		together.Wait()
		for i := range order {
			if order[i] != i {
				t.Fatalf("served in the order %v; want first come first served", order)
			}
		}
		release(t, p, b)
		books(t, p)
	})
}

// Behaviour K3.
func TestACleanConnectionIsUsedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		for _, name := range []string{"MULTI", "WATCH", "UNWATCH"} {
			srv.Handle(name, redistest.Always("+OK\r\n"))
		}
		srv.Handle("EXEC", redistest.Always("*0\r\n"))
		p := newPool(t, srv)
		for range 100 {
			c := acquire(t, p)
			await(t, c.Incr("n"))
			release(t, p, c)
		}
		c := acquire(t, p)
		await(t, c.Watch("k"))
		await(t, c.Unwatch())
		multi := c.Multi()
		exec := c.Exec()
		await(t, multi)
		await(t, exec)
		if err := c.Pipeline().Exec(limit(t)); err != nil {
			t.Error(err)
		}
		release(t, p, c)
		release(t, p, acquire(t, p))
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections; want 1", n)
		}
		books(t, p)
	})
}

// dirt is what may be left on a connection.
var dirt = map[string]struct {
	leave     func(t *testing.T, c *redis.Conn)
	cleanable bool
	sent      string // to clean it
}{
	"in MULTI":         {func(t *testing.T, c *redis.Conn) { await(t, c.Multi()) }, true, "DISCARD"},
	"watching":         {func(t *testing.T, c *redis.Conn) { await(t, c.Watch("k")) }, true, "UNWATCH"},
	"watching, MULTI":  {func(t *testing.T, c *redis.Conn) { await(t, c.Watch("k")); await(t, c.Multi()) }, true, "DISCARD"},
	"in flight":        {func(t *testing.T, c *redis.Conn) { c.Command("SLOW") }, false, ""},
	"given up":         {giveUp, false, ""},
	"another database": {func(t *testing.T, c *redis.Conn) { await(t, c.Select(5)) }, false, ""},
	"a name":           {func(t *testing.T, c *redis.Conn) { await(t, c.ClientSetName("me")) }, false, ""},
	"tracking":         {func(t *testing.T, c *redis.Conn) { await(t, c.ClientTracking(true)) }, false, ""},
	"in a pipeline": {func(t *testing.T, c *redis.Conn) {
		p := c.Pipeline()
		p.Command("SELECT", 5)
		if err := p.Exec(limit(t)); err != nil {
			t.Error(err)
		}
	}, false, ""},
	"MULTI with a command in flight": {func(t *testing.T, c *redis.Conn) { await(t, c.Multi()); c.Command("SLOW") }, false, ""},
}

func giveUp(t *testing.T, c *redis.Conn) {
	f := c.Command("SLOW")
	synctest.Wait()
	f.Cancel(nil)
}

// Behaviour K4.
func TestADirtyConnectionIsClosedAndAWaiterServed(t *testing.T) {
	for name, d := range dirt {
		for _, clean := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, clean %v", name, clean), func(t *testing.T) {
				bubble(t, func(t *testing.T, srv *redistest.Fake) {
					for _, name := range []string{"MULTI", "WATCH", "UNWATCH", "DISCARD", "CLIENT TRACKING"} {
						srv.Handle(name, redistest.Always("+OK\r\n"))
					}
					srv.Handle("SLOW", func(c *redistest.Conn, _ []string) string { c.Sleep(time.Second); return "+OK\r\n" })
					p := newPool(t, srv, func(o *pool.Options) { o.Max, o.CleanOnRelease = 1, clean })
					c := acquire(t, p)
					d.leave(t, c)
					got := make(chan *redis.Conn)
					go func() { got <- acquire(t, p) }()
					synctest.Wait()
					release(t, p, c)
					next := <-got
					if s := next.Session(); !s.Clean() {
						t.Errorf("the next one's Session = %+v; want a clean one", s)
					}
					await(t, next.Get("k"))
					release(t, p, next)
					s := books(t, p)
					if again := clean && d.cleanable; again {
						if s.Cleaned != 1 || s.Dirty != 0 || srv.Accepted() != 1 || srv.Count(d.sent) != 1 {
							t.Errorf("Stats = %+v, %d connections, %d %s; want it cleaned", s, srv.Accepted(), srv.Count(d.sent), d.sent)
						}
					} else if s.Dirty != 1 || s.Cleaned != 0 || srv.Accepted() != 2 {
						t.Errorf("Stats = %+v, %d connections; want it closed", s, srv.Accepted())
					}
				})
			})
		}
	}
}

// Behaviour K4. What cannot be cleaned is closed.
func TestAFailedCleaningClosesTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("WATCH", redistest.Always("+OK\r\n"))
		srv.Handle("UNWATCH", redistest.Always("-ERR no\r\n"))
		p := newPool(t, srv, func(o *pool.Options) { o.Max, o.CleanOnRelease = 1, true })
		c := acquire(t, p)
		await(t, c.Watch("k"))
		release(t, p, c)
		release(t, p, acquire(t, p))
		if s := books(t, p); s.Dirty != 1 || srv.Accepted() != 2 {
			t.Errorf("Stats = %+v; want it closed", s)
		}
	})
}

// Behaviour K5.
func TestAfterAllIdleConnectionsAreCutTheNextOneIsAlive(t *testing.T) {
	for name, cut := range map[string]func(srv *redistest.Fake){
		"closed": func(srv *redistest.Fake) {
			for i := range 5 {
				srv.Conn(i).Close()
			}
			synctest.Wait()
		},
		"closed at this moment": func(srv *redistest.Fake) {
			for i := range 5 {
				srv.Conn(i).Close()
			}
		},
		"silent": func(srv *redistest.Fake) {
			srv.Handle("PING", func(c *redistest.Conn, args []string) string {
				if c.Number() < 5 {
					return ""
				}
				return c.Default(args)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, srv *redistest.Fake) {
				p := newPool(t, srv, func(o *pool.Options) { o.Max, o.AcquireTimeout = 5, 20*time.Second })
				var conns []*redis.Conn
				for range 5 {
					conns = append(conns, acquire(t, p))
				}
				for _, c := range conns {
					release(t, p, c)
				}
				time.Sleep(2 * time.Second)
				cut(srv)
				start := time.Now()
				for range 5 {
					c := acquire(t, p)
					await(t, c.Get("k"))
					release(t, p, c)
				}
				if took := time.Since(start); took > 6*time.Second {
					t.Errorf("took %v; want a second for each at most", took)
				}
				s := books(t, p)
				if s.Lost+s.Unhealthy != 5 {
					t.Errorf("Stats = %+v; want five found lost or unhealthy", s)
				}
			})
		})
	}
}

// Behaviour K6.
func TestWithReleasesWhateverHappens(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("WATCH", redistest.Always("+OK\r\n"))
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 1 })
		why := errors.New("mine")
		n, err := pool.With(limit(t), p, func(ctx context.Context, c *redis.Conn) (int64, error) {
			return c.Incr("n").Await(ctx)
		})
		if n != 1 || err != nil {
			t.Errorf("With = %v, %v; want 1", n, err)
		}
		if _, err := pool.With(limit(t), p, func(context.Context, *redis.Conn) (int, error) { return 0, why }); err != why {
			t.Errorf("With = %v; want the error of the function", err)
		}
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic did not pass")
				}
			}()
			_, _ = pool.With(limit(t), p, func(ctx context.Context, c *redis.Conn) (int, error) {
				await(t, c.Watch("k"))
				panic("boom")
			})
		}()
		if s := books(t, p); s.Acquired != 3 || s.Dirty != 1 {
			t.Errorf("Stats = %+v; want three acquired, the last one dirty", s)
		}
		_ = p.Close()
		_, err = pool.With(limit(t), p, func(context.Context, *redis.Conn) (int, error) { panic("not called") })
		isA[*redis.DisconnectedError](t, err)
	})
}

// Behaviour K7.
func TestMisuseIsLoudAndHarmless(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		heard := make(chan error, 10)
		p := newPool(t, srv, func(o *pool.Options) {
			o.Max = 1
			o.Options.OnError = func(_ *redis.Client, err error) { heard <- err }
		})
		other := newPool(t, srv)
		own := redis.NewConn(redis.Options{Addr: "fake:6379", Dialer: srv.DialContext})
		defer own.Close()
		c := acquire(t, p)
		release(t, p, c)
		again := acquire(t, p) // the same connection, for somebody else
		foreign := acquire(t, other)
		for name, bad := range map[string]*redis.Conn{"released before": c, "nil": nil, "not from a pool": own, "another pool": foreign} {
			e := isA[*redis.ArgumentError](t, p.Release(bad))
			if !strings.Contains(e.Error(), name) || <-heard != error(e) {
				t.Errorf("%s: %v; want it to say so, and OnError told", name, e)
			}
		}
		tx := c.Tx()
		tx.Incr("stray")
		pipe := c.Pipeline()
		pipe.Incr("stray")
		for name, err := range map[string]error{
			"INCR":     awaitErr(t, c.Incr("stray")),
			"SELECT":   awaitErr(t, c.Select(5)),
			"raw":      awaitErr(t, c.Command("INCR", "stray")),
			"pipeline": firstOf(t, pipe.Exec(limit(t))),
			"tx":       tx.Exec(limit(t)),
			"Connect":  c.Connect(limit(t)),
			"Close":    c.Close(),
		} {
			if e := isA[*redis.ArgumentError](t, err); !strings.Contains(e.Error(), "given back") {
				t.Errorf("%s after the release = %v; want why", name, e)
			}
		}
		if c.State() != redis.StateClosed || !c.Session().Clean() {
			t.Errorf("State = %v, Session = %+v; want closed, nothing", c.State(), c.Session())
		}
		await(t, again.Get("k"))
		if _, ok := srv.Value("stray"); ok {
			t.Error("a command ran on a connection that was given back")
		}
		release(t, p, again)
		release(t, other, foreign)
		if s := books(t, p); s.Misuses != 4 || s.Destroyed != 0 {
			t.Errorf("Stats = %+v; want four misuses, and nothing closed", s)
		}
	})
}

func awaitErr[T any](t *testing.T, f interface {
	Await(ctx context.Context) (T, error)
}) error {
	t.Helper()
	_, err := f.Await(limit(t))
	return err
}

// firstOf is why the first command of a pipeline failed.
func firstOf(t *testing.T, err error) error {
	t.Helper()
	return isA[*redis.PipelineError](t, err).Failed[0].Err
}

// Behaviour K7. A command that is on its way to the queue when its connection is released never lands on somebody else's.
func TestAStrayCommandNeverLandsOnTheNextLoan(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 1 })
		for i := range 300 {
			c := acquire(t, p)
			var together sync.WaitGroup
			together.Add(1)
			go func() {
				defer together.Done()
				for c.Set("stray", i).Err() == nil { // until it is refused
				}
			}()
			release(t, p, c)
			next := acquire(t, p)
			await(t, next.Echo(fmt.Sprint("from here on ", i)))
			time.Sleep(time.Millisecond)
			together.Wait()
			release(t, p, next)
		}
		books(t, p)
		lent := map[int]string{} // connection to the round in which it was lent last
		for _, r := range srv.History() {
			switch r.Args[0] {
			case "ECHO":
				lent[r.Conn] = strings.TrimPrefix(r.Args[1], "from here on ")
			case "SET":
				if lent[r.Conn] == r.Args[2] {
					t.Fatalf("round %s: a command of the one before ran on the connection of the next", r.Args[2])
				}
			}
		}
	})
}

// stalling is a context that holds a command up on its way to the queue.
type stalling struct {
	context.Context
	reached, goOn chan struct{}
}

func newStalling(t *testing.T) *stalling {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return &stalling{ctx, make(chan struct{}), make(chan struct{})}
}

func (s *stalling) Deadline() (deadline time.Time, ok bool) {
	close(s.reached)
	<-s.goOn
	return
}

// Behaviour K7. The same in slow motion.
func TestACommandOnItsWayKeepsItsConnectionFromOthers(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 1 })
		c := acquire(t, p)
		slow := newStalling(t)
		stray := make(chan error)
		go func() {
			_, err := c.With(slow).Set("stray", 1).Await(context.Background())
			stray <- err
		}()
		<-slow.reached
		release(t, p, c)
		next := acquire(t, p)
		await(t, next.Echo("mine"))
		close(slow.goOn)
		isA[redis.Error](t, <-stray)
		if _, ok := srv.Value("stray"); ok {
			t.Error("a command of the one before ran on the connection of the next")
		}
		release(t, p, next)
		if s := books(t, p); s.Dirty != 1 {
			t.Errorf("Stats = %+v; want the connection closed that a command was on its way to", s)
		}
	})
}

// Behaviour K8.
func TestAClosedPoolRefusesAndClosesEverything(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		dials := &counter{dial: srv.DialContext}
		p := newPool(t, srv, func(o *pool.Options) { o.Max, o.Options.Dialer = 3, dials.DialContext })
		a, b, c := acquire(t, p), acquire(t, p), acquire(t, p)
		waiting := make(chan error)
		go func() { _, err := p.Acquire(context.Background()); waiting <- err }()
		queued := p.Get("k")
		synctest.Wait()
		if err := p.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		for _, err := range []error{<-waiting, queued.Err(), awaitErr(t, p.Get("k"))} {
			if e := isA[*redis.DisconnectedError](t, err); !strings.Contains(e.Error(), "pool is closed") {
				t.Errorf("error = %v; want that the pool is closed", e)
			}
		}
		await(t, b.Incr("n")) // what is lent works until it is released
		if open, _ := dials.counts(); open != 3 {
			t.Errorf("%d connections are open; want those that are lent", open)
		}
		for _, c := range []*redis.Conn{a, b, c} {
			release(t, p, c)
		}
		if open, _ := dials.counts(); open != 0 {
			t.Errorf("%d connections are open; want none", open)
		}
		if err := p.Close(); err != nil {
			t.Errorf("the second Close = %v", err)
		}
		if s := books(t, p); s.Total != 0 || s.Closed != 3 {
			t.Errorf("Stats = %+v; want all closed", s)
		}
	})
}

// Behaviour K8. Close waits for what it closes, idle connections and those being made.
func TestCloseLeavesNothingBehind(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Min, o.Max = 3, 5 })
		synctest.Wait()
		srv.Handle("HELLO", redistest.Silent)
		c, d, e := acquire(t, p), acquire(t, p), acquire(t, p)
		for _, c := range []*redis.Conn{c, d, e} {
			release(t, p, c)
		}
		for range 3 {
			acquire(t, p)
		}
		go func() { _, _ = p.Acquire(context.Background()) }()
		synctest.Wait()
		if s := p.Stats(); s.Connecting != 1 {
			t.Errorf("Stats = %+v; want one connecting", s)
		}
		start := time.Now()
		_ = p.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		if s := p.Stats(); s.Total != 3 || s.Active != 3 {
			t.Errorf("Stats = %+v; want what is lent", s)
		}
	})
}

// Behaviour K9.
func TestEveryOptionReachesTheConnections(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.RequireAuth("ada", "secret")
		events := make(chan string, 100)
		p := newPool(t, srv, func(o *pool.Options) {
			o.Options.Username, o.Options.Password, o.Options.Database = "ada", "secret", 3
			o.Options.ClientName, o.Options.Protocol, o.Options.KeyPrefix = "worker", 2, "app:"
			o.Options.ReadTimeout, o.Options.MaxPipeline = 2*time.Second, 1
			o.Options.OnConnect = func(c *redis.Client) { events <- "connect " + c.State().String() }
			o.Options.OnDisconnect = func(_ *redis.Client, reason string) { events <- "disconnect " + reason }
			o.Options.Observer = &redis.Observer{Command: func(e redis.CommandEvent) { events <- e.Name }}
		})
		c := acquire(t, p)
		await(t, c.Set("k", "v"))
		if got := strings.Join(srv.Received(0), "|"); !strings.EqualFold(got, "AUTH ada secret|SELECT 3|CLIENT SETNAME worker|SET app:k v") {
			t.Errorf("the server got %s", got)
		}
		if await(t, p.Get("k")).Or("") != "v" || p.KeyPrefix() != "app:" {
			t.Error("the prefix is not the pool's own")
		}
		pipe := c.Pipeline()
		pipe.Get("a")
		if f := pipe.Get("b"); !f.Settled() {
			t.Error("MaxPipeline does not count")
		}
		pipe.Discard()
		srv.Handle("GET", redistest.Silent)
		start := time.Now()
		isA[redis.Error](t, awaitErr(t, c.Get("k")))
		if took := time.Since(start); took > 2300*time.Millisecond {
			t.Errorf("failed after %v; want ReadTimeout", took)
		}
		release(t, p, c)
		_ = p.Close()
		synctest.Wait()
		close(events)
		seen := map[string]int{}
		for e := range events {
			seen[e]++
		}
		if seen["connect connected"] == 0 || seen["SET"] != 1 || seen["GET"] != 2 || seen["disconnect client_closed"]+seen["disconnect timeout"] != seen["connect connected"] {
			t.Errorf("events %v; want each command once, and as many disconnects as connects", seen)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if text := fmt.Sprintf(verb, p); strings.Contains(text, "secret") {
				t.Errorf("%s shows the password", verb)
			}
		}
	})
}

// Behaviour K9. Options that cannot be used fail everything, and say why.
func TestUnusableOptionsAreRefused(t *testing.T) {
	for name, opts := range map[string]pool.Options{
		"pool.Options.Min":                {Min: 11},
		"pool.Options.Max":                {Max: -1},
		"pool.Options.MaxLifetime":        {MaxLifetime: -1},
		"pool.Options.HealthCheckTimeout": {HealthCheckTimeout: -1},
		"Options.Database":                {Options: redis.Options{Database: -1}},
	} {
		p := pool.New(opts)
		_, err := p.Acquire(limit(t))
		for _, err := range []error{err, awaitErr(t, p.Get("k"))} {
			if e := isA[*redis.ArgumentError](t, err); e.Argument != name {
				t.Errorf("%s: %v; want it to name the option", name, e)
			}
		}
		if err := p.Close(); err != nil || p.Stats() != (pool.Stats{}) {
			t.Errorf("Close = %v, Stats = %+v; want nothing", err, p.Stats())
		}
	}
}

// Behaviour K10.
func TestMinIsKeptAndWhatIsBeyondItEndsAfterIdleTimeout(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Min, o.Max, o.Options.ReconnectJitter = 2, 6, -1 })
		synctest.Wait()
		if s := p.Stats(); s.Idle != 2 {
			t.Errorf("Stats = %+v; want Min made in advance", s)
		}
		srv.Conn(0).Close()
		srv.Conn(1).Reset()
		synctest.Wait()
		if s := p.Stats(); s.Idle != 2 || s.Lost != 2 {
			t.Errorf("Stats = %+v; want both replaced", s)
		}

		var conns []*redis.Conn
		for range 6 {
			conns = append(conns, acquire(t, p))
		}
		for _, c := range conns {
			release(t, p, c)
		}
		time.Sleep(59 * time.Second)
		if s := p.Stats(); s.Idle != 6 {
			t.Errorf("Stats = %+v; want six for a minute", s)
		}
		time.Sleep(2 * time.Second)
		if s := p.Stats(); s.Idle != 2 || s.Expired != 4 {
			t.Errorf("Stats = %+v; want Min left", s)
		}

		srv.Memory().RefuseDials(errors.New("down"))
		before := len(srv.Memory().Dialed())
		for i := range srv.Accepted() {
			srv.Conn(i).Close()
		}
		time.Sleep(10 * time.Second)
		// 0.1, 0.2, 0.4 … s apart
		if n := len(srv.Memory().Dialed()) - before; n < 5 || n > 10 {
			t.Errorf("%d attempts in 10s; want them further and further apart", n)
		}
		_, err := p.Acquire(limit(t))
		if e := isA[*redis.ConnectionError](t, err); e.Outcome() != redis.NotExecuted {
			t.Errorf("Acquire = %v; want why there is no connection", err)
		}
		srv.Memory().RefuseDials(nil)
		time.Sleep(time.Minute)
		if s := books(t, p); s.Idle != 2 || s.Failed != 1 || s.CreateFailed == 0 {
			t.Errorf("Stats = %+v; want Min again", s)
		}
	})
}

// Behaviour K10. MaxLifetime ends what is older.
func TestConnectionsEndWithTheirLifetime(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Min, o.MaxLifetime = 3, time.Hour })
		c := acquire(t, p)
		time.Sleep(time.Hour)
		synctest.Wait()
		if s := p.Stats(); s.Expired != 2 || s.Idle != 2 {
			t.Errorf("Stats = %+v; want two replaced", s)
		}
		release(t, p, c)
		synctest.Wait()
		if s := p.Stats(); s.Expired != 3 || s.Total != 3 {
			t.Errorf("Stats = %+v; want the third replaced when it comes back", s)
		}
	})
}
