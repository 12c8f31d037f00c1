package pool_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

var errPanic = errors.New("on purpose")

// stress is what the goroutines of the stress test did, to be compared with what the pool and the server say.
type stress struct {
	acked, unknown  atomic.Int64 // INCR
	misuses, panics atomic.Int64
}

// Behaviours K1, K2, K4, K5, K6 and K7, all at once: 200 goroutines, connections killed by the server, dirty releases, contexts that
// end, panics, double releases. Never more than Max, nobody is forgotten, and the books add up to the last unit.
func TestAPoolUnderStress(t *testing.T) {
	const goroutines, most = 200, 16
	rounds := 10_000
	switch {
	case testing.Short():
		rounds = 50
	case raceEnabled:
		rounds = 500
	}
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	dials := &counter{dial: new(net.Dialer).DialContext}
	p := livePool(t, srv, 3, func(o *pool.Options) {
		o.Options.Dialer = dials.DialContext
		o.Min, o.Max, o.AcquireTimeout, o.HealthCheckAfter = 4, most, time.Minute, 10*time.Millisecond
	})
	var st stress
	ended := make(chan struct{})
	killed := 0
	var killer sync.WaitGroup
	killer.Add(1)
	go func() {
		defer killer.Done()
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			if ids := connections(srv); len(ids) > 0 {
				n, _ := srv.Do("CLIENT", "KILL", "ID", ids[rand.IntN(len(ids))]).(int64)
				killed += int(n)
			}
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
	}()
	var together sync.WaitGroup
	for range goroutines {
		together.Add(1)
		go func() {
			defer together.Done()
			for range rounds {
				st.round(t, p)
			}
		}()
	}
	together.Wait()
	close(ended)
	killer.Wait()

	until(t, "every connection to be free", func() bool { s := p.Stats(); return s.Active == 0 && s.Waiting == 0 && s.Closing == 0 })
	if _, n := dials.counts(); n > most {
		t.Errorf("%d connections at once; want %d at most", n, most)
	}
	s := p.Stats()
	_ = p.Close()
	books(t, p)
	switch {
	case killed == 0:
		t.Error("no connection was killed: that was no stress")
	case s.Misuses != uint64(st.misuses.Load()):
		t.Errorf("%d misuses; want %d", s.Misuses, st.misuses.Load())
	case s.Dirty == 0, s.Timeouts+s.Cancelled == 0, st.panics.Load() == 0:
		t.Errorf("Stats = %+v: something never happened", s)
	}
	n, _ := strconv.ParseInt(srv.Do("GET", "n").(string), 10, 64)
	if acked, unknown := st.acked.Load(), st.unknown.Load(); n < acked || n > acked+unknown {
		t.Errorf("n = %d; want %d, and up to %d more", n, acked, unknown)
	}
	if open, _ := dials.counts(); open != 0 {
		t.Errorf("%d connections are open after Close", open)
	}
	t.Logf("%d killed; %+v", killed, s)
}

// round is one loan, with something that happens in it.
func (st *stress) round(t *testing.T, p *pool.Pool) {
	ctx := context.Background()
	dice := rand.IntN(1000)
	switch {
	case dice < 20: // gives up soon
		short, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(300))*time.Microsecond)
		defer cancel()
		ctx = short
	case dice < 25: // gave up before
		dead, cancel := context.WithCancel(ctx)
		cancel()
		ctx = dead
	case dice < 30:
		st.count(t, p.Incr("n"))
		return
	case dice < 35:
		short, cancel := context.WithTimeout(ctx, time.Duration(rand.IntN(300))*time.Microsecond)
		defer cancel()
		st.count(t, p.With(short).Incr("n"))
		return
	case dice < 40:
		st.panicking(t, p)
		return
	}
	c, err := p.Acquire(ctx)
	if err != nil {
		if !errors.Is(err, context.DeadlineExceeded) && err != context.Canceled && !errors.As(err, new(*redis.ConnectionError)) {
			t.Errorf("Acquire = %v", err)
		}
		return
	}
	switch {
	case dice < 100:
		st.count(t, c.Incr("n"))
	case dice < 104:
		c.Watch("n")
	case dice < 106:
		c.Multi()
	case dice < 107:
		_, _ = c.Select(3).Await(context.Background())
	}
	if err := p.Release(c); err != nil {
		t.Errorf("Release = %v", err)
	}
	if dice >= 998 {
		st.misuses.Add(1)
		if err := p.Release(c); err == nil {
			t.Error("a second Release was accepted")
		}
		if err := c.Ping().Err(); err == nil {
			t.Error("a Conn works after its release")
		}
	}
}

// count notes what becomes of an INCR.
func (st *stress) count(t *testing.T, f *future.Future[int64]) {
	_, err := f.Await(context.Background())
	if err == nil {
		st.acked.Add(1)
		return
	}
	var e redis.Error
	if !errors.As(err, &e) {
		t.Errorf("INCR = %v (%T)", err, err)
		return
	}
	if e.Outcome() == redis.Unknown {
		st.unknown.Add(1)
	}
}

func (st *stress) panicking(t *testing.T, p *pool.Pool) {
	defer func() {
		if r := recover(); r != nil && r != errPanic {
			t.Errorf("panic %v", r)
		}
	}()
	_, _ = pool.With(context.Background(), p, func(ctx context.Context, c *redis.Conn) (int, error) {
		if rand.IntN(2) == 0 {
			c.Watch("n")
		}
		st.panics.Add(1)
		panic(errPanic)
	})
}
