package proto

import (
	"iter"
	"math"
	"math/big"

	"github.com/futureio/futureio-go/redis/errors"
)

// Value is a reply of any type, with all that is nested in it. The zero Value is
// a null.
//
// The accessors convert strictly: what does not fit is a *Mismatch, and every
// accessor of an error reply gives that error. A Value is not changed once it is
// made; it is safe for concurrent use as long as nobody writes to its Array.
type Value struct {
	t Type
	// n is the Integer, the bits of the Double, or 1 for a true Bool.
	n int64
	// s is the text of strings, errors and big numbers; of a verbatim string with
	// its format.
	s string
	// elems holds the elements of an aggregate; of a map the keys and values in turn.
	elems []Value
}

// Type returns the type; Null for every kind of null.
func (v Value) Type() Type {
	if v.t == 0 {
		return Null
	}
	return v.t
}

// IsNull tells whether there is no value.
func (v Value) IsNull() bool { return v.Type() == Null }

// Err returns the *errors.RedisError that an error reply is, and nil for anything
// else. An error inside of an array is an element like others (behaviour F6).
func (v Value) Err() error {
	if v.t.IsError() {
		return errors.ParseRedisError(v.s)
	}
	return nil
}

func (v Value) misfit(want, note string) error {
	if err := v.Err(); err != nil {
		return err
	}
	return &Mismatch{Want: want, Got: v.Type(), Note: note}
}

// Int returns an integer, or the integer that a string is.
func (v Value) Int() (int64, error) {
	const want = "an integer"
	switch v.t {
	case Integer:
		return v.n, nil
	case BulkString, SimpleString:
		if n, ok := parseInt([]byte(v.s)); ok {
			return n, nil
		}
		return 0, v.misfit(want, "that is none")
	}
	return 0, v.misfit(want, "")
}

// Float returns a double or an integer, or the number that a string is.
func (v Value) Float() (float64, error) {
	const want = "a number"
	switch v.t {
	case Double:
		return math.Float64frombits(uint64(v.n)), nil
	case Integer:
		return float64(v.n), nil
	case BulkString, SimpleString:
		if f, ok := parseFloat([]byte(v.s)); ok {
			return f, nil
		}
		return 0, v.misfit(want, "that is none")
	}
	return 0, v.misfit(want, "")
}

// Bool returns a boolean, or the truth of an integer that is 0 or 1.
func (v Value) Bool() (bool, error) {
	const want = "a boolean"
	switch v.t {
	case Bool:
		return v.n == 1, nil
	case Integer:
		if v.n == 0 || v.n == 1 {
			return v.n == 1, nil
		}
		return false, v.misfit(want, "other than 0 and 1")
	}
	return false, v.misfit(want, "")
}

// BigInt returns a big number or an integer.
func (v Value) BigInt() (*big.Int, error) {
	switch v.t {
	case BigNumber:
		if n, ok := new(big.Int).SetString(v.s, 10); ok {
			return n, nil
		}
	case Integer:
		return big.NewInt(v.n), nil
	}
	return nil, v.misfit("a big number", "")
}

// Text returns what a bulk, simple or verbatim string says, the last without its
// format. It may hold any bytes.
func (v Value) Text() (string, error) {
	switch v.t {
	case BulkString, SimpleString:
		return v.s, nil
	case Verbatim:
		return v.s[4:], nil
	}
	return "", v.misfit("a string", "")
}

// Format returns the three letters that say how a verbatim string is to be read,
// such as "txt" or "mkd", and "" for anything else.
func (v Value) Format() string {
	if v.t != Verbatim {
		return ""
	}
	return v.s[:3]
}

// Len returns the number of elements of an array, set or push and of pairs of a map;
// 0 for anything else.
func (v Value) Len() int {
	if v.t == Map {
		return len(v.elems) / 2
	}
	return len(v.elems)
}

// Array returns the elements of an array, set or push, and nil for anything else. It
// is the Value's own slice.
func (v Value) Array() []Value {
	if v.t == Map {
		return nil
	}
	return v.elems
}

// Pairs goes through the keys and values of a map in the order they came in, with
// every duplicate. An array is taken two by two, as RESP2 has maps; one
// of odd length, and anything else, has no pairs.
func (v Value) Pairs() iter.Seq2[Value, Value] {
	return func(yield func(key, value Value) bool) {
		if v.t != Map && v.t != Array || len(v.elems)%2 != 0 {
			return
		}
		for i := 0; i < len(v.elems); i += 2 {
			if !yield(v.elems[i], v.elems[i+1]) {
				return
			}
		}
	}
}
