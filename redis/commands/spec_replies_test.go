package commands

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// facts is what these tests read of the spec.
type facts struct {
	Commands []struct {
		Name        string
		Subcommands []string
		Reply       struct{ RESP2, RESP3 []string }
	}
}

func loadFacts(t *testing.T) facts {
	t.Helper()
	raw, err := os.ReadFile("../../spec/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEveryCommandOfTheSpecIsInTheTable(t *testing.T) {
	var callable []string
	for _, c := range loadFacts(t).Commands {
		if len(c.Subcommands) > 0 {
			if Lookup(c.Name) != nil || !isContainer(c.Name) {
				t.Errorf("%s is not taken for the first word of others", c.Name)
			}
			continue
		}
		callable = append(callable, c.Name)
		if s := Lookup(strings.ToLower(c.Name)); s == nil || s.Name != c.Name {
			t.Errorf("%s is not found", c.Name)
		}
	}
	if len(callable) < 300 || len(callable) != len(specs) {
		t.Errorf("the spec has %d commands that can be called, the table %d", len(callable), len(specs))
	}
}

// shapeOf has one reply for every shape that the spec names, the words of servers for
// "simple" and "bulk" apart: what a string holds depends on the command.
var shapeOf = map[string]string{
	"int": ":1\r\n", "bulk": "$1\r\n1\r\n", "simple": "+list\r\n", "simple:OK": "+OK\r\n", "simple:PONG": "+PONG\r\n", "double": ",1\r\n",
	"verbatim": "=17\r\ntxt:# Server\na:1\n\r\n", "null-bulk": "$-1\r\n", "null-array": "*-1\r\n", "null": "_\r\n",
	"array[]": "*0\r\n", "set[]": "~0\r\n", "map[]": "%0\r\n",
	"array[bulk]": "*2\r\n$1\r\n1\r\n$1\r\n2\r\n", "set[bulk]": "~2\r\n$1\r\n1\r\n$1\r\n2\r\n", "map[bulk:bulk]": "%1\r\n$1\r\n1\r\n$1\r\n2\r\n",
	"array[int]": "*2\r\n:1\r\n:0\r\n", "array[simple]": "*1\r\n+help\r\n", "array[bulk|double]": "*2\r\n$1\r\n1\r\n,2\r\n", "array[double]": "*2\r\n,1\r\n,2\r\n", "array[null-bulk]": "*1\r\n$-1\r\n", "array[null]": "*1\r\n_\r\n",
	"array[array[]|bulk]": "*2\r\n$1\r\n1\r\n*0\r\n", "array[array[bulk]|bulk]": "*2\r\n$1\r\n1\r\n*2\r\n$1\r\nk\r\n$1\r\n1\r\n",
	"array[bulk|int]": "*2\r\n:1\r\n$1\r\n5\r\n", "array[double|int]": "*2\r\n:1\r\n,5\r\n",
}

// examples has replies for commands that do not take that of shapeOf: the texts and the
// numbers of elements that they give a meaning to.
var examples = map[string]map[string]string{
	"CLIENT INFO":   {"bulk": "$4\r\nid=1\r\n", "verbatim": "=8\r\ntxt:id=1\r\n"},
	"CLIENT LIST":   {"bulk": "$4\r\nid=1\r\n", "verbatim": "=8\r\ntxt:id=1\r\n"},
	"PUBSUB NUMSUB": {"array[bulk|int]": "*2\r\n$1\r\nc\r\n:1\r\n"}, "PUBSUB SHARDNUMSUB": {"array[bulk|int]": "*2\r\n$1\r\nc\r\n:1\r\n"},
	"GEOPOS":   {"array[null-array]": "*1\r\n*-1\r\n"},
	"XPENDING": {"array[int|null-array|null-bulk]": "*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n", "array[int|null]": "*4\r\n:0\r\n_\r\n_\r\n_\r\n"},
	"BZPOPMAX": {"array[bulk]": "*3\r\n$1\r\nk\r\n$1\r\nm\r\n$1\r\n1\r\n", "array[bulk|double]": "*3\r\n$1\r\nk\r\n$1\r\nm\r\n,1\r\n"},
	"BZPOPMIN": {"array[bulk]": "*3\r\n$1\r\nk\r\n$1\r\nm\r\n$1\r\n1\r\n", "array[bulk|double]": "*3\r\n$1\r\nk\r\n$1\r\nm\r\n,1\r\n"},
}

// isNested tells of a shape whether it has aggregates in aggregates. Those depend on the
// command altogether: the tests of the decoders have real ones, and the live tests all.
func isNested(shape string) bool { return strings.Count(shape, "[") > 1 }

// likeRESP2 gives the RESP2 shape that says the same as a shape of RESP3.
var likeRESP2 = strings.NewReplacer("map[bulk:bulk]", "array[bulk]", "map", "array", "set", "array", "bulk|double", "bulk", "double", "bulk", "null-bulk", "null", "null-array", "null")

// Behaviour G4. Whatever servers were seen to answer is taken by a method of the command, and
// shapes of RESP2 and RESP3 that say the same give the same.
func TestEveryObservedReplyFitsAMethod(t *testing.T) {
	methods := methodsByCommand(t)
	checked := 0
	for _, command := range loadFacts(t).Commands {
		results := map[string]map[string]any{} // by method and shape
		for _, shape := range slices.Concat(command.Reply.RESP2, command.Reply.RESP3) {
			reply, known := examples[command.Name][shape]
			if !known {
				reply, known = shapeOf[shape]
			}
			switch {
			case !known && isNested(shape) || len(methods[command.Name]) == 0:
				continue
			case !known:
				t.Errorf("%s answers %s, for which this test has no example", command.Name, shape)
				continue
			}
			checked++
			var failures []error
			for _, m := range methods[command.Name] {
				c := On(canned{t, reply})
				f := callPlain(&c, m)
				if f.Err() != nil {
					failures = append(failures, f.Err())
					continue
				}
				got := reflect.ValueOf(f).MethodByName("TryGet").Call(nil)[0].Interface()
				same := likeRESP2.Replace(shape)
				if results[m.Name] == nil {
					results[m.Name] = map[string]any{}
				}
				if other, ok := results[m.Name][same]; ok && !reflect.DeepEqual(got, other) {
					t.Errorf("%s of %s = %#v; want %#v, as of the other shape for %s", m.Name, shape, got, other, same)
				}
				results[m.Name][same] = got
			}
			if len(failures) == len(methods[command.Name]) {
				t.Errorf("no method of %s takes %s, which servers answer: %v", command.Name, shape, failures)
			}
		}
	}
	if checked < 650 {
		t.Errorf("checked %d replies of servers; the spec has more", checked)
	}
}

// notCommands are the methods of Commands that are none.
var notCommands = map[string]bool{"Command": true, "Do": true, "KeyPrefix": true, "Prefixed": true, "With": true}

// callPlain calls a method with arguments that it takes, and without options.
func callPlain(c *Commands, m reflect.Method) interface{ Err() error } {
	in := []reflect.Value{roleOf(c, m)}
	for i := 1; i < m.Type.NumIn(); i++ {
		typ := m.Type.In(i)
		if m.Type.IsVariadic() && i == m.Type.NumIn()-1 {
			if isOption(typ.Elem()) {
				break
			}
			in = append(in, sample(typ.Elem()), sample(typ.Elem())) // two are a pair as well
			break
		}
		in = append(in, sampleOf(m, i))
	}
	return m.Func.Call(in)[0].Interface().(interface{ Err() error })
}

// roleOf is c as what m is a method of.
func roleOf(c *Commands, m reflect.Method) reflect.Value {
	if m.Type.In(0) == reflect.TypeFor[*SessionCommands]() {
		return reflect.ValueOf(&SessionCommands{*c})
	}
	return reflect.ValueOf(c)
}

// sampleOf is an argument that is in order for parameter i of m.
func sampleOf(m reflect.Method, i int) reflect.Value {
	switch pairs := map[string]int{"MSetEx": 1, "HSetEx": 2, "XAdd": 3, "ModuleLoadEx": 2}; {
	case pairs[m.Name] != i:
	case m.Type.In(i).Kind() == reflect.Slice:
		return reflect.ValueOf([]any{"n", "1"})
	default:
		return reflect.ValueOf(map[string]string{"n": "1"})
	}
	return sample(m.Type.In(i))
}

func isOption(typ reflect.Type) bool { return strings.HasSuffix(typ.Name(), "Option") }

// samples has an argument that is in order for the types that have arguments of few values.
var samples = map[reflect.Type]any{}

func init() {
	for _, v := range []any{
		"1", int64(1), 1.0, time.Second, at, true, Z{"m", 1},
		BitFieldGet("u8", "0"), BitGet{"u8", "0"}, BitAnd, GeoMember{"m", 1, 2}, FromMember("m"), ByRadius(1, Meters), Meters,
		StreamPosition{"s", "0"}, SlotRange{1, 2}, SlotMove{[]SlotRange{{1, 2}}, "n"}, Left, Before, ZMin, ScriptDebugNo, LogSlow,
	} {
		samples[reflect.TypeOf(v)] = v
	}
}

// sample is an argument of a type that is in order.
func sample(typ reflect.Type) reflect.Value {
	if v, ok := samples[typ]; ok {
		return reflect.ValueOf(v)
	}
	switch typ.Kind() {
	case reflect.Interface:
		return reflect.ValueOf("1")
	case reflect.Slice:
		return reflect.Append(reflect.MakeSlice(typ, 0, 1), sample(typ.Elem()))
	}
	panic(fmt.Sprintf("no sample of a %s", typ))
}
