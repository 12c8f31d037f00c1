package subscription

import (
	"fmt"

	"github.com/futureio/futureio-go/redis/errors"
)

// RefusedError tells that the server refuses one topic, by its access rules as a rule (NOPERM). The other topics of the
// subscription are not touched; the refused one is not asked for again.
type RefusedError struct {
	Topic Topic // which one; Error does not show its name
	Err   error // what the server said, a *errors.RedisError
}

// Outcome is Rejected.
func (e *RefusedError) Outcome() errors.Outcome { return errors.Rejected }

func (e *RefusedError) Error() string {
	// Not the name: it is an argument, and those are in no text (law G12).
	return fmt.Sprintf("redis: subscription to a %s refused: %v", e.Topic.Kind, e.Err)
}

// Unwrap returns what the server said.
func (e *RefusedError) Unwrap() error { return e.Err }

// OverflowError ends a subscription with the policy Fail whose buffer was full.
type OverflowError struct {
	Messages int // in the buffer
	Bytes    int // of them, as Options.BufferBytes counts
}

// Outcome is Unknown: messages are lost.
func (e *OverflowError) Outcome() errors.Outcome { return errors.Unknown }

func (e *OverflowError) Error() string {
	return fmt.Sprintf("redis: subscription ended: its buffer overflowed with %d messages of %d bytes unread", e.Messages, e.Bytes)
}
