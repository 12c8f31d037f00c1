package pool_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/pool"
)

// embedded makes a pool on a server inside the program, for the examples.
func embedded(size int) (p *pool.Pool, stop func()) {
	srv, err := miniredis.Run()
	if err != nil {
		panic(err)
	}
	p = pool.New(pool.Options{Options: redis.Options{Addr: srv.Addr()}, Max: size, AcquireTimeout: 20 * time.Millisecond})
	return p, func() {
		_ = p.Close()
		srv.Close()
	}
}

// A connection is lent, and given back.
func ExamplePool() {
	p, stop := embedded(1)
	defer stop()
	ctx := context.Background()

	conn, err := p.Acquire(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	conn.Set("k", "v")
	fmt.Println(conn.Get("k").Await(ctx))

	_, err = p.Acquire(ctx) // the only one is lent
	var timeout *redis.TimeoutError
	fmt.Println(errors.As(err, &timeout), timeout.Op)

	p.Release(conn)
	_, err = conn.Get("k").Await(ctx) // it is not ours any more
	var refused *redis.ArgumentError
	fmt.Println(errors.As(err, &refused))
	// Output:
	// v <nil>
	// true acquire
	// true
}

// With gives the connection back whatever happens in the function.
func ExampleWith() {
	p, stop := embedded(2)
	defer stop()

	size, err := pool.With(context.Background(), p, func(ctx context.Context, c *redis.Conn) (int64, error) {
		c.Select(5)
		c.Set("k", "v")
		return c.DBSize().Await(ctx)
	})
	fmt.Println(size, err, p.Stats().Active)
	// Output: 1 <nil> 0
}

// The pool has every command, too: each runs on a connection that is lent for it.
func ExamplePool_Do() {
	p, stop := embedded(2)
	defer stop()
	fmt.Println(p.Incr("visits").Await(context.Background()))
	// Output: 1 <nil>
}
