package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// register knows what one key may hold. The key has one writer, who writes increasing numbers and issues nothing while it
// awaits something. The zero value is a key that nobody has written to.
//
// A write whose outcome is Unknown stays open: it may have run, may run later, or never. Later is possible: where the client
// gave up a connection to a server that was stopped, the server can find the write in its socket buffer when
// it goes on, after it has already served the next connection. So an open write may come up once, at any read, until a fence
// (see fence.go) tells that no old connection is left.
type register struct {
	current uint64
	open    []openWrite
}

type openWrite struct {
	value  uint64
	failed time.Time // when its future failed
}

// wrote notes the end of a write.
func (g *register) wrote(value uint64, err error, now time.Time) {
	switch {
	case err == nil:
		g.current = value
	case outcomeOf(err) == redis.Unknown:
		g.open = append(g.open, openWrite{value, now})
	}
}

// read notes the reply of a read that was issued at asked, and tells what is wrong with it. fenced is when the last fence was
// raised.
func (g *register) read(value uint64, asked, fenced time.Time) error {
	if value != g.current {
		i := slices.IndexFunc(g.open, func(w openWrite) bool { return w.value == value })
		if i < 0 {
			return fmt.Errorf("holds %d; want %s", value, g.want())
		}
		// It has come up: what it has overwritten is gone for good, and it cannot run a second time.
		g.current = value
		g.open = slices.Delete(g.open, i, i+1)
	}
	if asked.After(fenced) {
		g.open = slices.DeleteFunc(g.open, func(w openWrite) bool { return w.failed.Before(fenced) })
	}
	return nil
}

// holds tells whether a value is one that the key may hold.
func (g *register) holds(value uint64) bool {
	return value == g.current || slices.ContainsFunc(g.open, func(w openWrite) bool { return w.value == value })
}

// want describes what the key may hold.
func (g *register) want() string {
	text := fmt.Sprint(g.current)
	for _, w := range g.open {
		text += fmt.Sprintf(", or %d (outcome unknown)", w.value)
	}
	return text
}
