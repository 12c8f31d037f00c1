package proto

import (
	"math"
	"strconv"
)

// maxFloatText bounds the text of a float: %f of the largest float64 has 309 digits
// before the point, and servers print at most 17 behind it.
const maxFloatText = 512

// parseDigits reads a number of at least one digit and nothing else.
func parseDigits(b []byte) (n uint64, ok bool) {
	for _, c := range b {
		c -= '0'
		if c > 9 || n > math.MaxUint64/10-1 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	return n, len(b) > 0
}

// parseInt reads an integer: a sign or none, then digits. It does not wrap.
func parseInt(b []byte) (int64, bool) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	n, ok := parseDigits(b)
	switch {
	case !ok:
		return 0, false
	case negative && n <= 1<<63:
		return -int64(n), true
	case !negative && n < 1<<63:
		return int64(n), true
	}
	return 0, false
}

// parseFloat reads a double as servers write it: a decimal number with or without
// a fraction and an exponent, inf, -inf or nan; servers before Redis 7.2 also say
// -nan. Hexadecimal digits, underscores, other spellings and numbers beyond the
// range of a float64 are refused, and texts of absurd length.
func parseFloat(b []byte) (float64, bool) {
	if len(b) > maxFloatText {
		return 0, false
	}
	if n, ok := parseDigits(b); ok && n < 1<<53 {
		return float64(n), true // most scores are whole numbers
	}
	if isDecimal(b) {
		f, err := strconv.ParseFloat(string(b), 64)
		return f, err == nil
	}
	switch string(b) {
	case "inf":
		return math.Inf(1), true
	case "-inf":
		return math.Inf(-1), true
	case "nan", "-nan":
		return math.NaN(), true
	}
	return 0, false
}

// isDecimal checks the grammar [+-]digits[.digits][(e|E)[+-]digits].
func isDecimal(b []byte) bool {
	b, ok := cutDigits(cutSign(b))
	if ok && len(b) > 0 && b[0] == '.' {
		b, ok = cutDigits(b[1:])
	}
	if ok && len(b) > 0 && b[0]|0x20 == 'e' {
		b, ok = cutDigits(cutSign(b[1:]))
	}
	return ok && len(b) == 0
}

func isBigNumber(b []byte) bool {
	b, ok := cutDigits(cutSign(b))
	return ok && len(b) == 0
}

func cutSign(b []byte) []byte {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		return b[1:]
	}
	return b
}

// cutDigits takes digits off the front; there must be at least one.
func cutDigits(b []byte) (rest []byte, ok bool) {
	i := 0
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return b[i:], i > 0
}
