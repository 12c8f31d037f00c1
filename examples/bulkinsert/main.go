// Bulkinsert writes a million keys with a bounded number of them in flight, and tells how much faster that is than
// one at a time.
//
//	go run ./examples/bulkinsert
//	go run ./examples/bulkinsert -keys 5000000 -window 20000
//
// It talks to the server that REDIS_URL names, and without one starts a redis-server or valkey-server.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"

	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

func main() {
	keys := flag.Int("keys", 1_000_000, "how many keys")
	window := flag.Int("window", 10_000, "how many are in flight at most")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *keys, *window); err != nil {
		fmt.Fprintln(os.Stderr, "bulkinsert:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, keys, window int) error {
	opts, stop, err := server.Started(out)
	if err != nil {
		return err
	}
	defer stop()
	client := redis.New(opts)
	defer client.Close()
	if err := client.Connect(ctx); err != nil {
		return err
	}
	defer remove(client, out, keys)

	// What one at a time does for a hundredth of the keys it would do for all.
	single, err := timed(out, "one at a time", max(1, keys/100), func(n int, bar *bar) error {
		for i := range n {
			if _, err := client.Set(key(i), i).Await(ctx); err != nil {
				return err
			}
			bar.add(1)
		}
		return nil
	})
	if err != nil {
		return err
	}

	// MapN issues the next key as soon as there is room in the window, so memory stays bounded however many there are.
	windowed, err := timed(out, "window", keys, func(n int, bar *bar) error {
		insert := func(i int) *future.Future[bool] { return client.Set(key(i), i) }
		for _, err := range future.MapN(ctx, window, numbers(n), insert) {
			if err != nil {
				return err
			}
			bar.add(1)
		}
		return nil
	})
	if err != nil {
		return err
	}

	// Pipelines cost fewer allocations, and are as long as one makes them; here one is filled while the server works on the one before.
	batch := max(1, window/10)
	piped, err := timed(out, "pipelines", keys, func(n int, bar *bar) error {
		insert := func(from int) *future.Future[int] {
			p := client.Pipeline()
			for i := from; i < min(from+batch, n); i++ {
				p.Set(key(i), i)
			}
			return future.Go(ctx, func(ctx context.Context) (int, error) { return p.Len(), p.Exec(ctx) })
		}
		for done, err := range future.MapN(ctx, 10, steps(n, batch), insert) {
			if err != nil {
				return err
			}
			bar.add(done)
		}
		return nil
	})
	if err != nil {
		return err
	}

	stored, err := client.Exists(key(0), key(keys-1)).Await(ctx)
	if err != nil {
		return err
	}
	if want := int64(2); keys > 1 && stored != want {
		return fmt.Errorf("%d of the first and the last key are there; want %d", stored, want)
	}
	fmt.Fprintf(out, "in all:         %d keys, %.1f times as fast in a window of %d, %.1f times in pipelines of %d\n",
		keys, windowed/single, window, piped/single, batch)
	return nil
}

func key(i int) string { return fmt.Sprintf("bulkinsert:%09d", i) }

// numbers are those below n.
func numbers(n int) iter.Seq[int] { return steps(n, 1) }

// steps are the multiples of step below n.
func steps(n, step int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i += step {
			continue
		}
	}
}

// timed runs something n times with a bar, and tells how often a second it was done.
func timed(out io.Writer, name string, n int, do func(n int, bar *bar) error) (perSecond float64, err error) {
	b := newBar(out, name, n)
	err = do(n, b)
	return b.end(), err
}

// remove takes the keys away, many with each command; it may be somebody's server. It does so after an interrupt as well.
func remove(client *redis.Client, out io.Writer, keys int) {
	const each = 1000
	unlink := func(from int) *future.Future[int64] {
		names := make([]string, 0, each)
		for i := from; i < min(from+each, keys); i++ {
			names = append(names, key(i))
		}
		return client.Unlink(names...)
	}
	for _, err := range future.MapN(context.Background(), 10, steps(keys, each), unlink) {
		if err != nil {
			fmt.Fprintln(out, "keys are left:  ", err)
			return
		}
	}
}
