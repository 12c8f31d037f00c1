package redis

// The reply window limits the commands that are written and not answered by the
// bytes that their replies are likely to have, so that large replies do not pile
// up in the server: beyond a socket's worth the server has to buffer them, and
// its cost per command grows tenfold. Small replies never come near it.
const (
	windowBytes = 1 << 20 // of replies on their way
	windowLeast = 4       // commands, however large their replies
	windowFirst = 1024    // commands, until the first reply
)

// largeReply is the mean from which on a connection's replies are large. Measured: from about there on it pays that others run in the
// midst of one, while with replies of 1 KiB it costs a fifth of the throughput (docs/benchmarks).
const largeReply = 3 << 10

// window estimates the bytes of a reply. It is guarded by the queue's lock. Only who has the seat writes it, and may read it without.
type window struct {
	size  int     // commands that may be in flight
	mean  float64 // bytes per reply, moving average
	bytes int     // read since the last reply was complete
}

// newWindow is the window of a fresh connection, before anything is known about its replies. A long backlog, as
// an outage leaves it, goes out at this pace until the first replies are there.
func newWindow() window { return window{size: windowFirst} }

// observe notes that replies were completed and bytes read since the last call.
func (w *window) observe(replies, bytes int) {
	w.bytes += bytes
	if replies == 0 {
		return
	}
	// A batch of many replies weighs more than a single one: an eighth for one,
	// all for eight and more.
	weight := min(float64(replies)/8, 1)
	w.mean += weight * (float64(w.bytes)/float64(replies) - w.mean)
	w.bytes = 0
	w.size = max(windowLeast, int(windowBytes/max(w.mean, 1)))
}
