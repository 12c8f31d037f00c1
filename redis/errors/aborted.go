package errors

import (
	"strconv"
	"strings"
)

// AbortedError tells that a transaction was not executed, since the server refused one of its commands when it was
// queued. All commands of the transaction fail with it; errors.As finds the *RedisError of the one that was refused.
type AbortedError struct {
	// Index is the place of the command that was refused, from 0; -1 if it was none of them but MULTI or EXEC.
	Index int
	// Command is its name.
	Command string
	// Err is what the server said.
	Err error
}

// Outcome is NotExecuted: nothing of the transaction ran.
func (e *AbortedError) Outcome() Outcome { return NotExecuted }

// Error names the command and its place.
func (e *AbortedError) Error() string {
	if e == nil {
		return nilText
	}
	var b strings.Builder
	b.WriteString(prefix + "transaction not executed")
	if e.Index >= 0 {
		b.WriteString(": command " + strconv.Itoa(e.Index))
	}
	if e.Command != "" {
		b.WriteString(" (" + e.Command + ")")
	}
	b.WriteString(" was refused")
	if e.Err != nil {
		b.WriteString(": " + strings.TrimPrefix(e.Err.Error(), prefix))
	}
	return b.String()
}

// Unwrap returns Err.
func (e *AbortedError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// ErrDiscarded is what the commands of a pipeline or transaction fail with that was discarded before it was sent. None
// of them ran.
var ErrDiscarded error = discarded{}

type discarded struct{}

func (discarded) Error() string    { return prefix + "discarded before it was sent" }
func (discarded) Outcome() Outcome { return NotExecuted }
