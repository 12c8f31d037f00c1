package future

import "time"

// sameStep is a future derived by one of the methods of Future: it settles as its source does. The compiler makes the
// methods of Future, and of what they use, anew for every type that futures are used with, whether a program calls
// them or not: so everything that need not know the type is here, and typedStep has the rest.
type sameStep struct {
	side    side
	hook    hook
	derived *core
	src     *core // as step.src
	typed   typedPart

	calls bool   // of OnReady: its function goes first
	alarm *alarm // of WithTimeout
	pins  bool   // of WithoutCancel
}

// typedStep is a sameStep with what depends on the type of the value.
type typedStep[T any] struct {
	p    Promise[T]
	same sameStep
	src  *Future[T] // see sameStep
	fn   func(*Future[T])
}

// typedPart is a typedStep of any type.
type typedPart interface{ do(typedTask) }

// typedTask is what a typedStep does. It has one method for all of it, because every method costs once for each type.
type typedTask uint8

const (
	callReady typedTask = iota // calls the function with the source
	copyValue                  // takes the source's value
	dropSource
)

func (n *typedStep[T]) do(task typedTask) {
	switch task {
	case callReady:
		n.fn(n.src)
	case copyValue:
		n.p.f.value = n.src.value
	case dropSource:
		n.fn, n.src = nil, nil
	}
}

// OnReady calls fn with f once f is settled in whatever way, on a goroutine of its own, so that fn may block, and
// delays nobody by doing so. The returned future settles as f did after fn has returned; if fn panics, it fails
// with *PanicError, and that is the only place where the panic shows.
//
// The returned future holds an interest in f like any derived one. Cancelling it before f is settled takes fn back:
// it is not called.
//
//go:noinline
func (f *Future[T]) OnReady(fn func(*Future[T])) *Future[T] {
	n := &typedStep[T]{src: f, fn: fn}
	n.same.calls = true
	n.same.begin("OnReady", fn == nil, &n.p.f.c, f.base(), n)
	return &n.p.f
}

// WithTimeout returns a future that settles as f does, or fails if f is not settled within d. The error satisfies
// errors.Is(err, context.DeadlineExceeded). A future that is settled already beats even a d of zero or less.
//
// The derived future holds one interest in f and takes it back when the time is up: if nobody else has one, f is
// cancelled with the same error as its cause. Use f.WithoutCancel().WithTimeout(d) to give up waiting and nothing
// else.
//
//go:noinline
func (f *Future[T]) WithTimeout(d time.Duration) *Future[T] {
	n := &typedStep[T]{src: f}
	n.same.beginTimeout(d, &n.p.f.c, f.base(), n)
	return &n.p.f
}

// WithoutCancel returns a future that settles as f does and pins f: cancelling the derived future settles only that
// one, and from now on no withdrawn interest cancels f. Cancel on f itself still does.
//
//go:noinline
func (f *Future[T]) WithoutCancel() *Future[T] {
	n := &typedStep[T]{src: f}
	n.same.pins = true
	n.same.begin("WithoutCancel", false, &n.p.f.c, f.base(), n)
	return &n.p.f
}

// begin is step.begin.
func (s *sameStep) begin(name string, nilFunction bool, derived, src *core, typed typedPart) {
	switch {
	case nilFunction:
		panic("future: " + name + ": nil function")
	case src == nil:
		panic("future: " + name + ": nil future")
	}
	s.derived, s.src, s.typed = derived, src, typed
	connect(derived, &s.side, &s.hook, src, s)
}

func (s *sameStep) beginTimeout(d time.Duration, derived, src *core, typed typedPart) {
	s.alarm = &alarm{derived: derived}
	s.begin("WithTimeout", false, derived, src, typed)
	s.alarm.arm(d)
}

func (s *sameStep) fired(_ *hook, b *Batch) {
	if s.calls {
		go runReady(s)
		return
	}
	s.settle(b)
}

// settle settles as the source did.
func (s *sameStep) settle(b *Batch) {
	switch kind := State(s.src.state.Load()); {
	case kind != Done:
		s.derived.fail(kind, s.src.err(), b)
	case s.derived.claim(Done):
		s.typed.do(copyValue)
		s.derived.publish(b)
	}
	s.drop()
}

func (s *sameStep) drop() {
	s.typed.do(dropSource)
	s.src = nil
}

// release ends the timer and gives the interest back.
func (s *sameStep) release(derived *core) {
	if s.withdraw(derived) {
		s.drop()
	}
}

// withdraw tells whether the source was still pending.
func (s *sameStep) withdraw(derived *core) bool {
	if s.pins {
		return s.hook.unwatch() // an interest that is never given back is what pins the source
	}
	cause := derived.withdrawalCause()
	if s.alarm != nil {
		s.alarm.disarm()
		if expired, ok := derived.err().(*timeoutError); ok {
			cause = expired
		}
	}
	return s.hook.withdraw(cause)
}

// runReady calls the function of OnReady, and settles the derived future, also when the function panics or ends its
// goroutine.
func runReady(s *sameStep) {
	err := ErrGoexit
	defer func() {
		if r := recover(); r != nil {
			err = newPanicError(r)
		}
		if err != nil {
			s.derived.fail(Failed, err, nil)
			s.drop()
			return
		}
		s.settle(nil)
	}()
	s.typed.do(callReady)
	err = nil
}
