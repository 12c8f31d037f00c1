package redis

import "github.com/futureio/futureio-go/redis/commands"

// urge queues a command of the client's own: it waits for no room, and neither for a connection. It reports false, and leaves the
// command alone, when there is no connection.
func (q *queue) urge(cmd *commands.Cmd) bool {
	q.mu.Lock()
	if q.gen == nil || q.gen.ended || q.refuse != nil {
		q.mu.Unlock()
		return false
	}
	wire := cmd.Wire()
	q.acceptLocked(cmd, wire, 0)
	kick := q.asleep && q.writableLocked(q.gen) > 0 && q.wakeWriterLocked()
	q.mu.Unlock()
	if kick {
		q.kick <- struct{}{}
	}
	cmd.Release()
	return true
}
