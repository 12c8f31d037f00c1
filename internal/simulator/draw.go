package simulator

import (
	"math/rand/v2"
	"time"
)

// draw makes the decisions of a plan out of its seed. Only plans draw: a run decides nothing by chance.
type draw struct{ *rand.Rand }

func newDraw(seed uint64) draw { return draw{rand.New(rand.NewPCG(seed, 0x5eed))} }

// chance is true n times out of 100.
func (d draw) chance(n int) bool { return d.IntN(100) < n }

// upTo is a number from least to most, small ones more often.
func (d draw) upTo(least, most int) int {
	return least + min(d.IntN(most-least+1), d.IntN(most-least+1))
}

// within is a duration from least to most, to the nanosecond: two of them hardly ever end at the same instant, at which
// the order of timers would be left to chance.
func (d draw) within(least, most time.Duration) time.Duration {
	return least + time.Duration(d.Int64N(int64(most-least)+1))
}

// pick is one of the choices.
func pick[T any](d draw, choices ...T) T { return choices[d.IntN(len(choices))] }
