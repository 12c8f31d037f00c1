package main

import (
	"errors"
	"sync"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// kept is how many seconds are shown.
const kept = 120

// second is what happened in one second, and how things stood at its end. Times are in microseconds.
type second struct {
	Number int       `json:"number"` // from 1 on
	At     time.Time `json:"at"`     // its end

	Commands    int `json:"commands"`
	Unknown     int `json:"unknown"` // failed, by outcome
	NotExecuted int `json:"notExecuted"`
	Rejected    int `json:"rejected"`
	Dropped     int `json:"dropped"` // events that did not reach the recorder

	P50 int64 `json:"p50"`
	P99 int64 `json:"p99"`
	Max int64 `json:"max"`

	Writes     int `json:"writes"`
	Losses     int `json:"losses"`
	Reconnects int `json:"reconnects"`
	Gaps       int `json:"gaps"`

	Connected bool `json:"connected"`
	InFlight  int  `json:"inFlight"`
	Backlog   int  `json:"backlog"`
	Waiting   int  `json:"waiting"`
}

// recorder turns what an Observer is told into seconds. It is safe for any number of goroutines: the connections of one
// client tell each on its own.
type recorder struct {
	mu      sync.Mutex
	now     second    // that is under way
	times   latencies // of its commands
	seconds []second  // the last ones that are over, oldest first
}

func newRecorder() *recorder { return &recorder{now: second{Number: 1}} }

func (r *recorder) observer() *redis.Observer {
	count := func(n *int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		*n++
	}
	return &redis.Observer{
		Command:    r.command,
		Batch:      func(redis.BatchEvent) { count(&r.now.Writes) },
		Disconnect: func(redis.DisconnectEvent) { count(&r.now.Losses) },
		Reconnect:  func(redis.ReconnectEvent) { count(&r.now.Reconnects) },
		Gap:        func(redis.GapEvent) { count(&r.now.Gaps) },
	}
}

func (r *recorder) command(e redis.CommandEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.Commands++
	r.now.Dropped += e.Dropped
	r.times.observe(e.Duration)
	var failed redis.Error
	if !errors.As(e.Err, &failed) {
		return
	}
	switch failed.Outcome() {
	case redis.NotExecuted:
		r.now.NotExecuted++
	case redis.Rejected:
		r.now.Rejected++
	default:
		r.now.Unknown++
	}
}

// close ends the second that is under way.
func (r *recorder) close(at time.Time, s redis.Stats) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.At = at
	r.now.Connected = s.State == redis.StateConnected
	r.now.InFlight, r.now.Backlog, r.now.Waiting = s.InFlight, s.Backlog, s.Waiting
	r.now.P50 = r.times.quantile(0.50).Microseconds()
	r.now.P99 = r.times.quantile(0.99).Microseconds()
	r.now.Max = r.times.longest.Microseconds()
	r.seconds = append(r.seconds, r.now)
	if len(r.seconds) > kept {
		r.seconds = r.seconds[len(r.seconds)-kept:]
	}
	r.now = second{Number: r.now.Number + 1}
	r.times = latencies{}
}

// since returns the seconds behind number n that are over and kept.
func (r *recorder) since(n int) []second {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []second{}
	for _, s := range r.seconds {
		if s.Number > n {
			list = append(list, s)
		}
	}
	return list
}
