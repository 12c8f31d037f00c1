package redis

import (
	stderrors "errors"

	"github.com/futureio/futureio-go/redis/errors"
)

// retryLocked is detach's part for Options.RetryReadOnly: of what was in flight on g it puts the reads that may run twice at
// the head of the backlog, in their order, and returns the others. What nobody waits for any more is not sent again; nor is
// the command whose reply broke the stream, which would break the next one too.
func (q *queue) retryLocked(g *generation, lost []entry) (rest []entry) {
	if q.refuse != nil || q.drained != nil { // there is not going to be another connection
		releaseKept(lost)
		return lost
	}
	broke := stderrors.As(g.cause, new(*errors.ProtocolError))
	var first batch
	for i, e := range lost {
		switch {
		case e.size&kept == 0:
			rest = append(rest, e)
		case i == 0 && broke || e.cmd.Settled() || e.cmd.Withdrawn():
			e.cmd.Release()
			rest = append(rest, e)
		default:
			// It stays marked as sent: whatever becomes of it now, it may have run.
			first.append(e.cmd, e.cmd.Wire(), e.issued, kept|again)
		}
	}
	if len(first.entries) == 0 {
		return rest
	}
	h := &q.held
	off := h.off
	for i := range h.entries[h.next:] {
		e := h.entries[h.next+i]
		first.buf = append(first.buf, h.buf[off:off+e.buffered()]...)
		off += e.buffered()
		first.entries = append(first.entries, e)
		first.bytes += e.bytes()
	}
	*h = first
	return rest
}

// releaseKept gives the requests back that were kept to be sent again.
func releaseKept(over []entry) {
	for i := range over {
		if over[i].size&kept != 0 {
			over[i].cmd.Release()
		}
	}
}
