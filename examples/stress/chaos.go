package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// faultKind is one of the ways in which a server lets its clients down.
type faultKind int

// The faults. faultNone is the moment between two of them at which the fence is raised.
const (
	faultNone faultKind = iota
	faultKill
	faultPause
	faultRestart
)

var faultNames = map[faultKind]string{faultKill: "kill", faultPause: "pause", faultRestart: "restart"}

// fault is one that happened.
type fault struct {
	kind     faultKind
	from, to time.Duration // since the beginning of the load
	note     string
}

// planned is one that is going to happen.
type planned struct {
	kind faultKind
	at   time.Duration
	long time.Duration // of a pause, or of the time that the server is down
}

// chaos makes the faults, one after the other, and keeps the list of them. Between them, and where there are to be none, it
// raises the fence.
type chaos struct {
	rig     *rig
	windows *windows
	plan    []planned // by time
	random  *rand.Rand
	start   time.Time

	mu          sync.Mutex
	faults      []fault // guarded by mu
	clientKills int     // guarded by mu; of those on the shared client
	kills       int     // guarded by mu; connections that the server has closed, by its own count
}

// newChaos plans the faults of a run: kills all the time, short pauses, a restart in the middle, and one pause beyond
// ReadTimeout after three quarters.
func newChaos(r *rig, w *windows) *chaos {
	c := &chaos{rig: r, windows: w, random: r.random("chaos", 0)}
	kind := faultNone
	if r.chaos {
		kind = faultKill
	}
	for at := r.kill; at < r.duration; at += r.kill {
		c.plan = append(c.plan, planned{kind: kind, at: at})
	}
	if r.chaos {
		for at := r.pause / 2; at < r.duration; at += r.pause {
			c.plan = append(c.plan, planned{faultPause, at, r.timeout/10 + time.Duration(c.random.Int64N(int64(r.timeout/4)))})
		}
		c.plan = append(c.plan, planned{faultPause, r.duration * 3 / 4, r.timeout * 7 / 5})
		if r.target.own() {
			c.plan = append(c.plan, planned{faultRestart, r.duration / 2, r.timeout/10 + time.Duration(c.random.Int64N(int64(r.timeout/4)))})
		}
	}
	slices.SortStableFunc(c.plan, func(a, b planned) int { return cmp.Compare(a.at, b.at) })
	return c
}

// run makes the faults until ctx ends. When it returns, the server runs.
func (c *chaos) run(ctx context.Context) {
	for i, next := range c.plan {
		if wait := next.at - time.Since(c.start); wait > 0 && !rest(ctx, wait) {
			return
		}
		// What has waited for a long fault to end does not come in one go.
		if late := time.Since(c.start) - next.at; next.kind <= faultKill && late > c.rig.kill/2 && i+1 < len(c.plan) {
			continue
		}
		switch next.kind {
		case faultNone, faultKill:
			c.killOrFence(ctx, next.kind == faultKill)
		case faultPause:
			c.pause(ctx, next.long)
		case faultRestart:
			c.restart(next.long)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// killOrFence raises the fence, then kills the client's connection and another one. The server may be busy with what a fault
// before has left behind: then the next turn will do.
func (c *chaos) killOrFence(ctx context.Context, kill bool) {
	ctx, cancel := context.WithTimeout(ctx, max(c.rig.kill, time.Second))
	defer cancel()
	_ = c.rig.raiseFence(ctx)
	if !kill {
		return
	}
	all, shared, err := c.rig.mine(ctx)
	if err != nil {
		return
	}
	victims := shared
	if others := slices.DeleteFunc(all, func(i redis.ClientInfo) bool {
		return slices.ContainsFunc(shared, func(s redis.ClientInfo) bool { return s.ID == i.ID })
	}); len(others) > 0 {
		victims = append(victims, others[c.random.IntN(len(others))])
	}
	for _, victim := range victims {
		from := time.Since(c.start)
		n, err := c.rig.admin.ClientKillBy(redis.ByID(victim.ID)).Await(ctx)
		if err != nil || n == 0 {
			continue // gone by itself, or not known
		}
		c.mu.Lock()
		c.kills++
		if strings.HasSuffix(victim.Name, "-client") {
			c.clientKills++
		}
		c.mu.Unlock()
		c.happened(fault{faultKill, from, time.Since(c.start), victim.Name})
	}
}

// pause stops the server for a while: an own one by SIGSTOP, so that it is as silent as a dead one, another by CLIENT PAUSE.
func (c *chaos) pause(ctx context.Context, long time.Duration) {
	c.windows.begin()
	defer c.windows.end()
	from := time.Since(c.start)
	note := fmt.Sprintf("SIGSTOP for %v", long.Round(time.Millisecond))
	if c.rig.target.own() {
		proc, err := c.rig.target.process()
		if err == nil {
			err = proc.Pause()
		}
		if err == nil {
			rest(ctx, long)
			err = proc.Resume()
		}
		if err != nil {
			c.rig.verdict.integrity("the server could not be paused: %v", err)
			return
		}
	} else {
		note = fmt.Sprintf("CLIENT PAUSE for %v", long.Round(time.Millisecond))
		if _, err := c.rig.admin.ClientPause(long, redis.PauseAll).Await(ctx); err != nil {
			return
		}
		rest(ctx, long)
	}
	c.happened(fault{faultPause, from, time.Since(c.start), note})
}

// restart does not listen to the end of the load: a server that is down must come up again for the checks.
func (c *chaos) restart(down time.Duration) {
	c.windows.begin()
	defer c.windows.end()
	from := time.Since(c.start)
	if err := c.rig.target.restart(down); err != nil {
		c.rig.verdict.integrity("the server could not be restarted: %v", err)
		return
	}
	c.happened(fault{faultRestart, from, time.Since(c.start), fmt.Sprintf("SIGTERM, %v down, data loaded again", down.Round(time.Millisecond))})
}

func (c *chaos) happened(f fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, f)
}

// list is what has happened so far, and how many connections were killed, in all and of the client.
func (c *chaos) list() (faults []fault, kills, clientKills int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.faults), c.kills, c.clientKills
}
