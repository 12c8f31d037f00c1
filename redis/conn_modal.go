package redis

import (
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/subscription"
)

// Subscribe is Client.Subscribe on this connection. Under RESP3 commands and messages share it. Under RESP2 the server takes
// no other commands while anything is subscribed to: they fail with an *ArgumentError until the last Unsubscribe, but
// for Ping and Reset. The messages of a subscription that is not read are kept in its buffer, and delay no command.
func (c *Conn) Subscribe(channels ...string) *future.Future[*Subscription] {
	return c.SubscribeWith(SubscribeOptions{Channels: channels})
}

// PSubscribe is Subscribe for the channels that match any of the glob patterns.
func (c *Conn) PSubscribe(patterns ...string) *future.Future[*Subscription] {
	return c.SubscribeWith(SubscribeOptions{Patterns: patterns})
}

// SSubscribe is Subscribe for sharded channels.
func (c *Conn) SSubscribe(channels ...string) *future.Future[*Subscription] {
	return c.SubscribeWith(SubscribeOptions{Shards: channels})
}

// SubscribeWith is Client.SubscribeWith on this connection. The policy BlockOnFull is refused: it would hold up the replies too.
func (c *Conn) SubscribeWith(opts SubscribeOptions) *future.Future[*Subscription] {
	if !c.enter() {
		return future.Rejected[*Subscription](errReturned("SUBSCRIBE"))
	}
	defer c.leave()
	l, err := c.modal()
	if err == nil && opts.Overflow == BlockOnFull {
		err = &errors.ArgumentError{Command: "SUBSCRIBE", Argument: "Overflow", Reason: "BlockOnFull needs a connection of its own; use a Client"}
	}
	if err != nil {
		return future.Rejected[*Subscription](err)
	}
	return l.hub.Open(opts)
}

// Unsubscribe takes channels off every subscription of this connection, all of them if none are given. When there is nothing to
// take off, the server is asked all the same, and says so.
func (c *Conn) Unsubscribe(channels ...string) *future.Future[struct{}] {
	return c.unsubscribe(subscription.KindChannel, channels)
}

// PUnsubscribe is Unsubscribe for patterns.
func (c *Conn) PUnsubscribe(patterns ...string) *future.Future[struct{}] {
	return c.unsubscribe(subscription.KindPattern, patterns)
}

// SUnsubscribe is Unsubscribe for sharded channels.
func (c *Conn) SUnsubscribe(channels ...string) *future.Future[struct{}] {
	return c.unsubscribe(subscription.KindShard, channels)
}

func (c *Conn) unsubscribe(kind subscription.Kind, names []string) *future.Future[struct{}] {
	if !c.enter() {
		return future.Rejected[struct{}](errReturned("UNSUBSCRIBE"))
	}
	defer c.leave()
	l, err := c.modal()
	if err != nil {
		return future.Rejected[struct{}](err)
	}
	if done, found := l.hub.Leave(kind, names); found {
		return done
	}
	return future.Map(l.ask(subscription.Request{Kind: kind, Leave: true, Names: names}), func(int64) (struct{}, error) { return struct{}{}, nil })
}

// modal returns the listener of the connection, or why it cannot be used.
func (c *Conn) modal() (*listener, error) {
	if c.client.broken != nil {
		return nil, c.client.broken
	}
	l, ok := c.client.queue.ear.(*listener)
	if !ok {
		return nil, &errors.ArgumentError{Command: "SUBSCRIBE", Reason: "has no place on this connection; use a Client"}
	}
	if c.client.queue.session().InMulti {
		return nil, &errors.ArgumentError{Command: "SUBSCRIBE", Reason: "has no place in a transaction"}
	}
	return l, nil
}

// ask sends a request that the hub knows nothing of, as an ordinary command.
func (l *listener) ask(r subscription.Request) *future.Future[int64] {
	words := make([]any, 0, 1+len(r.Names))
	words = append(words, r.Command())
	for _, name := range r.Names {
		words = append(words, name)
	}
	return commands.Do[int64](doer(func(cmd *commands.Cmd) {
		l.mu.Lock()
		l.asked[cmd] = &question{request: r}
		l.mu.Unlock()
		l.client.take(cmd)
	}), words...)
}

// subscribed tells whether the connection has a subscription.
func (c *Conn) subscribed() bool {
	ear := c.client.queue.ear
	return ear != nil && ear.subscribed()
}

// allows tells whether a command can be sent while the connection is subscribed: under RESP2, few can.
func (l *listener) allows(cmd *commands.Cmd) bool {
	switch cmd.Name() {
	case "PING", "RESET":
		return true
	}
	return !l.hub.Busy() || l.client.protocolNow() == 3
}

// protocolNow is the protocol that the connection speaks, or the next one is going to.
func (c *Client) protocolNow() int {
	if c.session != nil {
		c.session.mu.Lock()
		protocol := c.session.protocol
		c.session.mu.Unlock()
		if protocol != 0 {
			return protocol
		}
	}
	c.keeper.mu.Lock()
	defer c.keeper.mu.Unlock()
	if g := c.keeper.gen; g != nil {
		return g.protocol
	}
	return c.opts.Protocol
}
