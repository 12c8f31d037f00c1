package future

import (
	"context"
	"errors"
)

// errNilFuture is the failure of Then and the pair given by MapN when the callback returned no future.
var errNilFuture = errors.New("future: the function returned a nil future")

// step is a future of U derived from one future of T: one allocation for the future, its side struct and its
// registration in the source. The kinds of derivation embed it and add what they do when the source is settled.
type step[T, U any] struct {
	p    Promise[U]
	side side
	hook hook

	// src is dropped as soon as it has served, lest a long chain of derivations keeps its whole history alive. It
	// belongs to fired, or, if the hook was removed before it could fire, to whoever removed it.
	src *Future[T]
}

// derivation is what a kind of step must be.
type derivation interface {
	listener
	upstream
}

// begin connects the step to its source. kind is the outer struct that embeds it, name that of the exported
// function for complaints.
func (s *step[T, U]) begin(name string, src *Future[T], kind derivation) {
	if src == nil {
		panic("future: " + name + ": nil future")
	}
	s.src = src
	connect(&s.p.f.c, &s.side, &s.hook, &src.c, kind)
}

// connect is the part of begin that is the same for all types.
func connect(derived *core, side *side, hook *hook, src *core, kind derivation) {
	hook.to = kind
	side.up = kind
	derived.side.Store(side)
	derived.flags.Store(src.flags.Load() & reuseFlag)
	if !src.watch(hook, true) {
		kind.fired(hook, nil)
	}
}

// takeSource is called by fired.
func (s *step[T, U]) takeSource() *Future[T] {
	src := s.src
	s.src = nil
	return src
}

// release gives the interest back if the source is still pending.
func (s *step[T, U]) release(derived *core) {
	if s.hook.withdraw(derived.withdrawalCause()) {
		s.src = nil
	}
}

// withdrawalCause is why a settled derived future wants its sources no longer: the cause it was cancelled with
// itself, else context.Canceled.
func (c *core) withdrawalCause() error {
	if State(c.state.Load()) == Cancelled {
		return c.err()
	}
	return context.Canceled
}

// settleAs settles p with the outcome of src, which is settled.
func settleAs[T any](p *Promise[T], src *Future[T], b *Batch) {
	switch kind := State(src.c.state.Load()); kind {
	case Done:
		p.CompleteIn(b, src.value)
	default:
		p.f.c.fail(kind, src.c.err(), b)
	}
}

// Map returns the future of fn applied to f's value. fn runs on a goroutine of its own once f is done, so it may
// block, issue commands and await them; strconv.Atoi and its like fit as they are. If f fails or is cancelled, so
// does the derived future, and fn is not called. A panic in fn becomes a *PanicError.
//
// The derived future holds one interest in f: cancelling it while f is pending takes the interest back, and f is
// cancelled if nobody else has one (see the package comment). Cancelling it later drops fn's result. A nil f or fn
// panics.
func Map[T, U any](f *Future[T], fn func(T) (U, error)) *Future[U] {
	if fn == nil {
		panic("future: Map: nil function")
	}
	n := &transformStep[T, U]{done: fn}
	n.begin("Map", f, n)
	return &n.p.f
}

// Transform is Map for both outcomes: done is applied to f's value, or fail to its error (the cause, if f was
// cancelled), and what they return settles the derived future. A nil fail lets errors pass unchanged, which is Map.
// Either runs on a goroutine of its own. A nil f or done panics.
func Transform[T, U any](f *Future[T], done func(T) (U, error), fail func(error) (U, error)) *Future[U] {
	if done == nil {
		panic("future: Transform: nil function")
	}
	n := &transformStep[T, U]{done: done, fail: fail}
	n.begin("Transform", f, n)
	return &n.p.f
}

type transformStep[T, U any] struct {
	step[T, U]
	done func(T) (U, error)
	fail func(error) (U, error)
}

func (n *transformStep[T, U]) fired(_ *hook, b *Batch) {
	src, done, fail := n.takeSource(), n.done, n.fail
	n.done, n.fail = nil, nil
	switch kind := State(src.c.state.Load()); {
	case kind == Done:
		go run(&n.p, func() (U, error) { return done(src.value) })
	case fail != nil:
		go run(&n.p, func() (U, error) { return fail(src.c.err()) })
	default:
		n.p.f.c.fail(kind, src.c.err(), b)
	}
}

// Catch returns a future that is done when f is, and otherwise settles with what fn returns for f's error. fn sees
// failures, and the cause if f itself was cancelled; when the derived future is the one that is cancelled, fn is
// not called. fn runs on a goroutine of its own; to let an error pass, return it. Interest and panics are as in
// Map.
func Catch[T any](f *Future[T], fn func(error) (T, error)) *Future[T] {
	if fn == nil {
		panic("future: Catch: nil function")
	}
	n := &catchStep[T]{fn: func(err error) (T, error, bool) {
		v, err := fn(err)
		return v, err, true
	}}
	n.begin("Catch", f, n)
	return &n.p.f
}

// CatchAs is Catch for errors that errors.As finds to be an E: fn gets the E. Everything else passes unchanged,
// also a cancellation. E is inferred from fn.
func CatchAs[E error, T any](f *Future[T], fn func(E) (T, error)) *Future[T] {
	if fn == nil {
		panic("future: CatchAs: nil function")
	}
	n := &catchStep[T]{fn: func(err error) (v T, _ error, caught bool) {
		var target E
		if !errors.As(err, &target) {
			return v, err, false
		}
		v, err = fn(target)
		return v, err, true
	}}
	n.begin("CatchAs", f, n)
	return &n.p.f
}

type catchStep[T any] struct {
	step[T, T]
	fn func(error) (v T, err error, caught bool)
}

func (n *catchStep[T]) fired(_ *hook, b *Batch) {
	src, fn := n.takeSource(), n.fn
	n.fn = nil
	if State(src.c.state.Load()) == Done {
		n.p.CompleteIn(b, src.value)
		return
	}
	// Also the matching of CatchAs runs there: errors.As calls methods of the error, which are not ours.
	go run(&n.p, func() (T, error) {
		v, err, caught := fn(src.c.err())
		if !caught {
			// Here and not by returning err, so that a cancellation stays one.
			settleAs(&n.p, src, nil)
		}
		return v, err
	})
}
