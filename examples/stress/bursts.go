package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// bursts has thousands of commands in flight at once: GET and MGET of constants, INCR, and commands of the wrong type. Every
// reply must be the one of its own command: the constant of that key, the next number of that counter, WRONGTYPE.
type bursts struct {
	rig    *rig
	tally  *tally
	bursts []*burst
}

const (
	burstWorkers   = 2
	burstSmallest  = 1000
	burstLargest   = 5000
	burstConstants = 64
	burstCounters  = 4
)

// burst is one worker; owned by it, then by check.
type burst struct {
	constants []string // keys
	values    []string // of the constants
	counters  [burstCounters]burstCounter
	list      string // key
	random    *rand.Rand
	slots     []slot
}

// burstCounter is a counter that nobody else increments: the number of each reply is known, but for what is Unknown before.
type burstCounter struct {
	key            string
	acked, unknown int64
	last           int64
}

// slot is one command of a burst, with one of the futures.
type slot struct {
	call    call
	number  int // of the constant or counter
	get     *future.Future[redis.Opt[string]]
	mget    *future.Future[[]redis.Opt[string]]
	incr    *future.Future[int64]
	refused *future.Future[int64]
}

func newBursts(r *rig, t *tally) workload {
	w := &bursts{rig: r, tally: t}
	for i := range burstWorkers {
		b := &burst{list: fmt.Sprintf("burst:%d:list", i), random: r.random("bursts", i), slots: make([]slot, 0, burstLargest)}
		for j := range burstConstants {
			b.constants = append(b.constants, fmt.Sprintf("burst:%d:constant:%d", i, j))
			b.values = append(b.values, fmt.Sprintf("%d/%d/%s", i, j, strings.Repeat(strconv.Itoa(j), b.random.IntN(100))))
		}
		for j := range b.counters {
			b.counters[j].key = fmt.Sprintf("burst:%d:counter:%d", i, j)
		}
		w.bursts = append(w.bursts, b)
	}
	return w
}

func (w *bursts) prepare(ctx context.Context) error {
	client := w.rig.client
	for _, b := range w.bursts {
		for i := range b.constants {
			if _, err := client.Set(b.constants[i], b.values[i]).Await(ctx); err != nil {
				return err
			}
		}
		for i := range b.counters {
			if _, err := client.Set(b.counters[i].key, 0).Await(ctx); err != nil {
				return err
			}
		}
		if _, err := client.RPush(b.list, "an element").Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *bursts) run(ctx context.Context) {
	var workers sync.WaitGroup
	for _, b := range w.bursts {
		workers.Go(func() {
			for ctx.Err() == nil {
				w.issue(b, burstSmallest+b.random.IntN(burstLargest-burstSmallest+1))
				if !w.settle(b) {
					rest(ctx, afterError)
				}
			}
		})
	}
	workers.Wait()
}

// issue puts n commands on their way.
func (w *bursts) issue(b *burst, n int) {
	client := w.rig.client
	b.slots = b.slots[:0]
	for range n {
		s := slot{number: b.random.IntN(burstConstants)}
		key := b.constants[s.number]
		switch choice := b.random.IntN(20); {
		case choice < 9:
			s.call = w.tally.issue("GET", key)
			s.get = client.Get(key)
		case choice < 13:
			s.call = w.tally.issue("MGET", key)
			s.mget = client.MGet(key, b.list, b.constants[(s.number+1)%burstConstants])
		case choice < 18:
			s.number %= burstCounters
			key = b.counters[s.number].key
			s.call = w.tally.issue("INCR", key)
			s.incr = client.Incr(key)
		case choice < 19:
			s.call = w.tally.issue("INCR", b.list)
			s.call.refusal = "WRONGTYPE"
			s.refused = client.Incr(b.list)
		default:
			s.call = w.tally.issue("LPUSH", key)
			s.call.refusal = "WRONGTYPE"
			s.refused = client.LPush(key, "x")
		}
		b.slots = append(b.slots, s)
	}
}

// settle awaits all of them in the order of their issue, and reports whether none has failed.
func (w *bursts) settle(b *burst) (well bool) {
	well = true
	for i := range b.slots {
		s := &b.slots[i]
		var err error
		switch {
		case s.get != nil:
			err = w.settleGet(b, s)
		case s.mget != nil:
			err = w.settleMGet(b, s)
		case s.incr != nil:
			err = w.settleIncr(b, s)
		default:
			_, err = settle(s.call, s.refused)
		}
		*s = slot{} // a settled future is garbage
		well = well && err == nil
	}
	return well
}

func (w *bursts) settleGet(b *burst, s *slot) error {
	got, err := settle(s.call, s.get)
	if err == nil && got.Or("nothing") != b.values[s.number] {
		w.rig.verdict.integrity("bursts: GET %s = %.60q; want %.60q", s.call.key, got.Or("nothing"), b.values[s.number])
	}
	return err
}

// The list stands between two constants: it has no string value.
func (w *bursts) settleMGet(b *burst, s *slot) error {
	got, err := settle(s.call, s.mget)
	if err != nil {
		return err
	}
	first, second := b.values[s.number], b.values[(s.number+1)%burstConstants]
	if len(got) != 3 || got[0].Or("nothing") != first || got[1].Valid() || got[2].Or("nothing") != second {
		w.rig.verdict.integrity("bursts: MGET %s, a list, and the next = %.120q; want %.60q, nothing, %.60q", s.call.key, got, first, second)
	}
	return nil
}

func (w *bursts) settleIncr(b *burst, s *slot) error {
	value, err := settle(s.call, s.incr)
	c := &b.counters[s.number]
	switch {
	case err == nil:
		c.acked++
		if value <= c.last || value < c.acked || value > c.acked+c.unknown {
			w.rig.verdict.integrity("bursts: INCR %s = %d after %d, with %d acknowledged and %d unknown", c.key, value, c.last, c.acked, c.unknown)
		}
		c.last = value
	case outcomeOf(err) == redis.Unknown:
		c.unknown++
	}
	return err
}

func (w *bursts) check(ctx context.Context) {
	for _, b := range w.bursts {
		for i := range b.counters {
			c := &b.counters[i]
			got, err := w.rig.client.Get(c.key).Await(ctx)
			if err != nil {
				w.rig.verdict.integrity("bursts: key %s cannot be read at the end: %v", c.key, err)
				return
			}
			value, err := strconv.ParseInt(got.Or("missing"), 10, 64)
			if err != nil || value < c.acked || value > c.acked+c.unknown {
				w.rig.verdict.integrity("bursts: key %s holds %v; want at least the %d acknowledged and at most %d, with the %d unknown",
					c.key, got.Or("nothing"), c.acked, c.acked+c.unknown, c.unknown)
			}
		}
	}
}
