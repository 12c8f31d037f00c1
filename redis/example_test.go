package redis_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// embedded starts a server inside the program, for the examples.
func embedded() (opts redis.Options, stop func()) {
	srv, err := miniredis.Run()
	if err != nil {
		panic(err)
	}
	return redis.Options{Addr: srv.Addr()}, srv.Close
}

func Example() {
	opts, stop := embedded()
	defer stop()
	ctx := context.Background()

	client := redis.New(opts)
	defer client.Close()

	client.Set("user:7:name", "Ada", redis.EX(time.Minute))
	visits := client.Incr("visits") // already on its way
	name := client.Get("user:7:name")

	n, err := visits.Await(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := name.Await(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n, v.Or("nobody"))
	// Output: 1 Ada
}

// A missing value is no error.
func ExampleOpt() {
	opts, stop := embedded()
	defer stop()
	client := redis.New(opts)
	defer client.Close()

	v, err := client.Get("no such key").Await(context.Background())
	fmt.Println(v, v.Valid(), v.Or("a default"), err)
	// Output: (nil) false a default <nil>
}

// The types of errors tell what happened, their outcome whether the command may
// have run.
func ExampleRedisError() {
	opts, stop := embedded()
	defer stop()
	client := redis.New(opts)
	defer client.Close()

	client.Set("name", "Ada")
	_, err := client.LPush("name", "x").Await(context.Background())

	var refused *redis.RedisError
	if errors.As(err, &refused) {
		fmt.Println(refused.Code, refused.Outcome(), redis.SafeToRetry(err))
	}
	// Output: WRONGTYPE rejected false
}

// Many commands in flight, and one wait for all of them.
func ExampleClient_manyInFlight() {
	opts, stop := embedded()
	defer stop()
	client := redis.New(opts)
	defer client.Close()

	var incrs []*future.Future[int64]
	for range 100 {
		incrs = append(incrs, client.Incr("n"))
	}
	counts, err := future.All(incrs...).Await(context.Background())
	fmt.Println(len(counts), counts[99], err)
	// Output: 100 100 <nil>
}

// A context given to With goes with the command: once it has ended, the command is
// not sent any more.
func ExampleClient_With() {
	opts, stop := embedded()
	defer stop()
	client := redis.New(opts)
	defer client.Close()

	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the request is gone"))
	f := client.With(ctx).Incr("n")
	_, err := f.Await(context.Background())
	fmt.Println(err, f.State())
	// Output: the request is gone cancelled
}

// Any command can be called by its name.
func ExampleDo() {
	opts, stop := embedded()
	defer stop()
	client := redis.New(opts)
	defer client.Close()

	n, err := redis.Do[int64](client, "INCRBY", "visits", 5).Await(context.Background())
	fmt.Println(n, err)
	// Output: 5 <nil>
}

// What has no method of its own is called by its name as well, and its reply taken as
// it comes.
func ExampleClient_Command() {
	opts, stop := embedded()
	defer stop()
	client := redis.New(opts)
	defer client.Close()

	client.MSet("a", 1, "b", 2)
	v, err := client.Command("TOUCH", "a", "b", "c").Await(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := v.Int()
	fmt.Println(n, err)
	// Output: 2 <nil>
}
