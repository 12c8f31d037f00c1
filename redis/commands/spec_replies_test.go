package commands

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
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
	"array[int]": "*2\r\n:1\r\n:0\r\n", "array[double]": "*2\r\n,1\r\n,2\r\n", "array[null-bulk]": "*1\r\n$-1\r\n", "array[null]": "*1\r\n_\r\n",
	"array[array[]|bulk]": "*2\r\n$1\r\n1\r\n*0\r\n", "array[array[bulk]|bulk]": "*2\r\n$1\r\n1\r\n*1\r\n$1\r\nk\r\n",
	"array[bulk|int]": "*2\r\n:1\r\n$1\r\n5\r\n", "array[double|int]": "*2\r\n:1\r\n,5\r\n",
}

// otherMethods has the shapes that a command answers only when it is called with
// something that its first method does not send: those belong to another method, or to none yet.
var otherMethods = map[string][]string{
	"SET": {"bulk"}, "LPOP": {"array[bulk]", "null-array"}, "RPOP": {"array[bulk]", "null-array"}, "SPOP": {"array[]", "array[bulk]", "set[]", "set[bulk]"},
	"ZADD": {"bulk", "double", "null", "null-bulk"}, "ZRANK": {"array[bulk|int]", "array[double|int]", "null-array"}, "ZREVRANK": {"array[bulk|int]", "array[double|int]", "null-array"},
}

// variantShapes has those shapes with the method that takes them.
var variantShapes = map[string][]string{
	"SetGet": {"bulk", "null-bulk", "null"}, "LPopN": {"array[bulk]", "null-array", "null"}, "RPopN": {"array[bulk]", "null-array", "null"},
	"SPopN": {"array[]", "array[bulk]", "set[]", "set[bulk]"}, "ZAddIncr": {"bulk", "double", "null", "null-bulk"},
}

// likeRESP2 gives the RESP2 shape that says the same as a shape of RESP3.
var likeRESP2 = strings.NewReplacer("map[bulk:bulk]", "array[bulk]", "map", "array", "set", "array", "double", "bulk", "null-bulk", "null", "null-array", "null")

// Behaviour G4. What servers were seen to answer is taken by the method, and shapes of
// RESP2 and RESP3 that say the same give the same.
func TestEveryObservedReplyFitsItsMethod(t *testing.T) {
	observed := map[string][]string{}
	for _, c := range loadFacts(t).Commands {
		observed[c.Name] = slices.Concat(c.Reply.RESP2, c.Reply.RESP3)
	}
	methods := reflect.TypeFor[*Commands]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
		if notCommands[m.Name] {
			continue
		}
		c, r := record()
		callPlain(c, m)
		if r.cmd == nil {
			t.Errorf("%s was not sent", m.Name)
			continue
		}
		shapes, variant := variantShapes[m.Name]
		if !variant {
			for _, shape := range observed[r.cmd.Name()] {
				if !slices.Contains(otherMethods[r.cmd.Name()], shape) {
					shapes = append(shapes, shape)
				}
			}
		}
		results := map[string]any{}
		for _, shape := range shapes {
			reply, known := shapeOf[shape]
			if !known {
				t.Errorf("%s answers %s, for which this test has no example", r.cmd.Name(), shape)
				continue
			}
			c := On(canned{t, reply})
			f := callPlain(&c, m)
			if f.Err() != nil {
				t.Errorf("%s of %s = %v; servers answer so", m.Name, shape, f.Err())
				continue
			}
			got := reflect.ValueOf(f).MethodByName("TryGet").Call(nil)[0].Interface()
			same := likeRESP2.Replace(shape)
			if other, ok := results[same]; ok && !reflect.DeepEqual(got, other) {
				t.Errorf("%s of %s = %#v; want %#v, as of the other shape for %s", m.Name, shape, got, other, same)
			}
			results[same] = got
		}
	}
}

// notCommands are the methods of Commands that are none.
var notCommands = map[string]bool{"Command": true, "Do": true, "With": true}

// callPlain calls a method with arguments that it takes, and without options.
func callPlain(c *Commands, m reflect.Method) interface{ Err() error } {
	in := []reflect.Value{reflect.ValueOf(c)}
	for i := 1; i < m.Type.NumIn(); i++ {
		typ := m.Type.In(i)
		if m.Type.IsVariadic() && i == m.Type.NumIn()-1 {
			if isOption(typ.Elem()) {
				break
			}
			in = append(in, sample(typ.Elem()), sample(typ.Elem())) // two are a pair as well
			break
		}
		in = append(in, sample(typ))
	}
	return m.Func.Call(in)[0].Interface().(interface{ Err() error })
}

func isOption(typ reflect.Type) bool { return strings.HasSuffix(typ.Name(), "Option") }

// sample is an argument of a type that is in order.
func sample(typ reflect.Type) reflect.Value {
	switch typ {
	case reflect.TypeFor[string](), reflect.TypeFor[any]():
		return reflect.ValueOf("1")
	case reflect.TypeFor[int64](), reflect.TypeFor[float64]():
		return reflect.ValueOf(1).Convert(typ)
	case reflect.TypeOf(at):
		return reflect.ValueOf(at)
	case reflect.TypeFor[Z]():
		return reflect.ValueOf(Z{"m", 1})
	}
	if typ.Kind() == reflect.Slice {
		return reflect.Append(reflect.MakeSlice(typ, 0, 1), sample(typ.Elem()))
	}
	if typ.Kind() == reflect.Int64 { // a duration
		return reflect.ValueOf(int64(1e9)).Convert(typ)
	}
	panic(fmt.Sprintf("no sample of a %s", typ))
}
