package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/redis"
)

// hall is rooms with members who listen, and publishers who speak to random rooms.
type hall struct {
	*rig
	rooms, members, publishers int

	latency   delays
	sent      atomic.Int64 // messages to groups
	delivered atomic.Int64
	full      atomic.Int64 // channels that had no room
	failed    atomic.Int64 // calls, in loads with faults

	faulty bool // connections are killed: errors and losses are looked at afterwards

	mu   sync.Mutex
	book [][]map[int]time.Time // by publisher and room: what is certain to have been sent, and when
	seen []map[[2]int]bool     // by member of all rooms: publisher and seq that it has, in loads with faults
}

func newHall(r *rig, rooms, members, publishers int) *hall {
	h := &hall{rig: r, rooms: rooms, members: members, publishers: publishers}
	h.book = make([][]map[int]time.Time, publishers)
	for p := range h.book {
		h.book[p] = make([]map[int]time.Time, rooms)
		for room := range h.book[p] {
			h.book[p][room] = map[int]time.Time{}
		}
	}
	h.seen = make([]map[[2]int]bool, rooms*members)
	for i := range h.seen {
		h.seen[i] = map[[2]int]bool{}
	}
	return h
}

func roomName(room int) string { return fmt.Sprint("room:", room) }

// enter has every member join its room and listen until ctx ends. It returns when all have joined; the function that it returns waits
// for their end.
func (h *hall) enter(ctx context.Context) (leave func(), err error) {
	var work sync.WaitGroup
	var joins []func() error
	for i := range h.rooms * h.members {
		l := h.peers[i%len(h.peers)].layer
		channel := l.NewChannel("member")
		joins = append(joins, func() error { return l.GroupAdd(ctx, roomName(i/h.members), channel) })
		work.Go(func() { h.listen(ctx, i, l, channel) })
	}
	errs := make([]error, len(joins))
	var joining sync.WaitGroup
	for i, join := range joins {
		joining.Go(func() { errs[i] = join() })
	}
	joining.Wait()
	return work.Wait, errors.Join(errs...)
}

// listen receives what member i gets, and checks that each publisher's messages come without a gap and without a repetition.
func (h *hall) listen(ctx context.Context, i int, l *layer.Layer, channel string) {
	last := make([]int, h.publishers)
	for {
		m, err := l.Receive(ctx, channel)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			h.typed(err)
			if h.faulty {
				h.failed.Add(1)
				continue
			}
			h.fault("Receive: %v", err)
			return
		}
		publisher, seq, sent := read(m)
		h.latency.add(time.Since(sent))
		h.delivered.Add(1)
		switch {
		case publisher < 0 || publisher >= h.publishers:
			h.fault("member %d got a message that nobody sent", i)
		case h.faulty:
			if h.seen[i][[2]int{publisher, seq}] {
				h.fault("member %d got message %d of publisher %d twice", i, seq, publisher)
			}
			h.seen[i][[2]int{publisher, seq}] = true
		case seq != last[publisher]+1:
			h.fault("member %d got message %d of publisher %d after %d", i, seq, publisher, last[publisher])
			last[publisher] = seq
		default:
			last[publisher] = seq
		}
	}
}

// speak has the publishers send at the given rate, together, until the time is over.
func (h *hall) speak(ctx context.Context, span time.Duration, rate int) {
	var work sync.WaitGroup
	pause := time.Second * time.Duration(h.publishers) / time.Duration(rate)
	for p := range h.publishers {
		work.Go(func() { h.publish(ctx, p, span, pause) })
	}
	work.Wait()
}

func (h *hall) publish(ctx context.Context, p int, span, pause time.Duration) {
	l := h.peers[p%len(h.peers)].layer
	dice := rand.New(rand.NewPCG(uint64(p), 1))
	seqs := make([]int, h.rooms)
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for end := time.Now().Add(span); time.Now().Before(end) && ctx.Err() == nil; {
		<-ticker.C
		room := dice.IntN(h.rooms)
		seqs[room]++
		start := time.Now()
		d, err := l.GroupSend(ctx, roomName(room), note(p, seqs[room]))
		h.sent.Add(1)
		h.full.Add(int64(len(d.Full)))
		switch {
		case err == nil && len(d.Full) == 0:
			h.mu.Lock()
			h.book[p][room][seqs[room]] = start
			h.mu.Unlock()
		case err != nil && h.faulty:
			h.typed(err)
			h.failed.Add(1)
		case err != nil:
			h.fault("GroupSend: %v", err)
		}
	}
}

// settle waits until nothing has been delivered for a while.
func (h *hall) settle(ctx context.Context) {
	quiet := time.NewTicker(500 * time.Millisecond)
	defer quiet.Stop()
	for before := int64(-1); before != h.delivered.Load() && ctx.Err() == nil; <-quiet.C {
		before = h.delivered.Load()
	}
}

// rooms is 200 rooms of 50 members and 8 publishers: nothing is lost and nothing comes twice.
func rooms(ctx context.Context, s settings, at redis.Options) (*rig, []figure, error) {
	r, err := newRig(ctx, at, 4, layer.Options{})
	if err != nil {
		return nil, nil, err
	}
	h := newHall(r, 200, 50, 8)
	listening, stop := context.WithCancel(ctx)
	leave, err := h.enter(listening)
	if err == nil {
		h.speak(ctx, s.span, s.rate)
		h.settle(ctx)
	}
	stop()
	leave()
	if want := h.sent.Load()*int64(h.members) - h.full.Load(); err == nil && h.delivered.Load() != want {
		r.fault("%d messages were delivered; want %d", h.delivered.Load(), want)
	}
	if h.full.Load() > 0 {
		r.fault("%d times a channel was full: the load is beyond what the machine does", h.full.Load())
	}
	return r, []figure{
		{"rooms × members, publishers", fmt.Sprintf("%d × %d, %d", h.rooms, h.members, h.publishers)},
		{"messages to groups", fmt.Sprintf("%d (%.0f/s)", h.sent.Load(), float64(h.sent.Load())/s.span.Seconds())},
		{"delivered", fmt.Sprintf("%d (%.0f/s)", h.delivered.Load(), float64(h.delivered.Load())/s.span.Seconds())},
		{"lost or repeated", fmt.Sprint(r.broken)},
		{"from send to receive: p50, p99", round(h.latency.quantile(0.5)) + ", " + round(h.latency.quantile(0.99))},
	}, err
}
