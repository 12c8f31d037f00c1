package redis_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// ready makes a client of an embedded server, for the examples.
func ready() (client *redis.Client, ctx context.Context, stop func()) {
	opts, stopServer := embedded()
	client = redis.New(opts)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	return client, ctx, func() {
		cancel()
		_ = client.Close()
		stopServer()
	}
}

// must keeps the examples short: it panics on an error. A program looks at it.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A Client is for the whole program. Connect is not needed, but tells early when there is no server.
func ExampleClient() {
	opts, stop := embedded()
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()

	client := redis.New(opts)
	defer client.Close()
	if err := client.Connect(ctx); err != nil {
		fmt.Println(err)
		return
	}
	pong, err := client.Ping().Await(ctx)
	fmt.Println(pong, err, client.State())
	// Output: PONG <nil> connected
}

// A Conn has the commands that change the state of their connection, such as Select.
func ExampleConn() {
	opts, stop := embedded()
	defer stop()
	ctx := context.Background()

	conn, err := redis.Dial(ctx, opts)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	conn.Set("k", "in database 0")
	conn.Select(5)
	v, err := conn.Get("k").Await(ctx)
	fmt.Println(v.Or("nothing in database 5"), err)
	// Output: nothing in database 5 <nil>
}

// What belongs together goes out as one run. Each command has its own result.
func ExamplePipeline() {
	client, ctx, stop := ready()
	defer stop()

	p := client.Pipeline()
	visits := p.Incr("visits")
	p.Set("name", "Ada")
	wrong := p.LPush("name", "no list")
	name := p.Get("name")
	err := p.Exec(ctx)

	var failed *redis.PipelineError
	if errors.As(err, &failed) {
		fmt.Println(failed.Failed[0].Index, failed.Failed[0].Command, wrong.Err() != nil)
	}
	fmt.Println(must(visits.Await(ctx)), must(name.Await(ctx)))
	// Output:
	// 2 LPUSH true
	// 1 Ada
}

// Pipelined sends when the function returns nil, and nothing when it returns an error.
func ExampleClient_Pipelined() {
	client, ctx, stop := ready()
	defer stop()

	err := client.Pipelined(ctx, func(p *redis.Pipeline) error {
		for _, name := range []string{"Ada", "Grace"} {
			p.SAdd("names", name)
		}
		return nil
	})
	fmt.Println(err, must(client.SCard("names").Await(ctx)))
	// Output: <nil> 2
}

// All of a transaction or nothing of it, and nobody else's commands between.
func ExampleTx() {
	client, ctx, stop := ready()
	defer stop()
	client.MSet("alice", 10, "bob", 0)

	tx := client.Tx()
	alice := tx.DecrBy("alice", 5)
	bob := tx.IncrBy("bob", 5)
	if err := tx.Exec(ctx); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(must(alice.Await(ctx)), must(bob.Await(ctx)))
	// Output: 5 5
}

// A write that depends on what was read. Transact tries again when somebody else was faster.
func ExampleClient_Transact() {
	client, ctx, stop := ready()
	defer stop()
	must(client.Set("stock", 1).Await(ctx)) // a transaction has a connection of its own
	errSoldOut := errors.New("sold out")

	buy := func(tx *redis.Tx) error {
		stock, err := tx.Now().Get("stock").Await(ctx)
		if err != nil {
			return err
		}
		if stock.Or("0") == "0" {
			return errSoldOut
		}
		tx.Decr("stock")
		return nil
	}
	fmt.Println(client.Transact(ctx, []string{"stock"}, buy, redis.TransactOptions{}))
	fmt.Println(client.Transact(ctx, []string{"stock"}, buy, redis.TransactOptions{}))
	// Output:
	// <nil>
	// sold out
}

// Watch is one attempt: a key that has changed meanwhile is ErrTxAborted.
func ExampleClient_Watch() {
	client, ctx, stop := ready()
	defer stop()

	err := client.Watch(ctx, []string{"k"}, func(tx *redis.Tx) error {
		must(client.Set("k", "of somebody else").Await(ctx))
		tx.Set("k", "mine")
		return nil
	})
	fmt.Println(errors.Is(err, redis.ErrTxAborted), must(client.Get("k").Await(ctx)))
	// Output: true of somebody else
}

// Functions that take any role take a Doer.
func ExampleDoer() {
	client, ctx, stop := ready()
	defer stop()

	visit := func(d redis.Doer) { redis.Do[int64](d, "INCR", "visits") }
	p := client.Pipeline()
	visit(client)
	visit(client.With(ctx))
	visit(p)
	if err := p.Exec(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(must(client.Get("visits").Await(ctx)))
	// Output: 3
}

// Shutdown lets what is in flight be answered, but not for longer than its context lives.
func ExampleClient_Shutdown() {
	client, ctx, stop := ready()
	defer stop()

	if err := client.Connect(ctx); err != nil {
		fmt.Println(err)
		return
	}
	last := client.Set("k", "v")
	err := client.Shutdown(ctx)
	_, lastErr := last.Await(ctx)
	_, late := client.Get("k").Await(ctx)
	fmt.Println(err, lastErr)
	fmt.Println(late)
	// Output:
	// <nil> <nil>
	// redis: not connected: the client is closed
}
