package redis_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// Options come from a URL as well; String shows where they lead, and no password.
func ExampleParseURL() {
	opts, err := redis.ParseURL("rediss://app:s3cr3t@db.example:6380/2?read_timeout=5s")
	fmt.Println(opts, opts.Database, opts.ReadTimeout, err)
	_, err = redis.ParseURL("http://db.example")
	fmt.Println(err)
	// Output:
	// rediss://app:***@db.example:6380/2 2 5s <nil>
	// redis: URL: scheme "http" is not one of redis, rediss, unix, redis+unix
}

// A value with an expiry, and one that is only set when it is missing: a lock.
func ExampleEX() {
	client, ctx, stop := ready()
	defer stop()

	client.Set("session:7", "token", redis.EX(30*time.Minute))
	mine := client.Set("lock", "me", redis.NX, redis.EX(10*time.Second))
	theirs := client.Set("lock", "somebody else", redis.NX, redis.EX(10*time.Second))
	fmt.Println(must(client.TTL("session:7").Await(ctx)), must(mine.Await(ctx)), must(theirs.Await(ctx)))

	_, err := client.Set("k", "v", redis.EX(0)).Await(ctx) // never stored for ever by accident
	var refused *redis.ArgumentError
	fmt.Println(errors.As(err, &refused))
	// Output:
	// 30m0s true false
	// true
}

// A counter for each minute allows a hundred calls.
func Example_rateLimit() {
	client, ctx, stop := ready()
	defer stop()

	allowed := func(user string, at time.Time) (bool, error) {
		key := "calls:" + user + ":" + strconv.FormatInt(at.Unix()/60, 10)
		p := client.Pipeline()
		n := p.Incr(key)
		p.Expire(key, 2*time.Minute)
		if err := p.Exec(ctx); err != nil {
			return false, err
		}
		calls, err := n.Await(ctx)
		return calls <= 100, err
	}
	fmt.Println(allowed("ada", time.Now()))
	// Output: true <nil>
}

// A hash is a map, or a struct by its tags.
func ExampleScan() {
	client, ctx, stop := ready()
	defer stop()

	type User struct {
		Name string `redis:"name"`
		Born int    `redis:"born"`
	}
	client.HSet("user:7", User{Name: "Ada", Born: 1815})
	client.HIncrBy("user:7", "born", 1)
	hash := must(client.HGetAll("user:7").Await(ctx))
	user, err := redis.Scan[User](hash)
	fmt.Println(hash["name"], user.Born, err)
	// Output: Ada 1816 <nil>
}

// A scan is a loop, which fetches the next page meanwhile and may be left at any time.
func ExampleScanAll() {
	client, ctx, stop := ready()
	defer stop()
	for i := range 3 {
		client.Set("user:"+strconv.Itoa(i), i)
	}
	client.Set("other", "x")

	n := 0
	for key, err := range redis.ScanAll(ctx, client, redis.Match("user:*")) {
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = key
		n++
	}
	fmt.Println(n)
	// Output: 3
}

// Several keys at once; one that is missing is an Opt without a value.
func ExampleOpt_Get() {
	client, ctx, stop := ready()
	defer stop()
	client.MSet("a", "1", "b", "2")

	for _, v := range must(client.MGet("a", "missing", "b").Await(ctx)) {
		if s, ok := v.Get(); ok {
			fmt.Print(s, " ")
		} else {
			fmt.Print("- ")
		}
	}
	// Output: 1 - 2
}

// A board of the best.
func ExampleZ() {
	client, ctx, stop := ready()
	defer stop()

	client.ZAdd("scores", []redis.Z{{Member: "ada", Score: 30}, {Member: "grace", Score: 50}, {Member: "alan", Score: 40}})
	client.ZIncrBy("scores", 15, "ada")
	for i, z := range must(client.ZRangeWithScores("scores", 0, 1, redis.Rev).Await(ctx)) {
		fmt.Println(i+1, z.Member, z.Score)
	}
	// Output:
	// 1 grace 50
	// 2 ada 45
}

// A queue of jobs. A command that blocks has a connection for itself, so it delays nobody.
func Example_queue() {
	client, ctx, stop := ready()
	defer stop()

	next := client.BLPop([]string{"jobs"}, 10*time.Second) // waits on the server
	client.RPush("jobs", "send mail")
	job, ok := must(next.Await(ctx)).Get()
	fmt.Println(job.Key, job.Value, ok)

	none := must(client.BLPop([]string{"jobs"}, 20*time.Millisecond).Await(ctx))
	fmt.Println(none.Valid())
	// Output:
	// jobs send mail true
	// false
}

// A stream, read by a group of consumers that acknowledge what they have done.
func ExampleEntry() {
	client, ctx, stop := ready()
	defer stop()

	client.XGroupCreate("orders", "shop", "0", redis.MkStream)
	client.XAdd("orders", "*", map[string]any{"item": "book"})
	from := []redis.StreamPosition{{Stream: "orders", ID: ">"}}
	for _, stream := range must(client.XReadGroup("shop", "worker-1", from, redis.Count(10)).Await(ctx)) {
		for _, entry := range stream.Entries {
			item, _ := entry.Get("item")
			fmt.Println(stream.Stream, item, must(client.XAck("orders", "shop", entry.ID).Await(ctx)))
		}
	}
	// Output: orders book 1
}

// A script is called by its hash, and sent whole only where the server does not know it.
func ExampleScript() {
	client, ctx, stop := ready()
	defer stop()
	take := redis.NewScript(`
		local taken = redis.call("LRANGE", KEYS[1], 0, ARGV[1] - 1)
		redis.call("LTRIM", KEYS[1], ARGV[1], -1)
		return taken`)

	client.RPush("jobs", "a", "b", "c")
	fmt.Println(redis.Run[[]string](client, take, []string{"jobs"}, 2).Await(ctx))
	fmt.Println(client.LLen("jobs").Await(ctx))
	// Output:
	// [a b] <nil>
	// 1 <nil>
}

// Sets, and what they have in common.
func Example_sets() {
	client, ctx, stop := ready()
	defer stop()

	client.SAdd("likes:ada", "go", "perl", "chess")
	client.SAdd("likes:grace", "go", "navy")
	fmt.Println(client.SInter("likes:ada", "likes:grace").Await(ctx))
	fmt.Println(client.SIsMember("likes:grace", "chess").Await(ctx))
	// Output:
	// [go] <nil>
	// false <nil>
}

// Two results of different types in one round trip.
func Example_together() {
	client, ctx, stop := ready()
	defer stop()
	client.HSet("user:7", "name", "Ada")
	client.RPush("log", "first", "second")

	user, log, err := future.Await2(ctx, client.HGetAll("user:7"), client.LRange("log", 0, -1))
	fmt.Println(user["name"], log, err)
	// Output: Ada [first second] <nil>
}

// What is cached is read, and made when it is missing.
func Example_cacheAside() {
	client, ctx, stop := ready()
	defer stop()
	made := 0

	page := func(id string) (string, error) {
		cached, err := client.Get("page:" + id).Await(ctx)
		if html, ok := cached.Get(); ok && err == nil {
			return html, nil
		}
		made++
		html := "<h1>" + id + "</h1>"
		client.Set("page:"+id, html, redis.EX(time.Minute)) // nobody has to wait for it
		return html, nil
	}
	for range 3 {
		must(page("home"))
	}
	fmt.Println(made)
	// Output: 1
}

// A time limit for the command, and another one for one wait.
func ExampleTimeoutError() {
	client, _, stop := ready()
	defer stop()
	over, cancel := context.WithTimeout(context.Background(), time.Nanosecond)
	defer cancel()
	<-over.Done()

	_, err := client.With(over).Incr("n").Await(context.Background())
	var timeout *redis.TimeoutError
	fmt.Println(errors.As(err, &timeout), redis.SafeToRetry(err), errors.Is(err, context.DeadlineExceeded))
	// Output: true true true
}

// Whether a command may be sent again is known for every failure.
func ExampleSafeToRetry() {
	client, ctx, stop := ready()
	_ = client.Close()
	defer stop()

	_, err := client.Incr("n").Await(ctx)
	var e redis.Error
	if errors.As(err, &e) {
		fmt.Println(e.Outcome(), redis.SafeToRetry(err))
	}
	// Output: not executed true
}

// A prefix keeps programs that share a server apart.
func ExampleOptions_keyPrefix() {
	opts, stop := embedded()
	defer stop()
	opts.KeyPrefix = "shop:"
	client := redis.New(opts)
	defer client.Close()
	ctx := context.Background()

	client.Set("n", 1)
	fmt.Println(client.Keys("*").Await(ctx))
	fmt.Println(client.Get("n").Await(ctx))
	// Output:
	// [shop:n] <nil>
	// 1 <nil>
}

// An Observer is told of every command, on a goroutine of its own.
func ExampleObserver() {
	opts, stop := embedded()
	defer stop()
	told := make(chan redis.CommandEvent, 1)
	opts.Observer = &redis.Observer{Command: func(e redis.CommandEvent) { told <- e }}
	client := redis.New(opts)
	defer client.Close()

	must(client.Set("name", "Ada").Await(context.Background()))
	e := <-told
	fmt.Println(e.Name, e.Err, e.Duration > 0, e.Args)
	// Output: SET <nil> true []
}

// lines passes on what is written.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// A *slog.Logger is told what happens to the connection.
func ExampleLogger() {
	opts, stop := embedded()
	defer stop()
	told := make(lines, 10)
	opts.Logger = slog.New(slog.NewTextHandler(told, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "addr" {
				return slog.Attr{} // another one each time
			}
			return a
		},
	}))
	client := redis.New(opts)
	defer client.Close()
	must(client.Ping().Await(context.Background()))
	fmt.Print(<-told)
	// Output: level=INFO msg="redis: connected" protocol=3
}

// Stats tell what a client is doing, and what it has done.
func ExampleClient_Stats() {
	client, ctx, stop := ready()
	defer stop()
	for range 3 {
		must(client.Incr("n").Await(ctx))
	}
	s := client.Stats()
	fmt.Println(s.State, s.Commands, s.Connects, s.Backlog)
	// Output: connected 3 1 0
}
