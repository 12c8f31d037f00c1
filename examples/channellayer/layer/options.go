package layer

import (
	"fmt"
	"path"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// The defaults of Options.
const (
	DefaultPrefix         = "channels"
	DefaultCapacity       = 100
	DefaultExpiry         = time.Minute
	DefaultGroupExpiry    = 24 * time.Hour
	DefaultPresenceExpiry = 30 * time.Second
	DefaultHistoryExpiry  = 24 * time.Hour
	DefaultMaxMessage     = 1 << 20
)

// Options say how a Layer works. Processes that talk to each other must have the same. The zero value of every field is its default.
type Options struct {
	// Prefix begins every key and every name of a publish/subscribe channel. Default "channels".
	Prefix string
	// Capacity is how many messages may wait in a channel. Default 100.
	Capacity int
	// Capacities are those of channels whose names match a glob (see path.Match); the first that does counts.
	Capacities []Capacity
	// Expiry is how long a message waits to be received. Default 60 s.
	Expiry time.Duration
	// GroupExpiry is how long a channel stays in a group that it was added to. Default 86 400 s.
	GroupExpiry time.Duration
	// PresenceExpiry is how long somebody counts as present of whose process nothing was heard. Default 30 s.
	PresenceExpiry time.Duration
	// MaxMessage is the most bytes of a message. Default 1 MiB.
	MaxMessage int
	// History is how many messages of each group are kept for those who come later. Default 0: none.
	History int
	// HistoryExpiry is how long the history of a group is kept after its last message. Default 24 h.
	HistoryExpiry time.Duration
	// OnGap is called when the connection of the wake-ups was lost and is back, on the goroutine of the client's callbacks. Messages in channels are not
	// lost by that, unless the server has lost them: one without persistence that was restarted has no groups any more either.
	OnGap func(g redis.Gap)
	// OnError is called with what no call can tell, from any goroutine: a delayed message that found its channel full, for example.
	OnError func(err error)
}

// Capacity is the capacity of the channels whose names match Pattern.
type Capacity struct {
	Pattern  string
	Messages int
}

func (o Options) withDefaults() (Options, error) {
	def(&o.Prefix, DefaultPrefix)
	def(&o.Capacity, DefaultCapacity)
	def(&o.Expiry, DefaultExpiry)
	def(&o.GroupExpiry, DefaultGroupExpiry)
	def(&o.PresenceExpiry, DefaultPresenceExpiry)
	def(&o.HistoryExpiry, DefaultHistoryExpiry)
	def(&o.MaxMessage, DefaultMaxMessage)
	if o.OnGap == nil {
		o.OnGap = func(redis.Gap) {}
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	if o.Capacity < 0 || o.MaxMessage < 0 || o.History < 0 {
		return o, fmt.Errorf("layer: Capacity, MaxMessage and History must not be negative")
	}
	if min(o.Expiry, o.GroupExpiry, o.PresenceExpiry, o.HistoryExpiry) < time.Millisecond {
		return o, fmt.Errorf("layer: every expiry must be at least a millisecond")
	}
	for _, c := range o.Capacities {
		if _, err := path.Match(c.Pattern, ""); err != nil || c.Messages < 1 {
			return o, fmt.Errorf("layer: capacity %d of pattern %q: want at least 1, and a glob", c.Messages, c.Pattern)
		}
	}
	return o, nil
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// capacityOf is how many messages may wait in a channel.
func (o *Options) capacityOf(channel string) int {
	for _, c := range o.Capacities {
		if ok, _ := path.Match(c.Pattern, channel); ok {
			return c.Messages
		}
	}
	return o.Capacity
}
