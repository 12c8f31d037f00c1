package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/redis"
)

const (
	killEvery = 2 * time.Second
	// What was sent so long before a kill may have been on its way to a receiver, so long after it the connection may be missing.
	windowBefore = 200 * time.Millisecond
	windowAfter  = time.Second
)

// killed has connections killed, those of commands and of subscriptions in turn: outside the moments around the kills nothing is
// lost, every error tells its outcome, and subscriptions are back within a second.
func killed(ctx context.Context, s settings, at redis.Options) (*rig, []figure, error) {
	r, err := newRig(ctx, at, 4, layer.Options{})
	if err != nil {
		return nil, nil, err
	}
	h := newHall(r, 20, 10, 4)
	h.faulty = true
	listening, stop := context.WithCancel(ctx)
	leave, err := h.enter(listening)
	if err != nil {
		stop()
		leave()
		return r, nil, err
	}
	var kills []time.Time
	var work sync.WaitGroup
	killing, enough := context.WithCancel(ctx)
	work.Go(func() { kills = r.kill(killing) })
	h.speak(ctx, s.span, 100)
	enough()
	work.Wait()
	h.settle(ctx)
	stop()
	leave()
	lost, inWindow := h.missing(kills)
	longest := time.Duration(0)
	if len(r.gaps) > 0 {
		longest = slices.Max(r.gaps)
	}
	if longest > time.Second {
		r.fault("a subscription was away for %v; want a second at most", longest)
	}
	if len(kills) == 0 || len(kills) > 1 && len(r.gaps) == 0 { // the first is of commands
		r.fault("%d kills and %d gaps; want some", len(kills), len(r.gaps))
	}
	return r, []figure{
		{"kills; gaps of subscriptions, the longest", fmt.Sprintf("%d; %d, %s", len(kills), len(r.gaps), round(longest))},
		{"messages to groups, delivered", fmt.Sprintf("%d, %d", h.sent.Load(), h.delivered.Load())},
		{"calls that failed, each with its outcome", fmt.Sprint(h.failed.Load())},
		{"lost outside the moments around kills, and within", fmt.Sprintf("%d, %d", lost, inWindow)},
		{"from send to receive: p50, p99", round(h.latency.quantile(0.5)) + ", " + round(h.latency.quantile(0.99))},
	}, nil
}

// kill kills connections until ctx ends, and tells when.
func (r *rig) kill(ctx context.Context) (at []time.Time) {
	ticker := time.NewTicker(killEvery)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return at
		}
		list, err := redis.Do[string](r.admin, "CLIENT", "LIST").Await(r.ctx)
		if err != nil {
			r.fault("CLIENT LIST: %v", err)
			return at
		}
		var ids []string
		for line := range strings.Lines(list) {
			id, rest, _ := strings.Cut(strings.TrimPrefix(line, "id="), " ")
			subscribed := !strings.Contains(rest, " sub=0 ")
			if strings.Contains(rest, " name=load-") && subscribed == (n%2 == 1) {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			continue // it is being made again just now
		}
		moment := time.Now()
		killed, err := redis.Do[int64](r.admin, "CLIENT", "KILL", "ID", ids[n/2%len(ids)]).Await(r.ctx)
		if err != nil {
			r.fault("CLIENT KILL: %v", err)
		}
		if killed == 1 {
			at = append(at, moment)
		}
	}
}

// missing counts what was certainly sent and not received by a member of its room.
func (h *hall) missing(kills []time.Time) (outside, inside int) {
	for publisher, byRoom := range h.book {
		for room, sent := range byRoom {
			for seq, at := range sent {
				near := slices.ContainsFunc(kills, func(k time.Time) bool { return at.After(k.Add(-windowBefore)) && at.Before(k.Add(windowAfter)) })
				for i := room * h.members; i < (room+1)*h.members; i++ {
					switch {
					case h.seen[i][[2]int{publisher, seq}]:
					case near:
						inside++
					default:
						outside++
						h.fault("member %d has never got message %d of publisher %d, sent far from every kill", i, seq, publisher)
					}
				}
			}
		}
	}
	return outside, inside
}
