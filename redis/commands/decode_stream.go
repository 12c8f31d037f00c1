package commands

import (
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// Entry is an entry of a stream.
type Entry struct {
	ID      string
	Fields  []FieldValue // in their order; a field may come more than once
	Deleted bool         // it is pending in a group, but not in the stream any more: there are no Fields
}

// Get returns the value of a field, and whether the entry has it.
func (e Entry) Get(field string) (string, bool) {
	for _, f := range e.Fields {
		if f.Field == field {
			return f.Value, true
		}
	}
	return "", false
}

// Map returns the fields as a map; of those that come more than once, the last.
func (e Entry) Map() map[string]string {
	m := make(map[string]string, len(e.Fields))
	for _, f := range e.Fields {
		m[f.Field] = f.Value
	}
	return m
}

// StreamEntries is what was read of one stream.
type StreamEntries struct {
	Stream  string
	Entries []Entry
}

type asEntries struct{}

func (asEntries) read(r *proto.Reader) ([]Entry, error) { return list(r, readEntry) }

func readEntry(r *proto.Reader) (e Entry, err error) {
	more, err := tuple(r, 2, "want an ID and the fields of an entry")
	if err != nil {
		return e, err
	}
	if e.ID, err = r.String(); err != nil {
		return e, err
	}
	if e.Deleted, err = r.Null(); err != nil {
		return e, err
	}
	if !e.Deleted {
		if e.Fields, err = (asFieldValues{}).read(r); err != nil {
			return e, err
		}
	}
	return e, skipMore(r, more)
}

// asStreams reads entries by stream: a map in RESP3, an array of pairs in RESP2, and
// null if there is nothing to be read.
type asStreams struct{}

func (asStreams) read(r *proto.Reader) ([]StreamEntries, error) {
	t, err := r.Peek()
	if err != nil {
		return nil, err
	}
	if t != proto.Map {
		return records(r, func(r *proto.Reader) (s StreamEntries, err error) {
			more, err := tuple(r, 2, "want a stream and its entries")
			if err != nil {
				return s, err
			}
			if s, err = readStreamEntries(r); err != nil {
				return s, err
			}
			return s, skipMore(r, more)
		})
	}
	n, _, err := r.MapLen()
	if err != nil {
		return nil, err
	}
	out := make([]StreamEntries, 0, min(n, fewRecords))
	for range n {
		s, err := readStreamEntries(r)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func readStreamEntries(r *proto.Reader) (s StreamEntries, err error) {
	if s.Stream, err = r.String(); err == nil {
		s.Entries, err = asEntries{}.read(r)
	}
	return s, err
}

// AutoClaim is the reply of XAUTOCLAIM.
type AutoClaim struct {
	Next    string  // where to go on; "0-0" when all pending entries have been looked at
	Entries []Entry // those that are the consumer's now
	Deleted []string
}

// AutoClaimIDs is the reply of XAUTOCLAIM with JUSTID.
type AutoClaimIDs struct {
	Next    string   // where to go on; "0-0" when all pending entries have been looked at
	IDs     []string // of the entries that are the consumer's now
	Deleted []string // IDs of entries that were pending, but not in the stream any more
}

type asAutoClaim struct{}

func (asAutoClaim) read(r *proto.Reader) (a AutoClaim, err error) {
	a.Next, a.Entries, a.Deleted, err = autoClaim(r, asEntries{}.read)
	return a, err
}

type asAutoClaimIDs struct{}

func (asAutoClaimIDs) read(r *proto.Reader) (a AutoClaimIDs, err error) {
	a.Next, a.IDs, a.Deleted, err = autoClaim(r, asStrings{}.read)
	return a, err
}

// autoClaim reads the parts of XAUTOCLAIM. Servers before 7.0 do not tell what was deleted.
func autoClaim[T any](r *proto.Reader, read func(*proto.Reader) ([]T, error)) (next string, claimed []T, deleted []string, err error) {
	more, err := tuple(r, 2, "want an ID and what was claimed")
	if err != nil {
		return "", nil, nil, err
	}
	if next, err = r.String(); err != nil {
		return "", nil, nil, err
	}
	if claimed, err = read(r); err != nil {
		return "", nil, nil, err
	}
	if more > 0 {
		more--
		if deleted, err = (asStrings{}).read(r); err != nil {
			return "", nil, nil, err
		}
	}
	return next, claimed, deleted, skipMore(r, more)
}

// PendingSummary is the reply of XPENDING without a range.
type PendingSummary struct {
	Count       int64            // pending entries of the group
	First, Last string           // the smallest and the greatest ID; empty if there is none
	Consumers   map[string]int64 // how many each has, of those that have any
}

type asPendingSummary struct{}

func (asPendingSummary) read(r *proto.Reader) (p PendingSummary, err error) {
	more, err := tuple(r, 4, "want a count, two IDs and the consumers")
	if err != nil {
		return p, err
	}
	if p.Count, err = r.Int(); err != nil {
		return p, err
	}
	if p.First, err = textOrNull(r); err != nil {
		return p, err
	}
	if p.Last, err = textOrNull(r); err != nil {
		return p, err
	}
	consumers, err := pairList(r, "want a count for every consumer", readFieldValue)
	if err != nil {
		return p, err
	}
	p.Consumers = make(map[string]int64, len(consumers))
	for _, c := range consumers {
		if p.Consumers[c.Field], err = number(c.Value); err != nil {
			return p, err
		}
	}
	return p, skipMore(r, more)
}

// PendingEntry is an entry that was delivered to a consumer and not acknowledged.
type PendingEntry struct {
	ID         string
	Consumer   string
	Idle       time.Duration // since it was delivered last
	Deliveries int64
}

type asPendingEntries struct{}

func (asPendingEntries) read(r *proto.Reader) ([]PendingEntry, error) {
	return list(r, readPendingEntry)
}

func readPendingEntry(r *proto.Reader) (p PendingEntry, err error) {
	more, err := tuple(r, 4, "want an ID, a consumer, an age and a count")
	if err != nil {
		return p, err
	}
	if p.ID, err = r.String(); err != nil {
		return p, err
	}
	if p.Consumer, err = r.String(); err != nil {
		return p, err
	}
	if p.Idle, err = readDuration(r, time.Millisecond); err != nil {
		return p, err
	}
	if p.Deliveries, err = r.Int(); err != nil {
		return p, err
	}
	return p, skipMore(r, more)
}
