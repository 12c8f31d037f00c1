package errors

import (
	"context"
	"fmt"
	"time"
)

// TimeoutError tells that a time limit passed. errors.Is(err,
// context.DeadlineExceeded) holds for it.
type TimeoutError struct {
	// Op is what was waited for: OpConnect, OpRead, OpWrite, OpAcquire or OpQueue.
	Op string
	// Addr is the server's address; empty where it does not matter.
	Addr string
	// Command is the name of the command that failed; empty if it was none.
	Command string
	// After is the limit that passed.
	After time.Duration
	// State is how the connection stood at that moment.
	State State
	// Effect is what Outcome returns.
	Effect Outcome
	// Err is what lies behind, such as the last failure to connect. It may be nil.
	Err error
}

// State is a snapshot of a connection, to find out why a reply did not come. The
// zero State means that there was no connection to tell of.
type State struct {
	// InFlight is how many commands were sent and not answered.
	InFlight int
	// Backlog is how many were waiting to be sent.
	Backlog int
	// HeadCommand is the name of the command whose reply was due first: if it is not
	// the one that failed, that one stood behind it.
	HeadCommand string
	// HeadAge is how long ago it was issued.
	HeadAge time.Duration
	// LastRead is how long ago the last byte was read from the server. A value well
	// above the limit points to a dead server or network, a small one to a slow command.
	LastRead time.Duration
	// ConnAge is how long the connection had existed. 0: there was none.
	ConnAge time.Duration
}

// Outcome is NotExecuted if the command had not been sent completely, and Unknown
// if its reply was due.
func (e *TimeoutError) Outcome() Outcome {
	if e == nil {
		return Unknown
	}
	return e.Effect
}

// Timeout returns true, as for the timeouts of package net.
func (e *TimeoutError) Timeout() bool { return true }

// Is makes errors.Is(err, context.DeadlineExceeded) hold.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Unwrap returns Err.
func (e *TimeoutError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// Error tells what was waited for, for how long, and the state of the connection.
func (e *TimeoutError) Error() string {
	if e == nil {
		return nilText
	}
	text := prefix
	if e.Command != "" {
		text += e.Command + ": "
	}
	text += waitedFor(e.Op)
	if e.Addr != "" {
		text += " " + e.Addr
	}
	if e.After > 0 {
		text += " within " + span(e.After)
	}
	if e.State != (State{}) {
		text += " (" + e.State.String() + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func waitedFor(op string) string {
	switch op {
	case OpConnect:
		return "no connection to the server"
	case OpRead:
		return "no reply"
	case OpWrite:
		return "the server did not take the bytes of a write"
	case OpAcquire:
		return "no free connection in the pool"
	case OpQueue:
		return "not sent"
	case "":
		return "not done"
	default:
		return op + " not done"
	}
}

// String tells the state in words, as in "3 in flight, 0 in the backlog, first due
// BLPOP for 2s, last byte read 1.5s ago, connected for 1m0s".
func (s State) String() string {
	text := fmt.Sprintf("%d in flight, %d in the backlog", s.InFlight, s.Backlog)
	if s.HeadCommand != "" {
		text += fmt.Sprintf(", first due %s for %s", s.HeadCommand, span(s.HeadAge))
	}
	if s.ConnAge > 0 {
		text += fmt.Sprintf(", last byte read %s ago, connected for %s", span(s.LastRead), span(s.ConnAge))
	} else {
		text += ", not connected"
	}
	return text
}

// span prints a duration with no more digits than help: to the millisecond below
// a minute, else to the second.
func span(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Minute:
		return d.Round(time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}
