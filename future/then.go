package future

// Then returns the future of what fn starts: once f is done, fn is called with its value on a goroutine of its own,
// and the derived future settles as the future that fn returns. If f fails or is cancelled, so does the derived
// future, and fn is not called. A panic in fn becomes a *PanicError; a nil future from fn is a failure.
//
// The derived future holds one interest in f, and later in the future that fn returned. Cancelling it takes the
// interest back, also if it is cancelled while fn runs: what an abandoned chain starts is abandoned as well. A nil
// f or fn panics.
//
// An fn that returns a future made by the next Then, and so on, is a loop that grows with every turn until the
// innermost future is settled. Write a long loop with Await, in a function given to Go.
func Then[T, U any](f *Future[T], fn func(T) *Future[U]) *Future[U] {
	if fn == nil {
		panic("future: Then: nil function")
	}
	n := &thenStep[T, U]{fn: fn}
	n.begin("Then", f, n)
	return &n.p.f
}

type thenStep[T, U any] struct {
	step[T, U]
	fn func(T) *Future[U]

	innerHook hook
	inner     *Future[U] // owned like step.src, by innerHook
}

func (n *thenStep[T, U]) fired(h *hook, b *Batch) {
	if h == &n.innerHook {
		inner := n.inner
		n.inner = nil
		settleAs(&n.p, inner, b)
		return
	}
	src, fn := n.takeSource(), n.fn
	n.fn = nil
	if kind := State(src.c.state.Load()); kind != Done {
		n.p.f.c.fail(kind, src.c.err(), b)
		return
	}
	go n.call(src.value, fn)
}

func (n *thenStep[T, U]) call(v T, fn func(T) *Future[U]) {
	err := ErrGoexit
	defer func() {
		if r := recover(); r != nil {
			err = newPanicError(r)
		}
		if err != nil {
			n.p.Fail(err)
		}
	}()
	inner := fn(v)
	if inner == nil {
		err = errNilFuture
		return
	}
	err = nil
	n.follow(inner)
}

// follow makes the derived future settle as inner.
func (n *thenStep[T, U]) follow(inner *Future[U]) {
	n.inner = inner
	n.innerHook.to = n
	if !inner.c.watch(&n.innerHook, true) {
		n.fired(&n.innerHook, nil)
		return
	}
	// The derived future may have been cancelled before inner was registered, and its release found nothing to
	// withdraw then. It claims first and looks for inner second; here inner is registered first and the claim looked
	// for second, so one of the two sides sees the other. If both do, the hook is given to only one of them.
	if n.p.f.c.claimed() {
		// The cause is readable once it is published, which is imminent: nothing that comes before it blocks.
		<-n.p.f.c.doneChan()
		n.release(&n.p.f.c)
	}
}

func (n *thenStep[T, U]) release(derived *core) {
	n.step.release(derived)
	if n.innerHook.withdraw(derived.withdrawalCause()) {
		n.inner = nil
	}
}
