package subscription

// Kind tells how a message was subscribed to.
type Kind uint8

// The kinds of topics.
const (
	// KindChannel: a channel, by SUBSCRIBE.
	KindChannel Kind = iota
	// KindPattern: all channels that match a glob pattern, by PSUBSCRIBE.
	KindPattern
	// KindShard: a sharded channel, by SSUBSCRIBE.
	KindShard

	kinds = 3
)

// String names the kind: "channel", "pattern", "shard".
func (k Kind) String() string {
	switch k {
	case KindChannel:
		return "channel"
	case KindPattern:
		return "pattern"
	case KindShard:
		return "shard"
	}
	return "invalid kind"
}

// A Message is what somebody has published.
type Message struct {
	// Kind tells which subscription it came by. A channel that is subscribed to by its name and by two patterns gives three
	// messages, as the server sends three.
	Kind Kind
	// AfterGap: the connection was lost since the message before, and what was published meanwhile is missing.
	AfterGap bool
	// Channel is where it was published.
	Channel string
	// Pattern is the pattern that Channel matched; empty unless Kind is KindPattern.
	Pattern string
	// Payload is what was published, byte for byte.
	Payload string
	// Dropped counts the messages that were lost here, between the message before and this one, since the subscription's
	// buffer was full. They are not in Stats.Delivered, but in Stats.Dropped.
	Dropped int
}

// A Topic is a channel, a pattern or a sharded channel that can be subscribed to.
type Topic struct {
	Kind Kind
	Name string
}

// topicsOf makes topics of names, each once.
func topicsOf(list []Topic, kind Kind, names []string) []Topic {
	for _, name := range names {
		list = append(list, Topic{kind, name})
	}
	return list
}
