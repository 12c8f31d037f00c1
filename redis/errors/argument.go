package errors

// ArgumentError tells that a call was refused before anything was queued or sent:
// an argument or option cannot be used.
type ArgumentError struct {
	// Command is the name of the command; empty for an option of a client.
	Command string
	// Argument is the name of the argument or option, never its value.
	Argument string
	// Reason says what is wrong with it.
	Reason string
}

// Outcome is NotExecuted. The same call will be refused again.
func (e *ArgumentError) Outcome() Outcome { return NotExecuted }

// Error names the command, the argument and what is wrong.
func (e *ArgumentError) Error() string {
	if e == nil {
		return nilText
	}
	text := prefix
	if e.Command != "" {
		text += e.Command + ": "
	}
	if e.Argument != "" {
		text += e.Argument + ": "
	}
	return text + orElse(e.Reason, "cannot be used")
}
