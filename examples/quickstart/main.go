// Quickstart shows the library in one minute: futures, waiting for many of them,
// a map, a struct, typed options, a scan, a missing value, a typed error.
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
	"io"
	"os"
	"time"

	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(out io.Writer) error {
	opts, stop, err := server.Embedded(out)
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
	fmt.Fprintln(out, "one value:     ", v.Or("nobody"))

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
	fmt.Fprintf(out, "1000 INCRs:     %d to %d in %v\n", counts[0], counts[len(counts)-1], time.Since(start).Round(10*time.Microsecond))

	// Different types, waited for together.
	client.HSet("quickstart:map", "name", "Ada", "born", 1815)
	client.RPush("quickstart:log", "first", "second")
	fields, log, err := future.Await2(ctx, client.HGetAll("quickstart:map"), client.LRange("quickstart:log", 0, -1))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "a map, a list: ", fields["name"], fields["born"], log)

	// A hash is a struct by its tags, or a map; options are typed, and only the right
	// command takes them.
	client.HSet("quickstart:user", user{Name: "Ada", Born: 1815, Seen: time.Now()})
	client.ZAdd("quickstart:scores", []redis.Z{{Member: "Ada", Score: 10}, {Member: "Bob", Score: 7}}, redis.GT, redis.CH)
	hash, best, err := future.Await2(ctx,
		client.HGetAll("quickstart:user"),
		client.ZRangeWithScores("quickstart:scores", 0, 0, redis.Rev))
	if err != nil {
		return err
	}
	ada, err := redis.Scan[user](hash)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "a struct:       %s was born in %d, best score %v\n", ada.Name, ada.Born, best[0].Score)

	// A scan is a loop; the next page is on its way while this one is worked on.
	found := 0
	for _, err := range redis.ScanAll(ctx, client, redis.Match("quickstart:*"), redis.Count(100)) {
		if err != nil {
			return err
		}
		found++
	}
	fmt.Fprintf(out, "a scan:         %d keys\n", found)

	// A missing value is no error.
	missing, err := client.Get("quickstart:no-such-key").Await(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "a missing one:  %v, or %q\n", missing, missing.Or("a default"))

	// An error is a type, and tells what is known about the command.
	_, err = client.Incr("quickstart:name").Await(ctx)
	var refused *redis.RedisError
	if !errors.As(err, &refused) {
		return fmt.Errorf("INCR of a name gave %v, want an error of the server", err)
	}
	fmt.Fprintf(out, "a typed error:  %s, outcome %v\n", refused.Message, refused.Outcome())
	return nil
}

// user is what a hash holds; the tags name its fields.
type user struct {
	Name string    `redis:"name"`
	Born int       `redis:"born"`
	Seen time.Time `redis:"seen"`
}

// cleanUp removes what the program has written; it may be somebody's server.
func cleanUp(client *redis.Client) {
	client.Del("quickstart:name", "quickstart:visits", "quickstart:user", "quickstart:map", "quickstart:log", "quickstart:scores")
}
