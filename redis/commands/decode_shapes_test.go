package commands

import (
	"bytes"
	"context"
	stderrors "errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// canned answers every command with the same bytes and then reads one more frame,
// which must be the one that follows.
type canned struct {
	t     *testing.T
	reply string
}

func (d canned) Do(cmd *Cmd) {
	const next = ":4711\r\n"
	r := proto.NewReader(bytes.NewReader([]byte(d.reply+next)), proto.Limits{})
	typ, err := r.Next()
	if err == nil {
		err = cmd.Deliver(typ, r, nil)
	}
	if err != nil {
		d.t.Errorf("%s: %q broke the stream: %v", cmd.Name(), d.reply, err)
		cmd.Fail(err)
		return
	}
	if _, err := r.Next(); err != nil {
		d.t.Errorf("%s: behind %q: %v", cmd.Name(), d.reply, err)
	}
	if n, err := r.Int(); n != 4711 || err != nil {
		d.t.Errorf("%s: %q left the stream out of step: %d, %v", cmd.Name(), d.reply, n, err)
	}
}

// decodings calls one method for every decoder there is.
var decodings = map[string]func(c *Commands) (any, error){
	"Int":        func(c *Commands) (any, error) { return c.Incr("k").Await(bg) },
	"GoInt":      func(c *Commands) (any, error) { return Do[int](c, "X").Await(bg) },
	"OptInt":     func(c *Commands) (any, error) { return c.ZRank("k", "m").Await(bg) },
	"Ints":       func(c *Commands) (any, error) { return Do[[]int64](c, "X").Await(bg) },
	"Bool":       func(c *Commands) (any, error) { return c.Persist("k").Await(bg) },
	"Truth":      func(c *Commands) (any, error) { return Do[bool](c, "X").Await(bg) },
	"Bools":      func(c *Commands) (any, error) { return c.SMIsMember("k", "m").Await(bg) },
	"Stored":     func(c *Commands) (any, error) { return c.Set("k", "v").Await(bg) },
	"Status":     func(c *Commands) (any, error) { return c.Rename("k", "l").Await(bg) },
	"String":     func(c *Commands) (any, error) { return c.Echo("x").Await(bg) },
	"Bytes":      func(c *Commands) (any, error) { return Do[[]byte](c, "X").Await(bg) },
	"ByteSlices": func(c *Commands) (any, error) { return Do[[][]byte](c, "X").Await(bg) },
	"OptString":  func(c *Commands) (any, error) { return c.Get("k").Await(bg) },
	"Strings":    func(c *Commands) (any, error) { return c.LRange("k", 0, -1).Await(bg) },
	"OptStrings": func(c *Commands) (any, error) { return c.MGet("k").Await(bg) },
	"StringMap":  func(c *Commands) (any, error) { return c.HGetAll("k").Await(bg) },
	"Float":      func(c *Commands) (any, error) { return c.IncrByFloat("k", 1).Await(bg) },
	"OptFloat":   func(c *Commands) (any, error) { return c.ZScore("k", "m").Await(bg) },
	"Floats":     func(c *Commands) (any, error) { return Do[[]float64](c, "X").Await(bg) },
	"OptFloats":  func(c *Commands) (any, error) { return c.ZMScore("k", "m").Await(bg) },
	"Zs":         func(c *Commands) (any, error) { return c.ZRangeWithScores("k", 0, -1).Await(bg) },
	"Seconds":    func(c *Commands) (any, error) { return c.TTL("k").Await(bg) },
	"Millis":     func(c *Commands) (any, error) { return c.PTTL("k").Await(bg) },
	"Time":       func(c *Commands) (any, error) { return c.Time().Await(bg) },
	"Info":       func(c *Commands) (any, error) { return c.Info().Await(bg) },
	"KeyPage":    func(c *Commands) (any, error) { return c.Scan("0").Await(bg) },
	"TxReplies":  func(c *Commands) (any, error) { s := SessionCommands{*c}; return s.Exec().Await(bg) },
	"Values":     func(c *Commands) (any, error) { return Do[[]proto.Value](c, "X").Await(bg) },
}

// decoded has results of every decoder, each with all the shapes that it comes in, RESP2 and RESP3.
var decoded = []struct {
	decoder string
	want    any
	shapes  []string
}{
	{"Int", int64(-5), []string{":-5\r\n"}},
	{"GoInt", 7, []string{":7\r\n"}},
	{"OptInt", Some(int64(3)), []string{":3\r\n"}},
	{"OptInt", None[int64](), []string{"$-1\r\n", "*-1\r\n", "_\r\n"}},
	{"Ints", []int64{1, -2}, []string{"*2\r\n:1\r\n:-2\r\n", "~2\r\n:1\r\n:-2\r\n"}},
	{"Ints", []int64(nil), []string{"*-1\r\n", "_\r\n"}},
	{"Ints", []int64{}, []string{"*0\r\n", "~0\r\n"}},
	{"Bool", true, []string{":1\r\n", "#t\r\n"}},
	{"Bool", false, []string{":0\r\n", "#f\r\n"}},
	{"Truth", true, []string{":1\r\n", "#t\r\n", "+OK\r\n"}},
	{"Truth", false, []string{":0\r\n", "#f\r\n", "$-1\r\n", "_\r\n"}},
	{"Bools", []bool{true, false}, []string{"*2\r\n:1\r\n:0\r\n"}},
	{"Stored", true, []string{"+OK\r\n"}},
	{"Stored", false, []string{"$-1\r\n", "_\r\n"}},
	{"Status", "OK", []string{"+OK\r\n", "$2\r\nOK\r\n"}},
	{"Status", "other", []string{"+other\r\n"}},
	{"String", "abc", []string{"$3\r\nabc\r\n", "+abc\r\n", "=7\r\ntxt:abc\r\n", "$?\r\n;2\r\nab\r\n;1\r\nc\r\n;0\r\n"}},
	{"Bytes", []byte("abc"), []string{"$3\r\nabc\r\n", "+abc\r\n"}},
	{"ByteSlices", [][]byte{[]byte("a"), nil, {}}, []string{"*3\r\n$1\r\na\r\n$-1\r\n$0\r\n\r\n", "*3\r\n$1\r\na\r\n_\r\n$0\r\n\r\n"}},
	{"OptString", Some(""), []string{"$0\r\n\r\n", "+\r\n"}},
	{"OptString", None[string](), []string{"$-1\r\n", "_\r\n"}},
	{"Strings", []string{"a", "b"}, []string{"*2\r\n$1\r\na\r\n$1\r\nb\r\n", "~2\r\n$1\r\na\r\n$1\r\nb\r\n", "*?\r\n$1\r\na\r\n$1\r\nb\r\n.\r\n", "|1\r\n+x\r\n:1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n"}},
	{"Strings", []string(nil), []string{"*-1\r\n", "_\r\n"}},
	{"OptStrings", []Opt[string]{Some("a"), None[string]()}, []string{"*2\r\n$1\r\na\r\n$-1\r\n", "*2\r\n$1\r\na\r\n_\r\n"}},
	{"StringMap", map[string]string{"a": "1", "b": "2"}, []string{"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n", "%2\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$1\r\n2\r\n"}},
	{"StringMap", map[string]string(nil), []string{"*-1\r\n", "_\r\n"}},
	{"StringMap", map[string]string{}, []string{"*0\r\n", "%0\r\n"}},
	{"Float", 1.5, []string{"$3\r\n1.5\r\n", ",1.5\r\n"}},
	{"Float", 3.0, []string{"$1\r\n3\r\n", ",3\r\n", ":3\r\n"}},
	{"OptFloat", Some(math.Inf(-1)), []string{"$4\r\n-inf\r\n", ",-inf\r\n"}},
	{"OptFloat", None[float64](), []string{"$-1\r\n", "_\r\n"}},
	{"Floats", []float64{1, 2.5}, []string{"*2\r\n$1\r\n1\r\n$3\r\n2.5\r\n", "*2\r\n,1\r\n,2.5\r\n"}},
	{"OptFloats", []Opt[float64]{Some(1.0), None[float64]()}, []string{"*2\r\n$1\r\n1\r\n$-1\r\n", "*2\r\n,1\r\n_\r\n"}},
	{"Zs", []Z{{"a", 1}, {"b", 2.5}}, []string{"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$3\r\n2.5\r\n", "*2\r\n*2\r\n$1\r\na\r\n,1\r\n*2\r\n$1\r\nb\r\n,2.5\r\n"}},
	{"Zs", []Z(nil), []string{"*0\r\n"}},
	{"Seconds", 90 * time.Second, []string{":90\r\n"}},
	{"Seconds", NoExpiry, []string{":-1\r\n"}},
	{"Millis", 1500 * time.Millisecond, []string{":1500\r\n"}},
	{"Millis", NoKey, []string{":-2\r\n"}},
	{"Time", time.Unix(1700000000, 5000), []string{"*2\r\n$10\r\n1700000000\r\n$1\r\n5\r\n"}},
	{"Info", Info{"Server": {"a": "1"}, "Keyspace": {"db0": "keys=1,x=2"}}, []string{"$47\r\n# Server\r\na:1\r\n\r\n# Keyspace\r\ndb0:keys=1,x=2\r\n\r\n\r\n", "=51\r\ntxt:# Server\r\na:1\r\n\r\n# Keyspace\r\ndb0:keys=1,x=2\r\n\r\n\r\n"}},
	{"KeyPage", Page[string]{Cursor: "12", Items: []string{"k"}}, []string{"*2\r\n$2\r\n12\r\n*1\r\n$1\r\nk\r\n"}},
	{"KeyPage", Page[string]{Cursor: "0", Items: []string{}}, []string{"*2\r\n$1\r\n0\r\n*0\r\n"}},
	{"TxReplies", []proto.Value{proto.IntValue(1), proto.StringValue("x")}, []string{"*2\r\n:1\r\n$1\r\nx\r\n"}},
	{"TxReplies", []proto.Value{}, []string{"*0\r\n"}},
	{"Values", []proto.Value{proto.IntValue(1), proto.StringValue("x")}, []string{"*2\r\n:1\r\n$1\r\nx\r\n"}},
}

// Behaviour G4.
func TestEveryShapeOfAReplyGivesTheSameResult(t *testing.T) {
	tested := map[string]bool{}
	for _, row := range decoded {
		tested[row.decoder] = true
		for _, shape := range row.shapes {
			c := On(canned{t, shape})
			got, err := decodings[row.decoder](&c)
			if err != nil || !reflect.DeepEqual(got, row.want) {
				t.Errorf("%s of %q = %v, %v; want %v", row.decoder, shape, got, err, row.want)
			}
		}
	}
	for name := range decodings {
		if !tested[name] {
			t.Errorf("decoder %s has no row", name)
		}
	}
}

func TestEveryKindOfReplyIsInTheTables(t *testing.T) {
	files, err := filepath.Glob("send*.go")
	if err != nil || len(files) < 3 {
		t.Fatalf("found %q, %v; want the files of the senders", files, err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, sender := range regexp.MustCompile(`\) send(\w+)\(`).FindAllStringSubmatch(string(source), -1) {
			if kind := sender[1]; decodings[kind] == nil && kind != "Value" { // that takes anything
				t.Errorf("the decoder of %s is not in decodings", kind)
			}
		}
	}
}

// Law G10. Whatever well-formed reply comes, a command gets a value or an error of
// its own, and the stream stays aligned (canned checks that).
func TestAReplyOfAnyShapeLeavesTheStreamAligned(t *testing.T) {
	fits := map[string]int{}
	for name, call := range decodings {
		for _, reply := range []string{
			":1\r\n", "$1\r\nx\r\n", "+OK\r\n", "$-1\r\n", "*-1\r\n", "_\r\n", "#t\r\n", ",1.5\r\n", "(12345678901234567890\r\n", "=5\r\ntxt:x\r\n",
			"*0\r\n", "*1\r\n:1\r\n", "*3\r\n:1\r\n$1\r\nx\r\n*2\r\n_\r\n,1\r\n", "%1\r\n+a\r\n*1\r\n:1\r\n", "~2\r\n+a\r\n+b\r\n", "%1\r\n:1\r\n:2\r\n",
			"*2\r\n$1\r\na\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "*2\r\n-ERR inside\r\n:1\r\n", "*4\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n*0\r\n", "*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n:4\r\n",
			"*2\r\n$1\r\nx\r\n*1\r\n$1\r\nk\r\n", ":9223372036854775807\r\n", "*2\r\n$1\r\nx\r\n$1\r\ny\r\n",
		} {
			c := On(canned{t, reply})
			_, err := call(&c)
			var bad *errors.ProtocolError
			var refused *errors.RedisError
			switch {
			case err == nil:
				fits[name]++
			case name == "TxReplies" && err == errors.ErrTxAborted:
			case stderrors.As(err, &bad) && bad.Command != "", stderrors.As(err, &refused) && refused.Command != "":
			default:
				t.Errorf("%s of %q failed with %v (%T); want an error that names the command", name, reply, err, err)
			}
		}
		if fits[name] > 18 {
			t.Errorf("%s takes nearly everything", name)
		}
	}
}

func TestAnErrorReplyIsTheCommandsError(t *testing.T) {
	for name, call := range decodings {
		for _, reply := range []string{"-WRONGTYPE no such thing\r\n", "!23\r\nWRONGTYPE no such thing\r\n"} {
			c := On(canned{t, reply})
			_, err := call(&c)
			var e *errors.RedisError
			if !stderrors.As(err, &e) || e.Code != "WRONGTYPE" || e.Message != "WRONGTYPE no such thing" || e.Command == "" {
				t.Errorf("%s of %q = %v; want WRONGTYPE of a command", name, reply, err)
			}
		}
	}
}

// Law G9. Malformed bytes are the stream's error, not the command's: it stays for
// its owner to fail.
func TestAMalformedReplyIsNotSettledByDeliver(t *testing.T) {
	for _, reply := range []string{"*2\r\n:1\r\n:x\r\n", "$3\r\nabcde", "*2\r\n$1\r\nxyz", "-ERR\n"} {
		var got *Cmd
		c := On(doerFunc(func(cmd *Cmd) { got = cmd }))
		f := c.HGetAll("k")
		r := proto.NewReader(strings.NewReader(reply), proto.Limits{})
		typ, err := r.Next()
		if err == nil {
			err = got.Deliver(typ, r, nil)
		}
		if err == nil || f.Settled() || got.Settled() {
			t.Errorf("%q: Deliver = %v, settled %v; want the stream's error, not settled", reply, err, f.Settled())
		}
		if !got.Fail(err) || f.Err() == nil {
			t.Errorf("%q: Fail did not settle the command", reply)
		}
	}
}

type doerFunc func(cmd *Cmd)

func (d doerFunc) Do(cmd *Cmd) { d(cmd) }

func TestOptShowsItself(t *testing.T) {
	if s := Some(5).String(); s != "5" {
		t.Errorf("String = %q; want 5", s)
	}
	if s := None[int]().String(); s != "(nil)" {
		t.Errorf("String = %q; want (nil)", s)
	}
	if v := None[int]().Or(7); v != 7 {
		t.Errorf("Or = %d; want 7", v)
	}
}

var bg = context.Background()
