package future

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
)

// All (needs_all) returns the future of all values, in the order of the arguments. It fails as soon as one source
// does, with that source's error, and takes its interest in the others back; if a source was cancelled, it settles
// as Cancelled with the same cause. Over no futures it is done with an empty slice.
//
// Here as in all combinators, the same future may be given twice, a nil one panics, and no goroutine is used: the
// sources carry the result forward when they settle.
func All[T any](fs ...*Future[T]) *Future[[]T] {
	fs = slices.Clone(fs)
	return combine("All", needAll, bases(fs), func(int) []T {
		vs := make([]T, len(fs))
		for i, f := range fs {
			vs[i] = f.value
		}
		return vs
	})
}

// AllSettled (wait_all) returns the future of all results, in the order of the arguments. It never fails; each
// result has its own error. Over no futures it is done with an empty slice.
func AllSettled[T any](fs ...*Future[T]) *Future[[]Result[T]] {
	fs = slices.Clone(fs)
	return combine("AllSettled", waitForAll, bases(fs), func(int) []Result[T] {
		rs := make([]Result[T], len(fs))
		for i, f := range fs {
			rs[i] = Result[T]{f.value, f.c.err()}
		}
		return rs
	})
}

// Any (needs_any) returns the future of the first value; it takes its interest in the other sources back then. If
// all fail, it fails with their errors, joined in the order of the arguments by errors.Join; over no futures with
// ErrEmpty.
func Any[T any](fs ...*Future[T]) *Future[T] {
	fs = slices.Clone(fs)
	return combine("Any", needAny, bases(fs), func(i int) T { return fs[i].value })
}

// Race (wait_any) returns a future that settles as the first source that settles in whatever way, and takes its
// interest in the others back. Over no futures it fails with ErrEmpty.
func Race[T any](fs ...*Future[T]) *Future[T] {
	fs = slices.Clone(fs)
	return combine("Race", waitForAny, bases(fs), func(i int) T { return fs[i].value })
}

func bases[T any](fs []*Future[T]) []*core {
	cs := make([]*core, len(fs))
	for i, f := range fs {
		cs[i] = f.base()
	}
	return cs
}

// policy says which source settles a group.
type policy int

const (
	needAll    policy = iota // the last value, or the first error
	waitForAll               // the last outcome
	needAny                  // the first value, or the last error
	waitForAny               // the first outcome
)

// group is a future of R derived from several sources of any types.
type group[R any] struct {
	p      Promise[R]
	side   side
	policy policy

	sources []*core
	hooks   []hook        // one for each source
	value   func(i int) R // makes the result when source i decides; called at most once
	left    atomic.Int32  // sources not settled yet
	ends    atomic.Int32  // see endOne
}

// combine makes a group and connects it.
func combine[R any](name string, how policy, sources []*core, value func(i int) R) *Future[R] {
	for i, src := range sources {
		if src == nil {
			panic(fmt.Sprintf("future: %s: future %d is nil", name, i))
		}
	}
	g := &group[R]{policy: how, sources: sources, hooks: make([]hook, len(sources)), value: value}
	g.left.Store(int32(len(sources)))
	if len(sources) == 0 {
		if how == needAll || how == waitForAll {
			g.p.Complete(value(0))
		} else {
			g.p.Fail(ErrEmpty)
		}
		return &g.p.f
	}

	reuse := reuseFlag
	for _, src := range sources {
		reuse &= src.flags.Load()
	}
	g.p.f.c.flags.Store(reuse)
	g.side.up = g
	g.p.f.c.side.Store(&g.side)
	for i, src := range sources {
		// Also after the group was settled by an early source: an interest must be taken to be given back, and so the
		// rest is cancelled whether the one that failed was settled before or after this call.
		h := &g.hooks[i]
		h.to, h.index = g, i
		if !src.watch(h, true) {
			g.fired(h, nil)
		}
	}
	g.endOne()
	return &g.p.f
}

func (g *group[R]) fired(h *hook, b *Batch) {
	src := g.sources[h.index]
	if g.policy != needAny { // joined will want them
		g.sources[h.index] = nil
	}
	kind := State(src.state.Load())
	last := g.left.Add(-1) == 0
	switch {
	case g.policy == waitForAny || g.policy == needAny && kind == Done || g.policy == needAll && kind != Done:
		if kind == Done {
			g.complete(h.index, b)
		} else {
			g.p.f.c.fail(kind, src.err(), b)
		}
	case last && g.policy == needAny:
		g.p.Owner().FailIn(b, g.joined())
	case last:
		g.complete(h.index, b)
	}
}

// complete settles with the value, which only the goroutine that wins the claim makes.
func (g *group[R]) complete(i int, b *Batch) {
	if !g.p.f.c.claim(Done) {
		return
	}
	g.p.f.value = g.value(i)
	g.p.f.c.publish(b)
}

func (g *group[R]) joined() error {
	errs := make([]error, len(g.sources))
	for i, src := range g.sources {
		errs[i] = src.err()
	}
	return errors.Join(errs...)
}

// release is called when the group is being settled, perhaps while combine is still registering the hooks.
func (g *group[R]) release(*core) {
	g.value = nil // complete has used it, or never will
	if g.left.Load() > 0 {
		g.endOne()
	}
}

// endOne is called by combine when all hooks are registered, and by release when the group is decided early. The
// second of the two withdraws what interests are left, so that none is taken after they were given back.
func (g *group[R]) endOne() {
	if g.ends.Add(1) < 2 {
		return
	}
	cause := g.p.f.c.withdrawalCause()
	for i := range g.hooks {
		if g.hooks[i].withdraw(cause) {
			g.sources[i] = nil
		}
	}
}
