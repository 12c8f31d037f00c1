// Quickstart shows the library in one minute: futures, waiting for many of them,
// a missing value, a typed error.
//
//	go run ./examples/quickstart
//
// It talks to the server that REDIS_URL names, and without one to a small server
// embedded in the program.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run() error {
	opts, stop, err := server()
	if err != nil {
		return err
	}
	defer stop()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	client := redis.New(opts)
	defer client.Close()
	if err := client.Connect(ctx); err != nil {
		return err
	}
	defer cleanUp(client)

	// A command is a future: it is on its way before anybody waits for it.
	set := client.Set("quickstart:name", "Ada", redis.EX(time.Minute))
	name := client.Get("quickstart:name")
	if _, err := set.Await(ctx); err != nil {
		return err
	}
	v, err := name.Await(ctx)
	if err != nil {
		return err
	}
	fmt.Println("one value:      ", v.Or("nobody"))

	// A thousand commands in flight on one connection, and one wait for all.
	start := time.Now()
	incrs := make([]*future.Future[int64], 1000)
	for i := range incrs {
		incrs[i] = client.Incr("quickstart:visits")
	}
	counts, err := future.All(incrs...).Await(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("1000 INCRs:      %d to %d in %v\n", counts[0], counts[len(counts)-1], time.Since(start).Round(10*time.Microsecond))

	// Different types, waited for together.
	client.HSet("quickstart:user", "name", "Ada", "born", 1815)
	client.RPush("quickstart:log", "first", "second")
	user, log, err := future.Await2(ctx, client.HGetAll("quickstart:user"), client.LRange("quickstart:log", 0, -1))
	if err != nil {
		return err
	}
	fmt.Println("a hash, a list: ", user["name"], user["born"], log)

	// A missing value is no error.
	missing, err := client.Get("quickstart:no-such-key").Await(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("a missing value: %v, or %q\n", missing, missing.Or("a default"))

	// An error is a type, and tells what is known about the command.
	_, err = client.Incr("quickstart:name").Await(ctx)
	var refused *redis.RedisError
	if !errors.As(err, &refused) {
		return fmt.Errorf("INCR of a name gave %v, want an error of the server", err)
	}
	fmt.Printf("a typed error:   %s, outcome %v\n", refused.Message, refused.Outcome())
	return nil
}

// server finds out what to talk to: REDIS_URL, or a server embedded in this program.
func server() (opts redis.Options, stop func(), err error) {
	if url := os.Getenv("REDIS_URL"); url != "" {
		opts, err := redis.ParseURL(url)
		if err == nil {
			fmt.Println("server:          REDIS_URL, that is", opts)
		}
		return opts, func() {}, err
	}
	embedded, err := miniredis.Run()
	if err != nil {
		return opts, nil, fmt.Errorf("start the embedded server: %w", err)
	}
	fmt.Println("server:          embedded in this program (set REDIS_URL to use your own)")
	return redis.Options{Addr: embedded.Addr()}, embedded.Close, nil
}

// cleanUp removes what the program has written; it may be somebody's server.
func cleanUp(client *redis.Client) {
	client.Del("quickstart:name", "quickstart:visits", "quickstart:user", "quickstart:log")
}
