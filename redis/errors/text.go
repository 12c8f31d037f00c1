package errors

import "strings"

const (
	prefix  = "redis: "
	nilText = "<nil>"
)

// maxDetail bounds what an error shows of bytes that came from outside.
const maxDetail = 64

// Escape makes bytes from outside printable on one line: printable ASCII stays, a
// quote and a backslash get a backslash in front, CR, LF and TAB become \r, \n
// and \t, everything else \xNN. The result is at most 64 bytes long; it ends in "..."
// when something was left out.
func Escape(b []byte) string {
	const dots = "..."
	out := make([]byte, 0, maxDetail)
	cut := 0 // how much of out is kept when not all fits
	for _, c := range b {
		out = appendEscaped(out, c)
		if len(out) > maxDetail {
			return string(out[:cut]) + dots
		}
		if len(out) <= maxDetail-len(dots) {
			cut = len(out)
		}
	}
	return string(out)
}

func appendEscaped(out []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch {
	case c == '\r':
		return append(out, `\r`...)
	case c == '\n':
		return append(out, `\n`...)
	case c == '\t':
		return append(out, `\t`...)
	case c == '"' || c == '\\':
		return append(out, '\\', c)
	case c < ' ' || c >= 0x7f:
		return append(out, '\\', 'x', hex[c>>4], hex[c&15])
	}
	return append(out, c)
}

// printable leaves text as it is unless it holds control characters, which would
// let a server write lines of its own into a log.
func printable(s string) string {
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	out := make([]byte, 0, len(s)+16)
	for i := range len(s) {
		if isControl(rune(s[i])) {
			out = appendEscaped(out, s[i])
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// causeText is the reason and the error behind it, each after a colon. "redis: " stands at the beginning and not once
// more for each error in the other.
func causeText(reason string, err error) (text string) {
	if reason != "" {
		text = ": " + reason
	}
	if err != nil {
		text += ": " + strings.TrimPrefix(err.Error(), prefix)
	}
	return text
}
