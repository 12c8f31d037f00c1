// Transaction is a bank: tellers transfer money between a few accounts at the same time, each transfer depends on what the
// account holds, and the sum is always right.
//
//	go run ./examples/transaction
//
// It talks to the server that REDIS_URL names, and without one to a small server embedded in the program.
package main

import (
	"context"
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
	tellers := flag.Int("tellers", 16, "goroutines that transfer money")
	transfers := flag.Int("transfers", 200, "transfers of each")
	flag.Parse()
	if err := run(os.Stdout, *tellers, *transfers); err != nil {
		fmt.Fprintln(os.Stderr, "transaction:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, tellers, transfers int) error {
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
	b := &bank{client: client}
	defer client.Del(b.keys()...)
	if err := b.open(ctx); err != nil {
		return err
	}

	// An auditor adds up while the tellers are at work.
	auditing, endAudit := context.WithCancel(ctx)
	defer endAudit()
	audit := future.Go(auditing, b.audit)

	began := time.Now()
	work := make([]*future.Future[struct{}], tellers)
	for i := range work {
		work[i] = future.Go(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, b.serve(ctx, transfers) })
	}
	if _, err := future.All(work...).Await(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	endAudit()
	audits, err := audit.Await(ctx)
	if err != nil {
		return err
	}
	sum, err := b.sum(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "transfers:      %d in %v, %d refused for want of money\n", b.transfers.Load(), took.Round(time.Millisecond), b.refused.Load())
	fmt.Fprintf(out, "conflicts:      %d: somebody else was faster, so the transfer was tried again\n", b.tries.Load()-b.transfers.Load()-b.refused.Load())
	fmt.Fprintf(out, "audits:         %d, each at a sum of %d\n", audits, accounts*deposit)
	fmt.Fprintf(out, "sum at the end: %d\n", sum)
	if sum != accounts*deposit {
		return fmt.Errorf("the accounts hold %d in the end; want %d", sum, accounts*deposit)
	}
	return nil
}
