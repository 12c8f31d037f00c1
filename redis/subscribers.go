package redis

import (
	"github.com/futureio/futureio-go/future"
)

// Subscribe subscribes to channels: the future is settled when the server has confirmed them. All subscriptions of a Client
// share one connection beside that of its commands, but for those with the policy BlockOnFull. It is made again whenever it is
// lost, and everything subscribed to again.
//
// The future fails with the server's refusal when all of the channels are refused; when some are, the subscription is there,
// and its Next returns a *RefusedError for each of them. It fails like a command when there is no server, and with a
// *TimeoutError when none confirms it within ReadTimeout; then nothing is left of it. To give up waiting by the context of
// Await leaves the subscription as it is: use Cancel for that.
func (c *Client) Subscribe(channels ...string) *future.Future[*Subscription] {
	return c.SubscribeWith(SubscribeOptions{Channels: channels})
}

// PSubscribe is Subscribe for the channels that match any of the glob patterns.
func (c *Client) PSubscribe(patterns ...string) *future.Future[*Subscription] {
	return c.SubscribeWith(SubscribeOptions{Patterns: patterns})
}

// SSubscribe is Subscribe for sharded channels, whose messages SPublish sends.
func (c *Client) SSubscribe(channels ...string) *future.Future[*Subscription] {
	return c.SubscribeWith(SubscribeOptions{Shards: channels})
}

// SubscribeWith is Subscribe with channels, patterns and sharded channels in one subscription, and with its buffer and what
// happens when that is full.
func (c *Client) SubscribeWith(opts SubscribeOptions) *future.Future[*Subscription] {
	if err := opts.Err(); err != nil { // before a connection is prepared for it
		return future.Rejected[*Subscription](err)
	}
	l, err := c.subscriber(opts.Overflow == BlockOnFull)
	if err != nil {
		return future.Rejected[*Subscription](err)
	}
	return l.hub.Open(opts)
}

// subscribers are the connections of a client that are subscribed. They are guarded by Client.sideMu.
type subscribers struct {
	client *Client
	opts   Options // of the connections
	shared *listener
	own    map[*listener]struct{} // one for each subscription that may block its reader
}

// subscriber returns the listener for a subscription, a new one if alone is set.
func (c *Client) subscriber(alone bool) (*listener, error) {
	if c.broken != nil {
		return nil, c.broken
	}
	c.sideMu.Lock()
	defer c.sideMu.Unlock()
	if c.sideClosed {
		return nil, errClosed()
	}
	s, ok := c.side.(*subscribers)
	if !ok {
		s = &subscribers{client: c, opts: c.opts, own: map[*listener]struct{}{}}
		// What happens to these connections their subscriptions tell; the callbacks are about the client's own. The
		// Observer hears of all.
		s.opts.OnConnect, s.opts.OnDisconnect, s.opts.OnError, s.opts.Logger = nil, nil, nil, nil
		c.side = s
	}
	if alone {
		l := s.open()
		l.idle = func() { s.drop(l) }
		s.own[l] = struct{}{}
		return l, nil
	}
	if s.shared == nil {
		s.shared = s.open()
	}
	return s.shared, nil
}

func (s *subscribers) open() *listener {
	engine := newEngine(s.opts, s.client.events)
	engine.keeper.work = s.client.keeper.work // so that Shutdown waits for it
	l := engine.listen(true)
	l.told = s.client
	return l
}

// drop closes the connection of a subscription that has ended.
func (s *subscribers) drop(l *listener) {
	s.client.sideMu.Lock()
	delete(s.own, l)
	s.client.sideMu.Unlock()
	l.client.cut()
}

// close ends all subscriptions and their connections.
func (s *subscribers) close() {
	s.client.sideMu.Lock()
	list := []*listener{}
	if s.shared != nil {
		list = append(list, s.shared)
	}
	for l := range s.own {
		list = append(list, l)
	}
	s.client.sideMu.Unlock()
	for _, l := range list {
		l.close()
		l.client.cut()
	}
}
