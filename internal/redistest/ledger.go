package redistest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Ledger proves law G2, that every accepted command settles exactly once. The zero value is ready; it is safe for concurrent
// use.
//
//	settled := ledger.Issue("INCR n")
//	client.Incr("n").OnReady(func(*future.Future[int64]) { settled() })
//	...
//	ledger.Check(t)
type Ledger struct {
	mu      sync.Mutex
	issued  int
	settled int
	open    map[int]string // what has not settled, by its number
	double  []string       // what settled again
	even    chan struct{}  // not nil: Check waits for open to run empty
}

// Issue notes a command and returns what is to be called when it settles.
func (l *Ledger) Issue(label string) (settled func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	number := l.issued
	l.issued++
	if l.open == nil {
		l.open = map[int]string{}
	}
	l.open[number] = label
	return func() { l.settle(number, label) }
}

func (l *Ledger) settle(number int, label string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settled++
	if _, open := l.open[number]; !open {
		l.double = append(l.double, fmt.Sprintf("#%d %s", number, label))
		return
	}
	delete(l.open, number)
	if len(l.open) == 0 && l.even != nil {
		close(l.even)
		l.even = nil
	}
}

// Counts returns how many commands were issued, and how often one settled.
func (l *Ledger) Counts() (issued, settled int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.issued, l.settled
}

// Check waits up to a minute (virtual in a synctest bubble) until everything issued has settled, and fails the test where
// something has not, or has twice.
func (l *Ledger) Check(t testing.TB) {
	t.Helper()
	l.mu.Lock()
	if len(l.open) > 0 {
		if l.even == nil {
			l.even = make(chan struct{})
		}
		even := l.even
		l.mu.Unlock()
		limit := time.NewTimer(time.Minute)
		defer limit.Stop()
		select {
		case <-even:
		case <-limit.C:
		}
		l.mu.Lock()
	}
	defer l.mu.Unlock()
	if len(l.open) > 0 {
		var labels []string
		for number, label := range l.open {
			labels = append(labels, fmt.Sprintf("#%d %s", number, label))
		}
		slices.Sort(labels)
		t.Errorf("issued %d, settled %d; not settled: %s", l.issued, l.settled, some(labels))
	}
	if len(l.double) > 0 {
		t.Errorf("issued %d, settled %d; settled again: %s", l.issued, l.settled, some(l.double))
	}
}

func some(labels []string) string {
	const most = 10
	if len(labels) > most {
		return strings.Join(labels[:most], ", ") + fmt.Sprintf(" and %d more", len(labels)-most)
	}
	return strings.Join(labels, ", ")
}
