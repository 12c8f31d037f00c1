package future

// An Overseer decides about the cancellation of a promise and hears of its end: DecideCancel and OnSettle in one, for owners that keep a
// struct for each of many promises anyway. See Owner.Oversee.
type Overseer interface {
	// Decide is what DecideCancel calls.
	Decide(cause error) (later bool)
	// Settled is what OnSettle calls.
	Settled()
}

// An Oversight is the memory that an Overseer needs for one promise. As a part of a bigger struct it costs no allocation of its own; that struct
// then lives as long as the future. The zero value is ready. It must not be copied, nor used twice.
type Oversight struct {
	by     Overseer
	hook   hook
	cancel cancelHook
	side   side
}

// Oversee makes o's Overseer of by, which may be what v is a part of. Like DecideCancel, whose place it takes, it must be called before the future is
// shared, and once at most.
func (o *Owner) Oversee(v *Oversight, by Overseer) {
	c := (*core)(o)
	c.side.CompareAndSwap(nil, &v.side)
	v.by, v.cancel.by, v.hook.to = by, by, v
	c.decideCancel(&v.cancel)
	if !c.watch(&v.hook, false) {
		by.Settled()
	}
}

func (v *Oversight) fired(*hook, *Batch) { v.by.Settled() }
