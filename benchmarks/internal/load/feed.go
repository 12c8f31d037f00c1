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
	queue  client.Queue
	list   string
	value  string
	taken  chan struct{}
	work   sync.WaitGroup
	failed atomic.Pointer[error] // the first error; a consumer may then wait for ever
}

// newFeed lets feeders loose on a list, which shall hold one element for each of the consumers.
func newFeed(queue client.Queue, list, value string, consumers, feeders int) *feed {
	// There is room for every signal, so no consumer waits here.
	f := &feed{queue: queue, list: list, value: value, taken: make(chan struct{}, consumers)}
	for range consumers {
		f.taken <- struct{}{}
	}
	for range feeders {
		f.work.Go(f.push)
	}
	return f
}

func (f *feed) push() {
	for range f.taken {
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

// end ends the feeders. The consumers have returned: as long as one waits, it is fed.
func (f *feed) end() {
	close(f.taken)
	f.work.Wait()
}
