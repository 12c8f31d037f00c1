package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/examples/channellayer/layer"
	"github.com/futureio/futureio-go/redis"
)

// payload is the size of every message.
const payload = 200

// rig is what one load works with: several processes, each with a client and connections of its own, in this one.
type rig struct {
	ctx   context.Context
	peers []*peer
	admin *redis.Client

	mu     sync.Mutex
	faults []string // what did not hold; the first few
	broken int
	gaps   []time.Duration // of subscriptions
}

// peer is one process.
type peer struct {
	client *redis.Client
	layer  *layer.Layer
}

// newRig makes a rig of n processes on an empty prefix.
func newRig(ctx context.Context, at redis.Options, n int, opts layer.Options) (*rig, error) {
	r := &rig{ctx: ctx, admin: redis.New(at)}
	opts.Prefix = "load:" + strconv.FormatInt(time.Now().UnixNano(), 36)
	for i := range n {
		own := at
		own.ClientName, own.Observer = fmt.Sprint("load-", i), &redis.Observer{Gap: r.gap}
		client := redis.New(own)
		r.peers = append(r.peers, &peer{client: client})
		l, err := layer.New(ctx, client, opts)
		if err != nil {
			r.close()
			return nil, err
		}
		r.peers[i].layer = l
	}
	return r, nil
}

func (r *rig) gap(e redis.GapEvent) {
	r.mu.Lock()
	r.gaps = append(r.gaps, e.Duration)
	r.mu.Unlock()
}

func (r *rig) close() {
	for _, p := range r.peers {
		if p.layer != nil {
			p.layer.Close()
		}
		_ = p.client.Close()
	}
	_ = r.admin.Close()
}

// fault notes that something did not hold.
func (r *rig) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken++; len(r.faults) < 10 {
		r.faults = append(r.faults, fmt.Sprintf(format, args...))
	}
}

// typed notes an error that tells no outcome. Those of the load's own end do not count.
func (r *rig) typed(err error) {
	var e redis.Error
	if !errors.As(err, &e) && r.ctx.Err() == nil {
		r.fault("an error without an outcome: %v", err)
	}
}

// note is what a message says: who sent it, as which of his to this group, and when.
func note(publisher, seq int) []byte {
	b := make([]byte, 0, payload)
	b = strconv.AppendInt(b, int64(publisher), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(seq), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, time.Now().UnixNano(), 10)
	b = append(b, ' ')
	return append(b, strings.Repeat("x", payload-len(b))...)
}

// read takes a note apart.
func read(m []byte) (publisher, seq int, sent time.Time) {
	words := strings.SplitN(string(m), " ", 4)
	if len(words) < 4 {
		return -1, -1, time.Time{}
	}
	publisher, _ = strconv.Atoi(words[0])
	seq, _ = strconv.Atoi(words[1])
	ns, _ := strconv.ParseInt(words[2], 10, 64)
	return publisher, seq, time.Unix(0, ns)
}

// delays is a sample of latencies.
type delays struct {
	count  atomic.Int64
	mu     sync.Mutex
	sample []time.Duration
}

// sampleOf keeps every n-th latency.
const sampleOf = 7

func (d *delays) add(v time.Duration) {
	if d.count.Add(1)%sampleOf != 0 {
		return
	}
	d.mu.Lock()
	d.sample = append(d.sample, v)
	d.mu.Unlock()
}

func (d *delays) quantile(q float64) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.sample) == 0 {
		return 0
	}
	slices.Sort(d.sample)
	return d.sample[int(q*float64(len(d.sample)-1))]
}
