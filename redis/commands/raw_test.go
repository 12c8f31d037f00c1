package commands

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/redis/proto"
)

// answer delivers a reply to the command that the recorder keeps.
func (r *recorder) answer(t *testing.T, wire string) {
	t.Helper()
	reader := proto.NewReader(strings.NewReader(wire), proto.Limits{})
	typ, err := reader.Next()
	if err != nil {
		t.Fatalf("reply %q: %v", wire, err)
	}
	if err := r.cmd.Deliver(typ, reader, nil); err != nil {
		t.Fatalf("reply %q: %v", wire, err)
	}
	r.cmd = nil
}

func TestARawCallSendsItsWordsUnderTheNameOfTheTable(t *testing.T) {
	for _, row := range []struct {
		args  []any
		name  string
		flags Flags
		wire  string
	}{
		{[]any{"GET", "k"}, "GET", ReadOnly | Repeatable, "GET k"},
		{[]any{"get", "client"}, "GET", ReadOnly | Repeatable, "GET client"},
		{[]any{"set", "k", 5, "EX", int8(7)}, "SET", Write, "SET k 5 EX 7"},
		{[]any{"client", "id"}, "CLIENT ID", Repeatable, "CLIENT ID"},
		{[]any{"Client", "Reply", "OFF"}, "CLIENT REPLY", Session, "CLIENT REPLY OFF"},
		{[]any{"CLIENT", []byte("reply"), "OFF"}, "CLIENT REPLY", Session, "CLIENT REPLY OFF"},
		{[]any{"CLIENT", "NOSUCH", 1}, "CLIENT", 0, "CLIENT NOSUCH 1"},
		{[]any{"CLIENT"}, "CLIENT", 0, "CLIENT"},
		{[]any{"blpop", "k", 0}, "BLPOP", Write | Blocking, "BLPOP k 0"},
		{[]any{"FT.SEARCH", "idx", "*"}, "FT.SEARCH", 0, "FT.SEARCH idx *"},
		{[]any{"NOSUCH", []byte("x"), 1.5, true}, "NOSUCH", 0, "NOSUCH x 1.5 1"},
	} {
		c, r := record()
		f := c.Command(row.args...)
		if r.cmd == nil {
			t.Errorf("Command(%v) = %v; want it sent", row.args, f.Err())
			continue
		}
		if got := r.cmd.Args(); !slices.Equal(got, strings.Fields(row.wire)) {
			t.Errorf("Command(%v) sent %q; want %s", row.args, got, row.wire)
		}
		if s := r.cmd.Spec(); s.Name != row.name || s.Flags != row.flags {
			t.Errorf("Command(%v) is %s with flags %b; want %s with %b", row.args, s.Name, s.Flags, row.name, row.flags)
		}
	}
}

// marshaler hides what it will send.
type marshaler struct{}

func (marshaler) MarshalBinary() ([]byte, error) { return []byte("REPLY"), nil }

func TestARawCallWithoutAUsableNameIsRefused(t *testing.T) {
	for _, args := range [][]any{
		nil, {""}, {5, "k"}, {nil}, {[]byte("GET"), "k"}, {"GET k"}, {"CLIENT ID"}, {"AUTH secret"}, {" GET"}, {"GET\r\nSET"},
		{"CLIENT", marshaler{}, "OFF"}, {"CLIENT", 5}, {"GET", struct{}{}}, {"GET", nil},
	} {
		c, r := record()
		err := refused(t, "Command", r, c.Command(args...))
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows an argument: %v", err)
		}
		refused(t, "Do", r, Do[string](r, args...))
	}
}

func TestDoReadsTheReplyAsTheGivenType(t *testing.T) {
	doAs(t, "$2\r\nab\r\n", "ab")
	doAs(t, "+OK\r\n", "OK")
	doAs(t, "$2\r\nab\r\n", []byte("ab"))
	doAs(t, ":7\r\n", int64(7))
	doAs(t, ":-7\r\n", -7)
	doAs(t, ",1.5\r\n", 1.5)
	doAs(t, "$3\r\n1.5\r\n", 1.5)
	doAs(t, "#t\r\n", true)
	doAs(t, ":0\r\n", false)
	doAs(t, "+OK\r\n", true)
	doAs(t, "*2\r\n$1\r\na\r\n$1\r\nb\r\n", []string{"a", "b"})
	doAs(t, "*2\r\n$1\r\na\r\n$-1\r\n", [][]byte{[]byte("a"), nil})
	doAs(t, "*2\r\n:1\r\n:2\r\n", []int64{1, 2})
	doAs(t, "*1\r\n$3\r\n0.5\r\n", []float64{0.5})
	doAs(t, "*2\r\n:1\r\n:0\r\n", []bool{true, false})
	doAs(t, "%1\r\n$1\r\na\r\n$1\r\nb\r\n", map[string]string{"a": "b"})
	doAs(t, "*2\r\n$1\r\na\r\n$1\r\nb\r\n", map[string]string{"a": "b"})
	doAs(t, "_\r\n", None[string]())
	doAs(t, "$-1\r\n", None[string]())
	doAs(t, "$1\r\na\r\n", Some("a"))
	doAs(t, ":3\r\n", Some(int64(3)))
	doAs(t, "_\r\n", None[float64]())
	doAs(t, "*2\r\n$1\r\na\r\n_\r\n", []Opt[string]{Some("a"), None[string]()})
	doAs(t, ":3\r\n", proto.IntValue(3))
	doAs(t, "*2\r\n:3\r\n-ERR x\r\n", []proto.Value{proto.IntValue(3), proto.ErrorValue("ERR x")})
}

// doAs calls any command with a typed reply and compares what comes out.
func doAs[T any](t *testing.T, wire string, want T) {
	t.Helper()
	r := new(recorder)
	f := Do[T](r, "ANY")
	if r.cmd == nil {
		t.Errorf("Do[%T] = %v; want it sent", want, f.Err())
		return
	}
	r.answer(t, wire)
	if got, err := f.Await(context.Background()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Do[%T] of %q = %v, %v; want %v", want, wire, got, err, want)
	}
}

// Law G10.
func TestDoOfAnotherTypeThanTheReplyFailsThatCallAlone(t *testing.T) {
	r := new(recorder)
	f := Do[int64](r, "ANY")
	r.answer(t, "$1\r\na\r\n")
	if err := f.Err(); err == nil || !strings.Contains(err.Error(), "wrong shape") {
		t.Errorf("Do[int64] of a string = %v; want a reply of the wrong shape", err)
	}
	null := Do[string](r, "ANY")
	r.answer(t, "_\r\n")
	if null.Err() == nil {
		t.Error("Do[string] of a null succeeded; want it told apart from an empty string")
	}
}

func TestDoRefusesTypesThatItCannotRead(t *testing.T) {
	r := new(recorder)
	err := refused(t, "Do[struct]", r, Do[struct{ A int }](r, "ANY"))
	if want := "a reply cannot be read as struct { A int }"; err.Reason != want {
		t.Errorf("the reason is %q; want %q", err.Reason, want)
	}
	refused(t, "Do[any]", r, Do[any](r, "ANY"))
	refused(t, "Do[error]", r, Do[error](r, "ANY"))
	refused(t, "Do[map]", r, Do[map[string]int](r, "ANY"))
}
