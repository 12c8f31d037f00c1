package redis

import (
	"context"
	stderrors "errors"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
)

// State tells where a client stands; see Client.State.
type State int

// The states of a client.
const (
	// StateIdle: there is no connection, and none is being made. The next command, or Connect, makes one.
	StateIdle State = iota
	// StateConnecting: a connection is being made, or the delay before the next attempt passes. Commands wait.
	StateConnecting
	// StateConnected: commands are sent.
	StateConnected
	// StateGivenUp: ReconnectMaxAttempts have failed, or the connection was lost with reconnecting
	// disabled. Commands fail until Connect is called.
	StateGivenUp
	// StateClosed: Close or Shutdown was called.
	StateClosed
)

// String names the state: "idle", "connecting", "connected", "given up", "closed".
func (s State) String() string {
	switch s {
	case StateIdle:
		return "idle"
	case StateConnecting:
		return "connecting"
	case StateConnected:
		return "connected"
	case StateGivenUp:
		return "given up"
	case StateClosed:
		return "closed"
	}
	return "invalid"
}

// keeperState says where a client stands.
type keeperState int

// The states of a keeper.
//
//	        demand, Connect              ready
//	 idle ------------------> dialing ----------> up
//	  ^                        ^   |               |
//	  |     the round failed   |   |               | the connection ended
//	  +------------------------|---+               |
//	                           +-------------------+
//	                           |
//	  any state -- Close --> closed
//
//	state    a command is …              next
//	idle     queued, and asks for a dial dialing, by demand or Connect
//	dialing  queued                      up; idle when the round failed; or stays, to try again
//	up       sent                        dialing when the connection ended; idle if reconnecting is disabled
//	closed   refused                     -
//
// A round is what has to fail before commands that wait are failed: a single
// attempt as long as there has never been a connection (nobody asked to wait for a
// server that was never there; but one that loads its data is there), ReconnectMaxAttempts attempts where that is set,
// and else it never fails: the client tries on until it is closed.
const (
	keeperIdle keeperState = iota
	keeperDialing
	keeperUp
	keeperClosed
)

// keeper keeps a client connected: it makes the first connection when one is
// asked for and a new one when one ends. There is one dialLoop at most.
type keeper struct {
	client *Client

	mu       sync.Mutex
	state    keeperState
	ever     bool                      // there has been a connection
	gen      *generation               // the current one, in state up
	round    *future.Promise[struct{}] // settled when the round ends; nil outside of dialing
	upSince  time.Time                 // when gen became ready
	failures int                       // attempts in a row that failed, or made a connection that did not hold
	nextDial time.Time                 // not before this, unless Connect asks
	redialed time.Time                 // the last redial that did not wait
	delays   *backoff.ExponentialBackOff

	wasAway bool // the last attempt has failed

	connects, disconnects, failed uint64 // for Stats

	hurry chan struct{}   // capacity 1: ends the delay between two attempts
	ctx   context.Context // ends with Close
	close context.CancelFunc
	work  *sync.WaitGroup // dialLoop, and two for each generation; the lines of a lane share their client's
}

func newKeeper(c *Client) *keeper {
	k := &keeper{client: c, hurry: make(chan struct{}, 1), work: new(sync.WaitGroup)}
	k.ctx, k.close = context.WithCancel(context.Background())
	k.delays = backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(c.opts.ReconnectDelay),
		backoff.WithMultiplier(2),
		backoff.WithRandomizationFactor(c.opts.ReconnectJitter),
		backoff.WithMaxInterval(c.opts.ReconnectDelayMax),
		backoff.WithMaxElapsedTime(0),
	)
	return k
}

// stateNow is Client.State.
func (k *keeper) stateNow() State {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch k.state {
	case keeperDialing:
		return StateConnecting
	case keeperUp:
		return StateConnected
	case keeperClosed:
		return StateClosed
	}
	if k.client.queue.refusing() {
		return StateGivenUp
	}
	return StateIdle
}

// demand is called when a command was queued while there is no connection.
func (k *keeper) demand() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state == keeperIdle {
		_ = k.dialUnlessGivenUpLocked() // the command has failed with that error
	}
}

// dialUnlessGivenUpLocked begins a round in state idle, unless only Connect may: who asks may have been overtaken by the
// end of all attempts, and a connection that is made all the same would refuse every command.
func (k *keeper) dialUnlessGivenUpLocked() (refused error) {
	if err := k.client.queue.refusal(); err != nil {
		return err
	}
	k.dialLocked()
	return nil
}

// connect returns the future of the round under way, and begins one if needed. It
// does not wait for a delay between attempts.
func (k *keeper) connect() *future.Future[struct{}] {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch k.state {
	case keeperUp:
		return future.Resolved(struct{}{})
	case keeperClosed:
		return future.Rejected[struct{}](errClosed())
	case keeperIdle:
		k.startAnewLocked()
		k.client.queue.accepting()
		k.dialLocked()
	case keeperDialing:
		select {
		case k.hurry <- struct{}{}:
		default: // one is enough
		}
	}
	return k.round.Future()
}

// whenConnected calls done when there is a connection, or the round that is to make one has failed. Other than connect it
// begins a round only where a command would, and hurries none. done must not block, and may be called here and now.
func (k *keeper) whenConnected(done func(err error)) {
	k.mu.Lock()
	var err error
	switch k.state {
	case keeperUp:
	case keeperClosed:
		err = errClosed()
	case keeperIdle:
		err = k.dialUnlessGivenUpLocked()
	}
	round := k.round
	k.mu.Unlock()
	if err != nil || round == nil {
		done(err)
		return
	}
	round.Owner().OnSettle(func() { done(round.Owner().Err()) })
}

// connID is the server's number of the present connection; 0 if there is none, or it is not known.
func (k *keeper) connID() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gen == nil {
		return 0
	}
	return k.gen.id
}

// dialLocked begins a round.
func (k *keeper) dialLocked() {
	select {
	case <-k.hurry: // it was meant for an earlier round
	default:
	}
	k.state = keeperDialing
	k.round = future.NewPromise[struct{}]()
	k.work.Add(1)
	go k.dialLoop()
}

// dialLoop tries to connect until it has a connection, the round has failed, or
// the client is closed.
func (k *keeper) dialLoop() {
	defer k.work.Done()
	for k.pause() {
		start := time.Now()
		g, err := k.connectOnce()
		k.client.dialed(start, err)
		if err == nil {
			k.succeeded(g)
			return
		}
		if k.ctx.Err() != nil {
			return // closed in the middle of it; shut has settled the round
		}
		k.client.failed(err)
		if k.attemptFailed(err) {
			return
		}
	}
}

// connectOnce makes one attempt. Where the one before has failed, the server may have been started just now, and be loading
// its data.
func (k *keeper) connectOnce() (*generation, error) {
	k.mu.Lock()
	probe := k.wasAway
	k.mu.Unlock()
	return connect(k.ctx, &k.client.opts, k.client.session, k.client.queue, probe)
}

// pause waits until the next attempt may be made. It reports false when the
// client was closed.
func (k *keeper) pause() bool {
	k.mu.Lock()
	wait := max(time.Until(k.nextDial), 0)
	if k.ever || k.failures > 0 {
		k.client.dialing(k.failures+1, wait)
	}
	k.mu.Unlock()
	if wait <= 0 {
		return k.ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-k.hurry:
	case <-k.ctx.Done():
	}
	return k.ctx.Err() == nil
}

func (k *keeper) succeeded(g *generation) {
	k.mu.Lock()
	if k.state == keeperClosed {
		k.mu.Unlock()
		_ = g.conn.Close()
		return
	}
	k.state, k.gen, k.ever = keeperUp, g, true
	k.upSince = time.Now()
	k.connects++
	k.wasAway = false
	if k.client.events.watched.batches {
		g.watched = &k.client.events.watched
	}
	if k.client.events.watched.batches || k.client.events.watched.commands {
		g.seat = nil // what an Observer is told is to be of one kind
	}
	round := k.round
	k.round = nil
	k.client.connected(g) // before anything of this connection can be posted
	k.work.Add(2)         // its two goroutines, until lost
	torn := g.start(k.lost)
	k.mu.Unlock()
	torn.settle()
	if g.ear != nil {
		g.ear.up(g)
	}
	round.Complete(struct{}{})
}

// attemptFailed notes a failure and reports whether the round has failed with it.
func (k *keeper) attemptFailed(err error) bool {
	k.mu.Lock()
	if k.state == keeperClosed {
		k.mu.Unlock()
		return true
	}
	k.failed++
	k.wasAway = true
	k.client.queue.unreachable(err)
	gaveUp := k.countFailureLocked()
	final := k.ever && k.client.opts.DisableReconnect
	if !gaveUp && !final && (k.ever || k.client.opts.ReconnectMaxAttempts > 0 || isLoading(err)) {
		k.mu.Unlock()
		return false
	}
	var refuse error
	switch {
	case gaveUp:
		refuse = &errors.DisconnectedError{Reason: errors.ReasonGivenUp, Err: err}
		err = refuse
	case final:
		refuse = &errors.DisconnectedError{Reason: errors.ReasonReconnectOff, Err: err}
	}
	round := k.round
	k.state, k.round = keeperIdle, nil
	// Still under k.mu: a command that is queued after this finds the state idle
	// and asks for another dial; one that is queued before it is failed by it.
	dropped := k.client.queue.dropBacklog(err, refuse)
	k.mu.Unlock()
	dropped.settle()
	if ear := k.client.queue.ear; ear != nil {
		ear.over(err)
	}
	round.Fail(err)
	return true
}

// isLoading tells of a failed attempt that the server is there and going to be ready soon.
func isLoading(err error) bool {
	var e *errors.RedisError
	return stderrors.As(err, &e) && e.IsLoading()
}

// countFailureLocked puts the next attempt off and reports whether it was one too many.
func (k *keeper) countFailureLocked() (gaveUp bool) {
	k.failures++
	k.nextDial = time.Now().Add(min(k.delays.NextBackOff(), k.client.opts.ReconnectDelayMax))
	limit := k.client.opts.ReconnectMaxAttempts
	return limit > 0 && k.failures >= limit
}

// heldFor is how long a connection that has answered no command must have lived
// to count as one that held.
const heldFor = time.Second

// held tells whether g was worth a redial at once. A server that lets clients in
// and throws them out again must not be asked in a tight loop.
func (k *keeper) held(g *generation) bool {
	return g.answeredAny || time.Since(k.upSince) >= heldFor
}

// startAnewLocked forgets the failures so far.
func (k *keeper) startAnewLocked() {
	k.failures, k.nextDial = 0, time.Time{}
	k.delays.Reset()
}

// lost is called by the last goroutine of a generation.
func (k *keeper) lost(g *generation) {
	defer k.work.Add(-2)
	lost, refused := k.client.queue.detach(g)
	if g.reason == ReasonProtocolError && len(lost) == 0 {
		k.client.failed(g.cause) // no command can tell it
	}
	g.failLost(lost)
	refused.settle()
	k.client.disconnected(g, time.Since(k.upSince))
	if g.ear != nil {
		g.ear.down(g) // before there can be another one
	}
	k.replace(g).settle()
	if g.ear != nil {
		if err := k.client.queue.refusal(); err != nil {
			g.ear.over(err)
		}
	}
	if ended := k.client.ended; ended != nil {
		ended()
	}
}

// replace decides what comes after g, and returns what has to fail by that.
func (k *keeper) replace(g *generation) (dropped failures) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gen = nil
	k.disconnects++
	switch {
	case k.state == keeperClosed:
		err := errClosed()
		return k.client.queue.dropBacklog(err, err)
	case k.client.opts.DisableReconnect:
		return k.giveUpLocked(errors.ReasonReconnectOff, g.cause)
	case k.held(g):
		k.startAnewLocked()
		k.redialLocked()
	case k.countFailureLocked():
		return k.giveUpLocked(errors.ReasonGivenUp, g.cause)
	default:
		k.dialLocked()
	}
	return nil
}

// redialLocked dials at once, but for once in ReconnectDelay: a server that answers
// one command and hangs up must not be dialled in a tight loop.
func (k *keeper) redialLocked() {
	now := time.Now()
	if next := k.redialed.Add(k.client.opts.ReconnectDelay); next.After(now) {
		k.nextDial = next
		now = next
	}
	k.redialed = now
	k.dialLocked()
}

// giveUpLocked refuses everything until Connect is called.
func (k *keeper) giveUpLocked(reason string, cause error) (dropped failures) {
	k.state = keeperIdle
	err := &errors.DisconnectedError{Reason: reason, Err: cause}
	return k.client.queue.dropBacklog(err, err)
}

// shut makes the keeper give up for good: no dial any more, no revival. It returns the
// generation that is up, or nil if none is, and what has to fail without one.
func (k *keeper) shut() (g *generation, dropped failures) {
	k.mu.Lock()
	was := k.state
	k.state = keeperClosed
	k.close()
	err := errClosed()
	round := k.round
	k.round = nil
	g = k.gen
	if g == nil {
		dropped = k.client.queue.dropBacklog(err, err)
	}
	k.mu.Unlock()
	if was == keeperDialing {
		round.Fail(err)
	}
	return g, dropped
}

func errClosed() error { return &errors.DisconnectedError{Reason: errors.ReasonClosed} }
