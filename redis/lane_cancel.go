package redis

import (
	stderrors "errors"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
)

// The pauses between two CLIENT UNBLOCK for one command. The first is for one that has overtaken the command; the
// last for a server that is paused, or a client that is not connected.
const (
	firstPause = time.Millisecond
	lastPause  = 100 * time.Millisecond
)

// Decide is what Future.Cancel does with the command of a turn; see future.Overseer.
func (t *turn) Decide(cause error) (later bool) {
	if t.leave() {
		return false // nothing was sent: it is cancelled here and now
	}
	t.end(cause, false)
	return true
}

// end wants a command to end that is under way.
func (t *turn) end(cause error, late bool) {
	t.mu.Lock()
	if t.state != turnGoing {
		t.mu.Unlock()
		return
	}
	t.state, t.cause, t.late = turnAsking, cause, late
	t.patience = time.AfterFunc(t.lane.opts.ReadTimeout, t.giveUp)
	t.mu.Unlock()
	t.unblock()
}

// unblock asks the server to end the wait.
func (t *turn) unblock() {
	t.mu.Lock()
	if t.state != turnAsking || t.asked || t.berth.id == 0 {
		t.mu.Unlock()
		return
	}
	t.asked = true
	id := t.berth.id
	t.mu.Unlock()
	if !t.lane.ask(id, t.unblocked) {
		t.unblocked(false, nil)
	}
}

// unblocked hears what came of it. When the server has ended the wait, the answer to the command is on its way.
func (t *turn) unblocked(ended bool, err error) {
	t.mu.Lock()
	t.asked = false
	refused := stderrors.As(err, new(*errors.RedisError))
	if err != nil && !refused && !SafeToRetry(err) {
		t.unsure = true
	}
	if t.state == turnAsking && !ended && !refused {
		t.again = time.AfterFunc(t.pause, t.unblock)
		t.pause = min(2*t.pause, lastPause)
	}
	b := t.giveBackLocked()
	t.mu.Unlock()
	t.giveBack(b)
}

// giveUp ends a command that neither the server nor anybody else has ended. Its connection is closed.
func (t *turn) giveUp() {
	t.mu.Lock()
	cause := t.cause
	t.mu.Unlock()
	t.cmd.Fail(&errors.TimeoutError{
		Op: errors.OpRead, Command: t.cmd.Name(), After: t.lane.opts.ReadTimeout, Effect: errors.Unknown, Err: cause,
	})
}
