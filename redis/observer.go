package redis

import (
	"context"
	"time"
)

// An Observer is told what a client does, to trace and to measure it. Every field may be nil. The functions are called one
// after the other, in the order of the events, on a goroutine of the client's: never on its reader or writer, so that
// a slow one delays no command. A panic in one is passed to OnError. When more than 65 536 events
// wait for a function that is too slow, further ones are dropped and counted in CommandEvent.Dropped.
//
// An Observer must not be changed once a client has it, and may be shared by several.
type Observer struct {
	// Dial: an attempt to connect has ended, handshake and all.
	Dial func(DialEvent)
	// Connect: a connection is ready.
	Connect func(ConnectEvent)
	// Disconnect: an established connection has ended.
	Disconnect func(DisconnectEvent)
	// Reconnect: an attempt follows a lost connection or a failed attempt.
	Reconnect func(ReconnectEvent)
	// Gap: a subscription was cut off, and is back.
	Gap func(GapEvent)
	// Command: a command was settled, whatever the way. It is called once for each command that a role was given; one whose
	// arguments cannot be encoded never becomes one.
	Command func(CommandEvent)
	// Batch: a batch of commands was written.
	Batch func(BatchEvent)

	// Arguments asks for CommandEvent.Args. They may be personal data; secrets are masked.
	Arguments bool
}

// DialEvent is one attempt to connect.
type DialEvent struct {
	Addr     string
	Start    time.Time
	Duration time.Duration
	Err      error // nil: it is connected
}

// ConnectEvent is a connection that is ready.
type ConnectEvent struct {
	Addr     string
	Protocol int // 2 or 3
}

// DisconnectEvent is the end of an established connection.
type DisconnectEvent struct {
	Addr   string
	Reason string // one of the Reason constants
	Age    time.Duration
	Err    error
}

// ReconnectEvent is an attempt that is about to be made.
type ReconnectEvent struct {
	Addr    string
	Attempt int           // from 1 on, since the last connection that held
	Delay   time.Duration // that passes before it
}

// GapEvent is a stretch in which a subscription was not connected. What was published meanwhile is missing.
type GapEvent struct {
	Addr     string
	From     time.Time
	Duration time.Duration
	Err      error // why the connection was lost
}

// CommandEvent is a command that was settled.
type CommandEvent struct {
	Name     string          // as Redis spells it: "GET", "CLIENT SETNAME"
	Args     []string        // words and arguments, secrets masked; nil unless Observer.Arguments is set
	Context  context.Context // bound by With, with the parent of a span perhaps; nil if there is none
	Start    time.Time       // of the call
	Duration time.Duration   // from the call to the settling
	Err      error           // nil, or what the future failed with; an Error tells its outcome
	Dropped  int             // events that were dropped before this one, since the functions were too slow
}

// BatchEvent is one write.
type BatchEvent struct {
	Commands int
	Bytes    int64
	Duration time.Duration
	Err      error
}
