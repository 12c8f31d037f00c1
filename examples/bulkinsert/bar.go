package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// bar is a line that tells how far something is, and how fast.
type bar struct {
	out     io.Writer
	name    string
	n, done int
	began   time.Time
	drawn   time.Time
}

const (
	barWidth = 30
	barEvery = 100 * time.Millisecond
)

func newBar(out io.Writer, name string, n int) *bar {
	now := time.Now()
	return &bar{out: out, name: name + ":", n: n, began: now, drawn: now}
}

// add counts, and draws the line anew now and then.
func (b *bar) add(n int) {
	before := b.done
	b.done += n
	if b.done>>8 == before>>8 { // the clock costs more than the rest
		return
	}
	if now := time.Now(); now.Sub(b.drawn) >= barEvery {
		b.drawn = now
		b.draw(now)
	}
}

// end draws the line for the last time and gives the rate.
func (b *bar) end() (perSecond float64) {
	rate := b.draw(time.Now())
	fmt.Fprintln(b.out)
	return rate
}

func (b *bar) draw(now time.Time) (perSecond float64) {
	took := now.Sub(b.began)
	rate := float64(b.done) / max(took.Seconds(), 1e-9)
	full := barWidth * b.done / max(b.n, 1)
	fmt.Fprintf(b.out, "\r%-15s [%s%s] %3d %%, %d keys, %.1f s, %.0f keys/s ",
		b.name, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), 100*b.done/max(b.n, 1), b.done, took.Seconds(), rate)
	return rate
}
