package subscription

import (
	"fmt"
	"strconv"

	"github.com/futureio/futureio-go/redis/errors"
)

// RefusedError tells that the server refuses one topic, by its access rules as a rule (NOPERM). The other topics of the
// subscription are not touched; the refused one is not asked for again.
type RefusedError struct {
	Topic Topic
	Err   error // what the server said, a *errors.RedisError
}

// Outcome is Rejected.
func (e *RefusedError) Outcome() errors.Outcome { return errors.Rejected }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("redis: subscription to %s %s refused: %v", e.Topic.Kind, strconv.Quote(e.Topic.Name), e.Err)
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
