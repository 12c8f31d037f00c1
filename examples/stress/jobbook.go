package main

import (
	"fmt"
	"slices"
	"sync"
)

// jobBook knows about the jobs of one producer: which were pushed, with which outcome, and how often each was delivered. It
// is safe for concurrent use.
//
// A job whose push was acknowledged must be delivered; a push whose outcome is Unknown may deliver it too, and one
// that was not executed must not. The producer pushes a job again until a push is acknowledged.
//
// It keeps what is unsettled, and the few jobs that had an Unknown push; of the others only up to which number they are done.
type jobBook struct {
	producer int

	mu    sync.Mutex
	next  uint64          // guarded by mu; the number of the next job, from 1 on
	low   uint64          // guarded by mu; all jobs below are done
	done  map[uint64]bool // guarded by mu; jobs from low on that are done
	jobs  map[uint64]*job // guarded by mu; what is not done, or had an Unknown push
	delay chan struct{}   // full: the consumers are behind
}

// job is one that may still come.
type job struct {
	attempts, unknown, delivered int
	acked                        bool
}

// maxUndelivered is how many jobs of one producer may be on their way.
const maxUndelivered = 500

func newJobBook(producer int) *jobBook {
	return &jobBook{producer: producer, next: 1, low: 1, done: map[uint64]bool{}, jobs: map[uint64]*job{}, delay: make(chan struct{}, maxUndelivered)}
}

// take gives the number of the next job, whose push follows.
func (b *jobBook) take() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	number := b.next
	b.next++
	b.jobs[number] = &job{}
	return number
}

// pushing notes that a push is going to be issued.
func (b *jobBook) pushing(number uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs[number].attempts++
}

// pushed notes how a push ended: acknowledged, Unknown, or neither.
func (b *jobBook) pushed(number uint64, acked, unknown bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	j := b.jobs[number]
	switch {
	case acked:
		j.acked = true
	case unknown:
		j.unknown++
	default:
		j.attempts--
	}
	return b.judgeLocked(number, j)
}

// delivered notes that a consumer got a job.
func (b *jobBook) deliver(number uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if number == 0 || number >= b.next {
		return fmt.Errorf("job %d of producer %d was delivered and never pushed", number, b.producer)
	}
	j := b.jobs[number]
	if j == nil {
		return fmt.Errorf("job %d of producer %d was delivered again; its pushes have no unknown outcome", number, b.producer)
	}
	if j.delivered++; j.delivered == 1 {
		select {
		case <-b.delay:
		default: // at the end nobody has entered what is left
		}
	}
	return b.judgeLocked(number, j)
}

func (b *jobBook) judgeLocked(number uint64, j *job) error {
	if j.delivered > j.attempts {
		return fmt.Errorf("job %d of producer %d was delivered %d times; at most %d of its pushes can have run (%d unknown)",
			number, b.producer, j.delivered, j.attempts, j.unknown)
	}
	if j.acked && j.delivered > 0 && j.unknown == 0 {
		delete(b.jobs, number)
		b.done[number] = true
		for b.done[b.low] || b.jobs[b.low] != nil && b.jobs[b.low].unknown > 0 && b.jobs[b.low].acked && b.jobs[b.low].delivered > 0 {
			delete(b.done, b.low)
			b.low++
		}
	}
	return nil
}

// undelivered are the jobs whose push was acknowledged and which nobody got.
func (b *jobBook) undelivered() []uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []uint64
	for number, j := range b.jobs {
		if j.acked && j.delivered == 0 {
			list = append(list, number)
		}
	}
	slices.Sort(list)
	return list
}
