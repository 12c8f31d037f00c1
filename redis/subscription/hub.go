package subscription

import (
	"sync"
	"time"

	"github.com/futureio/futureio-go/future"
)

// A Hub keeps what is to be subscribed to on one connection after the other, and brings messages to those who want them. It is
// made by roles of package redis. It is safe for any number of goroutines, but for what a Link calls on its reader.
type Hub struct {
	link        Link
	readTimeout time.Duration

	mu     sync.Mutex
	up     bool // there is a connection
	topics [kinds]map[string]*topic
	subs   map[*Subscription]struct{}
	made   uint64   // topics
	later  []func() // to be done without the lock, by unlock: what may run code of others

	// Owned by the reader.
	last  *topic // of the last message
	dirty []*Subscription
}

// NewHub makes a Hub. Calls that wait for the server do so no longer than readTimeout.
func NewHub(link Link, readTimeout time.Duration) *Hub {
	h := &Hub{link: link, readTimeout: readTimeout, subs: map[*Subscription]struct{}{}}
	for kind := range h.topics {
		h.topics[kind] = map[string]*topic{}
	}
	return h
}

// unlock releases the lock, and then does what must not be done under it.
func (h *Hub) unlock() {
	later := h.later
	h.later = nil
	h.mu.Unlock()
	for _, do := range later {
		do()
	}
}

// Open makes a subscription. The future is settled when the server has confirmed it: with the Subscription, or, when all of it
// is refused, with the refusal. When only a part is refused, the Subscription is there, and its Next tells what it goes
// without. Cancelling the future takes the subscription back.
func (h *Hub) Open(opts Options) *future.Future[*Subscription] {
	opts, err := opts.withDefaults()
	if err != nil {
		return future.Rejected[*Subscription](err)
	}
	s := &Subscription{hub: h, topics: map[Topic]*topic{}}
	s.buf.open(&opts)
	p := future.NewPromise[*Subscription]()
	w := &wait{sub: s, first: true, settle: func(err error) bool {
		if err != nil {
			return p.Fail(err)
		}
		return p.Complete(s)
	}}
	p.OnCancel(func(cause error) { h.giveUp(w, cause) })
	h.mu.Lock()
	defer h.unlock()
	h.subs[s] = struct{}{}
	h.joinLocked(s, opts.topics(), w)
	return p.Future()
}

// joinLocked adds topics to a subscription, and has w wait for them.
func (h *Hub) joinLocked(s *Subscription, list []Topic, w *wait) {
	fresh := make([]*topic, 0, len(list))
	for _, name := range list {
		if s.topics[name] != nil {
			continue
		}
		t := h.topics[name.Kind][name.Name]
		if t == nil {
			h.made++
			t = &topic{Topic: name, seq: h.made}
			h.topics[name.Kind][name.Name] = t
		}
		t.subs = append(t.subs, s)
		s.topics[name] = t
		w.topics = append(w.topics, name)
		if t.state != on {
			s.off++
			t.joins = append(t.joins, w)
			w.left++
			fresh = append(fresh, t)
		}
	}
	h.reconcileLocked(fresh)
	if len(fresh) > 0 && !h.up {
		h.later = append(h.later, h.link.Dial)
	}
	h.startLocked(w, verbs[list[0].Kind][0])
}

// leaveLocked takes topics off a subscription, and has w, if there is one, wait until the server has forgotten those that
// nobody wants any more. The subscription ends with the last one.
func (h *Hub) leaveLocked(s *Subscription, list []Topic, w *wait) {
	left := make([]*topic, 0, len(list))
	for _, name := range list {
		t := s.topics[name]
		if t == nil {
			continue
		}
		delete(s.topics, name)
		if t.state != on {
			s.off--
		}
		joins := t.drop(s)
		if w != nil && len(t.subs) == 0 && t.state != off {
			t.exits = append(t.exits, w)
			w.left++
		}
		left = append(left, t)
		h.stepLocked(joins)
	}
	h.reconcileLocked(left)
	if len(s.topics) == 0 {
		h.endLocked(s, errEnded, false)
		return
	}
	h.checkBackLocked(s)
}

// endLocked ends a subscription: its Next returns err, after what is in the buffer unless drop is set.
func (h *Hub) endLocked(s *Subscription, err error, drop bool) {
	s.buf.end(err, drop)
	if _, open := h.subs[s]; !open {
		return
	}
	delete(h.subs, s)
	left := make([]*topic, 0, len(s.topics))
	for name, t := range s.topics {
		delete(s.topics, name)
		for _, w := range t.drop(s) {
			h.settleLocked(w, err)
		}
		left = append(left, t)
	}
	h.reconcileLocked(left)
	if len(h.subs) == 0 {
		h.later = append(h.later, h.link.Idle)
	}
}

// Leave unsubscribes every subscription from the given names, or from all of the kind if there are none. It reports false, and does
// nothing, when there is nothing of the kind, neither wanted nor on the server.
func (h *Hub) Leave(kind Kind, names []string) (done *future.Future[struct{}], found bool) {
	h.mu.Lock()
	defer h.unlock()
	if len(names) == 0 {
		for name, t := range h.topics[kind] {
			if len(t.subs) > 0 || t.state == asking || t.state == on {
				names = append(names, name)
			}
		}
	}
	list := topicsOf(nil, kind, names)
	p, w := newWait()
	for _, name := range list {
		found = found || h.topics[kind][name.Name] != nil
	}
	if !found {
		return nil, false
	}
	w.left++ // so that it is not over before all of them have been gone through
	for s := range h.subs {
		h.leaveLocked(s, list, w)
	}
	w.left--
	h.startLocked(w, verbs[kind][1])
	return p.Future(), true
}

// Busy tells whether the connection is subscribed to anything, or going to be.
func (h *Hub) Busy() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, byName := range h.topics {
		for _, t := range byName {
			if len(t.subs) > 0 || t.state == asking || t.state == on {
				return true
			}
		}
	}
	return false
}

// Close ends all subscriptions as their own Close does.
func (h *Hub) Close() { h.end(errEnded, true) }

// Over ends all subscriptions, and what waits for the server, with err: there is not going to be a connection, or not by
// itself. The Hub can be used again.
func (h *Hub) Over(err error) { h.end(err, false) }

func (h *Hub) end(err error, drop bool) {
	h.mu.Lock()
	defer h.unlock()
	for s := range h.subs {
		h.endLocked(s, err, drop)
	}
}
