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
	c.submit(cmd)
}

// withdraw fails a command whose context has ended. What was not sent is never
// sent; what was keeps its slot, and its reply will be dropped.
func (q *queue) withdraw(ctx context.Context, cmd *commands.Cmd, limit time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cmd.Settled() {
		return
	}
	cause := context.Cause(ctx)
	if stderrors.Is(cause, context.DeadlineExceeded) {
		op, effect := errors.OpRead, errors.Unknown
		if !cmd.Sent() {
			op, effect = errors.OpQueue, errors.NotExecuted
		}
		err := q.timeoutLocked(op, cmd, effect)
		err.After = limit
		cmd.Fail(err)
	} else {
		cmd.Cancel(cause)
	}
	if !cmd.Sent() {
		q.stale = true
		q.sweepRoomLocked()
	}
}
