package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/redis"
)

// fanRounds is how many messages each group gets, one after the other.
const fanRounds = 30

// fanLimit is in what time a message has to be with a thousand receivers.
const fanLimit = 2 * time.Second

// fanOut sends to groups of 1, 10, 100 and 1000 channels: all is delivered, in order for each channel.
func fanOut(ctx context.Context, _ settings, at redis.Options) (*rig, []figure, error) {
	r, err := newRig(ctx, at, 2, layer.Options{})
	if err != nil {
		return nil, nil, err
	}
	var figures []figure
	for _, size := range []int{1, 10, 100, 1000} {
		mean, worst, err := r.fan(size)
		if err != nil {
			return r, figures, err
		}
		if worst > fanLimit {
			r.fault("a message took %v to %d channels; want %v at most", worst, size, fanLimit)
		}
		figures = append(figures, figure{fmt.Sprintf("to %d channels: mean, longest until all have it", size), round(mean) + ", " + round(worst)})
	}
	return r, figures, nil
}

func (r *rig) fan(size int) (mean, worst time.Duration, err error) {
	sender, receiver := r.peers[0].layer, r.peers[1].layer
	group := fmt.Sprint("fan:", size)
	arrived := make(chan struct{}, size*fanRounds)
	ctx, cancel := context.WithTimeout(r.ctx, time.Minute)
	defer cancel()
	var work sync.WaitGroup
	defer work.Wait()
	for range size {
		channel := receiver.NewChannel("fan")
		if err := receiver.GroupAdd(ctx, group, channel); err != nil {
			return 0, 0, err
		}
		work.Go(func() {
			for want := range fanRounds {
				m, err := receiver.Receive(ctx, channel)
				if err != nil {
					r.fault("Receive: %v", err)
					return
				}
				if _, seq, _ := read(m); seq != want {
					r.fault("a channel of %d got message %d; want %d", size, seq, want)
				}
				arrived <- struct{}{}
			}
		})
	}
	var sum time.Duration
	for seq := range fanRounds {
		start := time.Now()
		d, err := sender.GroupSend(ctx, group, note(0, seq))
		if err != nil || d.Sent != size {
			cancel()
			return 0, 0, fmt.Errorf("GroupSend = %+v, %w; want %d sent", d, err, size)
		}
		for range size {
			select {
			case <-arrived:
			case <-ctx.Done():
				return 0, 0, fmt.Errorf("message %d to %d channels did not arrive", seq, size)
			}
		}
		took := time.Since(start)
		sum, worst = sum+took, max(worst, took)
	}
	return sum / fanRounds, worst, nil
}
