package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/redis"
)

// churn has channels join and leave rooms while others listen there: those who stay see no gap.
func churn(ctx context.Context, s settings, at redis.Options) (*rig, []figure, error) {
	span := min(s.span, 15*time.Second)
	r, err := newRig(ctx, at, 3, layer.Options{})
	if err != nil {
		return nil, nil, err
	}
	h := newHall(r, 5, 10, 4)
	listening, stop := context.WithCancel(ctx)
	leave, err := h.enter(listening)
	if err != nil {
		stop()
		leave()
		return r, nil, err
	}
	var moves atomic.Int64
	var restless sync.WaitGroup
	for i := range 50 {
		restless.Go(func() {
			l := h.peers[i%len(h.peers)].layer
			for end := time.Now().Add(span); time.Now().Before(end) && ctx.Err() == nil; {
				room, channel := roomName(i%h.rooms), l.NewChannel("restless")
				if err := l.GroupAdd(ctx, room, channel); err != nil {
					r.fault("GroupAdd: %v", err)
					return
				}
				wait, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
				_, _ = l.Receive(wait, channel) // something, or nothing
				cancel()
				if err := l.GroupDiscard(ctx, room, channel); err != nil {
					r.fault("GroupDiscard: %v", err)
					return
				}
				moves.Add(2)
			}
		})
	}
	h.speak(ctx, span, 200)
	restless.Wait()
	h.settle(ctx)
	stop()
	leave()
	if want := h.sent.Load() * int64(h.members); h.delivered.Load() != want {
		r.fault("the steady members got %d messages; want %d", h.delivered.Load(), want)
	}
	return r, []figure{
		{"steady members, joins and leaves meanwhile", fmt.Sprintf("%d, %d", h.rooms*h.members, moves.Load())},
		{"messages to groups, delivered to the steady", fmt.Sprintf("%d, %d", h.sent.Load(), h.delivered.Load())},
		{"gaps", fmt.Sprint(r.broken)},
	}, nil
}

// stalled has one member of a room stop: the others are not affected, and what it loses is counted.
func stalled(ctx context.Context, s settings, at redis.Options) (*rig, []figure, error) {
	const capacity, sends = 100, 3000
	r, err := newRig(ctx, at, 2, layer.Options{Capacity: capacity})
	if err != nil {
		return nil, nil, err
	}
	h := newHall(r, 1, 20, 1)
	listening, stop := context.WithCancel(ctx)
	leave, err := h.enter(listening)
	defer leave()
	defer stop()
	if err != nil {
		return r, nil, err
	}
	l := h.peers[0].layer
	dead := l.NewChannel("dead")
	if err := l.GroupAdd(ctx, roomName(0), dead); err != nil {
		return r, nil, err
	}
	before := heap()
	full := 0
	for seq := 1; seq <= sends; seq++ {
		d, err := l.GroupSend(ctx, roomName(0), note(0, seq))
		if err != nil {
			return r, nil, err
		}
		full += len(d.Full)
	}
	h.settle(ctx)
	grown := heap() - before
	if want := sends - capacity; full != want {
		r.fault("%d messages were dropped; want %d, all of the stopped one", full, want)
	}
	if want := int64(sends * h.members); h.delivered.Load() != want {
		r.fault("the others got %d messages; want %d", h.delivered.Load(), want)
	}
	if grown > 8<<20 {
		r.fault("the heap has grown by %d KiB", grown>>10)
	}
	return r, []figure{
		{"messages, of them dropped for the stopped one", fmt.Sprintf("%d, %d", sends, full)},
		{"delivered to the others", fmt.Sprint(h.delivered.Load())},
		{"heap grown by", fmt.Sprintf("%d KiB", max(grown, 0)>>10)},
	}, nil
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
