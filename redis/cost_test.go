package redis_test

import (
	"context"
	"math"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// The tests of this file assert what the hot path may cost: figures that are the
// same on every machine. The race detector allocates by itself, so they run
// without it (make test does both).

// costOf runs op many times and returns how many allocations and bytes go to
// each. The counters are those of the whole process, and what else goes on in it
// (the end of an earlier test) can only add to them: the least of some rounds is
// the figure.
func costOf(op func()) (allocs, bytes float64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const warmup, rounds, runs = 200, 4, 500
	for range warmup {
		op()
	}
	allocs, bytes = math.Inf(1), math.Inf(1)
	for range rounds {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			op()
		}
		runtime.ReadMemStats(&after)
		allocs = min(allocs, float64(after.Mallocs-before.Mallocs)/runs)
		bytes = min(bytes, float64(after.TotalAlloc-before.TotalAlloc)/runs)
	}
	return allocs, bytes
}

// startClient makes a client of a real server.
func startClient(t testing.TB, change ...func(*redis.Options)) (*redis.Client, *redistest.Server) {
	t.Helper()
	srv := redistest.Start(t, redistest.Options{})
	opts := redis.Options{Addr: srv.Addr}
	for _, c := range change {
		c(&opts)
	}
	client := redis.New(opts)
	t.Cleanup(func() { _ = client.Close() })
	if err := client.Connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	return client, srv
}

func TestCostInAllocations(t *testing.T) {
	skipUnderRace(t)
	client, _ := startClient(t)
	ctx := context.Background()
	keys := make([]string, 100)
	var hash, list []any
	for i := range keys {
		keys[i] = "key:" + strconv.Itoa(i)
		hash = append(hash, "field:"+strconv.Itoa(i), "value of sixteen")
	}
	for range 1000 {
		list = append(list, "value of sixteen")
	}
	for _, k := range keys {
		client.Set(k, "value of sixteen")
	}
	client.HSet("hash", hash...)
	client.RPush("list", list...)
	await(t, client.Set("k", "value of sixteen"))
	var boxed any = "value of sixteen"

	for _, c := range []struct {
		name          string
		op            func() error
		allocs, bytes float64 // at most; 0 bytes: any
	}{
		{"GET", func() error { _, err := client.Get("k").Await(ctx); return err }, 2, 96 + 16},
		{"INCR", func() error { _, err := client.Incr("n").Await(ctx); return err }, 1, 0},
		{"SET", func() error { _, err := client.Set("s", boxed).Await(ctx); return err }, 1, 0},
		{"MGET 100", func() error { _, err := client.MGet(keys...).Await(ctx); return err }, 12, 0},
		{"HGETALL 100", func() error { _, err := client.HGetAll("hash").Await(ctx); return err }, 20, 0},
		{"LRANGE 1000", func() error { _, err := client.LRange("list", 0, -1).Await(ctx); return err }, 70, 0},
		{"BLPOP, pushed", func() error {
			popped := client.BLPop([]string{"queue"}, 0)
			client.RPush("queue", boxed)
			_, err := popped.Await(ctx)
			return err
		}, 5, 640}, // the two calls, the turn of BLPOP, and the strings that it brings
	} {
		var failed error
		allocs, bytes := costOf(func() {
			if err := c.op(); err != nil {
				failed = err
			}
		})
		if failed != nil {
			t.Errorf("%s: %v", c.name, failed)
		}
		t.Logf("%-12s %7.2f allocations, %8.1f bytes", c.name, allocs, bytes)
		// A fraction is the refill of a pool after a garbage collection.
		if allocs > c.allocs+0.1 {
			t.Errorf("%s: %.2f allocations; want at most %v", c.name, allocs, c.allocs)
		}
		if c.bytes > 0 && bytes > c.bytes+4 {
			t.Errorf("%s: %.1f bytes; want at most %v", c.name, bytes, c.bytes)
		}
	}
}

func TestCostInServerReads(t *testing.T) {
	skipUnderRace(t)
	client, _ := startClient(t)
	ctx := context.Background()
	counters := func() (commands, reads float64) {
		info := await(t, client.Info("stats"))
		c, _ := strconv.ParseFloat(info.Field("total_commands_processed"), 64)
		r, _ := strconv.ParseFloat(info.Field("total_reads_processed"), 64)
		return c, r
	}
	await(t, client.Set("k", strings.Repeat("x", 16)))
	for _, c := range []struct {
		callers int
		atLeast float64
	}{{16, 7}, {128, 20}, {1024, 80}} {
		const total = 100_000
		before, readsBefore := counters()
		var wg sync.WaitGroup
		for range c.callers {
			wg.Go(func() {
				for range total / c.callers {
					_, _ = client.Get("k").Await(ctx)
				}
			})
		}
		wg.Wait()
		commands, reads := counters()
		perRead := (commands - before) / (reads - readsBefore)
		t.Logf("%4d callers: %.1f commands per server read", c.callers, perRead)
		if perRead < c.atLeast {
			t.Errorf("%d callers: %.1f commands per server read; want at least %v", c.callers, perRead, c.atLeast)
		}
	}
}

func TestCostOfAnIdleConnection(t *testing.T) {
	skipUnderRace(t)
	srv := redistest.Start(t, redistest.Options{})
	const clients = 50
	goroutines := runtime.NumGoroutine()
	before := memoryInUse()
	var open []*redis.Client
	for range clients {
		client := redis.New(redis.Options{Addr: srv.Addr})
		defer client.Close()
		await(t, client.Ping())
		open = append(open, client)
	}
	memory := (memoryInUse() - before) / clients
	perClient := float64(runtime.NumGoroutine()-goroutines) / clients
	t.Logf("an idle connection: %.2f goroutines, %d bytes", perClient, memory)
	if perClient > 2 {
		t.Errorf("%.2f goroutines per idle connection; want 2", perClient)
	}
	if memory > 40<<10 {
		t.Errorf("%d bytes per idle connection; want at most 40 KiB", memory)
	}
	runtime.KeepAlive(open)
}

// memoryInUse counts the bytes of heap and stacks in use, after a collection.
func memoryInUse() int64 {
	heap := heapInUse()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return heap + int64(m.StackInuse)
}

func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // the second empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestCostNoGoroutinePerCommand(t *testing.T) {
	skipUnderRace(t)
	bubble(t, func(t *testing.T, srv *redistest.Fake) {
		client := dialFake(t, srv)
		await(t, client.Ping())
		before := runtime.NumGoroutine()
		srv.Pause()
		for range 10_000 {
			client.Incr("n")
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%d goroutines more for 10 000 commands in flight; want none", n-before)
		}
		srv.Resume()
		await(t, client.Ping())
	})
}

// What a burst needed is given back when nothing happens any more.
func TestCostOfAConnectionThatIsIdleAfterABurst(t *testing.T) {
	skipUnderRace(t)
	client, _ := startClient(t, func(o *redis.Options) {
		o.ReadTimeout, o.PingInterval = time.Second, 10*time.Millisecond // so that it is idle soon
	})
	await(t, client.Ping())
	before := heapInUse()
	value := strings.Repeat("x", 1000)
	for range 10_000 {
		client.Set("k", value)
	}
	for range 1000 {
		client.Get("k")
	}
	await(t, client.Ping())
	deadline := time.Now().Add(20 * time.Second)
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		grown := heapInUse() - before
		if grown <= 40<<10 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes more than before the burst; want at most 40 KiB", grown)
		}
		<-again.C
	}
}
