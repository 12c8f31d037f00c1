package layer

import (
	"context"
	"errors"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// GroupAdd adds a channel to a group, or adds it anew, which begins its GroupExpiry again.
func (l *Layer) GroupAdd(ctx context.Context, group, channel string) error {
	if err := errors.Join(checkName("group", group), checkName("channel", channel)); err != nil {
		return err
	}
	key := l.groupKey(group)
	added := l.client.ZAdd(key, []redis.Z{{Score: float64(time.Now().UnixMilli()), Member: channel}})
	_, _, err := future.Await2(ctx, added, l.client.PExpire(key, l.opts.GroupExpiry))
	return err
}

// GroupDiscard takes a channel out of a group.
func (l *Layer) GroupDiscard(ctx context.Context, group, channel string) error {
	if err := errors.Join(checkName("group", group), checkName("channel", channel)); err != nil {
		return err
	}
	_, err := l.client.ZRem(l.groupKey(group), channel).Await(ctx)
	return err
}

// GroupChannels lists the channels of a group.
func (l *Layer) GroupChannels(ctx context.Context, group string) ([]string, error) {
	if err := checkName("group", group); err != nil {
		return nil, err
	}
	key := l.groupKey(group)
	expired := time.Now().Add(-l.opts.GroupExpiry).UnixMilli()
	l.client.ZRemRangeByScore(key, "-inf", expired) // sent before what follows
	return l.client.ZRange(key, 0, -1).Await(ctx)
}

// Delivery tells what became of a message to a group.
type Delivery struct {
	Sent int      // channels that have it
	Full []string // channels that had no room
}

// GroupSend sends a message to all channels of a group: to each that has room, the others are told in the Delivery. It is
// one step for the server for each 500 channels. When it fails, some may have the message; its outcome tells (see
// redis.Error).
func (l *Layer) GroupSend(ctx context.Context, group string, message []byte) (Delivery, error) {
	if err := l.checkMessage(message); err != nil {
		return Delivery{}, err
	}
	channels, err := l.GroupChannels(ctx, group)
	if err != nil {
		return Delivery{}, err
	}
	kept := l.keep(group, message)
	l.client.Publish(l.feedChannel(group), message)
	full, err := l.push(ctx, channels, message)
	d := Delivery{Sent: len(channels) - len(full)}
	for _, i := range full {
		d.Full = append(d.Full, channels[i])
	}
	if kept != nil {
		_, keepErr := kept.Await(ctx)
		err = errors.Join(err, keepErr)
	}
	return d, err
}
