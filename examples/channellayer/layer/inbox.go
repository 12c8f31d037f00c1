package layer

import (
	"context"
	"slices"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// inbox is where the receivers of one channel wait in this process. It is guarded by Layer.mu.
//
// There is one fetch under way at most, so that messages keep their order. A receiver is in line before it is looked whether there
// is anything for it, and who comes or is woken meanwhile has it looked again: so none waits while its message lies there.
type inbox struct {
	waiting  []*receiver
	fetching bool
	again    bool
}

// receiver is one call of Receive.
type receiver struct {
	got chan received // capacity 1: sent to once, by who takes it out of waiting
}

type received struct {
	message []byte
	err     error
}

// Receive returns the next message of a channel, and waits for it as long as ctx lives. Of several who receive from a channel,
// in whatever processes, one gets it. When ctx ends, no message is lost by that: one that was on its way to this
// call goes to the next. An error of the connection with the outcome Unknown may have cost a message.
func (l *Layer) Receive(ctx context.Context, channel string) ([]byte, error) {
	if err := checkName("channel", channel); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	r := &receiver{got: make(chan received, 1)}
	l.mu.Lock()
	if err := l.closed; err != nil {
		l.mu.Unlock()
		return nil, err
	}
	in := l.inboxes[channel]
	if in == nil {
		in = &inbox{}
		l.inboxes[channel] = in
	}
	in.waiting = append(in.waiting, r)
	l.fetchLocked(channel, in)
	l.mu.Unlock()
	select {
	case v := <-r.got:
		return v.message, v.err
	case <-ctx.Done():
	}
	l.mu.Lock()
	i := slices.Index(in.waiting, r)
	if i >= 0 {
		in.waiting = slices.Delete(in.waiting, i, i+1)
		l.tidyLocked(channel, in)
	}
	l.mu.Unlock()
	if i >= 0 {
		return nil, context.Cause(ctx)
	}
	v := <-r.got // it has come in the same moment
	return v.message, v.err
}

// fetchLocked asks for as many messages as there are receivers.
func (l *Layer) fetchLocked(channel string, in *inbox) {
	if in.fetching {
		in.again = true
		return
	}
	in.fetching, in.again = true, false
	redis.Run[[]string](l.client, pop, []string{l.channelKey(channel)}, len(in.waiting), l.opts.Expiry.Milliseconds()).
		OnReady(func(f *future.Future[[]string]) { l.fetched(channel, in, f) })
}

// fetched hands out what has come.
func (l *Layer) fetched(channel string, in *inbox, f *future.Future[[]string]) {
	list, _, err := f.TryGet()
	l.mu.Lock()
	in.fetching = false
	if err != nil {
		in.failLocked(err)
	}
	for len(list) > 0 && len(in.waiting) > 0 {
		in.takeLocked(received{message: []byte(list[0][stampSize:])})
		list = list[1:]
	}
	if in.again && len(in.waiting) > 0 {
		l.fetchLocked(channel, in)
	}
	l.tidyLocked(channel, in)
	l.mu.Unlock()
	if len(list) > 0 {
		l.putBack(channel, list)
	}
}

// takeLocked ends the wait of the first receiver.
func (in *inbox) takeLocked(v received) {
	in.waiting[0].got <- v
	in.waiting = in.waiting[1:]
}

func (in *inbox) failLocked(err error) {
	for len(in.waiting) > 0 {
		in.takeLocked(received{err: err})
	}
}

// tidyLocked forgets an inbox that nobody uses.
func (l *Layer) tidyLocked(channel string, in *inbox) {
	if len(in.waiting) == 0 && !in.fetching && l.inboxes[channel] == in {
		delete(l.inboxes, channel)
	}
}

// putBack gives the server back what nobody here waits for any more, in front of what has come since.
func (l *Layer) putBack(channel string, list []string) {
	args := []any{l.opts.Expiry.Milliseconds(), channel, l.wakeChannel(channel)}
	for _, m := range slices.Backward(list) {
		args = append(args, m)
	}
	redis.Run[int64](l.client, putBack, []string{l.channelKey(channel)}, args...).OnReady(func(f *future.Future[int64]) {
		if err := f.Err(); err != nil {
			l.opts.OnError(err)
		}
	})
}

// lookAt has a channel looked at, if somebody waits for it.
func (l *Layer) lookAt(channel string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if in := l.inboxes[channel]; in != nil && (in.fetching || len(in.waiting) > 0) {
		l.fetchLocked(channel, in)
	}
}

// lookAtAll is lookAt for every channel: wake-ups may be missing.
func (l *Layer) lookAtAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for channel, in := range l.inboxes {
		if in.fetching || len(in.waiting) > 0 {
			l.fetchLocked(channel, in)
		}
	}
}
