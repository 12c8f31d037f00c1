package redisotel

import (
	"github.com/futureio/futureio-go/redis"
)

// Instrument sets opts.Observer, so that clients that are made with opts are told of by spans and metrics. An Observer that is there already is told as before; of two
// calls both tell. The error is that of a MeterProvider that refuses an instrument; opts is not changed then.
//
// The fields of opts that attributes come from, Addr and Database, must be set before.
func Instrument(opts *redis.Options, with Options) error {
	meters, err := newMeters(with.meter())
	if err != nil {
		return err
	}
	common := with.common(opts)
	m := newMeasurer(meters, common)
	s := &spanner{tracer: with.tracer(), common: common, target: target(opts.Addr), roots: with.Roots, texts: with.QueryText}
	ours := &redis.Observer{
		Command: func(e redis.CommandEvent) {
			m.command(s.command(e), e)
		},
		Dial:       m.dial,
		Disconnect: m.disconnect,
		Reconnect:  m.reconnect,
		Gap:        m.gap,
		Batch:      m.batch,
		Arguments:  with.QueryText,
	}
	opts.Observer = both(opts.Observer, ours)
	return nil
}

// both makes an Observer that tells two. Arguments are passed on to the one that has asked for them.
func both(a, b *redis.Observer) *redis.Observer {
	if a == nil {
		return b
	}
	return &redis.Observer{
		Dial:       each(a.Dial, b.Dial),
		Connect:    each(a.Connect, b.Connect),
		Disconnect: each(a.Disconnect, b.Disconnect),
		Reconnect:  each(a.Reconnect, b.Reconnect),
		Gap:        each(a.Gap, b.Gap),
		Command:    each(arguments(a), arguments(b)),
		Batch:      each(a.Batch, b.Batch),
		Arguments:  a.Arguments || b.Arguments,
	}
}

// arguments is the Command of an Observer without the arguments that it has not asked for.
func arguments(o *redis.Observer) func(redis.CommandEvent) {
	if o.Command == nil || o.Arguments {
		return o.Command
	}
	return func(e redis.CommandEvent) {
		e.Args = nil
		o.Command(e)
	}
}

// each calls a and then b, whichever are there; b is called although a panics, and the panic goes on.
func each[E any](a, b func(E)) func(E) {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(e E) {
		defer b(e)
		a(e)
	}
}
