package layer

import (
	"context"
	"errors"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// Present is somebody who is in a group now.
type Present struct {
	Channel string
	Info    string // as given to Enter
}

// presence is what this process keeps alive.
type presence struct{ group, channel string }

// Enter notes that a channel is present in a group, with something about it. It stays so until Leave, or until nothing was heard of
// this process for PresenceExpiry.
func (l *Layer) Enter(ctx context.Context, group, channel, info string) error {
	if err := errors.Join(checkName("group", group), checkName("channel", channel)); err != nil {
		return err
	}
	l.mu.Lock()
	l.here[presence{group, channel}] = info
	l.mu.Unlock()
	_, err := l.beat(group, channel, info).Await(ctx)
	return err
}

// Leave notes that a channel is present no more.
func (l *Layer) Leave(ctx context.Context, group, channel string) error {
	l.mu.Lock()
	delete(l.here, presence{group, channel})
	l.mu.Unlock()
	_, _, err := future.Await2(ctx, l.client.ZRem(l.presenceKey(group), channel), l.client.HDel(l.infoKey(group), channel))
	return err
}

// Present lists who is present in a group, those first of whom it was heard longest ago.
func (l *Layer) Present(ctx context.Context, group string) ([]Present, error) {
	keys := []string{l.presenceKey(group), l.infoKey(group)}
	flat, err := redis.Run[[]string](l.client, present, keys, l.opts.PresenceExpiry.Milliseconds()).Await(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Present, 0, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		list = append(list, Present{flat[i], flat[i+1]})
	}
	return list, nil
}

func (l *Layer) beat(group, channel, info string) *future.Future[int64] {
	keys := []string{l.presenceKey(group), l.infoKey(group)}
	return redis.Run[int64](l.client, enter, keys, l.opts.PresenceExpiry.Milliseconds(), channel, info)
}

// beatLoop tells the server again and again who is present in this process.
func (l *Layer) beatLoop() {
	ticker := time.NewTicker(l.opts.PresenceExpiry / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-l.ctx.Done():
			return
		}
		l.mu.Lock()
		for p, info := range l.here {
			l.beat(p.group, p.channel, info) // the next one makes up for one that fails
		}
		l.mu.Unlock()
	}
}
