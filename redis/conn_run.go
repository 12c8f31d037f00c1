package redis

import (
	"time"

	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
)

// collect adds a command to a batch that is to be submitted as one run. It takes the request.
func (q *queue) collect(b *batch, cmd *commands.Cmd) {
	flags := int64(batched)
	if q.retryReads && cmd.Spec().Flags.Has(commands.ReadOnly|commands.Repeatable) {
		flags |= kept
	}
	if q.solo != nil {
		// Now, since the words of the request are gone by the time of issueRunLocked.
		if wait, blocks := cmd.BlockTimeout(); blocks {
			if b.waits == nil {
				b.waits = map[*commands.Cmd]time.Duration{}
			}
			b.waits[cmd] = wait
		}
	}
	wire := cmd.Wire()
	b.append(cmd, wire, 0, flags)
	if len(wire) < byReference && flags&kept == 0 {
		cmd.Release()
	}
}

// release gives back the requests that are still with their commands.
func (b *batch) release() {
	for _, e := range b.entries[b.next:] {
		if e.size&(apart|kept) != 0 {
			e.cmd.Release()
		}
	}
}

// submitRun is submit for many commands, with nothing of other callers between them. What does not go in fails. The batch
// is the queue's until submitRun returns, and nobody's concern afterwards: its memory may be another one.
func (q *queue) submitRun(run *batch) (offline bool) {
	n, size, last := len(run.entries), run.bytes, run.entries[len(run.entries)-1].cmd
	q.mu.Lock()
	err := q.admitLocked(n, size)
	if err == nil && q.solo != nil {
		err = q.solo.issueRunLocked(run)
	}
	if err != nil {
		q.mu.Unlock()
		run.release()
		for _, e := range run.entries {
			e.cmd.Fail(err)
		}
		return false
	}
	q.accepted += uint64(n)
	if q.gen != nil && (len(q.room) > 0 || q.fullLocked(n, size) && !q.sweptRoomLocked(n, size)) {
		call := q.enterRoomLocked(nil, nil, 0)
		call.run = run
		q.mu.Unlock()
		<-call.done
		return false
	}
	q.watch.arm(q)
	q.pend.join(run, q.watch.now)
	return q.startLocked(last, n, size)
}

// dropAnsweredLocked is detach's part for transactions. One whose write was cut goes out again as a whole, unless the server
// has answered a part of it already: the answers of two connections must not be taken for those of one. Its EXEC was not sent, so
// it has not run; but if MULTI was refused, the commands behind it may have, one by one.
func (q *queue) dropAnsweredLocked(g *generation) (torn failures) {
	back := q.held.entries[q.held.next:]
	var gone map[*commands.Cmd]bool
	for from := 0; from < len(back); from++ {
		to := from
		for to < len(back)-1 && back[to].size&joined != 0 {
			to++
		}
		answered := false
		for i := from; i <= to && from < to; i++ {
			answered = answered || back[i].cmd.Settled()
		}
		if answered {
			err := &errors.ConnectionError{Op: errors.OpWrite, Addr: g.addr, Reason: "lost before EXEC", Err: g.cause, Effect: errors.NotExecuted}
			if back[from].cmd.Err() != nil {
				err.Effect = errors.Unknown
			}
			if gone == nil {
				gone = map[*commands.Cmd]bool{}
			}
			for i := from; i <= to; i++ {
				gone[back[i].cmd] = true
				torn = append(torn, failure{back[i].cmd, err})
			}
		}
		from = to
	}
	if gone != nil {
		q.removeLocked(func(e *entry) bool { return gone[e.cmd] })
	}
	return torn
}

// issueRunLocked is issueLocked for a run: all of it or nothing.
func (s *solo) issueRunLocked(run *batch) (lost error) {
	for i := range run.entries {
		e := &run.entries[i]
		wait, blocks := run.waits[e.cmd]
		flags, err := s.issueLocked(e.cmd, wait, blocks)
		if err != nil && lost == nil {
			lost = err
		}
		e.size |= flags
	}
	return lost
}
