package proto

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

// reads are the typed reads by name. Each returns what it read as one value, with
// nothing for a null.
var reads = map[string]func(*Reader) (any, error){
	"Int":        func(r *Reader) (any, error) { return r.Int() },
	"OptInt":     func(r *Reader) (any, error) { return opt(r.OptInt()) },
	"Float":      func(r *Reader) (any, error) { return r.Float() },
	"OptFloat":   func(r *Reader) (any, error) { return opt(r.OptFloat()) },
	"Bool":       func(r *Reader) (any, error) { return r.Bool() },
	"String":     func(r *Reader) (any, error) { return r.String() },
	"OptString":  func(r *Reader) (any, error) { return opt(r.OptString()) },
	"Bytes":      func(r *Reader) (any, error) { return optBytes(r.Bytes()) },
	"OwnedBytes": func(r *Reader) (any, error) { return optBytes(r.OwnedBytes()) },
	"ArrayLen":   func(r *Reader) (any, error) { return opt(r.ArrayLen()) },
	"MapLen":     func(r *Reader) (any, error) { return opt(r.MapLen()) },
	"Null":       func(r *Reader) (any, error) { return r.Null() },
	"ReplyError": func(r *Reader) (any, error) {
		e, err := r.ReplyError()
		if err != nil {
			return nil, err
		}
		return e.Message, nil
	},
}

// null is what the Opt reads give for a null.
const null = "(null)"

func opt[T any](v T, ok bool, err error) (any, error) {
	if err != nil {
		return v, err
	}
	if !ok {
		return null, nil
	}
	return v, nil
}

func optBytes(b []byte, ok bool, err error) (any, error) {
	if ok && b == nil {
		return nil, errors.New("nil bytes where a value is")
	}
	return opt(string(b), ok, err)
}

// Law G10.
func TestTypedReadsTakeWhatFitsAndLeaveTheRest(t *testing.T) {
	misfit := errors.New("a mismatch")
	for _, c := range []struct {
		in   string
		want map[string]any // reads not named here are a mismatch
	}{
		{":5\r\n", map[string]any{"Int": int64(5), "OptInt": int64(5), "Float": 5.0, "OptFloat": 5.0, "Null": false}},
		{":0\r\n", map[string]any{"Int": int64(0), "OptInt": int64(0), "Float": 0.0, "OptFloat": 0.0, "Bool": false, "Null": false}},
		{":1\r\n", map[string]any{"Int": int64(1), "OptInt": int64(1), "Float": 1.0, "OptFloat": 1.0, "Bool": true, "Null": false}},
		{":-12\r\n", map[string]any{"Int": int64(-12), "OptInt": int64(-12), "Float": -12.0, "OptFloat": -12.0, "Null": false}},
		{":-9223372036854775808\r\n", map[string]any{"Int": int64(math.MinInt64), "OptInt": int64(math.MinInt64), "Float": -0x1p63, "OptFloat": -0x1p63, "Null": false}},
		{"#t\r\n", map[string]any{"Bool": true, "Null": false}},
		{"#f\r\n", map[string]any{"Bool": false, "Null": false}},
		{",-1.5\r\n", map[string]any{"Float": -1.5, "OptFloat": -1.5, "Null": false}},
		{",inf\r\n", map[string]any{"Float": math.Inf(1), "OptFloat": math.Inf(1), "Null": false}},
		{"(12345678901234567890\r\n", map[string]any{"Null": false}},
		{"$3\r\nabc\r\n", map[string]any{"String": "abc", "OptString": "abc", "Bytes": "abc", "OwnedBytes": "abc", "Null": false}},
		{"$0\r\n\r\n", map[string]any{"String": "", "OptString": "", "Bytes": "", "OwnedBytes": "", "Null": false}},
		{"$3\r\n1.5\r\n", map[string]any{"String": "1.5", "OptString": "1.5", "Bytes": "1.5", "OwnedBytes": "1.5", "Float": 1.5, "OptFloat": 1.5, "Null": false}},
		{"+-inf\r\n", map[string]any{"String": "-inf", "OptString": "-inf", "Bytes": "-inf", "OwnedBytes": "-inf", "Float": math.Inf(-1), "OptFloat": math.Inf(-1), "Null": false}},
		{"+OK\r\n", map[string]any{"String": "OK", "OptString": "OK", "Bytes": "OK", "OwnedBytes": "OK", "Null": false}},
		{"+\r\n", map[string]any{"String": "", "OptString": "", "Bytes": "", "OwnedBytes": "", "Null": false}},
		{"=7\r\ntxt:abc\r\n", map[string]any{"String": "abc", "OptString": "abc", "Bytes": "abc", "OwnedBytes": "abc", "Null": false}},
		{"=4\r\ntxt:\r\n", map[string]any{"String": "", "OptString": "", "Bytes": "", "OwnedBytes": "", "Null": false}},
		{"$?\r\n;2\r\n1.\r\n;1\r\n5\r\n;0\r\n", map[string]any{"String": "1.5", "OptString": "1.5", "Bytes": "1.5", "OwnedBytes": "1.5", "Float": 1.5, "OptFloat": 1.5, "Null": false}},
		{"_\r\n", nulls},
		{"$-1\r\n", nulls},
		{"*-1\r\n", nulls},
		{"*2\r\n:1\r\n:2\r\n", map[string]any{"ArrayLen": 2, "MapLen": 1, "Null": false}},
		{"*1\r\n:1\r\n", map[string]any{"ArrayLen": 1, "Null": false}},
		{"*0\r\n", map[string]any{"ArrayLen": 0, "MapLen": 0, "Null": false}},
		{"~2\r\n:1\r\n:2\r\n", map[string]any{"ArrayLen": 2, "Null": false}},
		{">1\r\n+hello\r\n", map[string]any{"ArrayLen": 1, "Null": false}},
		{"%1\r\n+k\r\n*1\r\n:1\r\n", map[string]any{"MapLen": 1, "Null": false}},
		{"%?\r\n+k\r\n*?\r\n:1\r\n.\r\n.\r\n", map[string]any{"MapLen": 1, "Null": false}},
		{"|1\r\n+a\r\n+b\r\n*?\r\n:1\r\n|1\r\n+a\r\n+b\r\n:2\r\n.\r\n", map[string]any{"ArrayLen": 2, "MapLen": 1, "Null": false}},
		{"-ERR no\r\n", map[string]any{"ReplyError": "ERR no", "Null": false}},
		{"!6\r\nERR no\r\n", map[string]any{"ReplyError": "ERR no", "Null": false}},
	} {
		const sentinel = "$8\r\nsentinel\r\n"
		for name, read := range reads {
			for how, src := range map[string]io.Reader{"whole": strings.NewReader(c.in + sentinel), "one by one": oneByOne(c.in + sentinel)} {
				r := NewReader(src, Limits{})
				if _, err := r.Next(); err != nil {
					t.Fatalf("%q: Next: %v", c.in, err)
				}
				want, ok := c.want[name]
				if !ok {
					want = misfit
				}
				got, err := read(r)
				var m *Mismatch
				var e *rerrors.RedisError
				switch {
				case errors.As(err, &e) && e.Message == "ERR no":
					// An error where a value was asked for is consumed.
					if r.More() {
						t.Errorf("%s of %q, %s: the error is still there", name, c.in, how)
					}
				case want == misfit:
					if !errors.As(err, &m) || m.Got == 0 {
						t.Errorf("%s of %q, %s = %v, %v; want a *Mismatch that names what came", name, c.in, how, got, err)
					}
					if _, err := r.Value(); err != nil || r.More() {
						t.Errorf("Value after %s of %q, %s = %v; want the value that did not fit", name, c.in, how, err)
					}
				case err != nil || got != want:
					t.Errorf("%s of %q, %s = %v, %v; want %v", name, c.in, how, got, err, want)
				}
				if err := r.Finish(); err != nil || r.Err() != nil {
					t.Errorf("Finish after %s of %q, %s = %v, Err %v; want nil", name, c.in, how, err, r.Err())
				}
				if _, err := r.Next(); err != nil {
					t.Errorf("Next after %s of %q, %s = %v", name, c.in, how, err)
				} else if s, err := r.String(); s != "sentinel" || err != nil {
					t.Errorf("after %s of %q, %s comes %q, %v; want the sentinel", name, c.in, how, s, err)
				}
			}
		}
	}
}

var nulls = map[string]any{"OptInt": null, "OptFloat": null, "OptString": null, "Bytes": null, "OwnedBytes": null, "ArrayLen": null, "MapLen": null, "Null": true}

// Law G10.
func TestAMisfitInsideAReplyLeavesTheNextReplyAlone(t *testing.T) {
	r := NewReader(strings.NewReader("*3\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n-ERR x\r\n$1\r\nc\r\n:42\r\n"), Limits{})
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	n, ok, err := r.ArrayLen()
	if n != 3 || !ok || err != nil || r.Remaining() != 3 {
		t.Fatalf("ArrayLen = %v, %v, %v, %v remaining; want 3 elements", n, ok, err, r.Remaining())
	}
	if s, err := r.String(); s != "a" || err != nil {
		t.Fatalf("String = %q, %v; want a", s, err)
	}
	var m *Mismatch
	if s, err := r.String(); !errors.As(err, &m) || m.Got != Array {
		t.Fatalf("String = %q, %v; want a mismatch with an array", s, err)
	}
	if err := r.Finish(); err != nil || r.More() {
		t.Fatalf("Finish = %v, More %v; want the frame skipped", err, r.More())
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Int(); n != 42 || err != nil {
		t.Errorf("next reply = %v, %v; want 42", n, err)
	}
}

// Behaviour F6.
func TestAnErrorWhereAValueIsExpectedConsumesItsOwnPlaceOnly(t *testing.T) {
	r := NewReader(strings.NewReader("*3\r\n-WRONGTYPE no\r\n!7\r\nERR two\r\n:3\r\n"), Limits{})
	_, _ = r.Next()
	_, _, _ = r.ArrayLen()
	var e *rerrors.RedisError
	if _, err := r.Int(); !errors.As(err, &e) || e.Code != "WRONGTYPE" {
		t.Errorf("Int of an error = %v; want WRONGTYPE", err)
	}
	if _, _, err := r.OptString(); !errors.As(err, &e) || e.Message != "ERR two" {
		t.Errorf("OptString of an error = %v; want ERR two", err)
	}
	if n, err := r.Int(); n != 3 || err != nil || r.More() || r.Err() != nil {
		t.Errorf("Int = %v, %v, More %v, Err %v; want 3 and the end of the frame", n, err, r.More(), r.Err())
	}
}

// A decoder that asks for more than there is must not reach into the next reply.
func TestReadsBeyondTheFrameAreRefused(t *testing.T) {
	for name, read := range reads {
		for _, next := range []string{":1\r\n", "$1\r\na\r\n", "*1\r\n:1\r\n", "_\r\n", "-ERR x\r\n", ""} {
			r := NewReader(strings.NewReader("*1\r\n:5\r\n"+next), Limits{})
			_, _ = r.Next()
			_, _, _ = r.ArrayLen()
			_, _ = r.Int()
			before := r.Buffered()
			var m *Mismatch
			if v, err := read(r); !errors.As(err, &m) || m.Got != 0 || r.Buffered() != before || r.Err() != nil {
				t.Errorf("%s beyond the frame with %q behind it = %v, %v; want a mismatch, and nothing consumed", name, next, v, err)
			}
		}
	}
	r := NewReader(strings.NewReader(":1\r\n"), Limits{})
	var m *Mismatch
	if _, err := r.Value(); !errors.As(err, &m) {
		t.Errorf("Value before Next = %v; want a mismatch", err)
	}
	if err := r.Skip(); !errors.As(err, &m) {
		t.Errorf("Skip before Next = %v; want a mismatch", err)
	}
	if err := r.Finish(); err != nil {
		t.Errorf("Finish before Next = %v; want nil", err)
	}
	if _, err := r.Peek(); !errors.As(err, &m) {
		t.Errorf("Peek before Next = %v; want a mismatch", err)
	}
}

func TestNextInsideAFramePanics(t *testing.T) {
	r := NewReader(strings.NewReader("*1\r\n:5\r\n"), Limits{})
	_, _ = r.Next()
	defer func() {
		if recover() == nil {
			t.Error("Next inside a frame returned; want a panic")
		}
	}()
	_, _ = r.Next()
}

func TestPeekNamesTheNextValueAndConsumesNothing(t *testing.T) {
	for in, want := range map[string]Type{
		":1\r\n": Integer, "$1\r\na\r\n": BulkString, "$-1\r\n": Null, "*-1\r\n": Null, "_\r\n": Null,
		"|1\r\n+a\r\n+b\r\n#t\r\n": Bool, "$?\r\n;0\r\n": BulkString, "%?\r\n.\r\n": Map, ">0\r\n": Push, "-ERR\r\n": SimpleError,
	} {
		for _, src := range []io.Reader{strings.NewReader(in), oneByOne(in)} {
			r := NewReader(src, Limits{})
			_, _ = r.Next()
			for range 2 {
				if got, err := r.Peek(); got != want || err != nil {
					t.Errorf("Peek of %q = %v, %v; want %v", in, got, err, want)
				}
			}
			if err := r.Skip(); err != nil || r.More() {
				t.Errorf("Skip of %q = %v; want the frame at its end", in, err)
			}
		}
	}
}

func TestRemainingCountsWhatIsKnownToBeMissing(t *testing.T) {
	r := NewReader(strings.NewReader("*2\r\n%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n~1\r\n:3\r\n"), Limits{})
	var trace []int
	note := func(_ any, err error) {
		if err != nil {
			t.Fatal(err)
		}
		trace = append(trace, r.Remaining())
	}
	note(r.Next())
	note(opt(r.ArrayLen()))
	note(opt(r.MapLen()))
	note(r.String())
	note(r.Int())
	note(nil, r.Skip())
	note(r.Value())
	note(opt(r.ArrayLen()))
	note(r.Int())
	if want := []int{1, 2, 5, 4, 3, 2, 1, 1, 0}; !reflect.DeepEqual(trace, want) {
		t.Errorf("Remaining = %v; want %v", trace, want)
	}
}

func TestStringsDoNotChangeWhenTheBufferIsUsedAgain(t *testing.T) {
	var in bytes.Buffer
	var want []string
	for i := range 3000 {
		s := strings.Repeat(fmt.Sprintf("%04d.", i), i%200)
		want = append(want, s)
		in.Write(AppendBulk(nil, s))
	}
	r := NewReader(&in, Limits{})
	var strs []string
	var owned [][]byte
	for i := range want {
		_, _ = r.Next()
		if i%2 == 0 {
			s, err := r.String()
			if err != nil {
				t.Fatal(err)
			}
			strs, owned = append(strs, s), append(owned, []byte(s))
			continue
		}
		b, _, err := r.OwnedBytes()
		if err != nil {
			t.Fatal(err)
		}
		strs, owned = append(strs, want[i]), append(owned, b)
	}
	for i := range want {
		if strs[i] != want[i] || string(owned[i]) != want[i] {
			t.Fatalf("string %d = %.40q, %.40q; want %.40q", i, strs[i], owned[i], want[i])
		}
	}
}

func TestReadingAllocatesOnlyWhatItReturns(t *testing.T) {
	for _, c := range []struct {
		name   string
		reply  Value
		decode func(*Reader) error
		want   float64
	}{
		{"a string", StringValue(word), func(r *Reader) (err error) { sinkString, _, err = r.OptString(); return err }, 1},
		{"an empty string", StringValue(""), func(r *Reader) (err error) { sinkString, err = r.String(); return err }, 0},
		{"bytes", StringValue(word), func(r *Reader) (err error) { sinkBytes, _, err = r.Bytes(); return err }, 0},
		{"a status", StatusValue("OK"), func(r *Reader) (err error) { sinkBytes, _, err = r.Bytes(); return err }, 0},
		{"an integer", IntValue(-1234567), func(r *Reader) (err error) { sinkInt, err = r.Int(); return err }, 0},
		{"a null", NullValue(), func(r *Reader) (err error) { sinkString, _, err = r.OptString(); return err }, 0},
		{"a double", DoubleValue(12.25), func(r *Reader) error { _, err := r.Float(); return err }, 0},
		{"MGET of 100", ArrayValue(strs(100)...), decodeStrings, 1 + 1 + 100*16/chunkBytes}, // the slice, the last string, the chunks
		{"what is skipped", ArrayValue(every[:len(every)-2]...), (*Reader).Finish, 0},
	} {
		r := NewReader(&loop{data: AppendValue(nil, c.reply, 3)}, Limits{})
		read := func() {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
			if err := c.decode(r); err != nil {
				t.Fatal(err)
			}
		}
		for range 20000 {
			read() // until the buffer has its size
		}
		if got := testing.AllocsPerRun(1000, read); got != c.want {
			t.Errorf("reading %s allocates %v times; want %v", c.name, got, c.want)
		}
	}
}
