package future

import "context"

// A Seat is where a goroutine that waits for a promise can do the work that settles it, instead of being parked until
// somebody else has done it. The owner of promises offers it, by Offer.
type Seat struct{ mark waiter }

// Sitter is what the owner of a Seat does. Its methods are called by users of futures, on their goroutines, and by who settles promises.
type Sitter interface {
	// Sit is called by a goroutine that is going to wait for o, which is not settled as far as it knows, until ctx ends. It does the work until
	// o is settled, or ctx has ended; or it returns at once, and the goroutine waits as others do.
	Sit(ctx context.Context, o *Owner)

	// Settled is called when a promise for which the seat was offered is settled other than through a Batch: by its
	// owner, or by being cancelled. Who sits must then look whether it was for him.
	//
	// Neither Settled nor Wanted may block, or need a lock that is held while settling futures.
	Settled()

	// Wanted is called when somebody asks for the outcome of such a promise without sitting down: by a callback, a
	// channel, as one of several, or by looking. Somebody else has to do the work.
	Wanted()
}

// NewSeat returns a seat for promises that s can settle.
func NewSeat(s Sitter) *Seat { return &Seat{mark: waiter{sitter: s}} }

// Offer lets the next who waits for the promise take the seat. It is for a promise that is not shared yet, or one that its owner is going to
// wait for at once: who has asked for the outcome before is not heard of. It reports false, and does nothing, when somebody is parked already.
func (o *Owner) Offer(s *Seat) bool { return (*core)(o).waiter.CompareAndSwap(nil, &s.mark) }

// urge tells the owner of an offered seat that the outcome is wanted.
func (c *core) urge() {
	if mark := c.waiter.Load(); mark != nil && mark.sitter != nil {
		mark.sitter.Wanted()
	}
}

// looked is settled for who looks without waiting. Inlined it would be four times in the code for each type of future.
//
//go:noinline
func (c *core) looked() bool {
	if c.settled() {
		return true
	}
	c.urge()
	return false
}
