package proto

// Mismatch tells that the next value of a reply is not what was asked for. The
// stream is in order: the value has not been consumed, and Finish skips it.
type Mismatch struct {
	Want string // what was asked for, as in "integer"
	Got  Type   // what came; 0: the reply has no further value
	Note string // what is wrong with a value whose type would fit; may be empty
}

// Error names both. It never shows the value.
func (m *Mismatch) Error() string {
	if m == nil {
		return "<nil>"
	}
	text := "want " + m.Want + ", got " + m.Got.String()
	if m.Note != "" {
		text += " " + m.Note
	}
	return text
}
