package redistest

import (
	"fmt"
	"strings"
)

// Simple is the simple string +s.
func Simple(s string) string { return "+" + s + "\r\n" }

// Error is the error reply -s; s begins with the code.
func Error(s string) string { return "-" + s + "\r\n" }

// Int is the integer :n.
func Int(n int64) string { return fmt.Sprintf(":%d\r\n", n) }

// Bulk is the bulk string of s.
func Bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }

// Null is RESP3's null, NullBulk and NullArray are the two of RESP2.
const (
	Null      = "_\r\n"
	NullBulk  = "$-1\r\n"
	NullArray = "*-1\r\n"
)

// Array is the array of replies that are encoded already.
func Array(elements ...string) string { return aggregate('*', len(elements), elements) }

// Push is the RESP3 push frame of replies that are encoded already.
func Push(elements ...string) string { return aggregate('>', len(elements), elements) }

// Map is the RESP3 map of encoded keys and values in turn.
func Map(keysAndValues ...string) string { return aggregate('%', len(keysAndValues)/2, keysAndValues) }

func aggregate(kind byte, n int, elements []string) string {
	return fmt.Sprintf("%c%d\r\n%s", kind, n, strings.Join(elements, ""))
}
