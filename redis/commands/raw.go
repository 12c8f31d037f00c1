package commands

import (
	"fmt"
	"sort"
	"strings"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/proto"
)

// Command calls any command by its name, and gives its reply as it came. The
// first arguments are the words of the name, each an argument of its own:
//
//	v, err := c.Command("OBJECT", "HELP").Await(ctx)
//
// Further arguments may be of any type that has one encoding: strings, bytes,
// integers, floats, booleans, encoding.BinaryMarshaler. A name that is not known
// passes as it is, so that commands of modules can be called.
func (c *Commands) Command(args ...any) *future.Future[proto.Value] {
	return c.sendValue(c.raw(args))
}

// Do is Command with a typed reply. T may be string, []byte, int64, int, float64,
// bool, []string, [][]byte, []int64, []float64, []bool, map[string]string,
// Opt[string], Opt[int64], Opt[float64], []Opt[string], proto.Value or
// []proto.Value; another T fails with an *ArgumentError. A reply that does not fit
// T fails with a *ProtocolError; a null fits only Opt, the slices and maps, and
// proto.Value.
func Do[T any](d Doer, args ...any) *future.Future[T] {
	c := On(d)
	a := c.raw(args)
	f, ok := sendAs[T](&c, a).(*future.Future[T])
	if !ok {
		var zero T
		a.refuse("T", "a reply cannot be read as "+strings.TrimPrefix(fmt.Sprintf("%T", &zero), "*"))
		err := a.err
		a.release()
		return future.Rejected[T](err)
	}
	return f
}

// sendAs finds the sender for a type. It runs on the caller's goroutine; the
// decoders it chooses from are our own (law G5).
func sendAs[T any](c *Commands, a *args) any {
	switch any((*T)(nil)).(type) {
	case *string:
		return c.sendString(a)
	case *[]byte:
		return c.sendBytes(a)
	case *int64:
		return c.sendInt(a)
	case *int:
		return c.sendGoInt(a)
	case *float64:
		return c.sendFloat(a)
	case *bool:
		return c.sendTruth(a)
	case *[]string:
		return c.sendStrings(a)
	case *[][]byte:
		return c.sendByteSlices(a)
	case *[]int64:
		return c.sendInts(a)
	case *[]float64:
		return c.sendFloats(a)
	case *[]bool:
		return c.sendBools(a)
	case *map[string]string:
		return c.sendStringMap(a)
	case *Opt[string]:
		return c.sendOptString(a)
	case *Opt[int64]:
		return c.sendOptInt(a)
	case *Opt[float64]:
		return c.sendOptFloat(a)
	case *[]Opt[string]:
		return c.sendOptStrings(a)
	case *proto.Value:
		return c.sendValue(a)
	case *[]proto.Value:
		return c.sendValues(a)
	}
	return nil
}

// raw starts the request of a command that is given by its name.
func (c *Commands) raw(list []any) *args {
	spec, rest, reason := findSpec(list)
	a := c.begin(spec)
	if reason != "" {
		a.refuse("name", reason)
	}
	if a.prefix != "" {
		rest = prefixKeys(spec, rest, a.prefix)
	}
	a.values(rest, "argument")
	return a
}

// findSpec takes the words of a command's name off the list.
func findSpec(list []any) (spec *Spec, rest []any, reason string) {
	if len(list) == 0 {
		return &Spec{}, nil, "a command needs a name"
	}
	name, ok := list[0].(string)
	switch {
	case !ok:
		return &Spec{}, nil, fmt.Sprintf("want the name of a command as a string, got a %T", list[0])
	case name == "":
		return &Spec{}, nil, "a command needs a name"
	case strings.ContainsAny(name, " \r\n"):
		// Shown neither here nor anywhere: somebody may have put arguments into it.
		return &Spec{}, nil, "the words of a name are arguments of their own: \"CLIENT\", \"ID\""
	}
	if spec := specsByName()[strings.ToUpper(name)]; spec != nil {
		return spec, list[1:], ""
	}
	name = strings.ToUpper(name)
	if len(list) > 1 && isContainer(name) {
		// The flags of the subcommand must be found in whatever way it is given:
		// a CLIENT REPLY that is let through leaves a shared connection without replies.
		sub, ok := word(list[1])
		if !ok {
			return &Spec{Name: name}, nil, fmt.Sprintf("want a subcommand as a string, got a %T", list[1])
		}
		if spec := specsByName()[name+" "+strings.ToUpper(sub)]; spec != nil {
			return spec, list[2:], ""
		}
	}
	return newSpec(name, 0), list[1:], ""
}

// word is an argument that is text.
func word(arg any) (string, bool) {
	switch arg := arg.(type) {
	case string:
		return arg, true
	case []byte:
		return string(arg), true
	}
	return "", false
}

// isContainer tells whether name, in upper case, is the first word of commands of
// two words.
func isContainer(name string) bool {
	prefix := name + " "
	i := sort.Search(len(specs), func(i int) bool { return specs[i].Name >= prefix })
	return i < len(specs) && strings.HasPrefix(specs[i].Name, prefix)
}
