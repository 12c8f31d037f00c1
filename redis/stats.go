package redis

// Stats is what a client is doing at one moment, and what it has done so far. The first fields are gauges, which
// return to zero when nothing is under way; the others only grow.
type Stats struct {
	State        State
	InFlight     int // commands sent and not answered
	Backlog      int // commands accepted and not sent
	BacklogBytes int // their requests
	Waiting      int // calls that wait for room in the queue
	Lane         int // further connections, for commands that block: see Options.LaneSize
	LaneBusy     int // those in use
	LaneWaiting  int // commands that wait for one

	Commands    uint64 // accepted
	Connects    uint64 // connections made
	Disconnects uint64 // connections ended, by whomever
	Failures    uint64 // attempts to connect that failed
}

// Stats returns what the client is doing. It takes two locks for a moment, and may be called each second.
func (c *Client) Stats() Stats {
	var s Stats
	if c.broken == nil {
		c.keeper.stats(&s)
		c.queue.stats(&s)
	}
	if c.lane != nil {
		c.lane.stats(&s)
	}
	return s
}

func (l *lane) stats(s *Stats) {
	lent := l.stock.Stats()
	s.Lane, s.LaneBusy, s.LaneWaiting = lent.Total(), lent.Lent, lent.Waiting
	s.Commands += l.accepted.Load()
}

func (k *keeper) stats(s *Stats) {
	s.State = k.stateNow()
	k.mu.Lock()
	defer k.mu.Unlock()
	s.Connects, s.Disconnects, s.Failures = k.connects, k.disconnects, k.failed
}

func (q *queue) stats(s *Stats) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s.InFlight, s.Backlog, s.Waiting = q.due.len(), q.backlogLocked(), len(q.room)
	s.BacklogBytes = q.held.bytes + q.pend.bytes
	s.Commands = q.accepted
}
