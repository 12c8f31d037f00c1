package errors

import (
	"strconv"
)

// Why a command was not accepted: the Reason of a DisconnectedError.
const (
	ReasonClosed       = "the client is closed"
	ReasonQueueFull    = "the queue is full"
	ReasonReconnectOff = "the connection is lost and reconnecting is off"
	ReasonGivenUp      = "gave up reconnecting"
)

// DisconnectedError tells that a command was not accepted: there is no connection
// and no place for it to wait. Nothing of it was sent.
type DisconnectedError struct {
	// Reason says why, such as ReasonQueueFull.
	Reason string
	// QueueSize is how many commands were waiting already. 0 where that is not the reason.
	QueueSize int
	// Err is why there is no connection, such as the error of the last attempt to
	// connect. It may be nil.
	Err error
}

// Outcome is NotExecuted.
func (e *DisconnectedError) Outcome() Outcome { return NotExecuted }

// Error gives the reason and what is behind it.
func (e *DisconnectedError) Error() string {
	if e == nil {
		return nilText
	}
	reason := e.Reason
	if e.QueueSize > 0 {
		reason = orElse(reason, "queue") + " (" + strconv.Itoa(e.QueueSize) + " waiting)"
	}
	return prefix + "not connected" + causeText(reason, e.Err)
}

// Unwrap returns Err.
func (e *DisconnectedError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}
