package redis_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/faultnet"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Behaviour D10. Laws G2, G4. The server ends by SIGTERM, with commands in flight, is down for three seconds and comes back
// on the same port: what was queued meanwhile runs, in order, and nothing hangs.
func TestWhatIsQueuedDuringARestartRunsInOrder(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{Args: []string{"--maxclients", "100"}}) // one of the test's own
	lost := make(chan string, 10)
	client := redis.New(redis.Options{
		Addr: srv.Addr, ReconnectDelayMax: 500 * time.Millisecond,
		OnDisconnect: func(_ *redis.Client, reason string) { lost <- reason },
	})
	defer client.Close()
	await(t, client.Ping())
	var ledger redistest.Ledger
	var inFlight, queued []*future.Future[int64]
	for range 1000 {
		inFlight = append(inFlight, entered(&ledger, "INCR", client.Incr("n")))
	}
	srv.Stop()
	<-lost
	// The three seconds are what is tested.
	down := time.NewTimer(3 * time.Second)
	pace := time.NewTicker(10 * time.Millisecond)
	defer pace.Stop()
	for ended := false; !ended; {
		select {
		case <-pace.C:
			queued = append(queued, entered(&ledger, "RPUSH", client.RPush("list", len(queued))))
		case <-down.C:
			ended = true
		}
	}
	srv.Restart()
	for i, f := range queued {
		if n := await(t, f); n != int64(i+1) {
			t.Fatalf("RPUSH %d = %d; want %d: in order, each once", i, n, i+1)
		}
	}
	var want []string
	for i := range queued {
		want = append(want, strconv.Itoa(i))
	}
	if got := await(t, client.LRange("list", 0, -1)); len(got) < 100 || !slices.Equal(got, want) {
		t.Errorf("the list has %d elements, %q…; want %d in order", len(got), got[:min(len(got), 10)], len(want))
	}
	for _, f := range inFlight {
		if _, err := f.Await(limit(t)); err != nil && asErr[redis.Error](t, err).Outcome() != redis.Unknown {
			t.Errorf("INCR in flight at SIGTERM = %v; want its reply, or an unknown outcome", err)
		}
	}
	ledger.Check(t)
}

// Behaviour D2. Laws G2, G4. A real server runs INCR, and the connection is reset before the reply is there, twice: the counter
// counts each call once.
func TestAnIncrementWhoseReplyIsLostCountsOnceOnARealServer(t *testing.T) {
	redistest.NoLeaks(t)
	srv := redistest.Start(t, redistest.Options{})
	proxy := faultnet.New(t, srv.Addr)
	client := redis.New(redis.Options{Addr: proxy.Addr()})
	defer client.Close()
	await(t, client.Set("once", 0))
	var ledger redistest.Ledger
	for i := 1; i <= 2; i++ {
		proxy.Stall(faultnet.Down)
		f := entered(&ledger, "INCR", client.Incr("once"))
		for srv.Do("GET", "once") != strconv.Itoa(i) {
			if f.Settled() {
				t.Fatalf("INCR %d ended with %v; want it in flight", i, f.Err())
			}
		}
		proxy.Reset()
		proxy.Heal()
		if o := outcome(t, f); o != redis.Unknown {
			t.Errorf("INCR %d: outcome %v; want unknown", i, o)
		}
		await(t, client.Ping())
		if v := srv.Do("GET", "once"); v != strconv.Itoa(i) {
			t.Errorf("the counter is %v after %d calls; want one for each", v, i)
		}
	}
	if n := await(t, entered(&ledger, "INCR", client.Incr("once"))); n != 3 {
		t.Errorf("INCR = %d; want 3", n)
	}
	ledger.Check(t)
}

// Behaviour D11, on real servers: a replica refuses writes, a server that loads its data refuses nearly everything. The command was
// not run and is not sent again, and the connection stays.
func TestARealServerThatRefusesIsRejected(t *testing.T) {
	args := []string{"--enable-debug-command", "yes", "--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024"}
	redistest.EachWith(t, redistest.Options{Args: args}, func(t *testing.T, srv *redistest.Server) {
		client := redis.New(redis.Options{Addr: srv.Addr})
		defer client.Close()
		id := await(t, client.ClientID())
		side := redis.New(redis.Options{Addr: srv.Addr})
		defer side.Close()

		await(t, side.Command("DEBUG", "POPULATE", 100, "key", 100))
		reload := side.Command("DEBUG", "RELOAD")
		seen := false
		for !seen && !reload.Settled() {
			if _, err := client.Get("k").Await(limit(t)); err != nil {
				e := asErr[*redis.RedisError](t, err)
				seen = e.IsLoading()
				if !seen || e.Outcome() != redis.Rejected || redis.SafeToRetry(err) {
					t.Fatalf("GET while loading = %v, %v; want LOADING, rejected", err, e.Outcome())
				}
			}
		}
		if !seen {
			t.Error("no GET met a server that loads; the test has not tested")
		}
		await(t, reload)

		srv.Do("REPLICAOF", "127.0.0.1", "1")
		e := awaitErr[*redis.RedisError](t, client.Set("k", "v"))
		if !e.IsReadOnly() || e.Outcome() != redis.Rejected || redis.SafeToRetry(e) {
			t.Errorf("SET on a replica = %v, %v; want READONLY, rejected", e, e.Outcome())
		}
		srv.Do("REPLICAOF", "NO", "ONE")
		await(t, client.Set("k", "v"))
		if next := await(t, client.ClientID()); next != id {
			t.Errorf("the connection is %d; want %d still", next, id)
		}
	})
}
