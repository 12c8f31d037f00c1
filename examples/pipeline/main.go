// Pipeline shows what belongs together sent together: commands of all types in one run, each with its own typed
// result, and what that saves.
//
//	go run ./examples/pipeline
//
// It talks to the server that REDIS_URL names, and without one to a small server embedded in the program.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

func main() {
	n := flag.Int("n", 10_000, "how many commands to time")
	flag.Parse()
	if err := run(os.Stdout, *n); err != nil {
		fmt.Fprintln(os.Stderr, "pipeline:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, n int) error {
	opts, stop, err := server.Embedded(out)
	if err != nil {
		return err
	}
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := redis.New(opts)
	defer client.Close()
	if err := client.Connect(ctx); err != nil {
		return err
	}
	defer client.Del("pipeline:name", "pipeline:user", "pipeline:log", "pipeline:visits")

	for _, part := range []func(context.Context, io.Writer, *redis.Client) error{page, failure, notYet} {
		if err := part(ctx, out, client); err != nil {
			return err
		}
	}
	return compare(ctx, out, client, n)
}

// page writes and reads what one web page needs. The futures are typed as everywhere; the values are there after Exec.
func page(ctx context.Context, out io.Writer, client *redis.Client) error {
	p := client.Pipeline()
	p.Set("pipeline:name", "Ada", redis.EX(time.Minute))
	p.HSet("pipeline:user", "born", 1815, "city", "London")
	p.RPush("pipeline:log", "login", "search")
	name := p.Get("pipeline:name")              // *future.Future[redis.Opt[string]]
	user := p.HGetAll("pipeline:user")          // *future.Future[map[string]string]
	last := p.LRange("pipeline:log", -1, -1)    // *future.Future[[]string]
	visits := p.IncrBy("pipeline:visits", 1000) // *future.Future[int64]
	if err := p.Exec(ctx); err != nil {
		return err
	}
	who, fields, log, count, err := future.Await4(ctx, name, user, last, visits)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "one page:       %s of %s, last seen at %s, %d visits: %d commands, one write\n", who, fields["city"], log[0], count, p.Len())
	return nil
}

// failure has a command that the server refuses. The others run; Exec tells which failed, and each future its own result.
func failure(ctx context.Context, out io.Writer, client *redis.Client) error {
	var wrong, right *future.Future[int64]
	err := client.Pipelined(ctx, func(p *redis.Pipeline) error { // executed when the function returns nil
		wrong = p.Incr("pipeline:name")
		right = p.Incr("pipeline:visits")
		return nil
	})
	var failed *redis.PipelineError
	if !errors.As(err, &failed) {
		return fmt.Errorf("a pipeline with INCR of a name gave %v; want a PipelineError", err)
	}
	for _, slot := range failed.Failed {
		fmt.Fprintf(out, "a failed slot:  %d of %d, %s: %v\n", slot.Index, failed.Total, slot.Command, slot.Err)
	}
	n, err := right.Await(ctx)
	fmt.Fprintf(out, "the other one:  %d, error %v (that of the failed one: %v)\n", n, err, wrong.Err() != nil)
	return err
}

// notYet waits before Exec, which could last for ever. It fails at once instead.
func notYet(ctx context.Context, out io.Writer, client *redis.Client) error {
	p := client.Pipeline()
	defer p.Discard()
	if _, err := p.Get("pipeline:name").Await(ctx); !errors.Is(err, redis.ErrNotFlushed) {
		return fmt.Errorf("waiting before Exec gave %v; want ErrNotFlushed", err)
	}
	fmt.Fprintln(out, "before Exec:    waiting fails at once with ErrNotFlushed")
	return nil
}

// compare increments a counter n times: each waited for, all on their way at once, and in pipelines.
func compare(ctx context.Context, out io.Writer, client *redis.Client, n int) error {
	const batch = 1000
	for _, way := range []struct {
		name string
		run  func() error
	}{
		{"one by one", func() error {
			for range n {
				if _, err := client.Incr("pipeline:visits").Await(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
		{"as futures", func() error { // the connection pipelines by itself, for any number of goroutines
			all := make([]*future.Future[int64], n)
			for i := range all {
				all[i] = client.Incr("pipeline:visits")
			}
			_, err := future.All(all...).Await(ctx)
			return err
		}},
		{"in pipelines", func() error {
			for done := 0; done < n; done += batch {
				p := client.Pipeline()
				for range min(batch, n-done) {
					p.Incr("pipeline:visits")
				}
				if err := p.Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
	} {
		began := time.Now()
		if err := way.run(); err != nil {
			return err
		}
		took := time.Since(began)
		fmt.Fprintf(out, "%-15s %d INCRs in %v, %.0f per second\n", way.name+":", n, took.Round(10*time.Microsecond), float64(n)/took.Seconds())
	}
	return nil
}
