package proto

import (
	"math"
	"math/big"
)

// The functions below make Values, for servers in tests and for fakes.

// StringValue makes a bulk string, which may hold any bytes.
func StringValue(s string) Value { return Value{t: BulkString, s: s} }

// StatusValue makes a simple string such as OK.
func StatusValue(s string) Value { return Value{t: SimpleString, s: s} }

// ErrorValue makes an error reply, such as ErrorValue("ERR no such key").
func ErrorValue(message string) Value { return Value{t: SimpleError, s: message} }

// IntValue makes an integer.
func IntValue(n int64) Value { return Value{t: Integer, n: n} }

// NullValue makes a null.
func NullValue() Value { return Value{t: Null} }

// BoolValue makes a boolean.
func BoolValue(b bool) Value {
	if b {
		return Value{t: Bool, n: 1}
	}
	return Value{t: Bool}
}

// DoubleValue makes a double.
func DoubleValue(f float64) Value {
	return Value{t: Double, n: int64(math.Float64bits(f))}
}

// BigValue makes a big number.
func BigValue(n *big.Int) Value { return Value{t: BigNumber, s: n.String()} }

// VerbatimValue makes a verbatim string. A format of other than three bytes becomes
// "txt".
func VerbatimValue(format, s string) Value {
	if len(format) != 3 {
		format = "txt"
	}
	return Value{t: Verbatim, s: format + ":" + s}
}

// ArrayValue makes an array.
func ArrayValue(elems ...Value) Value { return Value{t: Array, elems: elems} }

// SetValue makes a set.
func SetValue(elems ...Value) Value { return Value{t: Set, elems: elems} }

// PushValue makes a push; the first element is its kind.
func PushValue(elems ...Value) Value { return Value{t: Push, elems: elems} }

// MapValue makes a map of keys and values in turn. A last key without a value gets
// a null.
func MapValue(pairs ...Value) Value {
	if len(pairs)%2 != 0 {
		pairs = append(pairs[:len(pairs):len(pairs)], NullValue())
	}
	return Value{t: Map, elems: pairs}
}
