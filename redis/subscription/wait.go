package subscription

import (
	stderrors "errors"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
)

// wait is a call that waits for the server: to subscribe to topics, or to unsubscribe from them. It is guarded by the hub's lock.
// It is over when every topic has been confirmed or refused, when its time is up, when it is cancelled, or when there is no server.
type wait struct {
	sub     *Subscription // nil: to unsubscribe
	first   bool          // it is the call that makes the subscription
	topics  []Topic       // that it has added
	left    int           // topics that are neither confirmed nor refused
	refused []error
	over    bool
	timer   *time.Timer
	settle  func(err error) bool // false: the call was cancelled in that moment
}

// newWait makes a wait that settles the promise.
func newWait() (*future.Promise[struct{}], *wait) {
	p := future.NewPromise[struct{}]()
	return p, &wait{settle: func(err error) bool {
		if err != nil {
			return p.Fail(err)
		}
		return p.Complete(struct{}{})
	}}
}

// startLocked begins the wait, after its topics were counted.
func (h *Hub) startLocked(w *wait, command string) {
	if w.over || w.left == 0 {
		h.checkLocked(w)
		return
	}
	w.timer = time.AfterFunc(h.readTimeout, func() {
		h.giveUp(w, &errors.TimeoutError{Op: errors.OpRead, Command: command, After: h.readTimeout, Effect: errors.Unknown})
	})
}

// stepLocked notes that one topic less is missing.
func (h *Hub) stepLocked(list []*wait) {
	for _, w := range list {
		w.left--
		h.checkLocked(w)
	}
}

// checkLocked ends the wait if nothing is missing.
func (h *Hub) checkLocked(w *wait) {
	if w.left > 0 || w.over {
		return
	}
	s := w.sub
	err := stderrors.Join(w.refused...)
	if len(w.refused) == 1 {
		err = w.refused[0]
	}
	switch {
	case s == nil || err == nil:
	case len(s.topics) == 0:
		h.endLocked(s, err, false)
	case w.first:
		// The others are subscribed to: the subscription is there, and its reader hears of these.
		for _, one := range w.refused {
			s.buf.notice(one)
		}
		err = nil
	}
	h.settleLocked(w, err)
}

// settleLocked ends the wait with err or, if that is nil, with success.
func (h *Hub) settleLocked(w *wait, err error) {
	if w.over {
		return
	}
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	h.later = append(h.later, func() {
		if !w.settle(err) && err == nil {
			// Cancelled between the last confirmation and here: giveUp has found that the wait is over, and left it to us.
			h.mu.Lock()
			defer h.unlock()
			h.takeBackLocked(w, errEnded)
		}
	})
}

// giveUp ends the wait with err, and takes back what it wanted.
func (h *Hub) giveUp(w *wait, err error) {
	h.mu.Lock()
	defer h.unlock()
	if w.over {
		return
	}
	h.settleLocked(w, err)
	h.takeBackLocked(w, err)
}

// takeBackLocked takes back what a call wanted.
func (h *Hub) takeBackLocked(w *wait, err error) {
	switch s := w.sub; {
	case s == nil:
	case w.first:
		h.endLocked(s, err, true)
	default:
		h.leaveLocked(s, w.topics, nil)
	}
}
