package commands

import (
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// LatencyEvent is what LATENCY LATEST tells of one kind of event.
type LatencyEvent struct {
	Name   string
	At     time.Time     // of the latest one, to the second
	Latest time.Duration // to the millisecond, as the others
	Max    time.Duration
	Sum    time.Duration // of all; 0 from servers that do not tell it, as Redis and Valkey before 8.1
	Count  int64         // likewise
}

type asLatencies struct{}

func (asLatencies) read(r *proto.Reader) ([]LatencyEvent, error) {
	return records(r, readLatencyEvent)
}

func readLatencyEvent(r *proto.Reader) (e LatencyEvent, err error) {
	more, err := tuple(r, 4, "want an event, a time and two latencies")
	if err != nil {
		return e, err
	}
	if e.Name, err = r.String(); err != nil {
		return e, err
	}
	if e.At, err = readMoment(r, time.Second); err != nil {
		return e, err
	}
	if e.Latest, err = readDuration(r, time.Millisecond); err != nil {
		return e, err
	}
	if e.Max, err = readDuration(r, time.Millisecond); err != nil {
		return e, err
	}
	if more >= 2 {
		if e.Sum, err = readDuration(r, time.Millisecond); err != nil {
			return e, err
		}
		if e.Count, err = r.Int(); err != nil {
			return e, err
		}
		more -= 2
	}
	return e, skipMore(r, more)
}

// LatencySample is an element of LATENCY HISTORY: the longest time that an event
// took within one second.
type LatencySample struct {
	At   time.Time     // to the second
	Took time.Duration // to the millisecond
}

type asLatencySamples struct{}

func (asLatencySamples) read(r *proto.Reader) ([]LatencySample, error) {
	return records(r, readLatencySample)
}

func readLatencySample(r *proto.Reader) (s LatencySample, err error) {
	more, err := tuple(r, 2, "want pairs of time and latency")
	if err != nil {
		return s, err
	}
	if s.At, err = readMoment(r, time.Second); err != nil {
		return s, err
	}
	if s.Took, err = readDuration(r, time.Millisecond); err != nil {
		return s, err
	}
	return s, skipMore(r, more)
}

// LatencyHistogram is what LATENCY HISTOGRAM tells of one command.
type LatencyHistogram struct {
	Calls   int64
	Buckets []LatencyBucket // in the order of their bounds
}

// LatencyBucket counts the calls that took UpTo or less: the bucket before it is
// counted in.
type LatencyBucket struct {
	UpTo  time.Duration // to the microsecond
	Count int64
}

type asLatencyHistograms struct{}

func (asLatencyHistograms) read(r *proto.Reader) (map[string]LatencyHistogram, error) {
	return recordMap(r, readLatencyHistogram)
}

func readLatencyHistogram(r *proto.Reader) (h LatencyHistogram, err error) {
	err = fieldsOf(r, func(name string) (err error) {
		switch name {
		case "calls":
			h.Calls, err = r.Int()
		case "histogram_usec":
			h.Buckets, err = readLatencyBuckets(r)
		}
		return err
	})
	return h, err
}

// readLatencyBuckets reads a map from bound to count, both numbers.
func readLatencyBuckets(r *proto.Reader) ([]LatencyBucket, error) {
	n, ok, err := r.MapLen()
	if err != nil || !ok {
		return nil, err
	}
	out := make([]LatencyBucket, 0, min(n, fewRecords))
	for range n {
		var b LatencyBucket
		if b.UpTo, err = readDuration(r, time.Microsecond); err != nil {
			return nil, err
		}
		if b.Count, err = r.Int(); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
