package redis

import "github.com/futureio/futureio-go/redis/commands"

// urge queues commands of the client's own, to go out together: they wait for no room, and neither for a connection. It reports
// false, and leaves the commands alone, when there is no connection.
func (q *queue) urge(list ...*commands.Cmd) bool {
	q.mu.Lock()
	if q.gen == nil || q.gen.ended || q.refuse != nil {
		q.mu.Unlock()
		return false
	}
	for _, cmd := range list {
		wire := cmd.Wire()
		q.acceptLocked(cmd, wire, 0)
		if len(wire) < byReference {
			cmd.Release()
		}
	}
	q.unlockAndKick(q.gen.kickLocked())
	return true
}
