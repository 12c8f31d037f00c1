package commands

import (
	"strconv"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// The servers' special answers of TTL and its relatives, in the unit of the
// command; the reply types keep them as they are.
const (
	// NoExpiry is what TTL and PTTL tell of a key that never expires.
	NoExpiry time.Duration = -1
	// NoKey is what TTL and PTTL tell of a key that does not exist.
	NoKey time.Duration = -2
)

type asInt struct{}

func (asInt) read(r *proto.Reader) (int64, error) { return r.Int() }

// asGoInt reads an integer for Do[int].
type asGoInt struct{}

func (asGoInt) read(r *proto.Reader) (int, error) {
	n, err := r.Int()
	if err == nil && int64(int(n)) != n {
		return 0, misfit("an integer beyond the range of int")
	}
	return int(n), err
}

type asOptInt struct{}

func (asOptInt) read(r *proto.Reader) (Opt[int64], error) {
	n, ok, err := r.OptInt()
	if err != nil || !ok {
		return Opt[int64]{}, err
	}
	return Some(n), nil
}

// asBool reads the 0 or 1 that tells whether something was done or is so.
type asBool struct{}

func (asBool) read(r *proto.Reader) (bool, error) { return r.Bool() }

// asTruth reads what can be taken as yes or no: 0 or 1, OK, and null for no.
type asTruth struct{}

func (asTruth) read(r *proto.Reader) (bool, error) {
	switch t, err := r.Peek(); {
	case err != nil:
		return false, err
	case t == proto.SimpleString || t == proto.Null:
		return asStored{}.read(r)
	}
	return r.Bool()
}

// asStored reads the reply of a SET: OK when the value was stored, null when a
// condition kept it from being stored.
type asStored struct{}

func (asStored) read(r *proto.Reader) (bool, error) {
	null, err := r.Null()
	if err != nil || null {
		return false, err
	}
	_, err = asStatus{}.read(r)
	return err == nil, err
}

// asStatus reads a status such as OK. The usual ones do not cost an allocation.
type asStatus struct{}

func (asStatus) read(r *proto.Reader) (string, error) {
	b, ok, err := r.Bytes()
	if err != nil {
		return "", err
	}
	if !ok {
		return "", misfit("null where a status is expected")
	}
	switch string(b) {
	case "OK":
		return "OK", nil
	case "PONG":
		return "PONG", nil
	case "QUEUED":
		return "QUEUED", nil
	}
	return string(b), nil
}

type asString struct{}

func (asString) read(r *proto.Reader) (string, error) { return r.String() }

type asOptString struct{}

func (asOptString) read(r *proto.Reader) (Opt[string], error) {
	s, ok, err := r.OptString()
	if err != nil || !ok {
		return Opt[string]{}, err
	}
	return Opt[string]{v: s, ok: true}, nil
}

// asBytes reads a string that is not missing as bytes of its own.
type asBytes struct{}

func (asBytes) read(r *proto.Reader) ([]byte, error) {
	b, ok, err := r.OwnedBytes()
	if err == nil && !ok {
		return nil, misfit("null where a string is expected")
	}
	return b, err
}

type asFloat struct{}

func (asFloat) read(r *proto.Reader) (float64, error) { return r.Float() }

type asOptFloat struct{}

func (asOptFloat) read(r *proto.Reader) (Opt[float64], error) {
	f, ok, err := r.OptFloat()
	if err != nil || !ok {
		return Opt[float64]{}, err
	}
	return Some(f), nil
}

type asSeconds struct{}

func (asSeconds) read(r *proto.Reader) (time.Duration, error) {
	return expiry(r, time.Second)
}

type asMillis struct{}

func (asMillis) read(r *proto.Reader) (time.Duration, error) {
	return expiry(r, time.Millisecond)
}

// expiry reads a time to live counted in unit. The two negative answers are
// kept as NoExpiry and NoKey.
func expiry(r *proto.Reader, unit time.Duration) (time.Duration, error) {
	n, err := r.Int()
	if err != nil {
		return 0, err
	}
	if n < 0 {
		return time.Duration(n), nil
	}
	if n > int64(1<<63-1)/int64(unit) {
		return 0, misfit("time to live beyond 292 years")
	}
	return time.Duration(n) * unit, nil
}

// asTime reads TIME: seconds and microseconds of the server's clock.
type asTime struct{}

func (asTime) read(r *proto.Reader) (time.Time, error) {
	n, ok, err := r.ArrayLen()
	if err != nil {
		return time.Time{}, err
	}
	if !ok || n != 2 {
		return time.Time{}, misfit("want seconds and microseconds")
	}
	var part [2]int64
	for i := range part {
		b, _, err := r.Bytes()
		if err != nil {
			return time.Time{}, err
		}
		if part[i], err = strconv.ParseInt(string(b), 10, 64); err != nil {
			return time.Time{}, misfit("want seconds and microseconds")
		}
	}
	return time.Unix(part[0], part[1]*1000), nil
}

// asValue reads any reply as it is.
type asValue struct{}

func (asValue) read(r *proto.Reader) (proto.Value, error) { return r.Value() }

// misfit is a reply that is well formed but not what the command answers.
type misfit string

func (m misfit) Error() string { return string(m) }
