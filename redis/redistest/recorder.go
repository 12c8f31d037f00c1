package redistest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/proto"
)

// Recorder is a role without a server: it keeps the commands that it is given and answers them by its rules. It has every
// command as a method, and is a redis.Doer for code that takes one. A command that no rule is for fails the test.
//
// It runs each command by itself: no pipelines, no transactions; see Server. It is safe for any number of goroutines.
type Recorder struct {
	commands.Commands

	t     testing.TB
	rules rules

	seen     sync.Mutex
	requests [][]string // guarded by seen
}

var _ redis.Doer = (*Recorder)(nil)

// NewRecorder makes a Recorder for a test.
func NewRecorder(t testing.TB) *Recorder {
	r := &Recorder{t: t}
	r.Commands = commands.On(r)
	return r
}

// Reply sets what the requests that begin with the words of command are answered: the first one with the first reply, the second
// with the second, and so on; the last one stays. Without replies it takes the rule away.
func (r *Recorder) Reply(command string, replies ...Reply) { r.rules.reply(command, replies) }

// Handle sets what computes the answers to the requests that begin with the words of command; args is the whole request, its name
// first. answer runs on the goroutine that calls the command. nil takes the rule away.
func (r *Recorder) Handle(command string, answer func(args []string) Reply) {
	r.rules.set(command, answer)
}

// Fail has the requests that begin with the words of command fail with err, such as a *redis.TimeoutError.
func (r *Recorder) Fail(command string, err error) {
	r.Handle(command, func([]string) Reply { return Reply{kind: failedWith, err: err} })
}

// Do takes a command; the methods call it.
func (r *Recorder) Do(cmd *commands.Cmd) {
	args := cmd.Args()
	cmd.Release()
	r.seen.Lock()
	r.requests = append(r.requests, args)
	r.seen.Unlock()
	if ctx := cmd.Context(); ctx != nil {
		if ctx.Err() != nil {
			end(cmd, redis.NotExecuted)
			return
		}
		stop := context.AfterFunc(ctx, func() { end(cmd, redis.Unknown) })
		cmd.OnSettle(func() { stop() })
	}
	answer := r.rules.find(args)
	if answer == nil {
		r.t.Errorf("redistest: no rule for %s", shown(args))
		cmd.Fail(&redis.RedisError{Code: "ERR", Message: "ERR redistest: no rule for this command", Command: cmd.Name()})
		return
	}
	reply := answer(args)
	if reply.delay > 0 && reply.kind != silence {
		time.AfterFunc(reply.delay, func() { r.settle(cmd, reply) })
		return
	}
	r.settle(cmd, reply)
}

// end settles a command whose context has ended, as a Client does.
func end(cmd *commands.Cmd, effect redis.Outcome) {
	cause := context.Cause(cmd.Context())
	if errors.Is(cause, context.DeadlineExceeded) {
		cmd.Fail(&redis.TimeoutError{Op: "read", Command: cmd.Name(), Effect: effect})
		return
	}
	cmd.Cancel(cause)
}

func (r *Recorder) settle(cmd *commands.Cmd, reply Reply) {
	switch reply.kind {
	case silence:
		return
	case disconnect:
		cmd.Fail(&redis.ConnectionError{Op: "read", Addr: "redistest", Reason: "the connection was lost", Effect: redis.Unknown})
		return
	case failedWith:
		cmd.Fail(reply.err)
		return
	}
	in := proto.NewReader(bytes.NewReader(reply.wire(nil, 3)), proto.Limits{})
	first, err := in.Next()
	if err == nil {
		err = cmd.Deliver(first, in, nil)
	}
	if err != nil {
		cmd.Fail(err)
	}
}

// Sent lists what was asked, in order: the arguments of each command separated by blanks, those that are not plain as Go strings.
func (r *Recorder) Sent() []string {
	var list []string
	for _, args := range r.SentArgs() {
		list = append(list, shown(args))
	}
	return list
}

// SentArgs lists what was asked, in order, each with its name and its arguments.
func (r *Recorder) SentArgs() [][]string {
	r.seen.Lock()
	defer r.seen.Unlock()
	return slices.Clone(r.requests)
}
