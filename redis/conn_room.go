package redis

import "github.com/futureio/futureio-go/redis/commands"

// roomCall is a call that waits for room in a full queue. The caller waits for
// done; whoever lets its command in, or is going to fail it, takes the call off
// q.room and closes done, both under the queue's lock.
type roomCall struct {
	cmd    *commands.Cmd
	wire   []byte
	issued int64
	flags  int64 // of its entry
	done   chan struct{}
}

// enterRoom queues the call for room. It is called with the lock held and
// releases it.
func (q *queue) enterRoom(cmd *commands.Cmd, wire []byte, flags int64) *roomCall {
	q.watch.arm(q)
	call := &roomCall{cmd: cmd, wire: wire, issued: q.watch.now, flags: flags, done: make(chan struct{})}
	q.room = append(q.room, call)
	q.mu.Unlock()
	return call
}

// grantRoomLocked lets waiting calls in, in their order, as far as there is room.
func (q *queue) grantRoomLocked() {
	for len(q.room) > 0 && !q.fullLocked(len(q.room[0].wire)) {
		call := q.popRoomLocked()
		q.pend.append(call.cmd, call.wire, call.issued, call.flags)
		call.let()
	}
}

// let ends the wait of a call whose command is in the queue.
func (call *roomCall) let() {
	if len(call.wire) < byReference && call.flags&kept == 0 {
		call.cmd.Release()
	}
	close(call.done)
}

// end ends the wait of a call whose command is not going to be queued.
func (call *roomCall) end() {
	call.cmd.Release()
	close(call.done)
}

func (q *queue) popRoomLocked() *roomCall {
	call := q.room[0]
	q.room[0] = nil
	q.room = q.room[1:]
	if len(q.room) == 0 {
		q.room = nil
	}
	return call
}

// leaveRoomLocked ends every wait for room after the connection was lost or the client
// closed: what an offline client may queue is queued, the rest is refused.
func (q *queue) leaveRoomLocked() (refused failures) {
	for len(q.room) > 0 {
		call := q.popRoomLocked()
		if err := q.admitLocked(len(call.wire)); err != nil {
			refused = append(refused, failure{call.cmd, err})
			call.end()
			continue
		}
		q.pend.append(call.cmd, call.wire, call.issued, call.flags)
		call.let()
	}
	return refused
}

// sweepRoomLocked ends the waits that gone says to. A call that belongs to a transaction stays: it was settled by who
// asks, and goes out when there is room.
func (q *queue) sweepRoomLocked(gone func(call *roomCall) bool) {
	keep := q.room[:0]
	for _, call := range q.room {
		if gone(call) && call.flags&pinned == 0 {
			if q.solo.blocking() {
				delete(q.solo.patience, call.cmd)
			}
			call.end()
			continue
		}
		keep = append(keep, call)
	}
	clear(q.room[len(keep):])
	q.room = keep
}
