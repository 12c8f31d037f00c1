package redis

import (
	"context"
	stderrors "errors"
	"time"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// doBound takes over a command that is bound to a context by With. When ctx ends
// first, the command is withdrawn; when the command is settled first, ctx lets go of it.
func (c *Client) doBound(ctx context.Context, cmd *commands.Cmd) {
	c.bind(ctx, cmd)
	c.submit(cmd)
}

// bind ties a command to a context before it is queued.
func (c *Client) bind(ctx context.Context, cmd *commands.Cmd) {
	var limit time.Duration
	if deadline, ok := ctx.Deadline(); ok {
		limit = time.Until(deadline)
	}
	if ctx.Err() == nil {
		stop := context.AfterFunc(ctx, func() { c.queue.withdraw(ctx, cmd, limit) })
		cmd.OnSettle(func() { stop() })
	} else {
		c.queue.withdraw(ctx, cmd, limit)
	}
}

// withdraw fails a command whose context has ended. What was not sent is never
// sent; what was keeps its slot, and its reply will be dropped.
func (q *queue) withdraw(ctx context.Context, cmd *commands.Cmd, limit time.Duration) {
	q.mu.Lock()
	if cmd.Settled() {
		q.mu.Unlock()
		return
	}
	op, effect := errors.OpRead, errors.Unknown
	if !cmd.Sent() {
		// From here on it cannot be sent, wherever it is: on its way to the queue, in
		// the backlog, or waiting for room.
		op, effect = errors.OpQueue, errors.NotExecuted
		cmd.Withdraw()
		q.stale = true
		q.sweepRoomLocked(func(call *roomCall) bool { return call.cmd == cmd })
	}
	// What was lost and is to be sent again counts as sent, and stands in the backlog all the same.
	q.stale = q.stale || q.retryReads
	late := q.timeoutLocked(op, cmd, effect)
	kick := q.admitWaitingLocked() // it may have stood before others
	q.unlockAndKick(kick)

	cause := context.Cause(ctx)
	if stderrors.Is(cause, context.DeadlineExceeded) {
		late.After = limit
		cmd.Fail(late)
		return
	}
	cmd.Cancel(cause)
}
