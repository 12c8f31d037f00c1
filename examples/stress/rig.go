package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// rig is what the workloads of a run share: the client, the way to connections of their own, the verdict.
type rig struct {
	settings
	target  *target
	verdict *verdict
	client  *redis.Client // shared by all; its connection is named clientName
	admin   *redis.Client // for faults and fences; its connection is never killed, and it adds no prefix to keys
	fence   fence

	prefix string // of all keys
	marker string // the names of all connections that may be killed begin with it

	connects       atomic.Int64 // connections made
	clientConnects atomic.Int64 // of them, by the shared client
	owners         atomic.Int64 // the shared client and the Conns of the workloads

	mu      sync.Mutex
	conns   []*redis.Conn  // guarded by mu; the workloads' own
	reasons map[string]int // guarded by mu; why connections were lost
	failed  int            // guarded by mu; attempts to connect that failed
}

// newRig makes the clients. They connect by connect.
func newRig(s settings, t *target, v *verdict) *rig {
	id := fmt.Sprintf("%x-%x", s.seed, time.Now().UnixMilli()&0xffffff)
	r := &rig{settings: s, target: t, verdict: v, prefix: "stress:" + id + ":", marker: "stress-" + id, reasons: map[string]int{}}
	opts := r.optionsFor("client")
	opts.OnConnect = func(*redis.Client) { r.connects.Add(1); r.clientConnects.Add(1) }
	r.client = redis.New(opts)
	opts = r.optionsFor("admin")
	opts.ClientName, opts.KeyPrefix = "admin-of-"+r.marker, ""
	opts.OnConnect, opts.OnDisconnect, opts.OnError = nil, nil, nil
	r.admin = redis.New(opts)
	r.owners.Add(1)
	return r
}

// optionsFor are the options of a connection that the faults may hit.
func (r *rig) optionsFor(name string) redis.Options {
	opts := r.target.options
	opts.ClientName = r.marker + "-" + name
	opts.KeyPrefix = r.prefix
	opts.Protocol = r.protocol
	opts.ReadTimeout, opts.WriteTimeout, opts.ConnectTimeout = r.timeout, r.timeout, r.timeout
	opts.ReconnectDelay, opts.ReconnectDelayMax = 20*time.Millisecond, reconnectMax
	opts.OnConnect = func(*redis.Client) { r.connects.Add(1) }
	opts.OnDisconnect = func(_ *redis.Client, reason string) {
		r.mu.Lock()
		r.reasons[reason]++
		r.mu.Unlock()
	}
	opts.OnError = func(_ *redis.Client, err error) {
		if k, _ := kindOf(err); k == kindUntyped {
			r.verdict.integrity("OnError was told %v, which has no type", err)
		}
		r.mu.Lock()
		r.failed++
		r.mu.Unlock()
	}
	return opts
}

// reconnectMax is the longest delay between two attempts to connect: it bounds how long after a pause the load comes back.
const reconnectMax = time.Second

// connect makes the first connections.
func (r *rig) connect(ctx context.Context) error {
	if err := r.client.Connect(ctx); err != nil {
		return err
	}
	return r.admin.Connect(ctx)
}

// dial makes a connection for a worker of its own.
func (r *rig) dial(ctx context.Context, name string) (*redis.Conn, error) {
	conn, err := redis.Dial(ctx, r.optionsFor(name))
	if err != nil {
		return nil, err
	}
	r.owners.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns = append(r.conns, conn)
	return conn, nil
}

// dialled are the connections that dial has made.
func (r *rig) dialled() []*redis.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.conns)
}

// random is the source of one worker's choices, the same for the same seed.
func (r *rig) random(worker string, number int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", worker, number)
	return rand.New(rand.NewPCG(r.seed, h.Sum64()))
}

// lost tells why connections were lost, and how often an attempt to connect failed.
func (r *rig) lost() (reasons map[string]int, failedAttempts int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reasons = map[string]int{}
	for reason, n := range r.reasons {
		reasons[reason] = n
	}
	return reasons, r.failed
}

// mine lists the connections of the run that faults may hit, and those of the shared client among them.
func (r *rig) mine(ctx context.Context) (all, shared []redis.ClientInfo, err error) {
	list, err := r.admin.ClientList().Await(ctx)
	for _, c := range list {
		if strings.HasPrefix(c.Name, r.marker) {
			all = append(all, c)
			if c.Name == r.marker+"-client" {
				shared = append(shared, c)
			}
		}
	}
	return all, shared, err
}

// clean removes the keys of the run from a server that stays.
func (r *rig) clean(ctx context.Context) error {
	for key, err := range redis.ScanAll(ctx, r.admin, redis.Match(r.prefix+"*"), redis.Count(1000)) {
		if err != nil {
			return err
		}
		if _, err := r.admin.Unlink(key).Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// close ends all connections. When ctx ends, what is in flight fails.
func (r *rig) close(ctx context.Context) error {
	err := r.client.Shutdown(ctx)
	for _, conn := range r.dialled() {
		err = errors.Join(err, conn.Shutdown(ctx))
	}
	_ = r.admin.Shutdown(ctx)
	return err
}
