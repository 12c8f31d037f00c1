package commands

import (
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// Expiry is when a key or a field expires. At is the zero time when one of the
// others is true.
type Expiry struct {
	At    time.Time
	Never bool // it has no expiry
	NoKey bool // it does not exist
}

type asExpirySeconds struct{}

func (asExpirySeconds) read(r *proto.Reader) (Expiry, error) { return readExpiry(r, time.Second) }

type asExpiryMillis struct{}

func (asExpiryMillis) read(r *proto.Reader) (Expiry, error) { return readExpiry(r, time.Millisecond) }

type asExpiriesSeconds struct{}

func (asExpiriesSeconds) read(r *proto.Reader) ([]Expiry, error) {
	return list(r, asExpirySeconds{}.read)
}

type asExpiriesMillis struct{}

func (asExpiriesMillis) read(r *proto.Reader) ([]Expiry, error) {
	return list(r, asExpiryMillis{}.read)
}

// readExpiry reads a moment that is counted in unit, or -1 or -2.
func readExpiry(r *proto.Reader, unit time.Duration) (Expiry, error) {
	n, err := r.Int()
	switch {
	case err != nil:
		return Expiry{}, err
	case n == int64(NoExpiry):
		return Expiry{Never: true}, nil
	case n == int64(NoKey):
		return Expiry{NoKey: true}, nil
	case n < 0:
		return Expiry{}, misfit("a moment before 1970")
	}
	return Expiry{At: momentOf(n, unit)}, nil
}

type asSecondsList struct{}

func (asSecondsList) read(r *proto.Reader) ([]time.Duration, error) {
	return list(r, asSeconds{}.read)
}

type asMillisList struct{}

func (asMillisList) read(r *proto.Reader) ([]time.Duration, error) {
	return list(r, asMillis{}.read)
}

// asOptSeconds reads a duration in seconds that may be missing.
type asOptSeconds struct{}

func (asOptSeconds) read(r *proto.Reader) (Opt[time.Duration], error) {
	n, ok, err := r.OptInt()
	if err != nil || !ok {
		return Opt[time.Duration]{}, err
	}
	d, err := durationOf(n, time.Second)
	if err != nil {
		return Opt[time.Duration]{}, err
	}
	return Some(d), nil
}

// asUnixTime reads a time in seconds since 1970.
type asUnixTime struct{}

func (asUnixTime) read(r *proto.Reader) (time.Time, error) { return readMoment(r, time.Second) }

// AOFAcks is the reply of WAITAOF: how many hold the writes in their append-only file.
type AOFAcks struct {
	Local    int64 // 1 or 0
	Replicas int64
}

type asAOFAcks struct{}

func (asAOFAcks) read(r *proto.Reader) (a AOFAcks, err error) {
	more, err := tuple(r, 2, "want the local one and the number of replicas")
	if err != nil {
		return a, err
	}
	if a.Local, err = r.Int(); err != nil {
		return a, err
	}
	if a.Replicas, err = r.Int(); err != nil {
		return a, err
	}
	return a, skipMore(r, more)
}
