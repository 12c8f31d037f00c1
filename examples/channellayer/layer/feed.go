package layer

import (
	"context"
	"strings"

	"github.com/futureio/futureio-go/redis"
)

// Feed is the messages to all groups whose names match a pattern, as they are sent, for who wants to look on. Nothing is kept for it.
type Feed struct {
	sub    *redis.Subscription
	prefix string
}

// FeedMessage is one of them.
type FeedMessage struct {
	Group   string
	Message []byte
	// Missed tells that messages may be missing before this one: the connection was lost, or Feed was read too slowly.
	Missed bool
}

// Feed looks on at the groups whose names match a glob pattern of the server's.
func (l *Layer) Feed(ctx context.Context, pattern string) (*Feed, error) {
	subscribing := l.client.PSubscribe(l.feedChannel(pattern))
	sub, err := subscribing.Await(ctx)
	if err != nil {
		subscribing.Cancel(err)
		return nil, err
	}
	return &Feed{sub, l.feedChannel("")}, nil
}

// Next returns the next message; its errors are those of redis.Subscription.Next.
func (f *Feed) Next(ctx context.Context) (FeedMessage, error) {
	m, err := f.sub.Next(ctx)
	if err != nil {
		return FeedMessage{}, err
	}
	return FeedMessage{strings.TrimPrefix(m.Channel, f.prefix), []byte(m.Payload), m.AfterGap || m.Dropped > 0}, nil
}

// Close ends the feed.
func (f *Feed) Close() { _ = f.sub.Close() }
