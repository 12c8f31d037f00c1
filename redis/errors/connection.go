package errors

import (
	"errors"
	"syscall"
)

// What was being done when a connection failed or a time limit passed: the Op of
// a ConnectionError and a TimeoutError.
const (
	OpConnect = "connect" // name lookup, TCP or unix socket, TLS, handshake
	OpRead    = "read"    // waiting for a reply
	OpWrite   = "write"   // sending a batch of commands
	OpAcquire = "acquire" // waiting for a connection of a pool
	OpQueue   = "queue"   // waiting for room, or for a connection, before anything was sent
	OpClose   = "close"   // the connection was closed on this side
)

// ConnectionError tells that a connection could not be made, or was lost while
// the command was under way.
type ConnectionError struct {
	// Op is what was being done, such as OpConnect or OpRead.
	Op string
	// Addr is the server's address: host:port, or the path of a unix socket.
	Addr string
	// Reason says in words what happened; it may be empty if Err tells enough.
	Reason string
	// Err is the error behind it, from the network or TLS. It may be nil.
	Err error
	// Effect is what Outcome returns.
	Effect Outcome
	// State is how the connection stood when it was lost. The zero State where there was none yet.
	State State
}

// Outcome is NotExecuted if no byte of the command, or not all of them, went out
// and Unknown if it was under way when the connection was lost.
func (e *ConnectionError) Outcome() Outcome {
	if e == nil {
		return Unknown
	}
	return e.Effect
}

// Error names the operation, the address and the cause, and what to check where
// that is known.
func (e *ConnectionError) Error() string {
	if e == nil {
		return nilText
	}
	text := prefix + orElse(e.Op, "connection")
	if e.Addr != "" {
		text += " " + e.Addr
	}
	text += causeText(e.Reason, e.Err)
	if e.State != (State{}) {
		text += " (" + e.State.String() + ")"
	}
	if hint := e.hint(); hint != "" {
		text += " (" + hint + ")"
	}
	return text
}

// hint tells what to do about the commonest failures.
func (e *ConnectionError) hint() string {
	switch {
	case e.Op != OpConnect:
		return ""
	case errors.Is(e.Err, syscall.ECONNREFUSED), errors.Is(e.Err, syscall.ENOENT):
		return "is a server running there?"
	case errors.Is(e.Err, syscall.EACCES), errors.Is(e.Err, syscall.EPERM):
		return "may this user connect there?"
	}
	return ""
}

// Unwrap returns Err.
func (e *ConnectionError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}
