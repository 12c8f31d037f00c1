// Pool shows what a pool of connections is for, and what it takes care of: a transaction by hand with WATCH, a database of its
// own, a connection that comes back dirty, a pool that is exhausted.
//
//	go run ./examples/pool
//
// It talks to the server that REDIS_URL names, and without one to a small server embedded in the program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pool:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	opts, stop, err := server.Embedded(out)
	if err != nil {
		return err
	}
	defer stop()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	p := pool.New(pool.Options{Options: opts, Min: 2, Max: 4, AcquireTimeout: 5 * time.Second})
	defer p.Close()
	defer func() { _, _ = p.Del("pool:alice", "pool:bob").Await(ctx) }()

	// The pool has every command itself: each runs on a connection that is lent for it.
	if _, err := p.MSet("pool:alice", 100, "pool:bob", 0).Await(ctx); err != nil {
		return err
	}

	// Twenty goroutines move money at the same time. Each needs a connection for itself between WATCH and EXEC.
	var together sync.WaitGroup
	failed := make(chan error, 20)
	for range 20 {
		together.Add(1)
		go func() {
			defer together.Done()
			failed <- transfer(ctx, p, 5)
		}()
	}
	together.Wait()
	for range 20 {
		if err := <-failed; err != nil {
			return err
		}
	}
	alice, err := p.Get("pool:alice").Await(ctx)
	if err != nil {
		return err
	}
	bob, err := p.Get("pool:bob").Await(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "20 transfers:   alice %s, bob %s, over %d connections\n", alice.Or("0"), bob.Or("0"), p.Stats().Total)

	// What changes a connection stays on it: the next one gets another.
	size, err := pool.With(ctx, p, func(ctx context.Context, c *redis.Conn) (int64, error) {
		c.Select(1)
		return c.DBSize().Await(ctx)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "database 1:     %d keys, %d connection closed since it was left there\n", size, p.Stats().Dirty)

	// An exhausted pool says so.
	if err := exhaust(ctx, out, p); err != nil {
		return err
	}

	// A Conn that was given back is refused, and somebody else's connection left alone.
	c, err := p.Acquire(ctx)
	if err != nil {
		return err
	}
	if err := p.Release(c); err != nil {
		return err
	}
	var misuse *redis.ArgumentError
	if _, err := c.Get("pool:alice").Await(ctx); !errors.As(err, &misuse) {
		return fmt.Errorf("GET after the release gave %v, want it refused", err)
	}
	fmt.Fprintln(out, "after release: ", misuse)

	s := p.Stats()
	fmt.Fprintf(out, "stats:          %d acquired, %d released, %d connections made, %d closed\n", s.Acquired, s.Released, s.Created, s.Destroyed)
	return nil
}

// transfer moves money from alice to bob if she has it, and tries again when somebody else has changed her account meanwhile.
func transfer(ctx context.Context, p *pool.Pool, amount int64) error {
	_, err := pool.With(ctx, p, func(ctx context.Context, c *redis.Conn) (int, error) {
		for try := 1; ; try++ {
			if _, err := c.Watch("pool:alice").Await(ctx); err != nil {
				return try, err
			}
			has, err := c.Get("pool:alice").Await(ctx)
			if err != nil {
				return try, err
			}
			if n, _ := strconv.ParseInt(has.Or("0"), 10, 64); n < amount {
				return try, errors.New("alice has not enough") // the pool sees the WATCH that is left, and does not lend it on
			}
			tx := c.Tx()
			tx.DecrBy("pool:alice", amount)
			tx.IncrBy("pool:bob", amount)
			if err := tx.Exec(ctx); !errors.Is(err, redis.ErrTxAborted) {
				return try, err
			}
		}
	})
	return err
}

// exhaust takes all connections, and one more.
func exhaust(ctx context.Context, out io.Writer, p *pool.Pool) error {
	for range 4 {
		c, err := p.Acquire(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = p.Release(c) }()
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	var late *redis.TimeoutError
	if _, err := p.Acquire(short); !errors.As(err, &late) {
		return fmt.Errorf("one connection too many gave %v, want a timeout", err)
	}
	fmt.Fprintln(out, "one too many:  ", late)
	return nil
}
