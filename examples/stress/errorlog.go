package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// maxErrors is how many different errors are kept, the latest ones.
const maxErrors = 12

// errorLog keeps the texts of the latest errors for the report: what is told about the state of the connection stands in
// them. It is safe for concurrent use.
type errorLog struct {
	start time.Time

	mu   sync.Mutex
	last []loggedError // guarded by mu; the latest last
}

type loggedError struct {
	at           time.Duration // of the first
	workload, op string
	err          error
	times        int // in a row
}

// add notes an error. Those of one cause come in swarms, so a swarm within 100 ms counts as one.
func (l *errorLog) add(workload, op string, err error) {
	at := time.Since(l.start)
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range slices.Backward(l.last) {
		if e := &l.last[i]; e.workload == workload && e.op == op && at-e.at < 100*time.Millisecond {
			e.times++
			return
		}
	}
	if len(l.last) == maxErrors {
		l.last = slices.Delete(l.last, 0, 1)
	}
	l.last = append(l.last, loggedError{at, workload, op, err, 1})
}

// lines are the errors, the earliest first.
func (l *errorLog) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for _, e := range l.last {
		lines = append(lines, fmt.Sprintf("%v, %s, %d× %s: %v (outcome %v)", e.at.Round(time.Millisecond), e.workload, e.times, e.op, e.err, outcomeOf(e.err)))
	}
	return lines
}
