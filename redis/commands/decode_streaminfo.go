package commands

import (
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// StreamFacts is what XINFO STREAM tells of a stream with FULL and without.
type StreamFacts struct {
	Length          int64
	LastID          string // the greatest that there was
	MaxDeletedID    string // "0-0" if nothing was deleted
	EntriesAdded    int64  // in all its life
	FirstRecordedID string
	TreeKeys        int64 // of the radix tree that holds it
	TreeNodes       int64
}

func (s *StreamFacts) set(r *proto.Reader, name string) (err error) {
	switch name {
	case "length":
		s.Length, err = r.Int()
	case "last-generated-id":
		s.LastID, err = r.String()
	case "max-deleted-entry-id":
		s.MaxDeletedID, err = r.String()
	case "entries-added":
		s.EntriesAdded, err = r.Int()
	case "recorded-first-entry-id":
		s.FirstRecordedID, err = r.String()
	case "radix-tree-keys":
		s.TreeKeys, err = r.Int()
	case "radix-tree-nodes":
		s.TreeNodes, err = r.Int()
	}
	return err
}

// StreamInfo is the reply of XINFO STREAM.
type StreamInfo struct {
	StreamFacts
	Groups      int64
	First, Last Opt[Entry] // missing if the stream is empty
}

type asStreamInfo struct{}

func (asStreamInfo) read(r *proto.Reader) (s StreamInfo, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "groups":
			s.Groups, err = r.Int()
		case "first-entry":
			s.First, err = readOptEntry(r)
		case "last-entry":
			s.Last, err = readOptEntry(r)
		default:
			err = s.set(r, name)
		}
		return err
	})
	return s, err
}

func readOptEntry(r *proto.Reader) (Opt[Entry], error) {
	null, err := r.Null()
	if err != nil || null {
		return Opt[Entry]{}, err
	}
	e, err := readEntry(r)
	if err != nil {
		return Opt[Entry]{}, err
	}
	return Some(e), nil
}

// StreamGroup is a consumer group of a stream: an element of XINFO GROUPS.
type StreamGroup struct {
	Name        string
	Consumers   int64
	Pending     int64 // entries delivered and not acknowledged
	LastID      string
	EntriesRead Opt[int64] // missing if the server cannot tell
	Lag         Opt[int64] // entries not delivered yet; missing if the server cannot tell
}

type asStreamGroups struct{}

func (asStreamGroups) read(r *proto.Reader) ([]StreamGroup, error) {
	return records(r, func(r *proto.Reader) (g StreamGroup, err error) {
		err = fieldsOf(r, func(name string) (err error) {
			switch name {
			case "name":
				g.Name, err = r.String()
			case "consumers":
				g.Consumers, err = r.Int()
			case "pending":
				g.Pending, err = r.Int()
			case "last-delivered-id":
				g.LastID, err = r.String()
			case "entries-read":
				g.EntriesRead, err = asOptInt{}.read(r)
			case "lag":
				g.Lag, err = asOptInt{}.read(r)
			}
			return err
		})
		return g, err
	})
}

// StreamConsumer is a consumer of a group: an element of XINFO CONSUMERS.
type StreamConsumer struct {
	Name     string
	Pending  int64
	Idle     time.Duration      // since it last asked for entries
	Inactive Opt[time.Duration] // since it last got one; missing if it never did, or the server is older than 7.2
}

type asStreamConsumers struct{}

func (asStreamConsumers) read(r *proto.Reader) ([]StreamConsumer, error) {
	return records(r, func(r *proto.Reader) (c StreamConsumer, err error) {
		err = fieldsOf(r, func(name string) (err error) {
			switch name {
			case "name":
				c.Name, err = r.String()
			case "pending":
				c.Pending, err = r.Int()
			case "idle":
				c.Idle, err = readDuration(r, time.Millisecond)
			case "inactive":
				c.Inactive, err = readInactive(r)
			}
			return err
		})
		return c, err
	})
}

// readInactive reads milliseconds, or -1 for what never happened.
func readInactive(r *proto.Reader) (Opt[time.Duration], error) {
	n, err := r.Int()
	if err != nil || n < 0 {
		return Opt[time.Duration]{}, err
	}
	d, err := durationOf(n, time.Millisecond)
	if err != nil {
		return Opt[time.Duration]{}, err
	}
	return Some(d), nil
}

// StreamFullInfo is the reply of XINFO STREAM with FULL.
type StreamFullInfo struct {
	StreamFacts
	Entries []Entry
	Groups  []StreamGroupFull
}

// StreamGroupFull is a consumer group with its consumers and what is pending.
type StreamGroupFull struct {
	Name         string
	LastID       string
	EntriesRead  Opt[int64] // missing if the server cannot tell
	Lag          Opt[int64] // entries not delivered yet; missing if the server cannot tell
	PendingCount int64      // of all, while Pending may be a part of them
	Pending      []StreamPending
	Consumers    []StreamConsumerFull
}

// StreamConsumerFull is a consumer with what is pending for it.
type StreamConsumerFull struct {
	Name         string
	Seen         time.Time // when it last asked for entries
	Active       time.Time // when it last got one; zero if it never did, or the server is older than 7.2
	PendingCount int64     // of all, while Pending may be a part of them
	Pending      []StreamPending
}

// StreamPending is an entry that was delivered and not acknowledged.
type StreamPending struct {
	ID         string
	Consumer   string
	Delivered  time.Time // for the last time
	Deliveries int64
}

type asStreamFullInfo struct{}

func (asStreamFullInfo) read(r *proto.Reader) (s StreamFullInfo, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "entries":
			s.Entries, err = asEntries{}.read(r)
		case "groups":
			s.Groups, err = records(r, readStreamGroupFull)
		default:
			err = s.set(r, name)
		}
		return err
	})
	return s, err
}

func readStreamGroupFull(r *proto.Reader) (g StreamGroupFull, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "name":
			g.Name, err = r.String()
		case "last-delivered-id":
			g.LastID, err = r.String()
		case "entries-read":
			g.EntriesRead, err = asOptInt{}.read(r)
		case "lag":
			g.Lag, err = asOptInt{}.read(r)
		case "pel-count":
			g.PendingCount, err = r.Int()
		case "pending":
			g.Pending, err = list(r, func(r *proto.Reader) (StreamPending, error) { return readStreamPending(r, true, "") })
		case "consumers":
			g.Consumers, err = records(r, readStreamConsumerFull)
		}
		return err
	})
	return g, err
}

func readStreamConsumerFull(r *proto.Reader) (c StreamConsumerFull, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "name":
			c.Name, err = r.String()
		case "seen-time":
			c.Seen, err = readMoment(r, time.Millisecond)
		case "active-time":
			c.Active, err = readMoment(r, time.Millisecond)
		case "pel-count":
			c.PendingCount, err = r.Int()
		case "pending":
			c.Pending, err = list(r, func(r *proto.Reader) (StreamPending, error) { return readStreamPending(r, false, c.Name) })
		}
		return err
	})
	return c, err
}

// readStreamPending reads a pending entry, which has its consumer with it when it
// stands in the group.
func readStreamPending(r *proto.Reader, named bool, consumer string) (p StreamPending, err error) {
	want := 3
	if named {
		want = 4
	}
	more, err := tuple(r, want, "want an ID, the moment of delivery and a count")
	if err != nil {
		return p, err
	}
	if p.ID, err = r.String(); err != nil {
		return p, err
	}
	p.Consumer = consumer
	if named {
		if p.Consumer, err = r.String(); err != nil {
			return p, err
		}
	}
	if p.Delivered, err = readMoment(r, time.Millisecond); err != nil {
		return p, err
	}
	if p.Deliveries, err = r.Int(); err != nil {
		return p, err
	}
	return p, skipMore(r, more)
}
