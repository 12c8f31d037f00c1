package commands

import (
	stderrors "errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// kind has the tests of one decoder: in shapes the replies, each with all the shapes
// it comes in; in bad what the decoder must not take for a value. Both are in the
// notation of wireOf.
type kind struct {
	name   string
	call   func(c *Commands) (any, error)
	shapes []shape
	bad    []string
}

type shape struct {
	want any
	wire []string
}

// kinds has those that were given to addKind.
var kinds []kind

// addKind enters a decoder in the tables that the tests of all decoders go by.
func addKind(k kind) {
	kinds = append(kinds, k)
	decodings[k.name] = k.call
	for _, s := range k.shapes {
		row := struct {
			decoder string
			want    any
			shapes  []string
		}{k.name, s.want, nil}
		for _, notation := range s.wire {
			row.shapes = append(row.shapes, wireOf(notation))
		}
		decoded = append(decoded, row)
	}
	for _, notation := range k.bad {
		misfits[k.name] = append(misfits[k.name], wireOf(notation))
	}
}

// sent makes a call that names the command and has its reply read by send.
func sent[T any](send func(c *Commands, a *args) *future.Future[T], name ...any) func(c *Commands) (any, error) {
	return func(c *Commands) (any, error) { return send(c, c.raw(name)).Await(bg) }
}

// wireOf writes a reply out of its values with a space between them: *2 begins an array, and so
// on; what stands for no type of its own, or between quotes, is a bulk string, and behind = a verbatim one.
func wireOf(notation string) string {
	var b strings.Builder
	for rest := notation; rest != ""; {
		verbatim := strings.HasPrefix(rest, "='")
		if verbatim {
			rest = rest[1:]
		}
		if quoted, ok := strings.CutPrefix(rest, "'"); ok {
			text, behind, _ := strings.Cut(quoted, "'")
			if verbatim {
				b.WriteString("=" + strconv.Itoa(len(text)+4) + "\r\ntxt:" + text + "\r\n")
			} else {
				b.Write(proto.AppendBulk(nil, text))
			}
			rest = strings.TrimPrefix(behind, " ")
			continue
		}
		word, behind, _ := strings.Cut(rest, " ")
		if strings.ContainsAny(word[:1], "*%~:,_+-#$") {
			b.WriteString(word + "\r\n")
		} else {
			b.Write(proto.AppendBulk(nil, word))
		}
		rest = behind
	}
	return b.String()
}

func init() {
	addKind(kind{
		name: "InfoFields",
		call: sent((*Commands).sendInfoFields, "CLUSTER", "INFO"),
		shapes: []shape{
			{map[string]string{"cluster_state": "ok", "cluster_slots_assigned": "16383", "empty": ""}, []string{
				"'cluster_state:ok\r\ncluster_slots_assigned:16383\r\nempty:\r\n'", "='cluster_state:ok\r\ncluster_slots_assigned:16383\r\nempty:\r\n'",
			}},
			{map[string]string(nil), []string{"$-1", "_"}},
		},
		bad: []string{":1", "*0", "%0", "*1 +a:b"},
	})
}

// Laws G9 and G10. Whatever stands in the place of a part of a reply, the command gets a
// value or an error of its own; canned checks that the stream stays aligned.
func TestAReplyWithAnyPartReplacedLeavesTheStreamAligned(t *testing.T) {
	others := []proto.Value{
		proto.IntValue(7), proto.IntValue(-1 << 63), proto.IntValue(1<<63 - 1), proto.NullValue(), proto.StringValue("x"), proto.StringValue(""), proto.StringValue("1 [] , @:=-"),
		proto.DoubleValue(1e300), proto.BoolValue(true), proto.ArrayValue(), proto.ArrayValue(proto.IntValue(1)), proto.MapValue(),
		proto.MapValue(proto.StringValue("more"), proto.ArrayValue(proto.IntValue(1))), proto.SetValue(proto.StringValue("x")), proto.ErrorValue("ERR inside"),
	}
	fits := 0
	for _, k := range kinds {
		for _, s := range k.shapes {
			for _, notation := range s.wire {
				for _, v := range replaced(parsed(t, wireOf(notation)), others) {
					wire := string(proto.AppendValue(nil, v, 3))
					c := On(canned{t, wire})
					_, err := k.call(&c)
					var bad *errors.ProtocolError
					var refused *errors.RedisError
					switch {
					case err == nil:
						fits++
					case stderrors.As(err, &bad) && bad.Command != "", stderrors.As(err, &refused) && refused.Command != "":
					default:
						t.Errorf("%s of %q failed with %v (%T); want an error that names the command", k.name, wire, err, err)
					}
				}
			}
		}
	}
	if fits < 1000 {
		t.Errorf("only %d changed replies were taken; want most of those with fields more or less", fits)
	}
}

func parsed(t *testing.T, wire string) proto.Value {
	r := proto.NewReader(strings.NewReader(wire), proto.Limits{})
	_, err := r.Next()
	if err != nil {
		t.Fatalf("%q: %v", wire, err)
	}
	v, err := r.Value()
	if err != nil || r.Buffered() != 0 {
		t.Fatalf("%q: %v, and %d bytes are left", wire, err, r.Buffered())
	}
	return v
}

// replaced returns v with each of its parts replaced by each of others, and left out, and
// given twice.
func replaced(v proto.Value, others []proto.Value) []proto.Value {
	out := append([]proto.Value(nil), others...)
	if !v.Type().IsAggregate() {
		return out
	}
	elems := elements(v)
	with := func(elems ...proto.Value) { out = append(out, aggregate(v.Type(), elems)) }
	for i, e := range elems {
		for _, other := range replaced(e, others) {
			changed := append([]proto.Value(nil), elems...)
			changed[i] = other
			with(changed...)
		}
		with(append(append([]proto.Value(nil), elems[:i]...), elems[i+1:]...)...)
		with(append(append([]proto.Value(nil), elems[:i+1]...), elems[i:]...)...)
	}
	return out
}

func elements(v proto.Value) []proto.Value {
	if v.Type() != proto.Map {
		return v.Array()
	}
	var elems []proto.Value
	for name, value := range v.Pairs() {
		elems = append(elems, name, value)
	}
	return elems
}

func aggregate(t proto.Type, elems []proto.Value) proto.Value {
	switch t {
	case proto.Map:
		return proto.MapValue(elems...)
	case proto.Set:
		return proto.SetValue(elems...)
	}
	return proto.ArrayValue(elems...)
}

// Servers add fields and elements with every version.
func TestAFieldThatIsNotKnownIsSkipped(t *testing.T) {
	for _, more := range []string{":1", ",1.5", "#t", "_", "$-1", "x", "='x'", "*0", "*2 a *1 :1", "%1 a %1 b c", "~1 +x", "-ERR"} {
		for _, row := range []struct {
			kind, wire string
			want       any
		}{
			{"TrackingInfo", "*6 flags *1 on more " + more + " redirect :4", TrackingInfo{Flags: []string{"on"}, Redirect: 4}},
			{"TrackingInfo", "%2 more " + more + " redirect :4", TrackingInfo{Redirect: 4}},
			{"SlowLog", "*1 *7 :1 :2 :3 *1 a b c " + more, []SlowLogEntry{{ID: 1, At: time.Unix(2, 0), Took: 3 * time.Microsecond, Args: []string{"a"}, ClientAddr: "b", ClientName: "c"}}},
			{"Latencies", "*1 *7 command :1 :2 :3 :4 :5 " + more, []LatencyEvent{{"command", time.Unix(1, 0), 2 * time.Millisecond, 3 * time.Millisecond, 4 * time.Millisecond, 5}}},
			{"LatencySamples", "*1 *3 :1 :2 " + more, []LatencySample{{time.Unix(1, 0), 2 * time.Millisecond}}},
			{"Role", "*4 master :14 *1 *4 h 1 2 " + more + " " + more, Role{Name: "master", Offset: 14, Replicas: []RoleReplica{{"h", 1, 2}}}},
			{"ClusterSlots", "*1 *3 :0 :5 *5 h :1 id *0 " + more, []ClusterSlots{{0, 5, []ClusterSlotNode{{"h", 1, "id", map[string]string{}}}}}},
			{"KeysAndFlags", "*1 *3 k *1 RW " + more, []KeyAndFlags{{"k", []string{"RW"}}}},
			{"SlotStats", "*1 *3 :1 %1 key-count :2 " + more, []SlotStat{{1, map[string]int64{"key-count": 2}}}},
			{"CommandInfos", "*1 *11 get :2 *0 :1 :1 :1 *0 *0 *0 *0 " + more, []Opt[CommandInfo]{Some(CommandInfo{
				Name: "get", Arity: 2, FirstKey: 1, LastKey: 1, KeyStep: 1,
				Flags: []string{}, Categories: []string{}, Tips: []string{}, KeySpecs: []KeySpec{}, Subcommands: []CommandInfo{},
			})}},
		} {
			c := On(canned{t, wireOf(row.wire)})
			got, err := decodings[row.kind](&c)
			if err != nil || !reflect.DeepEqual(got, row.want) {
				t.Errorf("%s of %q = %+v, %v; want %+v", row.kind, row.wire, got, err, row.want)
			}
		}
	}
}

func TestAHelpTextIsStrings(t *testing.T) {
	c := On(canned{t, wireOf("*2 '+' +HELP")})
	got, err := sent((*Commands).sendStrings, "CLIENT", "HELP")(&c)
	if want := []string{"+", "HELP"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Strings of simple strings = %q, %v; want %q", got, err, want)
	}
}

// Law G10.
func TestAnErrorInsideAStructuredReplyIsTheCommandsError(t *testing.T) {
	for kind, wire := range map[string]string{
		"TrackingInfo": "*2 redirect -ERR_inside", "SlowLog": "*2 *4 :1 :2 :3 -ERR_inside :1", "ClusterNodeLines": "*1 -ERR_inside",
		"CommandDocs": "%1 get %1 arguments *1 -ERR_inside", "MemoryStats": "*2 keys.count -ERR_inside", "OptACLUser": "%1 keys -ERR_inside",
	} {
		c := On(canned{t, wireOf(wire)})
		got, err := decodings[kind](&c)
		var e *errors.RedisError
		if !stderrors.As(err, &e) || e.Message != "ERR_inside" || e.Command == "" {
			t.Errorf("%s of %q = %v, %v; want the error inside, with the command", kind, wire, got, err)
		}
	}
}
