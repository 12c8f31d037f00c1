package future

import (
	"fmt"
	"io"
	"reflect"
)

// Format prints where the future stands, and its outcome when there is one: "future(pending)", "future(done: Ada)", "future(failed:
// redis: …)". The value is printed by the verb and flags that were asked for. It may be called at any time: a future that
// is printed, for example by a log, is neither waited for nor read before it is settled.
func (f *Future[T]) Format(s fmt.State, verb rune) {
	if f == nil {
		formatNil(s)
		return
	}
	f.c.format(s, verb, &f.value)
}

// Format prints the promise's future.
func (p *Promise[T]) Format(s fmt.State, verb rune) {
	if p == nil {
		formatNil(s)
		return
	}
	p.f.c.format(s, verb, &p.f.value)
}

// Format prints where the future stands, and its error when it has one.
func (o *Owner) Format(s fmt.State, verb rune) {
	if o == nil {
		formatNil(s)
		return
	}
	(*core)(o).format(s, verb, nil)
}

// formatNil is the part of Format for nil. Inlined it would be twice in the code for each type of future.
//
//go:noinline
func formatNil(s fmt.State) { _, _ = io.WriteString(s, "future(nil)") }

// format is the part of Format that is the same for all types. value points to the value, or is nil where that is not to be printed.
func (c *core) format(s fmt.State, verb rune, value any) {
	// The state is read once: between two looks the future could be settled, and the value be printed as that of a pending one.
	state := c.stateNow()
	_, _ = io.WriteString(s, "future("+state.String())
	switch {
	case state == Pending:
	case state == Done && value != nil:
		_, _ = fmt.Fprintf(s, ": "+fmt.FormatString(s, verb), reflect.ValueOf(value).Elem().Interface())
	case state != Done:
		_, _ = fmt.Fprintf(s, ": %v", c.err())
	}
	_, _ = io.WriteString(s, ")")
}
