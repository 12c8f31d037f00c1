package redis

import "github.com/futureio/futureio-go/redis/subscription"

type (
	// Subscription is channels and patterns that are read as one stream of messages.
	Subscription = subscription.Subscription
	// Message is what somebody has published.
	Message = subscription.Message
	// SubscribeOptions say what to subscribe to, and how much to keep for a slow reader.
	SubscribeOptions = subscription.Options
	// SubscriptionStats is what a subscription has done so far.
	SubscriptionStats = subscription.Stats
	// Gap is a stretch in which a subscription was not connected.
	Gap = subscription.Gap
	// Overflow says what becomes of messages for which there is no room.
	Overflow = subscription.Overflow
	// MessageKind tells how a message was subscribed to.
	MessageKind = subscription.Kind
	// Topic is a channel, a pattern or a sharded channel.
	Topic = subscription.Topic
	// RefusedError tells that the server refuses one topic of a subscription.
	RefusedError = subscription.RefusedError
	// OverflowError tells that a subscription with the policy Fail has ended.
	OverflowError = subscription.OverflowError
)

// The policies of a subscription whose buffer is full; see SubscribeOptions.
const (
	DropOldest  = subscription.DropOldest
	DropNewest  = subscription.DropNewest
	BlockOnFull = subscription.Block
	FailOnFull  = subscription.Fail
)

// The kinds of messages.
const (
	KindChannel = subscription.KindChannel
	KindPattern = subscription.KindPattern
	KindShard   = subscription.KindShard
)
