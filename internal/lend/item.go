package lend

import "time"

// An Item is a thing with what its stock knows about it. Items are made by stocks only.
type Item[T any] struct {
	Thing T // set by Options.Make, and not changed

	// Guarded by Stock.mu.
	state     itemState
	meant     *Waiter[T] // making, checking: who is going to be told of a failure; nil: nobody
	idleSince time.Time
	expires   time.Time // of MaxLifetime; zero: never
}

// itemState says where an item is.
//
//	        made                      lent
//	making ------> (who waits first) ------> lent
//	  |                  ^  |                  |
//	  |     passed, or   |  | nobody waits     | released
//	  |     needs none   |  v                  v
//	  |   checking <---- idle <------- (is it usable, and in its time?)
//	  |      |            |                    |
//	  |failed|            | too long, too old, | no, or not wanted
//	  |      |            | lost, closed       |
//	  +------+-----+------+--------------------+
//	               v
//	            ending ----------------------> gone
//	                    Destroy has returned
//
//	state     counts to Max  belongs to            next
//	making    yes            who asked, or Min     lent, idle; ending when making failed
//	idle      yes            nobody                lent, checking, ending
//	checking  yes            who asked             lent, idle; ending when the check failed
//	lent      yes            who has it            lent to another, idle, ending
//	ending    yes            nobody                gone
//	gone      no             nobody                -
//
// What was being made or checked for somebody goes to whoever waits first; who would have got it gets
// what was meant for that one, so that each who waits has at most one thing coming, and hears of its failure.
type itemState uint8

const (
	making itemState = iota
	idle
	checking
	lent
	ending
	gone
)

// Reason says why a thing was destroyed.
type Reason uint8

// The reasons.
const (
	// NotMade: it could not be made ready. It does not count as made.
	NotMade Reason = iota
	// CheckFailed: it did not pass its check.
	CheckFailed
	// Unusable: it was found unusable when it was to be lent, or was lost while idle.
	Unusable
	// Returned: it was released as not fit for anybody else.
	Returned
	// IdleTooLong: nobody wanted it for IdleTimeout.
	IdleTooLong
	// TooOld: its MaxLifetime was over.
	TooOld
	// Closed: the stock was closed.
	Closed

	reasons
)

// String names the reason in words.
func (r Reason) String() string {
	return [...]string{"not made", "check failed", "unusable", "returned as unfit", "idle too long", "too old", "closed"}[r]
}

// A Taker is who asked for a thing.
type Taker[T any] interface {
	// Take is called once, with an item or with an error, in the course of Request or later on any goroutine. It must not block.
	Take(item *Item[T], err error)
}

// A Waiter is one request. It may be part of a bigger struct, and serves for another when it is over.
type Waiter[T any] struct {
	To Taker[T]

	// Guarded by Stock.mu.
	next, prev *Waiter[T]
	waits      bool
	until      time.Time // zero: no limit
	coming     *Item[T]  // what is being made or checked for it
}

// line is the queue of those who wait, first come first served.
type line[T any] struct {
	first, last *Waiter[T]
	n           int
}

func (l *line[T]) push(w *Waiter[T]) {
	w.waits, w.until, w.prev, w.next = true, time.Time{}, l.last, nil
	if l.last == nil {
		l.first = w
	} else {
		l.last.next = w
	}
	l.last = w
	l.n++
}

func (l *line[T]) remove(w *Waiter[T]) {
	if w.prev == nil {
		l.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.waits, w.prev, w.next = false, nil, nil
	l.n--
}

// wanting is the first who has nothing coming. Those who have stand before, or nearly: there are no more of them than things.
func (l *line[T]) wanting() *Waiter[T] {
	w := l.first
	for w != nil && w.coming != nil {
		w = w.next
	}
	return w
}
