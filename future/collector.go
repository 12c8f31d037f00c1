package future

import (
	"context"
	"sync"
)

// collector hands the indexes of settled cores to one goroutine, in the order of settling. It uses no goroutine.
type collector struct {
	hooks  []hook
	waiter waiter // of the iterating goroutine; its token comes from fired, once for each parking
	tried  int    // owned by the iterating goroutine: hooks that next has tried to remove after ctx ended

	mu     sync.Mutex
	ready  []int // guarded by mu: settled in this order
	taken  int   // guarded by mu: how many of ready were returned by next
	parked bool  // guarded by mu: the iterating goroutine is about to wait for a token
}

func newCollector(n int) *collector {
	return &collector{
		hooks:  make([]hook, n),
		ready:  make([]int, 0, n),
		waiter: waiter{ch: make(chan struct{}, 1)},
	}
}

// watch registers with c under the index i.
func (col *collector) watch(i int, c *core) {
	h := &col.hooks[i]
	h.to, h.index = col, i
	if !c.watch(h, false) {
		col.fired(h, nil)
	}
}

func (col *collector) fired(h *hook, b *Batch) {
	col.mu.Lock()
	col.ready = append(col.ready, h.index)
	wake := col.parked
	col.parked = false
	col.mu.Unlock()
	if wake {
		col.waiter.wakeIn(b)
	}
}

// next returns the next settled index with a nil error. When ctx has ended and nothing settled is left, it returns
// a pending one with the cause, and that one is not watched any longer. It must not be called more often than
// watch.
func (col *collector) next(ctx context.Context) (int, error) {
	end := ctx.Done()
	for {
		if i, ok := col.takeOrPark(); ok {
			return i, nil
		}
		select {
		case <-col.waiter.ch:
			continue
		case <-end:
		}
		if !col.unpark() {
			// Something was settled in the same moment. Its token is in the channel or still in a Batch, and it has to
			// be received before the next parking, or the waiter could get into a second Batch.
			<-col.waiter.ch
			continue
		}
		for col.tried < len(col.hooks) {
			i := col.tried
			col.tried++
			if col.hooks[i].unwatch() {
				return i, context.Cause(ctx)
			}
		}
		// All that is left has just been settled, and finish is on its way to fired. That is waited for.
		end = nil
	}
}

// takeOrPark returns the next of ready, or makes fired send a token.
func (col *collector) takeOrPark() (i int, ok bool) {
	col.mu.Lock()
	defer col.mu.Unlock()
	if col.taken == len(col.ready) {
		col.parked = true
		return 0, false
	}
	i = col.ready[col.taken]
	col.taken++
	return i, true
}

// unpark takes the parking back. False means that fired was faster, and a token comes.
func (col *collector) unpark() bool {
	col.mu.Lock()
	defer col.mu.Unlock()
	was := col.parked
	col.parked = false
	return was
}

// close removes all registrations that are left.
func (col *collector) close() {
	for i := range col.hooks {
		col.hooks[i].unwatch()
	}
}
