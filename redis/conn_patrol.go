package redis

import (
	"sync"
	"time"
)

// patrol gives seats back to their readers that nobody uses any more. There is one for the process, since a timer for each connection
// would cost more, with a hundred of them, than callers gain who read by themselves.
type patrol struct {
	mu    sync.Mutex
	seats []*seat // that a reader has left
	timer *time.Timer
}

// everywhere is the patrol of all clients but those in a testing/synctest bubble, whose clock is another one.
var everywhere patrol

// watch has the patrol come to s until it is the reader's.
func (p *patrol) watch(s *seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.watched {
		return
	}
	s.watched = true
	p.seats = append(p.seats, s)
	switch {
	case p.timer == nil:
		p.timer = time.AfterFunc(idleTurn, p.tick)
	case len(p.seats) == 1:
		p.timer.Reset(idleTurn)
	}
}

// tick is one round. Where there is no seat left, it is the last one.
func (p *patrol) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.seats[:0]
	for _, s := range p.seats {
		if s.idle() {
			s.watched = false
		} else {
			left = append(left, s)
		}
	}
	clear(p.seats[len(left):])
	if p.seats = left; len(left) > 0 {
		p.timer.Reset(idleTurn)
	}
}
