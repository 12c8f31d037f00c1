package commands

import (
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// SlowLogEntry is a command that took long: an element of SLOWLOG GET and of
// COMMANDLOG GET.
type SlowLogEntry struct {
	ID         int64
	At         time.Time // when it was run, to the second
	Took       time.Duration
	Args       []string // the command's words and arguments; the server shortens many or long ones
	ClientAddr string
	ClientName string
}

// Size is the number of bytes that COMMANDLOG GET tells of a large request or a
// large reply, in the place of the time taken.
func (e SlowLogEntry) Size() int64 { return int64(e.Took / time.Microsecond) }

type asSlowLog struct{}

func (asSlowLog) read(r *proto.Reader) ([]SlowLogEntry, error) {
	return records(r, readSlowLogEntry)
}

func readSlowLogEntry(r *proto.Reader) (e SlowLogEntry, err error) {
	more, err := tuple(r, 4, "want an ID, a time, a duration and a command")
	if err != nil {
		return e, err
	}
	if e.ID, err = r.Int(); err != nil {
		return e, err
	}
	if e.At, err = readMoment(r, time.Second); err != nil {
		return e, err
	}
	if e.Took, err = readDuration(r, time.Microsecond); err != nil {
		return e, err
	}
	if e.Args, err = (asStrings{}).read(r); err != nil {
		return e, err
	}
	for _, field := range []*string{&e.ClientAddr, &e.ClientName} {
		if more == 0 {
			return e, nil
		}
		if *field, err = textOrNull(r); err != nil {
			return e, err
		}
		more--
	}
	return e, skipMore(r, more)
}
