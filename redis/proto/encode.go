package proto

import (
	"encoding"
	"fmt"
	"math"
	"strconv"
)

// A request is an array of bulk strings: AppendArrayHeader with the number of
// words, then an AppendBulk… for each.

// AppendArrayHeader appends the header of an array of n values.
func AppendArrayHeader(dst []byte, n int) []byte { return appendHeader(dst, Array, n) }

// AppendBulk appends a bulk string.
func AppendBulk(dst []byte, s string) []byte {
	dst = appendHeader(dst, BulkString, len(s))
	dst = append(dst, s...)
	return append(dst, '\r', '\n')
}

// AppendBulkBytes appends a bulk string; nil is the empty one.
func AppendBulkBytes(dst, b []byte) []byte {
	dst = appendHeader(dst, BulkString, len(b))
	dst = append(dst, b...)
	return append(dst, '\r', '\n')
}

// AppendBulkInt appends a number as a bulk string.
func AppendBulkInt(dst []byte, n int64) []byte {
	if n >= 0 {
		return AppendBulkUint(dst, uint64(n))
	}
	var digits [20]byte
	return AppendBulkBytes(dst, strconv.AppendInt(digits[:0], n, 10))
}

// AppendBulkUint appends a number as a bulk string.
func AppendBulkUint(dst []byte, n uint64) []byte {
	if n < 10 {
		return append(dst, '$', '1', '\r', '\n', '0'+byte(n), '\r', '\n')
	}
	if n < 100 {
		return append(dst, '$', '2', '\r', '\n', '0'+byte(n/10), '0'+byte(n%10), '\r', '\n')
	}
	var digits [20]byte
	return AppendBulkBytes(dst, strconv.AppendUint(digits[:0], n, 10))
}

// AppendBulkFloat appends a number as a bulk string, in as few digits as give the
// same float64 again; the infinities are inf and -inf. It is for the caller to
// refuse NaN, which servers do not take.
func AppendBulkFloat(dst []byte, f float64) []byte {
	var digits [32]byte
	return AppendBulkBytes(dst, appendFloat(digits[:0], f, 64))
}

// appendFloat writes a number without an exponent unless it is very large or very
// small, so that a whole number looks like one to the server: INCR takes 1000000
// but not 1e+06.
func appendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	case math.IsNaN(f):
		return append(dst, "nan"...)
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, bits)
}

// appendHeader appends a type, a length and a line end.
func appendHeader(dst []byte, t Type, n int) []byte {
	switch {
	case n < 10:
		return append(dst, byte(t), '0'+byte(n), '\r', '\n')
	case n < 100:
		return append(dst, byte(t), '0'+byte(n/10), '0'+byte(n%10), '\r', '\n')
	}
	dst = append(dst, byte(t))
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, '\r', '\n')
}

// AppendArg appends an argument of any type that has exactly one encoding: string,
// []byte, every type of integer, float32 and float64, bool as 1 or 0, and
// encoding.BinaryMarshaler. Anything else is refused, with an error that
// names the type and not the value; then dst is returned as it was. Named types such
// as type ID int64 are refused as well unless they marshal themselves: what looks like
// a number may be an enumeration or a time.Duration, of which nobody knows the
// unit.
func AppendArg(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return AppendBulk(dst, v), nil
	case []byte:
		return AppendBulkBytes(dst, v), nil
	case int:
		return AppendBulkInt(dst, int64(v)), nil
	case int64:
		return AppendBulkInt(dst, v), nil
	case int32:
		return AppendBulkInt(dst, int64(v)), nil
	case int16:
		return AppendBulkInt(dst, int64(v)), nil
	case int8:
		return AppendBulkInt(dst, int64(v)), nil
	case uint:
		return AppendBulkUint(dst, uint64(v)), nil
	case uint64:
		return AppendBulkUint(dst, v), nil
	case uint32:
		return AppendBulkUint(dst, uint64(v)), nil
	case uint16:
		return AppendBulkUint(dst, uint64(v)), nil
	case uint8:
		return AppendBulkUint(dst, uint64(v)), nil
	case uintptr:
		return AppendBulkUint(dst, uint64(v)), nil
	case float64:
		return appendFloatArg(dst, v, 64)
	case float32:
		return appendFloatArg(dst, float64(v), 32)
	case bool:
		if v {
			return AppendBulkUint(dst, 1), nil
		}
		return AppendBulkUint(dst, 0), nil
	case encoding.BinaryMarshaler:
		b, err := v.MarshalBinary()
		if err != nil {
			return dst, fmt.Errorf("MarshalBinary of %T: %w", v, err)
		}
		return AppendBulkBytes(dst, b), nil
	}
	return dst, refuse(v)
}

func appendFloatArg(dst []byte, f float64, bits int) ([]byte, error) {
	if math.IsNaN(f) {
		return dst, argError("not a number")
	}
	var digits [32]byte
	return AppendBulkBytes(dst, appendFloat(digits[:0], f, bits)), nil
}

// argError says why an argument is refused.
type argError string

func (e argError) Error() string { return string(e) }

func refuse(v any) error {
	switch name := fmt.Sprintf("%T", v); name {
	case "<nil>":
		return argError("nil has no encoding")
	case "time.Duration":
		return argError("a time.Duration has no unit here: use the command's own option, or give a number")
	default:
		return argError("a " + name + " has no encoding: convert it to a string, []byte, number or bool, or let it implement encoding.BinaryMarshaler")
	}
}
