package proto

import (
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

type (
	id      int64
	name    string
	stamped struct{ fail bool }
)

var errStamp = errors.New("no stamp")

func (s stamped) MarshalBinary() ([]byte, error) {
	if s.fail {
		return nil, errStamp
	}
	return []byte("st\x00mp"), nil
}

func TestArgumentsHaveExactlyOneEncoding(t *testing.T) {
	for _, c := range []struct {
		arg  any
		want string
	}{
		{"abc", "abc"}, {"", ""}, {"a\r\nb\x00\xff", "a\r\nb\x00\xff"}, {strings.Repeat("x", 1000), strings.Repeat("x", 1000)},
		{[]byte("abc"), "abc"}, {[]byte(nil), ""},
		{0, "0"}, {9, "9"}, {10, "10"}, {99, "99"}, {100, "100"}, {-1, "-1"}, {-100, "-100"},
		{int64(math.MaxInt64), "9223372036854775807"}, {int64(math.MinInt64), "-9223372036854775808"},
		{int32(-32), "-32"}, {int16(-16), "-16"}, {int8(-8), "-8"},
		{uint(1), "1"}, {uint64(math.MaxUint64), "18446744073709551615"}, {uint32(32), "32"}, {uint16(16), "16"}, {uint8(8), "8"}, {uintptr(5), "5"},
		{1.5, "1.5"}, {1e6, "1000000"}, {0.1, "0.1"}, {-0.25, "-0.25"}, {1e20, "100000000000000000000"}, {1e21, "1e+21"}, {1e-7, "1e-07"}, {0.0, "0"},
		{math.Inf(1), "inf"}, {math.Inf(-1), "-inf"}, {float32(0.1), "0.1"}, {float32(16777216), "16777216"},
		{true, "1"}, {false, "0"},
		{stamped{}, "st\x00mp"}, {&stamped{}, "st\x00mp"},
	} {
		wire, err := AppendArg([]byte("*1\r\n"), c.arg)
		if err != nil {
			t.Errorf("AppendArg(%#v) = %v", c.arg, err)
			continue
		}
		words, err := ReadCommand(NewReader(strings.NewReader(string(wire)), Limits{}))
		if err != nil || len(words) != 1 || words[0] != c.want {
			t.Errorf("AppendArg(%#v) = %q, read back as %q, %v; want %q", c.arg, wire, words, err, c.want)
		}
	}
}

// Behaviour F8.
func TestWhatHasNoEncodingIsRefused(t *testing.T) {
	n := 5
	for _, c := range []struct {
		arg  any
		want string // part of the text
	}{
		{nil, "nil"},
		{math.NaN(), "not a number"}, {float32(math.NaN()), "not a number"},
		{5 * time.Second, "time.Duration"},
		{id(5), "proto.id"}, {name("secret"), "proto.name"},
		{&n, "*int"}, {[]string{"secret"}, "[]string"}, {map[string]int{}, "map[string]int"}, {struct{}{}, "struct {}"}, {'x' + 1i, "complex128"}, {func() {}, "func()"},
		{stamped{fail: true}, "no stamp"},
	} {
		dst, err := AppendArg([]byte("before"), c.arg)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("AppendArg(%#v) = %v; want an error with %q and without the value", c.arg, err, c.want)
		}
		if string(dst) != "before" {
			t.Errorf("AppendArg(%#v) left %q; want dst as it was", c.arg, dst)
		}
	}
	if _, err := AppendArg(nil, stamped{fail: true}); !errors.Is(err, errStamp) {
		t.Errorf("AppendArg of what cannot be marshaled = %v; want its error inside", err)
	}
}

func TestRequestsAreWrittenByteForByte(t *testing.T) {
	b := AppendArrayHeader(nil, 9)
	b = AppendBulk(b, "SET")
	b = AppendBulkBytes(b, []byte("k"))
	b = AppendBulkInt(b, -42)
	b = AppendBulkInt(b, 7)
	b = AppendBulkUint(b, 12)
	b = AppendBulkUint(b, 123)
	b = AppendBulkFloat(b, 2.5)
	b = AppendBulkFloat(b, math.NaN())
	b = AppendBulk(b, strings.Repeat("y", 100))
	want := "*9\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n-42\r\n$1\r\n7\r\n$2\r\n12\r\n$3\r\n123\r\n$3\r\n2.5\r\n$3\r\nnan\r\n$100\r\n" + strings.Repeat("y", 100) + "\r\n"
	if string(b) != want {
		t.Errorf("request = %q; want %q", b, want)
	}
	for n, want := range map[int]string{0: "*0\r\n", 9: "*9\r\n", 10: "*10\r\n", 99: "*99\r\n", 100: "*100\r\n", 12345: "*12345\r\n"} {
		if got := string(AppendArrayHeader(nil, n)); got != want {
			t.Errorf("AppendArrayHeader(%d) = %q; want %q", n, got, want)
		}
	}
}

func TestEncodingAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 1024)
	var text, number, float any = "text", 1234567, 2.5
	if n := testing.AllocsPerRun(100, func() {
		b := AppendArrayHeader(buf, 6)
		b = AppendBulk(b, "SET")
		b = AppendBulkInt(b, math.MinInt64)
		b = AppendBulkFloat(b, 1.0/3)
		b, _ = AppendArg(b, text)
		b, _ = AppendArg(b, number)
		b, _ = AppendArg(b, float)
		_ = b
	}); n != 0 {
		t.Errorf("encoding a request allocates %v times; want 0", n)
	}
}

// decodesAs tells what a value is after it went over the wire.
func decodesAs(t *testing.T, v Value, version int) Value {
	t.Helper()
	wire := AppendValue(nil, v, version)
	r := NewReader(strings.NewReader(string(wire)), Limits{})
	if _, err := r.Next(); err != nil {
		t.Fatalf("%v as %q: %v", v, wire, err)
	}
	got, err := r.Value()
	if err != nil || r.More() || r.Buffered() != 0 {
		t.Fatalf("%v as %q: %v, %v, %d bytes left", v, wire, got, err, r.Buffered())
	}
	return got
}

func TestRepliesSurviveTheWireInRESP3(t *testing.T) {
	for _, v := range every {
		want := v
		want.t = v.Type()
		if got := decodesAs(t, v, 3); !reflect.DeepEqual(got, want) {
			t.Errorf("%v %v came back as %v %v", v.Type(), v, got.Type(), got)
		}
	}
}

func TestRepliesInRESP2HaveOnlyItsTypes(t *testing.T) {
	for _, c := range []struct{ v, want Value }{
		{NullValue(), NullValue()},
		{BoolValue(true), IntValue(1)}, {BoolValue(false), IntValue(0)},
		{DoubleValue(1.5), StringValue("1.5")}, {DoubleValue(math.Inf(-1)), StringValue("-inf")},
		{big10("123456789012345678901234567890"), StringValue("123456789012345678901234567890")},
		{VerbatimValue("txt", "abc"), StringValue("abc")},
		{bulkError("ERR a\r\nb"), ErrorValue("ERR a  b")}, {ErrorValue("ERR a\nb"), ErrorValue("ERR a b")},
		{StatusValue("a\r\nb"), StringValue("a\r\nb")},
		{SetValue(IntValue(1), BoolValue(true)), ArrayValue(IntValue(1), IntValue(1))},
		{PushValue(StringValue("a")), ArrayValue(StringValue("a"))},
		{MapValue(StringValue("k"), MapValue(StringValue("l"), DoubleValue(2))), ArrayValue(StringValue("k"), ArrayValue(StringValue("l"), StringValue("2")))},
	} {
		if got := decodesAs(t, c.v, 2); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v %v came back as %v %v; want %v %v", c.v.Type(), c.v, got.Type(), got, c.want.Type(), c.want)
		}
	}
	wire := AppendValue(nil, ArrayValue(every...), 2)
	r := NewReader(strings.NewReader(string(wire)), Limits{})
	_, _ = r.Next()
	v, err := r.Value()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(Value)
	walk = func(v Value) {
		switch v.Type() {
		case SimpleString, SimpleError, Integer, BulkString, Array, Null:
		default:
			t.Errorf("%v %v in RESP2", v.Type(), v)
		}
		for _, e := range v.Array() {
			walk(e)
		}
	}
	walk(v)
}

func TestLineEndsCannotBeSmuggledIntoAReply(t *testing.T) {
	for _, v := range []Value{StatusValue("a\r\n:1"), ErrorValue("ERR\r\n:1"), ErrorValue("ERR\n"), StatusValue("\r")} {
		if got := decodesAs(t, v, 3); got.s != v.s {
			t.Errorf("%v came back as %v; want the same text", v, got)
		}
	}
}

func TestReadCommandTakesRequestsOnly(t *testing.T) {
	r := NewReader(strings.NewReader("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n"), Limits{})
	for _, want := range [][]string{{"GET", "k"}, {"PING"}} {
		if got, err := ReadCommand(r); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("ReadCommand = %q, %v; want %q", got, err, want)
		}
	}
	if got, err := ReadCommand(r); err != io.EOF {
		t.Errorf("ReadCommand = %q, %v; want EOF", got, err)
	}
	for in, eof := range map[string]bool{
		"PING\r\n":                  false,
		"$4\r\nPING\r\n":            false,
		"*1\r\n+PING\r\n":           false,
		"*1\r\n$-1\r\n":             false,
		"*1\r\n*1\r\n$1\r\na\r\n":   false,
		"*2\r\n$4\r\nPING\r\n":      true,
		"*1\r\n$4\r\nPIN":           true,
		"*2\r\n$1\r\na\r\n-ERR\r\n": false,
	} {
		got, err := ReadCommand(NewReader(strings.NewReader(in), Limits{}))
		var p *rerrors.ProtocolError
		if eof && err != io.ErrUnexpectedEOF || !eof && !errors.As(err, &p) {
			t.Errorf("ReadCommand of %q = %q, %v; want it refused", in, got, err)
		}
	}
}
