package layer

import (
	"context"
	"slices"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// Entry is a message of a group's history.
type Entry struct {
	ID      string // of the stream; greater than those before
	Message []byte
}

// field is that of the stream's entries.
const field = "m"

// keep adds a message to the history of a group; nil where none is kept.
func (l *Layer) keep(group string, message []byte) *future.Future[redis.Opt[string]] {
	if l.opts.History == 0 {
		return nil
	}
	key := l.historyKey(group)
	kept := l.client.XAdd(key, "*", map[string]any{field: message}, redis.MaxLenApprox(int64(l.opts.History)))
	l.client.PExpire(key, l.opts.HistoryExpiry)
	return kept
}

// History returns the last messages of a group, at most n, the oldest first.
func (l *Layer) History(ctx context.Context, group string, n int) ([]Entry, error) {
	list, err := l.client.XRevRange(l.historyKey(group), "+", "-", redis.Count(int64(n))).Await(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(list)
	return entries(list), nil
}

// HistoryAfter returns the messages of a group that follow the one with the given ID, at most n: what somebody has missed who
// knows the ID of the last one that he has.
func (l *Layer) HistoryAfter(ctx context.Context, group, id string, n int) ([]Entry, error) {
	list, err := l.client.XRange(l.historyKey(group), "("+id, "+", redis.Count(int64(n))).Await(ctx)
	if err != nil {
		return nil, err
	}
	return entries(list), nil
}

func entries(list []redis.Entry) []Entry {
	out := make([]Entry, 0, len(list))
	for _, e := range list {
		if m, ok := e.Get(field); ok {
			out = append(out, Entry{e.ID, []byte(m)})
		}
	}
	return out
}
