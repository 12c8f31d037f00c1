package commands

import "fmt"

// Opt is a value that may be missing. A key that does not exist, a field that
// is not set, an element that is not there: Redis answers with null, and that is
// no error. The zero Opt is the missing value.
type Opt[T any] struct {
	v  T
	ok bool
}

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{v: v, ok: true} }

// None returns the missing value, which is also the zero Opt.
func None[T any]() Opt[T] { return Opt[T]{} }

// Get returns the value and whether there is one.
func (o Opt[T]) Get() (T, bool) { return o.v, o.ok }

// Or returns the value, or def when it is missing.
func (o Opt[T]) Or(def T) T {
	if o.ok {
		return o.v
	}
	return def
}

// Valid tells whether there is a value.
func (o Opt[T]) Valid() bool { return o.ok }

// String formats the value as fmt.Sprint does, and the missing value as "(nil)".
func (o Opt[T]) String() string {
	if !o.ok {
		return "(nil)"
	}
	return fmt.Sprint(o.v)
}
