package commands

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// What the decoders of structured replies share. Such replies are maps of named
// fields, which RESP2 has as flat arrays, or arrays in which the place says what an
// element is. Servers add fields and elements with every version: those that are
// not known are skipped.

// fewRecords is how many structs are made room for on the word of the server
// alone. They are larger than what proto.Prealloc is meant for, and mostly few.
const fewRecords = 16

// eachField walks the fields of a map and calls one with the name of each. What one
// does not read of the value is the whole value, which is skipped then. ok is false
// for a null.
func eachField(r *proto.Reader, one func(name string) error) (ok bool, err error) {
	n, ok, err := r.MapLen()
	if err != nil || !ok {
		return false, err
	}
	for range n {
		name, err := r.String()
		if err != nil {
			return false, err
		}
		before := r.Remaining()
		if err := one(name); err != nil {
			return false, err
		}
		if r.Remaining() == before {
			if err := r.Skip(); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// fieldsOf is eachField where there must be a map.
func fieldsOf(r *proto.Reader, one func(name string) error) error {
	ok, err := eachField(r, one)
	if err == nil && !ok {
		return misfit("null where a map is expected")
	}
	return err
}

// records is list for structs.
func records[T any](r *proto.Reader, one func(*proto.Reader) (T, error)) ([]T, error) {
	n, ok, err := r.ArrayLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make([]T, 0, min(n, fewRecords))
	for range n {
		v, err := one(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// recordMap reads a map of structs by name.
func recordMap[T any](r *proto.Reader, one func(*proto.Reader) (T, error)) (map[string]T, error) {
	var out map[string]T
	ok, err := eachField(r, func(name string) error {
		v, err := one(r)
		if err != nil {
			return err
		}
		if out == nil {
			out = map[string]T{}
		}
		out[name] = v
		return nil
	})
	if ok && out == nil {
		out = map[string]T{}
	}
	return out, err
}

// tuple begins an array whose elements have their meaning by their place, of which
// there must be at least want. It returns how many there are beyond those.
func tuple(r *proto.Reader, want int, what misfit) (more int, err error) {
	n, ok, err := r.ArrayLen()
	if err != nil {
		return 0, err
	}
	if !ok || n < want {
		return 0, what
	}
	return n - want, nil
}

// skipMore skips the elements of a tuple that are not known.
func skipMore(r *proto.Reader, n int) error {
	for range n {
		if err := r.Skip(); err != nil {
			return err
		}
	}
	return nil
}

// textOrNull reads a string, and a null as the empty one.
func textOrNull(r *proto.Reader) (string, error) {
	s, _, err := r.OptString()
	return s, err
}

// textFields reads a map of strings of which servers may have more with every
// version: numbers are kept as their text, other types are skipped.
func textFields(r *proto.Reader) (map[string]string, error) {
	out := map[string]string{}
	_, err := eachField(r, func(name string) error {
		t, err := r.Peek()
		switch {
		case err != nil:
			return err
		case t == proto.Integer:
			n, err := r.Int()
			out[name] = strconv.FormatInt(n, 10)
			return err
		case t == proto.BulkString || t == proto.SimpleString || t == proto.Verbatim:
			out[name], err = r.String()
		}
		return err
	})
	return out, err
}

// number reads a number out of a text.
func number(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, misfit("a text where a number is expected")
	}
	return n, nil
}

// durationOf is n units, if that is a time.Duration at all.
func durationOf(n int64, unit time.Duration) (time.Duration, error) {
	if limit := math.MaxInt64 / int64(unit); n > limit || n < -limit {
		return 0, misfit("a duration beyond 292 years")
	}
	return time.Duration(n) * unit, nil
}

// readDuration reads a duration that is counted in unit.
func readDuration(r *proto.Reader, unit time.Duration) (time.Duration, error) {
	n, err := r.Int()
	if err != nil {
		return 0, err
	}
	return durationOf(n, unit)
}

// momentOf is the time n units after 1970, and the zero time for 0 and -1, by which
// servers mean that something has not happened.
func momentOf(n int64, unit time.Duration) time.Time {
	switch {
	case n == 0 || n == -1:
		return time.Time{}
	case unit == time.Millisecond:
		return time.UnixMilli(n)
	}
	return time.Unix(n, 0)
}

// readMoment reads a time that is counted in seconds or milliseconds.
func readMoment(r *proto.Reader, unit time.Duration) (time.Time, error) {
	n, err := r.Int()
	if err != nil {
		return time.Time{}, err
	}
	return momentOf(n, unit), nil
}

// asInfoFields reads a text of lines "name:value", such as CLUSTER INFO.
type asInfoFields struct{}

func (asInfoFields) read(r *proto.Reader) (map[string]string, error) {
	text, ok, err := r.OptString()
	if err != nil || !ok {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		if name, value, ok := strings.Cut(strings.TrimSuffix(line, "\r"), ":"); ok {
			out[name] = value
		}
	}
	return out, nil
}
