package simulator

import (
	"errors"
	"slices"

	"github.com/futureio/futureio-go/redis"
	rerrors "github.com/futureio/futureio-go/redis/errors"
)

// checkRoom: behaviour Q2. The end of the connection, and Close, end the wait of a call for room.
func (r *run) checkRoom() {
	var ends []event
	for _, e := range r.events {
		if e.what != "connected" {
			ends = append(ends, e)
		}
	}
	for _, c := range r.closings {
		ends = append(ends, event{c.began, "Close"})
	}
	for _, e := range ends {
		for _, rec := range r.book.records {
			if rec.issued < e.at && (rec.returned > e.at || rec.returned < 0) {
				r.fail("Q2: the call of %s %s waited for room until %v, in spite of %s at %v", rec.step.id, rec.step.text, rec.returned, e.what, e.at)
			}
		}
	}
}

// checkClosings: behaviour D5. Close is bounded and cuts nothing, and nothing that was issued before it is left when
// it returns.
func (r *run) checkClosings() {
	for _, c := range r.closings {
		bound := r.plan.options.ReadTimeout + r.plan.grace()
		if c.patience > 0 {
			bound = min(bound, c.patience)
		}
		if c.ended < 0 || c.ended-c.began > bound {
			r.fail("D5: Close took %v; want %v at most", c.ended-c.began, bound)
		}
		for _, rec := range r.book.records {
			var cut *redis.ConnectionError
			switch {
			case c.patience == 0 && errors.As(rec.err, &cut) && cut.Op == rerrors.OpClose && !r.cutShort():
				r.fail("D5: Close cut %s %s short: %v", rec.step.id, rec.step.text, rec.err)
			case rec.issued <= c.began && rec.settled > c.ended:
				r.fail("D5: %s %s settled at %v, after Close had returned at %v", rec.step.id, rec.step.text, rec.settled, c.ended)
			case rec.issued > c.began && (rec.settled != rec.issued || rec.err == nil):
				r.fail("D5: %s %s, issued after Close was called, settled %v later with %v; want a refusal at once",
					rec.step.id, rec.step.text, rec.settled-rec.issued, rec.err)
			}
		}
	}
}

// cutShort tells whether somebody has closed the client who does not wait for what is in flight.
func (r *run) cutShort() bool {
	return slices.ContainsFunc(r.closings, func(c closing) bool { return c.patience > 0 })
}

// checkEvents: behaviour C4. Connected and disconnected take turns.
func (r *run) checkEvents() {
	r.mu.Lock()
	events := slices.Clone(r.events)
	r.mu.Unlock()
	for i, e := range events {
		if (e.what == "connected") != (i%2 == 0) {
			r.fail("C4: events = %v; want connected and disconnected in turns", events)
			return
		}
	}
	if len(events)%2 != 0 {
		r.fail("C4: events = %v; want the connection to have ended", events)
	}
}

// checkObserver: behaviour O2. One observation for each command, and all that was connected is disconnected.
func (r *run) checkObserver() {
	if want := len(r.book.records) + r.fresher; r.plan.observe && r.observed != want {
		r.fail("O2: %d commands were observed; want %d", r.observed, want)
	}
	if s := r.stats; s.Connects != s.Disconnects || s.Connects*2 != uint64(len(r.events)) {
		r.fail("O2: %d connects and %d disconnects by Stats, %d events; want as many", s.Connects, s.Disconnects, len(r.events))
	}
}
