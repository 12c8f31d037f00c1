package layer

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/futureio/futureio-go/redis"
)

// Layer is the channel layer of one process. It is safe for any number of goroutines. It uses the client's connections and leaves
// them open.
type Layer struct {
	client  *redis.Client
	opts    Options
	process string // in the names of channels that only this process receives from

	wakes *redis.Subscription
	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	work  sync.WaitGroup // wakeLoop, delayLoop, beatLoop

	mu      sync.Mutex
	closed  error
	inboxes map[string]*inbox // of channels that somebody receives from; guarded by mu
	here    map[presence]string

	sooner chan struct{} // capacity 1: a delayed message may be due before delayLoop looks again
}

// New makes a Layer, and subscribes to its wake-ups. ctx bounds the wait for that.
func New(ctx context.Context, client *redis.Client, opts Options) (*Layer, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	l := &Layer{
		client: client, opts: opts, process: randomName(),
		inboxes: map[string]*inbox{}, here: map[presence]string{}, sooner: make(chan struct{}, 1),
	}
	subscribing := client.Subscribe(l.wakeChannel("any"), l.wakeChannel(l.NewChannel("own")))
	if l.wakes, err = subscribing.Await(ctx); err != nil {
		subscribing.Cancel(err)
		return nil, err
	}
	l.wakes.OnGap(func(g redis.Gap) {
		l.lookAtAll()
		l.opts.OnGap(g)
	})
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.work.Go(l.wakeLoop)
	l.work.Go(l.delayLoop)
	l.work.Go(l.beatLoop)
	return l, nil
}

// Close ends the Layer: every Receive fails with ErrClosed. Messages that wait in channels stay there until they expire.
func (l *Layer) Close() {
	l.fail(ErrClosed)
	l.stop()
	_ = l.wakes.Close()
	l.work.Wait()
}

// fail ends every Receive with err, those to come too.
func (l *Layer) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed != nil {
		return
	}
	l.closed = err
	for _, in := range l.inboxes {
		in.failLocked(err)
	}
}

// Send sends a message to a channel. It fails with ErrChannelFull when that has no room.
func (l *Layer) Send(ctx context.Context, channel string, message []byte) error {
	if err := errors.Join(checkName("channel", channel), l.checkMessage(message)); err != nil {
		return err
	}
	full, err := l.push(ctx, []string{channel}, message)
	if err == nil && len(full) > 0 {
		return ErrChannelFull
	}
	return err
}

func (l *Layer) checkMessage(message []byte) error {
	if len(message) > l.opts.MaxMessage {
		return ErrTooLarge
	}
	return nil
}

// maxKeys is the most channels that one run of the script pushes to: while it runs, the server does nothing else.
const maxKeys = 500

// push pushes a message to channels, and returns the numbers of those that were full. Beyond maxKeys there are several runs of the
// script, under way at once.
func (l *Layer) push(ctx context.Context, channels []string, message []byte) (full []int, err error) {
	type run struct {
		from  int
		await func(ctx context.Context) ([]int64, error)
	}
	var runs []run
	skip := len(l.client.KeyPrefix()) + len(l.channelKey(""))
	for from := 0; from < len(channels); from += maxKeys {
		part := channels[from:min(from+maxKeys, len(channels))]
		keys := make([]string, len(part))
		args := make([]any, 0, 3+2*len(part))
		args = append(args, message, l.opts.Expiry.Milliseconds(), skip)
		for i, channel := range part {
			keys[i] = l.channelKey(channel)
			args = append(args, l.opts.capacityOf(channel), l.wakeChannel(channel))
		}
		runs = append(runs, run{from, redis.Run[[]int64](l.client, push, keys, args...).Await})
	}
	var errs []error
	for _, r := range runs {
		list, err := r.await(ctx)
		if err != nil {
			errs = append(errs, err)
		}
		for _, n := range list {
			full = append(full, r.from+int(n)-1)
		}
	}
	return full, errors.Join(errs...)
}

// wakeLoop looks at the channels of which the server says that something came.
func (l *Layer) wakeLoop() {
	for m, err := range l.wakes.Messages(l.ctx) {
		if err != nil {
			if l.ctx.Err() == nil {
				l.fail(err)
			}
			return
		}
		if m.AfterGap || m.Dropped > 0 {
			l.lookAtAll()
		}
		for name := range strings.SplitSeq(m.Payload, "\n") {
			l.lookAt(name)
		}
	}
}
