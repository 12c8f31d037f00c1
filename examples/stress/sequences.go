package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
)

// sequences has one writer for each of its keys, who writes increasing numbers and reads them back. What is read is the last
// number that was acknowledged, or one whose outcome is Unknown; never an older one, and none that was not written.
type sequences struct {
	rig   *rig
	tally *tally
	keys  []*sequence
}

// sequence is one key; owned by its writer, then by check.
type sequence struct {
	key      string
	next     uint64
	register register
	random   *rand.Rand
}

const sequenceKeys = 48

func newSequences(r *rig, t *tally) workload {
	w := &sequences{rig: r, tally: t}
	for i := range sequenceKeys {
		w.keys = append(w.keys, &sequence{key: "sequence:" + strconv.Itoa(i), next: 1, random: r.random("sequences", i)})
	}
	return w
}

func (w *sequences) prepare(ctx context.Context) error {
	for _, s := range w.keys {
		if _, err := w.rig.client.Set(s.key, 0).Await(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *sequences) run(ctx context.Context) {
	var writers sync.WaitGroup
	for _, s := range w.keys {
		writers.Go(func() {
			for ctx.Err() == nil {
				if err := w.turn(s); err != nil {
					rest(ctx, afterError)
				}
			}
		})
	}
	writers.Wait()
}

// turn writes the next number and reads it back: after the reply, or without waiting for it, since a GET that was issued
// after a SET is executed after it.
func (w *sequences) turn(s *sequence) error {
	value := s.next
	s.next++
	write := w.tally.issue("SET", s.key)
	set := w.rig.client.Set(s.key, value)
	var read call
	var get *future.Future[redis.Opt[string]]
	ahead := s.random.IntN(2) == 0
	if ahead {
		read = w.tally.issue("GET", s.key)
		get = w.rig.client.Get(s.key)
	}
	_, err := settle(write, set)
	s.register.wrote(value, err, time.Now())
	if !ahead {
		read = w.tally.issue("GET", s.key)
		get = w.rig.client.Get(s.key)
	}
	got, readErr := settle(read, get)
	if readErr != nil {
		return readErr
	}
	w.compare(s, got, read.at)
	return err
}

func (w *sequences) compare(s *sequence, got redis.Opt[string], asked time.Time) {
	text, ok := got.Get()
	if err := readNumber(&s.register, text, ok, asked, w.rig.fence.raised()); err != nil {
		w.rig.verdict.integrity("sequences: key %s: %v", s.key, err)
	}
}

// readNumber checks a number that was read, or that there was none.
func readNumber(g *register, text string, ok bool, asked, fenced time.Time) error {
	if !ok {
		return fmt.Errorf("is missing; want %s", g.want())
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("holds %.40q; want %s", text, g.want())
	}
	return g.read(value, asked, fenced)
}

func (w *sequences) check(ctx context.Context) {
	for _, s := range w.keys {
		asked := time.Now()
		got, err := w.rig.client.Get(s.key).Await(ctx)
		if err != nil {
			w.rig.verdict.integrity("sequences: key %s cannot be read at the end: %v", s.key, err)
			return
		}
		w.compare(s, got, asked)
	}
}
