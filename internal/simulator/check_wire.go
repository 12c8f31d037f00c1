package simulator

import (
	"slices"
	"strings"
)

// checkLine: the writer is awake when there is something to write, and a dead connection is given up.
func (r *run) checkLine(l *line) {
	o := &r.plan.options
	list := slices.DeleteFunc(slices.Clone(l.carried()), func(c carried) bool { return c.id == "" })
	for _, c := range list {
		rec := r.book.record(c.id)
		if rec == nil {
			r.fail("G1: connection %d carried %s, which nobody issued", l.number, c.id)
			continue
		}
		// The connection was in use before, the call had not to wait for room, and replies are too small for the reply
		// window to fill: so nothing but a write under way may keep the command back.
		if inUse := list[0].offered; inUse < rec.issued && rec.returned == rec.issued && rec.step.run == "" && c.offered > rec.issued && !r.plan.largeReplies() {
			r.fail("G6: %s %s was issued at %v on connection %d, and written at %v: nobody woke the writer", c.id, rec.step.text, rec.issued, l.number, c.offered)
		}
		if silent := l.closedAt - c.offered; c.offered > l.lastRead && silent > o.ReadTimeout+2*r.plan.grace() {
			r.fail("T2: connection %d owed a reply to %s and was silent for %v before it was given up; want %v", l.number, c.id, silent, o.ReadTimeout)
		}
	}
	for _, w := range l.writes {
		if len(list) == 0 || w.from < list[0].from {
			continue // of the handshake, which has ConnectTimeout
		}
		if took := w.ended - w.began; took > o.WriteTimeout+2*r.plan.grace() {
			r.fail("G6: a write on connection %d took %v; want %v at most", l.number, took, o.WriteTimeout)
		}
	}
}

// largeReplies tells whether replies may be so large that the client holds commands back for them.
func (p *plan) largeReplies() bool {
	for _, c := range p.callers {
		for _, s := range c.steps {
			if strings.HasPrefix(s.text, "GET") && strings.Contains(s.text, " /") {
				return true
			}
		}
	}
	return false
}

// sent is a command on a line.
type sent struct {
	step *step
	line *line
}

// checkOrder: what one caller issued in sequence is on the wire in sequence, over all lines; on one line all callers
// stand in the order of issue. The server executes a line in order, so that is the order of execution as well.
func (r *run) checkOrder() {
	place := map[string]int{}
	for i, rec := range r.book.records {
		place[rec.step.id] = i
	}
	last := map[int]*sent{} // by caller
	for _, l := range r.network.all() {
		var youngest *record // on this line so far
		for _, c := range l.carried() {
			if !c.whole || c.id == "" {
				continue
			}
			i, known := place[c.id]
			if !known {
				r.fail("G1: connection %d carried %s, which nobody issued", l.number, c.id)
				continue
			}
			rec := r.book.records[i]
			if youngest != nil && rec.issued < youngest.issued {
				r.fail("Q2: %s went out behind %s on connection %d, though it was issued at %v already, and that one at %v", c.id, youngest.step.id, l.number, rec.issued, youngest.issued)
			} else {
				youngest = rec
			}
			before := last[rec.step.caller]
			if before != nil && place[before.step.id] > i && (before.line == l || !r.plan.repeats(rec.step) && !rec.step.tx) {
				r.fail("G4: %s went out after %s of the same caller, on connection %d", c.id, before.step.id, l.number)
			}
			last[rec.step.caller] = &sent{rec.step, l}
		}
	}
}
