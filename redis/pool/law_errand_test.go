package pool_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

// The pool is a role: its commands run on connections that are lent for them.
func TestCommandsRunOnThePool(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 3 })
		var all []*future.Future[int64]
		for range 100 {
			all = append(all, p.Incr("n"))
		}
		for _, f := range all {
			await(t, f)
		}
		if v, _ := srv.Value("n"); v != "100" || srv.Accepted() > 3 {
			t.Errorf("n = %s over %d connections; want 100 over 3 at most", v, srv.Accepted())
		}
		if e := isA[*redis.RedisError](t, awaitErr(t, p.Command("NOSUCH"))); e.Command != "NOSUCH" {
			t.Errorf("error = %v", e)
		}
		synctest.Wait() // a connection is given back a moment after its command was settled
		if s := books(t, p); s.Acquired != 101 || s.Destroyed != 0 {
			t.Errorf("Stats = %+v; want 101 acquired, nothing closed", s)
		}
		for _, words := range [][]any{{"SELECT", 1}, {"MULTI"}, {"WATCH", "k"}, {"PSYNC", "?", -1}, {"WAIT", 1, 0}, {"SUBSCRIBE", "c"}} {
			isA[*redis.ArgumentError](t, awaitErr(t, p.Command(words...)))
		}
	})
}

// Law G6. A command waits for a connection for AcquireTimeout, or as long as its context.
func TestACommandWaitsForAConnectionOfThePool(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		commands := make(chan redis.CommandEvent, 10)
		p := newPool(t, srv, func(o *pool.Options) {
			o.Max = 1
			o.Options.Observer = &redis.Observer{Command: func(e redis.CommandEvent) { commands <- e }}
		})
		c := acquire(t, p)
		start := time.Now()
		late := p.Get("k")
		why := errors.New("enough")
		short, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		gone, stop := context.WithCancelCause(context.Background())
		bound, cut, dropped := p.With(short).Get("k"), p.With(gone).Get("k"), p.Get("k")
		if s := p.Stats(); s.Waiting != 4 {
			t.Errorf("Stats = %+v; want four waiting", s)
		}
		stop(why)
		synctest.Wait()
		if !dropped.Cancel(why) || dropped.Err() != why || cut.Err() != why || cut.State() != future.Cancelled {
			t.Errorf("cancelled: %v, %v; want the cause at once", dropped.Err(), cut.Err())
		}
		e := isA[*redis.TimeoutError](t, awaitErr(t, bound))
		if took := time.Since(start); took != time.Second || e.Outcome() != redis.NotExecuted {
			t.Errorf("failed after %v: %v; want 1s, not executed", took, e)
		}
		e = isA[*redis.TimeoutError](t, awaitErr(t, late))
		if took := time.Since(start); took != 5*time.Second || e.Op != "acquire" || e.Command != "GET" {
			t.Errorf("failed after %v: %v; want 5s", took, e)
		}
		synctest.Wait()
		if s := p.Stats(); s.Waiting != 0 || s.Timeouts != 2 || s.Cancelled != 2 {
			t.Errorf("Stats = %+v; want two timeouts, two cancelled", s)
		}
		release(t, p, c)
		books(t, p)
		if n := srv.Count("GET"); n != 0 || len(commands) != 4 {
			t.Errorf("%d GET were sent, %d observed; want none, four", n, len(commands))
		}
	})
}

// Law G7. A command that was given up costs no connection: that is lent again when the late reply has come, to nobody.
func TestAnAbandonedCommandKeepsItsConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("SLOW", func(c *redistest.Conn, _ []string) string { c.Sleep(time.Second); return "+late\r\n" })
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 1 })
		for i := range 20 {
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			f := p.With(ctx).Command("SLOW")
			if i%2 == 1 {
				synctest.Wait()
				f.Cancel(nil)
			}
			if err := awaitErr(t, f); err == nil {
				t.Fatal("a value in time")
			}
			if v := await(t, p.Echo("mine")); v != "mine" {
				t.Errorf("ECHO = %q", v)
			}
			cancel()
		}
		if n := srv.Accepted(); n != 1 {
			t.Errorf("%d connections; want 1", n)
		}
		synctest.Wait()
		books(t, p)
	})
}

// A command that blocks for ever is not waited for: its connection is closed.
func TestABlockingCommandThatIsGivenUpCostsItsConnection(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		done := make(chan struct{})
		t.Cleanup(func() { close(done) })
		srv.Handle("BLPOP", func(*redistest.Conn, []string) string { <-done; return "*-1\r\n" })
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 1 })
		f := p.BLPop([]string{"k"}, 0)
		time.Sleep(time.Hour)
		f.Cancel(nil)
		await(t, p.Ping())
		synctest.Wait()
		if s := books(t, p); s.Dirty != 1 {
			t.Errorf("Stats = %+v; want its connection closed", s)
		}
	})
}

// The end of a command may come before it is queued: its connection must not go to another before it has got it.
func TestACommandCancelledOnItsWayNeverLandsOnTheNextLoan(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		p := newPool(t, srv, func(o *pool.Options) { o.Max = 1 })
		c := acquire(t, p)
		slow := newStalling(t)
		f := p.With(slow).Set("stray", 1)
		go func() { _ = p.Release(c) }() // brings the command on its way
		<-slow.reached
		f.Cancel(nil)
		synctest.Wait()
		got := make(chan *redis.Conn)
		go func() { got <- acquire(t, p) }()
		synctest.Wait()
		select {
		case <-got:
			t.Error("the connection was lent while a command was on its way to it")
		default:
		}
		close(slow.goOn)
		release(t, p, <-got)
		if s := books(t, p); s.Destroyed != 0 {
			t.Errorf("Stats = %+v; want the connection kept", s)
		}
	})
}

func TestHooksAreToldOfEverything(t *testing.T) {
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		srv.Handle("WATCH", redistest.Always("+OK\r\n"))
		var mu sync.Mutex
		var events []string
		note := func(text string) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, text)
		}
		p := newPool(t, srv, func(o *pool.Options) {
			o.Max, o.AcquireTimeout = 1, time.Second
			o.Hooks = pool.Hooks{
				Acquire: func(e pool.AcquireEvent) {
					if e.Err != nil {
						note("acquire failed after " + e.Waited.String())
					} else {
						note("acquire")
					}
				},
				Release: func(e pool.ReleaseEvent) {
					if e.Left.Clean() {
						note("release")
					} else {
						note("release dirty")
					}
				},
				Create: func(e pool.CreateEvent) {
					if e.Err != nil {
						note("create failed")
					} else {
						note("create")
					}
				},
				Destroy: func(e pool.DestroyEvent) {
					note("destroy " + e.Reason)
					if e.Reason == pool.ReasonDirty {
						panic("mine")
					}
				},
			}
		})
		c := acquire(t, p)
		_, _ = p.Acquire(limit(t))
		await(t, c.Watch("k"))
		release(t, p, c)
		await(t, p.Ping())
		time.Sleep(2 * time.Minute)
		srv.Memory().RefuseDials(errors.New("down"))
		_, _ = p.Acquire(limit(t))
		synctest.Wait()
		want := "create|acquire|acquire failed after 1s|release dirty|destroy dirty|create|acquire|release|destroy idle|create failed|acquire failed after 0s"
		if got := strings.Join(events, "|"); got != want {
			t.Errorf("events\n%s\nwant\n%s", got, want)
		}
		books(t, p)
	})
}
