package proto

import (
	"math"
	"strconv"
	"strings"
)

// AppendValue appends the wire form of a reply in the given version of the
// protocol, 2 or 3. In RESP2, which does not have them, a map is a flat array, a
// set or push an array, a boolean 1 or 0, a double, big number or verbatim string a
// bulk string, a bulk error a plain one, and a null is "$-1".
//
// A simple string that has a line end in it is written as a bulk string, and an
// error with one as a bulk error or, in RESP2, with spaces instead: there is no
// other way to send them.
func AppendValue(dst []byte, v Value, version int) []byte {
	if version < 3 {
		v = v.inRESP2()
	}
	switch v.Type() {
	case SimpleString:
		if multiline(v.s) {
			return AppendBulk(dst, v.s)
		}
		return appendLine(dst, v.t, v.s)
	case SimpleError:
		if multiline(v.s) {
			return appendBulk(dst, BulkError, v.s)
		}
		return appendLine(dst, v.t, v.s)
	case BigNumber:
		return appendLine(dst, v.t, v.s)
	case Integer:
		dst = append(dst, byte(v.t))
		dst = strconv.AppendInt(dst, v.n, 10)
		return append(dst, '\r', '\n')
	case Bool:
		if v.n == 1 {
			return append(dst, "#t\r\n"...)
		}
		return append(dst, "#f\r\n"...)
	case Double:
		dst = append(dst, byte(v.t))
		dst = appendFloat(dst, math.Float64frombits(uint64(v.n)), 64)
		return append(dst, '\r', '\n')
	case BulkString, BulkError, Verbatim:
		return appendBulk(dst, v.t, v.s)
	case Null:
		if version < 3 {
			return append(dst, "$-1\r\n"...)
		}
		return append(dst, "_\r\n"...)
	}
	dst = appendHeader(dst, v.t, v.Len())
	for _, e := range v.elems {
		dst = AppendValue(dst, e, version)
	}
	return dst
}

// inRESP2 replaces a type that RESP2 does not have. Elements stay as they are.
func (v Value) inRESP2() Value {
	switch v.t {
	case Map, Set, Push:
		v.t = Array
	case Bool:
		v.t = Integer
	case Double:
		v = StringValue(string(appendFloat(nil, math.Float64frombits(uint64(v.n)), 64)))
	case BigNumber:
		v.t = BulkString
	case Verbatim:
		v = StringValue(v.s[4:])
	case SimpleError, BulkError:
		text := []byte(v.s)
		for i, c := range text {
			if c == '\r' || c == '\n' {
				text[i] = ' '
			}
		}
		v = ErrorValue(string(text))
	}
	return v
}

func multiline(s string) bool { return strings.ContainsAny(s, "\r\n") }

func appendLine(dst []byte, t Type, s string) []byte {
	dst = append(dst, byte(t))
	dst = append(dst, s...)
	return append(dst, '\r', '\n')
}

func appendBulk(dst []byte, t Type, s string) []byte {
	dst = appendHeader(dst, t, len(s))
	dst = append(dst, s...)
	return append(dst, '\r', '\n')
}
