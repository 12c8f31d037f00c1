package load

import (
	"sync"
	"sync/atomic"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
)

// feed pushes one element for each that was taken, so that about as many are on their way as there are consumers, most of which
// wait.
//
//	consumer: BLPOP --> taken --> feeder: RPUSH --> list --> BLPOP
type feed struct {
	queue   client.Queue
	list    string
	value   string
	feeders int
	size    int           // as many elements are in the list while the feed does not run
	taken   chan struct{} // nil: it does not run
	filled  bool
	work    sync.WaitGroup
	failed  atomic.Pointer[error] // the first error; a consumer may then wait for ever
}

// newFeed is a feed of a list with one element for each of the consumers.
func newFeed(queue client.Queue, list, value string, consumers, feeders int) *feed {
	return &feed{queue: queue, list: list, value: value, size: consumers, feeders: feeders}
}

// begin lets the feeders loose.
func (f *feed) begin() {
	// There is room for every signal, so no consumer waits here.
	taken := make(chan struct{}, f.size)
	for !f.filled && len(taken) < f.size {
		taken <- struct{}{}
	}
	f.taken, f.filled = taken, true
	for range f.feeders {
		f.work.Go(func() { f.push(taken) })
	}
}

func (f *feed) push(taken <-chan struct{}) {
	for range taken {
		if err := f.queue.Push(f.list, f.value); err != nil {
			first := err
			f.failed.CompareAndSwap(nil, &first)
			return
		}
	}
}

// pop takes an element and lets another one be pushed.
func (f *feed) pop() (bytes int, err error) {
	if bytes, err = f.queue.BLPop(f.list); err == nil {
		f.taken <- struct{}{}
	}
	return bytes, err
}

// end waits until what was taken has been pushed again, and ends the feeders. The consumers have returned: as long as one waits,
// it is fed.
func (f *feed) end() {
	if f.taken == nil {
		return
	}
	close(f.taken)
	f.work.Wait()
	f.taken = nil
}
