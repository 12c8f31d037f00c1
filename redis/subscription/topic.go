package subscription

import "slices"

// state says what the server knows of a topic, as far as is known here.
//
//	        Request goes out           confirmed
//	off ---------------------> asking ----------> on
//	 ^                           |                 |
//	 |     refused, or lost      |                 | nobody wants it any more: Request goes out
//	 +---------------------------+                 v
//	 +----------------------------------------- leaving
//	       confirmed, or lost
//
// There is one request under way for a topic at most, so that a confirmation cannot be taken for that of another. When it is
// over, what is wanted by then decides what comes next.
type state uint8

const (
	off state = iota
	asking
	on
	leaving
)

// topic is one thing to subscribe to, with those who want it. It is guarded by the hub's lock, but for what the reader owns.
type topic struct {
	Topic
	seq   uint64 // in the order of their making
	state state
	gone  bool // it is in the hub no more
	alone bool // it is to be asked for alone, since together with others it was refused

	subs  []*Subscription
	joins []*wait // those who wait for state on
	exits []*wait // those who wait for state off

	channel string // of the last message, for patterns; owned by the reader
}

// setState moves the topic, and keeps count for its subscriptions.
func (t *topic) setState(to state) {
	was := t.state
	t.state = to
	if (was == on) == (to == on) {
		return
	}
	for _, s := range t.subs {
		if to == on {
			s.off--
		} else {
			s.off++
		}
	}
}

// drop takes a subscription off the topic. It returns the waits of that subscription for it.
func (t *topic) drop(s *Subscription) (joins []*wait) {
	if i := slices.Index(t.subs, s); i >= 0 {
		t.subs = slices.Delete(t.subs, i, i+1)
	}
	t.joins = slices.DeleteFunc(t.joins, func(w *wait) bool {
		if w.sub == s {
			joins = append(joins, w)
		}
		return w.sub == s
	})
	return joins
}
