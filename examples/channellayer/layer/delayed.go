package layer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
)

const (
	lookEvery = time.Second      // for delayed messages, also those of processes that have died
	lease     = 10 * time.Second // in which a process has to deliver what it has taken
	dueAtOnce = 100              // messages that are taken at once
)

// SendAfter sends a message to a channel after a delay, also if this process has ended by then: any process with the same Prefix does
// it. It comes once, or twice if a process dies in the act. A channel that is full then loses it; OnError of that process is told.
func (l *Layer) SendAfter(ctx context.Context, channel string, message []byte, delay time.Duration) error {
	if err := errors.Join(checkName("channel", channel), l.checkMessage(message)); err != nil {
		return err
	}
	// A name in front keeps equal messages apart, which would be one member of the set.
	entry := randomName() + " " + channel + " " + string(message)
	_, err := redis.Run[int64](l.client, later, []string{l.delayedKey()}, max(delay, 0).Milliseconds(), entry).Await(ctx)
	if err == nil && delay < lookEvery {
		select {
		case l.sooner <- struct{}{}:
		default:
		}
	}
	return err
}

// delayLoop sends what is due.
func (l *Layer) delayLoop() {
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-l.sooner:
		case <-l.ctx.Done():
			return
		}
		timer.Reset(l.sendDue())
	}
}

// sendDue sends what is due, and tells when to look again.
func (l *Layer) sendDue() time.Duration {
	list, err := redis.Run[[]string](l.client, due, []string{l.delayedKey()}, dueAtOnce, lease.Milliseconds()).Await(l.ctx)
	if err != nil || len(list) == 0 {
		return lookEvery
	}
	for _, entry := range list[1:] {
		words := strings.SplitN(entry, " ", 3)
		if len(words) < 3 {
			l.client.ZRem(l.delayedKey(), entry) // not one of ours
			continue
		}
		err := l.Send(l.ctx, words[1], []byte(words[2]))
		if err != nil {
			l.opts.OnError(fmt.Errorf("layer: a delayed message to %s: %w", words[1], err))
		}
		if err == nil || errors.Is(err, ErrChannelFull) || !redis.SafeToRetry(err) {
			l.client.ZRem(l.delayedKey(), entry)
		}
	}
	ms, _ := strconv.ParseFloat(list[0], 64)
	switch next := time.Duration(ms) * time.Millisecond; {
	case len(list) > dueAtOnce:
		return 0
	case ms >= 0 && next < lookEvery:
		return next + time.Millisecond
	}
	return lookEvery
}
