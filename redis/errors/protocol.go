package errors

// ProtocolError tells that the peer sent bytes that are not RESP, or a reply
// whose shape does not fit the command. The first ends the connection, the second
// fails the one command only.
type ProtocolError struct {
	// Command is the name of the command whose reply it was; empty if there was none.
	Command string
	// Reason says what was wrong.
	Reason string
	// Detail shows the beginning of what came, as written by Escape. It may be empty.
	Detail string
}

// Outcome is Unknown: whatever the reply was meant to be, the command may have run.
func (e *ProtocolError) Outcome() Outcome { return Unknown }

// Error gives the reason and shows what came.
func (e *ProtocolError) Error() string {
	if e == nil {
		return nilText
	}
	text := prefix
	if e.Command != "" {
		text += e.Command + ": "
	}
	text += "protocol error: " + orElse(e.Reason, "unexpected bytes")
	if e.Detail != "" {
		text += ": got \"" + e.Detail + "\""
	}
	return text
}
