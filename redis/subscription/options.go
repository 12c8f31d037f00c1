package subscription

import "github.com/futureio/futureio-go/redis/errors"

// The defaults of Options.
const (
	DefaultBuffer      = 65_536
	DefaultBufferBytes = 64 << 20
)

// Overflow says what becomes of messages for a subscription whose buffer is full, since its reader is slower than they come.
type Overflow uint8

// The policies.
const (
	// DropOldest drops the oldest message of the buffer for each new one. The default.
	DropOldest Overflow = iota
	// DropNewest drops the new message.
	DropNewest
	// Block reads no more from the server until there is room. The subscription has a connection of its own, so that it holds up
	// nobody else. The server buffers what it cannot send, and closes the connection at its client-output-buffer-limit (by
	// default 32 MB, or 8 MB for 60 s): that is a gap.
	Block
	// Fail ends the subscription with an *OverflowError, once what is in the buffer has been read.
	Fail
)

// String names the policy: "drop oldest", "drop newest", "block", "fail".
func (o Overflow) String() string {
	switch o {
	case DropOldest:
		return "drop oldest"
	case DropNewest:
		return "drop newest"
	case Block:
		return "block"
	case Fail:
		return "fail"
	}
	return "invalid policy"
}

// Options say what to subscribe to, and how much to keep for a reader that is slow. At least one name is needed.
type Options struct {
	// Channels, Patterns and Shards are what to subscribe to. A name that is given twice counts once. Key prefixes do not apply.
	Channels []string
	Patterns []string
	Shards   []string

	// Buffer is how many messages are kept until they are read. Default 65 536.
	Buffer int
	// BufferBytes bounds the memory of the messages in the buffer, a hundred bytes counted for each beside its text. A single
	// message is kept whatever its size. Default 64 MiB.
	BufferBytes int
	// Overflow says what happens beyond either. Default DropOldest.
	Overflow Overflow
}

// Err tells what is wrong with the options, an *errors.ArgumentError, or nil.
func (o Options) Err() error {
	_, err := o.withDefaults()
	return err
}

// withDefaults fills in what is zero, or tells what is wrong.
func (o Options) withDefaults() (Options, error) {
	if o.Buffer == 0 {
		o.Buffer = DefaultBuffer
	}
	if o.BufferBytes == 0 {
		o.BufferBytes = DefaultBufferBytes
	}
	switch {
	case o.Buffer < 0:
		return o, refused("Buffer", "must not be negative")
	case o.BufferBytes < 0:
		return o, refused("BufferBytes", "must not be negative")
	case o.Overflow > Fail:
		return o, refused("Overflow", "is no policy")
	case len(o.Channels)+len(o.Patterns)+len(o.Shards) == 0:
		return o, refused("channels", "at least one is needed")
	}
	return o, nil
}

func (o *Options) topics() []Topic {
	list := make([]Topic, 0, len(o.Channels)+len(o.Patterns)+len(o.Shards))
	list = topicsOf(list, KindChannel, o.Channels)
	list = topicsOf(list, KindPattern, o.Patterns)
	return topicsOf(list, KindShard, o.Shards)
}

func refused(argument, reason string) error {
	return &errors.ArgumentError{Command: "SUBSCRIBE", Argument: argument, Reason: reason}
}
