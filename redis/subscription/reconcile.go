package subscription

import (
	"cmp"
	stderrors "errors"
	"slices"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
)

// reconcileLocked asks the server for what is wanted of the given topics, and forgets those that neither side knows any more.
func (h *Hub) reconcileLocked(list []*topic) {
	var p plan
	for _, t := range list {
		wanted := len(t.subs) > 0
		switch {
		case t.state == off && !wanted:
			h.forgetLocked(t)
		case t.state == off && h.up:
			t.setState(asking)
			p.add(t, false)
		case t.state == on && !wanted:
			t.setState(leaving)
			p.add(t, true)
		}
	}
	if requests := p.requests(); requests != nil {
		// When the connection is gone by now, Down is about to say so, and sets all of it back.
		h.link.Send(requests)
	}
}

func (h *Hub) forgetLocked(t *topic) {
	if !t.gone {
		t.gone = true
		delete(h.topics[t.Kind], t.Name)
	}
}

// Up tells that there is a connection. Everything that is wanted is asked for.
func (h *Hub) Up() {
	h.mu.Lock()
	defer h.unlock()
	h.up = true
	h.reconcileLocked(h.allLocked())
}

// Down tells that the connection has ended, because of cause. The Hub waits for the next one: see Over.
func (h *Hub) Down(cause error) {
	h.mu.Lock()
	defer h.unlock()
	h.up = false
	hit := map[*Subscription]bool{}
	for _, t := range h.allLocked() {
		if t.state == on {
			for _, s := range t.subs {
				hit[s] = true
			}
		}
		t.setState(off)
		h.leftLocked(t)
		if len(t.subs) == 0 {
			h.forgetLocked(t)
		}
	}
	for s := range hit {
		h.cutOffLocked(s, cause)
	}
}

// cutOffLocked notes that messages may be missing from now on.
func (h *Hub) cutOffLocked(s *Subscription, cause error) {
	s.buf.interrupt()
	if s.away.IsZero() {
		s.away, s.cause = time.Now(), cause
	}
}

// allLocked are all topics in the order in which they were first asked for.
func (h *Hub) allLocked() (list []*topic) {
	for _, byName := range h.topics {
		for _, t := range byName {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *topic) int { return cmp.Compare(a.seq, b.seq) })
	return list
}

// Confirmed tells that the server has confirmed one name of a request.
func (h *Hub) Confirmed(kind Kind, leave bool, name string) {
	h.mu.Lock()
	defer h.unlock()
	t := h.topics[kind][name]
	if t == nil {
		return
	}
	if leave {
		if t.state == on {
			// The server has ended it by itself, as it does when the slot of a sharded channel moves away.
			for _, s := range t.subs {
				h.cutOffLocked(s, errTakenAway)
			}
		}
		t.setState(off)
		h.leftLocked(t)
	} else {
		t.setState(on)
		t.alone = false
		joins := t.joins
		t.joins = nil
		for _, s := range t.subs {
			h.checkBackLocked(s)
		}
		h.stepLocked(joins)
	}
	h.reconcileLocked([]*topic{t})
}

// errTakenAway is the cause of a gap that the server has made.
var errTakenAway = stderrors.New("redis: the server has ended the subscription")

// Refused tells that the server has refused a request.
func (h *Hub) Refused(r Request, cause error) {
	h.mu.Lock()
	defer h.unlock()
	passing := passes(cause)
	var again []*topic
	for _, name := range r.Names {
		t := h.topics[r.Kind][name]
		switch {
		case t == nil:
		case passing && r.Leave:
			t.setState(on)
		case passing:
			t.setState(off)
		case r.Leave:
			// It goes on sending messages, which go nowhere.
			t.setState(off)
			h.leftLocked(t)
			again = append(again, t)
		case len(r.Names) > 1:
			// The server refuses the whole request for one name. Which one it is it does not say.
			t.setState(off)
			t.alone = true
			again = append(again, t)
		default:
			h.refuseLocked(t, cause)
		}
	}
	h.reconcileLocked(again)
	if passing {
		time.AfterFunc(retryAfter, h.retry)
	}
}

// retryAfter is when a request is repeated that the server refused for the time being.
const retryAfter = 100 * time.Millisecond

// passes tells of a refusal that says nothing about the request: the server is busy with a script, or loads its data.
func passes(cause error) bool {
	var e *errors.RedisError
	return stderrors.As(cause, &e) && (e.IsBusy() || e.IsLoading() || e.IsTryAgain() || e.IsClusterDown() || e.IsMasterDown())
}

// retry asks again for what is wanted and not there.
func (h *Hub) retry() {
	h.mu.Lock()
	defer h.unlock()
	h.reconcileLocked(h.allLocked())
}

// refuseLocked takes a topic off all who want it. Those who wait for it are told by that, the others by their next message.
func (h *Hub) refuseLocked(t *topic, cause error) {
	err := &RefusedError{Topic: t.Topic, Err: cause}
	t.setState(off)
	waiting := map[*Subscription]bool{}
	joins, subs := t.joins, t.subs
	t.joins, t.subs = nil, nil
	for _, w := range joins {
		waiting[w.sub] = true
		w.refused = append(w.refused, err)
	}
	h.forgetLocked(t)
	for _, s := range subs {
		delete(s.topics, t.Topic)
		s.off--
		switch {
		case waiting[s]:
		case len(s.topics) == 0:
			h.endLocked(s, err, false)
		default:
			s.buf.notice(err)
			h.checkBackLocked(s)
		}
	}
	h.stepLocked(joins)
}

// leftLocked ends the waits for the end of a topic.
func (h *Hub) leftLocked(t *topic) {
	exits := t.exits
	t.exits = nil
	h.stepLocked(exits)
}

// checkBackLocked ends the gap of a subscription when all of it is back.
func (h *Hub) checkBackLocked(s *Subscription) {
	if s.away.IsZero() || s.off > 0 {
		return
	}
	now := time.Now()
	g := Gap{From: s.away, To: now, Err: s.cause}
	s.away, s.cause = time.Time{}, nil
	h.link.Gap(g)
	if fn := s.onGap; fn != nil {
		h.link.Post(func() { fn(g) })
	}
}
