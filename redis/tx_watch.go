package redis

import (
	"context"
	stderrors "errors"
	"math/rand/v2"
	"time"

	"github.com/futureio/futureio-go/redis/commands"
)

// Watch runs a transaction that depends on what keys hold: it watches the keys, calls fn, which reads by tx.Now and collects
// what is to be written, and executes tx. If somebody else has changed one of the keys meanwhile, nothing is executed, and
// Watch returns ErrTxAborted; Transact tries again.
//
//	err := client.Watch(ctx, []string{"stock"}, func(tx *redis.Tx) error {
//		stock, err := tx.Now().Get("stock").Await(ctx)
//		if err != nil || stock.Or("0") == "0" {
//			return errors.Join(err, errSoldOut)
//		}
//		tx.Decr("stock")
//		return nil
//	})
//
// It runs on a connection of the client's lane, so other callers are not disturbed. When fn returns an error or panics, or
// collects nothing, the keys are watched no longer and nothing is executed; the error is returned as it is. The futures of tx are settled
// when Watch returns nil, or with what it returns. fn may call tx.Exec itself. ctx bounds all of it.
func (c *Client) Watch(ctx context.Context, keys []string, fn func(tx *Tx) error) error {
	berth, conn, err := c.lane.acquire(ctx)
	if err != nil {
		return err
	}
	clean := false // nothing is watched any more
	tx := conn.Tx()
	tx.now = &conn.Commands
	defer func() {
		tx.Discard() // does nothing after Exec
		if !clean {
			// Awaited, so that the connection can be lent again. It has its own time limit: ctx may be over.
			_, _ = conn.Unwatch().Await(context.Background())
		}
		c.lane.release(berth, conn)
	}()
	if _, err := conn.Watch(keys...).Await(ctx); err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return err
	}
	if tx.over { // fn has executed it, or discarded it
		clean = conn.Session().Clean()
		return nil
	}
	if tx.Len() == 0 {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx) // it ended while fn ran: nothing of it has been sent
	}
	err = tx.Exec(ctx)
	clean = conn.Session().Clean() // not if ctx has ended before the reply, or EXEC was not sent
	return err
}

// Now has the commands that are run at once, on the connection that watches: for reading, in the function given to Watch and
// Transact. It is nil for a Tx that was made otherwise.
func (tx *Tx) Now() *commands.Commands { return tx.now }

// TransactOptions say how often Transact tries.
type TransactOptions struct {
	// Attempts is how often the transaction is tried in all. Default 100.
	Attempts int
	// Delay is the longest pause after the first conflict, doubled with each further one up to 32 times that; the pause is a random part of it, so
	// that those who compete do not meet again. Default 1 ms.
	Delay time.Duration
}

// Transact is Watch that tries again on conflicts, calling fn anew each time, until it succeeds, fails otherwise, ctx ends, or the
// attempts are used up: then it returns ErrTxAborted. fn must have no effects of its own but on its tx.
func (c *Client) Transact(ctx context.Context, keys []string, fn func(tx *Tx) error, opts TransactOptions) error {
	def(&opts.Attempts, 100)
	def(&opts.Delay, time.Millisecond)
	opts.Attempts, opts.Delay = max(opts.Attempts, 1), max(opts.Delay, 1)
	for attempt := 1; ; attempt++ {
		err := c.Watch(ctx, keys, fn)
		if !stderrors.Is(err, ErrTxAborted) || attempt >= opts.Attempts {
			return err
		}
		pause := time.NewTimer(rand.N(opts.Delay << min(attempt-1, 5)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return context.Cause(ctx)
		}
	}
}
