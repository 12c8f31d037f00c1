package redis

import (
	"fmt"
	"sync"
)

// mailbox delivers letters to caller's code: one after the other, in the order in which they were posted, on a goroutine
// that lives while there are any. Nobody waits for it: the code may block for ever, or call Close (law G5).
type mailbox[T any] struct {
	deliver  func(letter T)
	panicked func(err error) // told of a panic in deliver; runs on the same goroutine
	limit    int             // letters that may wait; 0: any number

	mu      sync.Mutex
	waiting []T  // guarded by mu
	running bool // guarded by mu
	lost    int  // guarded by mu: letters dropped at the limit, since takeLost
}

// post has a letter delivered after all earlier ones.
func (m *mailbox[T]) post(letter T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit > 0 && len(m.waiting) >= m.limit {
		m.lost++
		return
	}
	m.waiting = append(m.waiting, letter)
	if !m.running {
		m.running = true
		go m.runLoop()
	}
}

// takeLost returns how many letters were dropped since it was last called.
func (m *mailbox[T]) takeLost() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, m.lost = m.lost, 0
	return n
}

func (m *mailbox[T]) runLoop() {
	over := false
	defer func() {
		if !over { // a callback has ended its goroutine by runtime.Goexit: the others go on
			go m.runLoop()
		}
	}()
	for {
		m.mu.Lock()
		if len(m.waiting) == 0 {
			m.running, m.waiting = false, nil
			over = true
			m.mu.Unlock()
			return
		}
		letter := m.waiting[0]
		var none T
		m.waiting[0] = none // what is delivered is not kept
		m.waiting = m.waiting[1:]
		m.mu.Unlock()
		m.open(letter)
	}
}

func (m *mailbox[T]) open(letter T) {
	defer func() {
		if p := recover(); p != nil {
			defer func() { _ = recover() }() // panicked may panic itself: nobody is left to tell
			m.panicked(fmt.Errorf("redis: panic in a callback: %v", p))
		}
	}()
	m.deliver(letter)
}
