package proto

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

// every has a value of each type, and of each kind that matters to a reader.
var every = []Value{
	{},
	NullValue(),
	StatusValue("OK"), StatusValue(""),
	StringValue("abc"), StringValue(""), StringValue("a\r\nb\x00\xff"), StringValue("-12"), StringValue("1.5"),
	VerbatimValue("txt", "abc"), VerbatimValue("mkd", ""), VerbatimValue("nonsense", "x"),
	IntValue(0), IntValue(1), IntValue(-1), IntValue(math.MaxInt64), IntValue(math.MinInt64),
	BoolValue(true), BoolValue(false),
	DoubleValue(1.5), DoubleValue(-0.1), DoubleValue(1e300), DoubleValue(5e-324), DoubleValue(1e21), DoubleValue(math.Copysign(0, -1)),
	DoubleValue(math.Inf(1)), DoubleValue(math.Inf(-1)), DoubleValue(math.NaN()),
	BigValue(new(big.Int).Lsh(big.NewInt(-3), 200)),
	ErrorValue("ERR no"), bulkError("ERR a\r\nb"),
	ArrayValue(), ArrayValue(IntValue(1), ArrayValue(StringValue("x"), NullValue()), ErrorValue("ERR element")),
	SetValue(), SetValue(IntValue(1), IntValue(2)),
	MapValue(), MapValue(StringValue("k"), IntValue(1), IntValue(2), ArrayValue(), StringValue("k"), IntValue(3)),
	// Last, since a push cannot be nested.
	PushValue(), PushValue(StringValue("message"), StringValue("ch"), StringValue("hello")),
}

func TestAccessorsConvertWhatFitsAndNothingElse(t *testing.T) {
	accessors := map[string]func(Value) (any, error){
		"Int":    func(v Value) (any, error) { return v.Int() },
		"Float":  func(v Value) (any, error) { return v.Float() },
		"Bool":   func(v Value) (any, error) { return v.Bool() },
		"Text":   func(v Value) (any, error) { return v.Text() },
		"BigInt": func(v Value) (any, error) { n, err := v.BigInt(); return fmt.Sprint(n), err },
	}
	type fits map[string]any
	for _, c := range []struct {
		v    Value
		want fits
	}{
		{Value{}, fits{}},
		{NullValue(), fits{}},
		{IntValue(7), fits{"Int": int64(7), "Float": 7.0, "BigInt": "7"}},
		{IntValue(1), fits{"Int": int64(1), "Float": 1.0, "Bool": true, "BigInt": "1"}},
		{IntValue(0), fits{"Int": int64(0), "Float": 0.0, "Bool": false, "BigInt": "0"}},
		{BoolValue(true), fits{"Bool": true}},
		{DoubleValue(1.5), fits{"Float": 1.5}},
		{BigValue(big.NewInt(12)), fits{"BigInt": "12"}},
		{StringValue("abc"), fits{"Text": "abc"}},
		{StringValue(""), fits{"Text": ""}},
		{StringValue("12"), fits{"Text": "12", "Int": int64(12), "Float": 12.0}},
		{StatusValue("-inf"), fits{"Text": "-inf", "Float": math.Inf(-1)}},
		{VerbatimValue("txt", "12"), fits{"Text": "12"}},
		{ArrayValue(IntValue(1)), fits{}},
		{MapValue(), fits{}},
	} {
		for name, get := range accessors {
			got, err := get(c.v)
			want, ok := c.want[name]
			var m *Mismatch
			if ok && (err != nil || got != want) || !ok && (!errors.As(err, &m) || m.Got != c.v.Type()) {
				t.Errorf("%v %v: %s = %v, %v; want %v", c.v.Type(), c.v, name, got, err, want)
			}
		}
	}
	for _, v := range []Value{ErrorValue("ERR no"), bulkError("ERR no")} {
		for name, get := range accessors {
			var e *rerrors.RedisError
			if _, err := get(v); !errors.As(err, &e) || e.Message != "ERR no" {
				t.Errorf("%s of an error = %v; want the error itself", name, err)
			}
		}
	}
}

// Behaviour F6.
func TestErrIsTheErrorReplyOrNil(t *testing.T) {
	for _, v := range every {
		err := v.Err()
		if v.Type().IsError() != (err != nil) {
			t.Errorf("%v: Err = %v; want an error only of an error reply", v, err)
		}
	}
}

func TestAggregatesGiveTheirElementsInOrder(t *testing.T) {
	m := MapValue(StringValue("k"), IntValue(1), IntValue(2), ArrayValue(), StringValue("k"), IntValue(3))
	flat := ArrayValue(m.elems...)
	for _, v := range []Value{m, flat} {
		var got []Value
		for k, x := range v.Pairs() {
			got = append(got, k, x)
		}
		if !reflect.DeepEqual(got, m.elems) {
			t.Errorf("Pairs of %v = %v; want %v", v, got, m.elems)
		}
		for range v.Pairs() {
			break
		}
	}
	for _, v := range []Value{ArrayValue(IntValue(1)), SetValue(IntValue(1), IntValue(2)), NullValue(), StringValue("x")} {
		for k, x := range v.Pairs() {
			t.Errorf("Pairs of %v gives %v, %v; want nothing", v, k, x)
		}
	}
	if m.Len() != 3 || flat.Len() != 6 || IntValue(1).Len() != 0 {
		t.Errorf("Len = %d, %d, %d; want 3 pairs, 6 elements, 0", m.Len(), flat.Len(), IntValue(1).Len())
	}
	if m.Array() != nil || len(flat.Array()) != 6 || StringValue("x").Array() != nil {
		t.Errorf("Array = %v, %v; want nothing of a map and 6 elements", m.Array(), flat.Array())
	}
	if odd := MapValue(StringValue("k")); odd.Len() != 1 || !odd.elems[1].IsNull() {
		t.Errorf("MapValue of a key alone = %v; want a null behind it", odd)
	}
	if f := VerbatimValue("mkd", "x").Format(); f != "mkd" || StringValue("x").Format() != "" {
		t.Errorf("Format = %q; want mkd", f)
	}
}

func TestAValueIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Value{}); size > 64 {
		t.Errorf("a Value has %d bytes; want at most 64", size)
	}
}

func TestStringIsShortAndOnOneLine(t *testing.T) {
	deep := IntValue(1)
	for range 10 {
		deep = ArrayValue(deep)
	}
	many := make([]Value, 100)
	for i := range many {
		many[i] = IntValue(int64(i))
	}
	for _, c := range []struct {
		v    Value
		want string
	}{
		{Value{}, "(nil)"},
		{StringValue("grün\r\n\x00"), `"grün\r\n\x00"`},
		{StatusValue("OK"), "OK"},
		{ErrorValue("ERR a\nb"), `(error) ERR a\nb`},
		{VerbatimValue("txt", "x"), `"x"`},
		{DoubleValue(0.25), "0.25"},
		{BigValue(big.NewInt(12)), "12"},
		{MapValue(StringValue("k"), BoolValue(true), IntValue(2), NullValue()), `{"k": true 2: (nil)}`},
		{SetValue(StringValue("a"), StringValue("b")), `["a" "b"]`},
		{ArrayValue(), "[]"},
		{deep, "[[[[...]]]]"},
		{ArrayValue(many...), "[0 1 2 3 4 5 6 7 ... 100 in all]"},
		{MapValue(many...), "{0: 1 2: 3 4: 5 6: 7 8: 9 10: 11 12: 13 14: 15 ... 50 in all}"},
		{StringValue(strings.Repeat("x", 65)), `"` + strings.Repeat("x", 64) + `"...`},
		{StatusValue(strings.Repeat("x", 65)), strings.Repeat("x", 64) + `...`},
		{StringValue(strings.Repeat("x", 63) + "ü"), `"` + strings.Repeat("x", 63) + `"...`},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("String of a %v = %s; want %s", c.v.Type(), got, c.want)
		}
	}
}

func TestTypesHaveNames(t *testing.T) {
	for typ, want := range map[Type]string{Integer: "integer", Push: "push", 0: "nothing", 'x': "unknown type"} {
		if got := typ.String(); got != want {
			t.Errorf("Type(%q).String() = %q; want %q", byte(typ), got, want)
		}
	}
}

func TestAMismatchNamesWhatWasWantedAndWhatCame(t *testing.T) {
	for _, c := range []struct {
		m    *Mismatch
		want string
	}{
		{&Mismatch{Want: "an integer", Got: Map}, "want an integer, got map"},
		{&Mismatch{Want: "an integer"}, "want an integer, got nothing"},
		{&Mismatch{Want: "a map", Got: Array, Note: "of odd length"}, "want a map, got array of odd length"},
		{nil, "<nil>"},
	} {
		if got := c.m.Error(); got != c.want {
			t.Errorf("Error = %q; want %q", got, c.want)
		}
	}
}
