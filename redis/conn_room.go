package redis

import "github.com/futureio/futureio-go/redis/commands"

// roomCall is a call that waits for room in a full queue. The caller waits for
// done; whoever lets its command in, or is going to fail it, takes the call off
// q.room and closes done, both under the queue's lock.
type roomCall struct {
	cmd    *commands.Cmd
	wire   []byte
	run    *batch // set in place of the two above: many commands that go in together
	issued int64
	flags  int64 // of its entry
	done   chan struct{}
}

// enterRoom queues the call for room. The lock is held; the caller releases it.
func (q *queue) enterRoomLocked(cmd *commands.Cmd, wire []byte, flags int64) *roomCall {
	q.watch.arm(q)
	call := &roomCall{cmd: cmd, wire: wire, issued: q.watch.now, flags: flags, done: make(chan struct{})}
	q.room = append(q.room, call)
	q.gen.seat.callBackLocked() // there is no room until somebody reads
	return call
}

// grantRoomLocked lets waiting calls in, in their order, as far as there is room.
func (q *queue) grantRoomLocked() {
	for len(q.room) > 0 && !q.fullLocked(q.room[0].size()) {
		q.letLocked(q.popRoomLocked())
	}
}

// size tells how many commands the call brings, and their bytes.
func (call *roomCall) size() (n, bytes int) {
	if call.run != nil {
		return len(call.run.entries), call.run.bytes
	}
	return 1, len(call.wire)
}

// letLocked takes the commands of a call into the queue and ends its wait.
func (q *queue) letLocked(call *roomCall) {
	if call.run != nil {
		q.pend.join(call.run, call.issued)
		close(call.done)
		return
	}
	q.pend.append(call.cmd, call.wire, call.issued, call.flags)
	if len(call.wire) < byReference && call.flags&kept == 0 {
		call.cmd.Release()
	}
	close(call.done)
}

// end ends the wait of a call whose commands are not going to be queued.
func (call *roomCall) end() {
	if call.run != nil {
		call.run.release()
	} else {
		call.cmd.Release()
	}
	close(call.done)
}

// failures are the failed commands of the call.
func (call *roomCall) failures(err func(cmd *commands.Cmd) error) (fs failures) {
	if call.run == nil {
		return failures{{call.cmd, err(call.cmd)}}
	}
	for _, e := range call.run.entries {
		fs = append(fs, failure{e.cmd, err(e.cmd)})
	}
	return fs
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
		if err := q.admitLocked(call.size()); err != nil {
			refused = append(refused, call.failures(func(*commands.Cmd) error { return err })...)
			call.end()
			continue
		}
		q.letLocked(call)
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
				q.solo.patience.drop(call.cmd)
			}
			call.end()
			continue
		}
		keep = append(keep, call)
	}
	clear(q.room[len(keep):])
	q.room = keep
}
