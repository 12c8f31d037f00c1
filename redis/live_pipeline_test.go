package redis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// eachServer runs a test on every server over RESP2 and RESP3, with a client of it and no keys.
func eachServer(t *testing.T, test func(t *testing.T, srv *redistest.Server, client *redis.Client)) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		overBoth(t, func(t *testing.T, protocol int) {
			srv.Do("FLUSHALL")
			client := redis.New(redis.Options{Addr: srv.Addr, Protocol: protocol})
			defer client.Close()
			test(t, srv, client)
		})
	})
}

// Behaviours PL1, PL2. Transformers work as ever; an error stays in its slot, and the others are executed.
func TestAPipelineGivesEachCommandItsOwnTypedResult(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		p := client.Pipeline()
		set := p.Set("k", "-ERR no error, but a string")
		get := p.Get("k")
		hset := p.HSet("h", map[string]string{"name": "ada", "born": "1815"})
		hash := p.HGetAll("h")
		wrong := p.Incr("h")
		unknown := p.Command("NOSUCH", "a")
		missing := p.Get("missing")
		bad := p.Set("k", struct{}{})
		n := p.IncrBy("n", 5)
		if p.Len() != 9 {
			t.Errorf("Len = %d; want 9", p.Len())
		}
		err := p.Exec(limit(t))
		var failed *redis.PipelineError
		if !errors.As(err, &failed) || len(failed.Failed) != 3 || failed.Total != 9 {
			t.Fatalf("Exec = %v; want a *PipelineError of 3", err)
		}
		for i, want := range []int{4, 5, 7} {
			if failed.Failed[i].Index != want {
				t.Errorf("failed %d: index %d; want %d", i, failed.Failed[i].Index, want)
			}
		}
		await(t, set)
		if v := await(t, get); v.Or("") != "-ERR no error, but a string" {
			t.Errorf("GET = %v", v)
		}
		if await(t, hset) != 2 || await(t, hash)["name"] != "ada" {
			t.Errorf("HSET, HGETALL = %v, %v", await(t, hset), await(t, hash))
		}
		if e := awaitErr[*redis.RedisError](t, wrong); e.Code != "WRONGTYPE" {
			t.Errorf("INCR of a hash: %v", e)
		}
		awaitErr[*redis.RedisError](t, unknown)
		if await(t, missing).Valid() {
			t.Error("GET of a missing key has a value")
		}
		awaitErr[*redis.ArgumentError](t, bad)
		if await(t, n) != 5 {
			t.Errorf("INCRBY = %d; want 5", await(t, n))
		}
	})
}

// Behaviour PL4.
func TestAPipelineOfTenThousand(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		var fs []*future.Future[int64]
		err := client.Pipelined(limit(t), func(p *redis.Pipeline) error {
			for range 10_000 {
				fs = append(fs, p.Incr("n"))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range fs {
			if n := await(t, f); n != int64(i+1) {
				t.Fatalf("INCR %d = %d", i, n)
			}
		}
	})
}

// Behaviour PL4. Law G1. Replies are read while requests are still being written: else both ends would wait for each other.
func TestLargeEchoesInAPipelineDoNotDeadlock(t *testing.T) {
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	p := client.Pipeline()
	var fs []*future.Future[string]
	for i := range 6 {
		fs = append(fs, p.Echo(strings.Repeat(fmt.Sprint(i), 16<<20)))
	}
	if err := p.Exec(limit(t)); err != nil {
		t.Fatal(err)
	}
	for i, f := range fs {
		if v := await(t, f); len(v) != 16<<20 || v[0] != byte('0'+i) {
			t.Errorf("ECHO %d = %d bytes of %c", i, len(v), v[0])
		}
	}
}

// Behaviour X1.
func TestATransactionGivesEachCommandItsOwnTypedResult(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		tx := client.Tx()
		tx.HSet("h", map[string]string{"name": "ada"})
		hash := tx.HGetAll("h")
		wrong := tx.Incr("h")
		n := tx.Incr("n")
		nested := tx.Command("EVAL", "return {1, {2, redis.error_reply('inner')}}", 0)
		missing := tx.Get("missing")
		pop := tx.LPopN("missing", 2)
		cancelled := tx.Set("never", "1")
		cancelled.Cancel(nil)
		err := tx.Exec(limit(t))
		var failed *redis.PipelineError
		if !errors.As(err, &failed) || len(failed.Failed) != 2 || failed.Failed[0].Index != 2 || failed.Failed[1].Index != 7 {
			t.Fatalf("Exec = %v; want a *PipelineError of the wrong type and the cancelled", err)
		}
		if await(t, hash)["name"] != "ada" || await(t, n) != 1 || await(t, missing).Valid() || len(await(t, pop)) != 0 {
			t.Errorf("results %v, %d, %v, %v", await(t, hash), await(t, n), await(t, missing), await(t, pop))
		}
		if e := awaitErr[*redis.RedisError](t, wrong); e.Code != "WRONGTYPE" || e.Outcome() != redis.Rejected {
			t.Errorf("INCR of a hash: %v", e)
		}
		inner := await(t, nested).Array()[1].Array()[1]
		if inner.Err() == nil {
			t.Errorf("the nested error = %v; want an error as an element", inner)
		}
		if srv.Do("EXISTS", "never") != int64(0) {
			t.Error("the cancelled command was executed")
		}
		if n := await(t, client.Incr("n")); n != 2 {
			t.Errorf("INCR after the transaction = %d; want 2: the stream is aligned", n)
		}
	})
}

// Behaviour X5.
func TestARefusedCommandAbortsTheTransaction(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		tx := client.Tx()
		a := tx.Set("a", "1")
		bad := tx.Command("NOSUCH")
		b := tx.Incr("b")
		err := tx.Exec(limit(t))
		var aborted *redis.AbortedError
		if !errors.As(err, &aborted) || aborted.Index != 1 || aborted.Command != "NOSUCH" || aborted.Outcome() != redis.NotExecuted {
			t.Fatalf("Exec = %v; want an *AbortedError of command 1", err)
		}
		for _, f := range []future.Awaitable{a, bad, b} {
			if err := future.WaitAll(limit(t), f); !redis.SafeToRetry(err) || !errors.As(err, new(*redis.RedisError)) {
				t.Errorf("%v; want not executed, with what the server said", err)
			}
		}
		if n := srv.Do("DBSIZE"); n != int64(0) {
			t.Errorf("%v keys; want none", n)
		}
		for _, words := range [][]any{{"SUBSCRIBE", "c"}, {"WATCH", "k"}, {"MULTI"}, {"EXEC"}, {"SELECT", 1}} {
			tx := client.Tx()
			ok := tx.Set("a", "1")
			refused := tx.Command(words...)
			if err := tx.Exec(limit(t)); !errors.As(err, &aborted) || aborted.Index != 1 {
				t.Errorf("Exec with %v = %v; want an *AbortedError", words, err)
			}
			awaitErr[*redis.ArgumentError](t, refused)
			awaitErr[*redis.AbortedError](t, ok)
		}
		if n := srv.Do("DBSIZE"); n != int64(0) {
			t.Errorf("%v keys; want none", n)
		}
	})
}

// Behaviour X4. What others call meanwhile runs outside of transactions, and transactions of one client do not mix.
func TestTransactionsAndOtherCallersDoNotMix(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 20
	}
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		ctx := limit(t)
		done := make(chan error, 128)
		for i := range 64 {
			go func() {
				for range rounds {
					tx := client.Tx()
					a, b := tx.Incr("a"), tx.Incr("b")
					if err := tx.Exec(ctx); err != nil {
						done <- err
						return
					}
					x, _ := a.Await(ctx)
					y, _ := b.Await(ctx)
					if x != y {
						done <- fmt.Errorf("a = %d and b = %d in one transaction", x, y)
						return
					}
				}
				done <- nil
			}()
			go func() {
				key := fmt.Sprint("own", i)
				for j := range rounds {
					n, err := client.Incr(key).Await(ctx)
					if err != nil || n != int64(j+1) {
						done <- fmt.Errorf("INCR %s = %d, %v; want %d", key, n, err, j+1)
						return
					}
				}
				done <- nil
			}()
		}
		for range 128 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if n := srv.Do("GET", "a"); n != fmt.Sprint(64*rounds) {
			t.Errorf("a = %v; want %d", n, 64*rounds)
		}
	})
}

// Pipelines and transactions that come and go beside each other, some given up, use the memory of those before them: each has its own
// replies, and nothing is sent that was given up.
func TestCollectionsDoNotMix(t *testing.T) {
	eachServer(t, func(t *testing.T, srv *redistest.Server, client *redis.Client) {
		const goroutines, rounds = 8, 150
		done := make(chan error, goroutines)
		for g := range goroutines {
			go func() {
				done <- collectInTurn(client, rand.New(rand.NewPCG(uint64(g), 1)), fmt.Sprint("given-up-", g), rounds)
			}()
		}
		for range goroutines {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for g := range goroutines {
			if n := srv.Do("EXISTS", fmt.Sprint("given-up-", g)); n != int64(0) {
				t.Errorf("given-up-%d was written", g)
			}
		}
	})
}

// collectInTurn executes pipelines and transactions of random sizes, and gives every fifth up.
func collectInTurn(client *redis.Client, r *rand.Rand, givenUp string, rounds int) error {
	for round := range rounds {
		var p interface {
			Echo(message string) *future.Future[string]
			Incr(key string) *future.Future[int64]
			Len() int
			Exec(ctx context.Context) error
			Discard()
		} = client.Pipeline()
		if r.IntN(2) == 0 {
			p = client.Tx()
		}
		echoes := make([]*future.Future[string], 1+r.IntN(80))
		if r.IntN(5) == 0 {
			for range echoes {
				p.Incr(givenUp)
			}
			p.Discard()
			continue
		}
		for i := range echoes {
			echoes[i] = p.Echo(fmt.Sprint(givenUp, round, "/", i))
		}
		if err := p.Exec(context.Background()); err != nil {
			return err
		}
		if p.Len() != len(echoes) {
			return fmt.Errorf("Len = %d after Exec; want %d", p.Len(), len(echoes))
		}
		for i, echo := range echoes {
			if got, err := echo.Await(context.Background()); err != nil || got != fmt.Sprint(givenUp, round, "/", i) {
				return fmt.Errorf("echo %d of round %d is %q, %v", i, round, got, err)
			}
		}
	}
	return nil
}

// The cost of pipelined commands: less than one allocation for a GET, since short values share chunks, and little more than the
// memory of its future and its value, since that of the requests is used again.
func TestCostOfAPipelinedGet(t *testing.T) {
	skipUnderRace(t)
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	await(t, client.Set("k", "0123456789abcdef"))
	ctx := context.Background()
	allocs, bytes := costOf(func() {
		p := client.Pipeline()
		for range 100 {
			p.Get("k")
		}
		if err := p.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("a pipeline of 100 GET: %.1f allocations, %.0f bytes", allocs, bytes)
	if allocs > 20 || bytes > 13000 {
		t.Errorf("%.1f allocations, %.0f bytes; want at most 20, 13000", allocs, bytes)
	}
}

// The cost of a transaction of ten commands: two allocations for each, all told.
func TestCostOfATransaction(t *testing.T) {
	skipUnderRace(t)
	srv := redistest.Start(t, redistest.Options{})
	client := redis.New(redis.Options{Addr: srv.Addr})
	defer client.Close()
	ctx := context.Background()
	allocs, bytes := costOf(func() {
		tx := client.Tx()
		for range 10 {
			tx.Incr("n")
		}
		if err := tx.Exec(ctx); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("a transaction of 10 INCR: %.1f allocations, %.0f bytes", allocs, bytes)
	if allocs > 16 || bytes > 3500 {
		t.Errorf("%.1f allocations, %.0f bytes; want at most 16, 3500", allocs, bytes)
	}
}
