// Jobqueue is a reliable queue: workers wait for jobs without polling, a job that fails is tried again, one that fails too often is
// put aside, a worker that dies loses none, and a stop lets every worker end what it is at.
//
//	go run ./examples/jobqueue
//
// It talks to the server that REDIS_URL names, and without one starts a redis-server or valkey-server.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/futureio/futureio-go/examples/internal/server"
	"github.com/futureio/futureio-go/redis"
)

func main() {
	jobs := flag.Int("jobs", 1000, "how many jobs")
	workers := flag.Int("workers", 8, "how many workers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *jobs, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "jobqueue:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, jobs, workers int) error {
	opts, stop, err := server.Started(out)
	if err != nil {
		return err
	}
	defer stop()
	opts.LaneSize = workers // each waits for a job on a connection of its own
	client := redis.New(opts)
	defer client.Close()
	if err := client.Connect(ctx); err != nil {
		return err
	}
	q := &queue{client: client, name: "jobqueue"}
	defer cleanUp(q, workers)

	list := make([]job, jobs)
	hopeful := 0
	for i := range list {
		list[i].ID = i
		if !hopeless(list[i]) {
			hopeful++
		}
	}
	if err := q.push(ctx, list...); err != nil {
		return err
	}

	// The shop is shut at half time, as for a new version of the program, and opened again.
	s := &shop{queue: q, workers: workers}
	for _, enough := range []int{jobs / 2, jobs} {
		began := time.Now()
		if err := s.work(ctx, enough); err != nil {
			return err
		}
		waiting, done, dead, err := q.state(context.Background())
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "stopped:        after %v: %d waiting, %d done, %d put aside, %d in work\n",
			time.Since(began).Round(time.Millisecond), waiting, done, dead, int64(jobs)-waiting-done-dead)
		if ctx.Err() != nil {
			fmt.Fprintln(out, "interrupted:    nothing is lost")
			return nil
		}
		if enough == jobs && (done != int64(hopeful) || dead != int64(jobs-hopeful)) {
			return fmt.Errorf("%d jobs are done and %d put aside; want %d and %d", done, dead, hopeful, jobs-hopeful)
		}
	}
	fmt.Fprintf(out, "on the way:     %d attempts failed, %d workers died, %d jobs were taken back\n", s.retried.Load(), s.crashes.Load(), s.takenBack.Load())
	return nil
}

// cleanUp removes what the program has written; it may be somebody's server.
func cleanUp(q *queue, workers int) {
	keys := []string{q.waiting(), q.done(), q.dead()}
	for i := range workers {
		keys = append(keys, q.working(fmt.Sprint("worker", i)))
	}
	q.client.Del(keys...)
}
