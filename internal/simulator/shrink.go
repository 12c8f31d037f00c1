package simulator

import (
	"slices"
	"time"
)

// shrink looks for a smaller plan that fails as well: it leaves out one thing after the other, and keeps it out where
// the rest still fails. It stops when nothing can be left out, or when its time is up.
func shrink(p *plan, fails func(*plan) bool, limit time.Duration) *plan {
	began := time.Now()
	for again := true; again; {
		again = false
		// From the last one on, so that what is before it keeps its place.
		for i := p.parts() - 1; i >= 0; i-- {
			if time.Since(began) > limit {
				return p
			}
			if i >= p.parts() {
				continue // more than one has gone
			}
			if smaller := p.without(i); fails(smaller) {
				p, again = smaller, true
			}
		}
	}
	return p
}

// parts counts what can be left out of a plan.
func (p *plan) parts() int {
	n := 0
	p.visit(func(func()) { n++ })
	return n
}

// without is a copy of the plan that lacks its i-th part.
func (p *plan) without(i int) *plan {
	smaller := p.clone()
	n := 0
	var remove func()
	smaller.visit(func(r func()) {
		if n == i {
			remove = r
		}
		n++
	})
	remove()
	return smaller
}

func (p *plan) clone() *plan {
	c := *p
	c.callers = slices.Clone(p.callers)
	for i := range c.callers {
		c.callers[i].steps = slices.Clone(c.callers[i].steps)
	}
	c.conns = slices.Clone(p.conns)
	for i := range c.conns {
		f := &c.conns[i]
		f.line, f.handshake, f.replies = slices.Clone(f.line), slices.Clone(f.handshake), slices.Clone(f.replies)
	}
	c.dials, c.outages = slices.Clone(p.dials), slices.Clone(p.outages)
	return &c
}

// visit calls fn for every part of the plan, with what removes it from the plan.
func (p *plan) visit(fn func(remove func())) {
	if p.ending != nil {
		fn(func() { p.ending = nil })
	}
	each(&p.dials, fn)
	each(&p.outages, fn)
	for i := range p.conns {
		each(&p.conns[i].line, fn)
		each(&p.conns[i].handshake, fn)
		each(&p.conns[i].replies, fn)
	}
	for i := range p.callers {
		steps := p.callers[i].steps
		for k := range steps {
			if s := &steps[k]; s.manner != (manner{then: forget}) {
				fn(func() { s.manner = manner{then: forget} })
			}
			if s := &steps[k]; s.pause > 0 {
				fn(func() { s.pause = 0 })
			}
		}
		each(&p.callers[i].steps, fn)
	}
	each(&p.callers, fn)
}

func each[T any](list *[]T, fn func(remove func())) {
	for i := range *list {
		fn(func() { *list = slices.Delete(*list, i, i+1) })
	}
}
