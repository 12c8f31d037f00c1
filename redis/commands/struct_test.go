package commands

import (
	stderrors "errors"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/redis/errors"
)

type (
	named   string
	level   int8
	address struct {
		Street string `redis:"street"`
		City   Opt[string]
	}
	Base struct {
		ID   int64 `redis:"id"`
		Name string
	}
	// token has a binary form of its own.
	token struct{ a, b byte }
	// everything has a field for every form.
	everything struct {
		*Base
		address `redis:""`
		Name    string
		Raw     []byte        `redis:"raw"`
		Kind    named         `redis:"kind"`
		On      bool          `redis:"on"`
		Off     bool          `redis:"off"`
		Level   level         `redis:"level"`
		Big     uint64        `redis:"big"`
		Half    float32       `redis:"half"`
		Ratio   float64       `redis:"ratio"`
		Seen    time.Time     `redis:"seen"`
		Wait    time.Duration `redis:"wait"`
		IP      netip.Addr    `redis:"ip"`
		Token   token         `redis:"token"`
		Email   Opt[string]   `redis:"email"`
		Score   Opt[float64]  `redis:"score"`
		Next    *int          `redis:"next"`
		None    *time.Time    `redis:"none"`
		Left    string        `redis:"left,omitempty"`
		Away    chan int      `redis:"-"`
		hidden  int
	}
)

func (t token) MarshalBinary() ([]byte, error) {
	if t.a == 0xff {
		return nil, stderrors.New("no such token")
	}
	return []byte{t.a, t.b}, nil
}

func (t *token) UnmarshalBinary(b []byte) error {
	if len(b) != 2 {
		return stderrors.New("want two bytes")
	}
	t.a, t.b = b[0], b[1]
	return nil
}

// hashOf makes the hash of the words that HSet sends.
func hashOf(t *testing.T, v any) (map[string]string, []string) {
	t.Helper()
	c, r := record()
	f := c.HSet("k", v)
	if r.cmd == nil {
		t.Fatalf("HSet(%+v) = %v; want it sent", v, f.Err())
	}
	words := r.cmd.Args()[2:]
	hash := map[string]string{}
	for i := 0; i < len(words); i += 2 {
		hash[words[i]] = words[i+1]
	}
	return hash, words
}

func TestAStructComesBackFromTheHashItWasWrittenTo(t *testing.T) {
	nine := 9
	full := everything{
		Base: &Base{ID: math.MinInt64, Name: "hidden by the outer one"}, address: address{Street: "Elm\r\n", City: Some("")},
		Name: "nämé", Raw: []byte{0, 255, '\n'}, Kind: "k", On: true, Level: -128, Big: math.MaxUint64, Half: 0.1, Ratio: math.Inf(-1),
		Seen: time.Date(2026, 8, 1, 12, 0, 0, 500_000_000, time.UTC), Wait: -90 * time.Second, IP: netip.MustParseAddr("::1"),
		Token: token{1, 2}, Email: Some("a@b"), Score: Some(0.0), Next: &nine,
		hidden: 7,
	}
	hash, words := hashOf(t, full)
	want := []string{
		"id", "-9223372036854775808", "street", "Elm\r\n", "City", "", "Name", "nämé", "raw", "\x00\xff\n", "kind", "k", "on", "1", "off", "0", "level", "-128",
		"big", "18446744073709551615", "half", "0.1", "ratio", "-inf", "seen", "2026-08-01T12:00:00.5Z", "wait", "-1m30s", "ip", "::1", "token", "\x01\x02",
		"email", "a@b", "score", "0", "next", "9",
	}
	if !slices.Equal(words, want) {
		t.Errorf("HSet sent %q\nwant %q", words, want)
	}
	if _, again := hashOf(t, &full); !slices.Equal(again, words) {
		t.Errorf("a pointer to it sent %q; want the same", again)
	}
	got, err := Scan[everything](hash)
	full.Base.Name, full.hidden = "", 0 // neither is in the hash
	if err != nil || !reflect.DeepEqual(got, full) {
		t.Errorf("Scan = %+v, %v\nwant %+v", got, err, full)
	}

	fields := FieldsOf[everything]()
	values := make([]Opt[string], len(fields))
	for i, name := range fields {
		if v, ok := hash[name]; ok {
			values[i] = Some(v)
		}
	}
	slices.Reverse(fields) // not in the order of the struct
	slices.Reverse(values)
	fields, values = append(fields, "unknown"), append(values, Some("x"))
	if got, err = ScanFields[everything](fields, values); err != nil || !reflect.DeepEqual(got, full) {
		t.Errorf("ScanFields = %+v, %v\nwant %+v", got, err, full)
	}
}

func TestWhatAHashDoesNotHaveStaysZero(t *testing.T) {
	for _, hash := range []map[string]string{nil, {}, {"unknown": "x", "Away": "1", "hidden": "1", "Base": "1"}} {
		got, err := Scan[everything](hash)
		if err != nil || !reflect.DeepEqual(got, everything{}) {
			t.Errorf("Scan(%v) = %+v, %v; want the zero struct", hash, got, err)
		}
	}
	got, err := ScanFields[address]([]string{"street", "City"}, []Opt[string]{None[string](), None[string]()})
	if err != nil || got != (address{}) {
		t.Errorf("ScanFields of nothing = %+v, %v; want the zero struct", got, err)
	}
}

func TestOmitEmptyLeavesOutWhatIsZero(t *testing.T) {
	type sparse struct {
		S string        `redis:"s,omitempty"`
		B []byte        `redis:"b,omitempty"`
		T time.Time     `redis:"t,omitempty"`
		N int           `redis:",omitempty"`
		D time.Duration `redis:"d"`
	}
	if _, words := hashOf(t, sparse{B: []byte{}, T: time.Time{}.In(time.Local)}); !slices.Equal(words, []string{"d", "0s"}) {
		t.Errorf("HSet sent %q; want d alone", words)
	}
	if _, words := hashOf(t, sparse{S: "x", B: []byte("y"), T: time.Unix(1, 0).UTC(), N: 1}); len(words) != 10 {
		t.Errorf("HSet sent %q; want all five fields", words)
	}
}

func TestAStructThatHasNoFormInAHashIsRefused(t *testing.T) {
	type (
		inner    struct{ A int }
		hidden   struct{ A int }
		Loop     struct{ *Loop }
		readable struct{ F onlyText }
	)
	var nilStruct *address
	for name, row := range map[string]struct {
		v    any // for HSet
		scan func() error
		of   string
	}{
		"a map inside":     {struct{ M map[string]int }{}, scanError[struct{ M map[string]int }], "struct.M"},
		"a slice inside":   {struct{ L []string }{}, scanError[struct{ L []string }], "struct.L"},
		"a struct inside":  {struct{ I inner }{}, scanError[struct{ I inner }], "struct.I"},
		"an interface":     {struct{ V any }{}, scanError[struct{ V any }], "struct.V"},
		"a pointer twice":  {struct{ P **int }{}, scanError[struct{ P **int }], "struct.P"},
		"a pointer to Opt": {struct{ P *Opt[int] }{}, scanError[struct{ P *Opt[int] }], "struct.P"},
		"an unknown option": {struct {
			F int `redis:"f,omitzero"`
		}{}, scanError[struct {
			F int `redis:"f,omitzero"`
		}], "struct.F"},
		"a hidden tag": {struct {
			f int `redis:"f"`
		}{}, scanError[struct {
			f int `redis:"f"`
		}], "struct.f"},
		"two of one name": {struct {
			A, B int `redis:"x"`
		}{}, scanError[struct {
			A, B int `redis:"x"`
		}], "struct.B"},
		"no field":             {struct{ a int }{}, scanError[struct{ a int }], "struct"},
		"nothing but itself":   {Loop{}, scanError[Loop], "commands.Loop"},
		"a nil pointer":        {nilStruct, nil, "fieldsAndValues"},
		"a hidden pointer":     {nil, scanError[struct{ *hidden }], "struct.hidden"},
		"what is written only": {nil, scanError[readable], "commands.readable.F"},
		"no struct":            {nil, scanError[int], "int"},
		"a pointer":            {nil, scanError[*address], "*commands.address"},
		"all left out":         {struct{ E Opt[string] }{}, nil, "fieldsAndValues"},
		"a NaN":                {struct{ F float64 }{math.NaN()}, nil, "struct.F"},
		"a failing method":     {struct{ T token }{token{0xff, 0}}, nil, "struct.T"},
	} {
		if row.v != nil {
			c, r := record()
			if err := refused(t, name, r, c.HSet("k", row.v)); err.Argument != row.of || err.Command != "HSET" {
				t.Errorf("HSet of %s tells of %q in %s; want %q", name, err.Argument, err.Command, row.of)
			}
		}
		if row.scan != nil {
			var arg *errors.ArgumentError
			if err := row.scan(); !stderrors.As(err, &arg) || arg.Argument != row.of {
				t.Errorf("Scan into %s = %v; want an *ArgumentError about %s", name, err, row.of)
			}
		}
	}
	if _, words := hashOf(t, readable{}); !slices.Equal(words, []string{"F", "text"}) {
		t.Errorf("what can only be written sent %q; want F text", words)
	}
	func() {
		defer func() {
			if err, ok := recover().(*errors.ArgumentError); !ok || err.Argument != "int" {
				t.Errorf("FieldsOf[int] panicked with %v; want an *ArgumentError", err)
			}
		}()
		FieldsOf[int]()
	}()
	var arg *errors.ArgumentError
	if _, err := ScanFields[address]([]string{"street", "City"}, []Opt[string]{None[string]()}); !stderrors.As(err, &arg) || arg.Argument != "values" {
		t.Errorf("ScanFields of one value for two fields = %v; want an *ArgumentError about values", err)
	}
}

// onlyText can be written and not read.
type onlyText struct{}

func (onlyText) MarshalText() ([]byte, error) { return []byte("text"), nil }

func scanError[T any]() error {
	_, err := Scan[T](map[string]string{"x": "1"})
	return err
}

func TestAValueThatIsNotOfItsFieldIsAFieldError(t *testing.T) {
	secret := strings.Repeat("x", 1000)
	for field, row := range map[string]struct {
		value  string
		reason string
		err    error // nil: any
	}{
		"on":    {"yes", "not a bool", strconv.ErrSyntax},
		"level": {"128", "out of the range of int8", strconv.ErrRange},
		"id":    {"1.5", "not an integer", strconv.ErrSyntax},
		"big":   {"-1", "not an integer from 0 on", strconv.ErrSyntax},
		"half":  {"1e39", "out of the range of float32", strconv.ErrRange},
		"ratio": {secret, "not a number", strconv.ErrSyntax},
		"seen":  {"yesterday", "RFC 3339", nil},
		"wait":  {"90", "not a duration with its unit", nil},
		"ip":    {"1.2.3", "UnmarshalText does not take it", nil},
		"token": {"abc", "UnmarshalBinary does not take it", nil},
		"score": {"", "not a number", strconv.ErrSyntax},
		"next":  {"x", "not an integer", strconv.ErrSyntax},
	} {
		got, err := Scan[everything](map[string]string{"Name": "n", field: row.value})
		var e *FieldError
		if !stderrors.As(err, &e) || e.Name != field || e.Struct != "commands.everything" || !strings.Contains(e.Reason, row.reason) || row.err != nil && !stderrors.Is(err, row.err) {
			t.Errorf("Scan of %s = %v (%T); want a *FieldError: %s", field, err, err, row.reason)
			continue
		}
		if !reflect.DeepEqual(got, everything{}) {
			t.Errorf("Scan of %s gave %+v with its error; want the zero struct", field, got)
		}
		if len(e.Error()) > 300 || len(e.Value) > 64 {
			t.Errorf("the error of %s is as long as the value: %d bytes", field, len(e.Error()))
		}
	}
	e := &FieldError{}
	_, err := Scan[struct{ *Base }](map[string]string{"id": "x"})
	if stderrors.As(err, &e) && e.Field != "Base.ID" {
		t.Errorf("the error names the field %s; want Base.ID", e.Field)
	}
}

// A struct costs what its values cost: the plan is made once.
func TestReadingAStructCostsItsValues(t *testing.T) {
	type flat struct {
		A string  `redis:"a"`
		B int64   `redis:"b"`
		C float64 `redis:"c"`
		D bool    `redis:"d"`
	}
	hash := map[string]string{"a": "text", "b": "12", "c": "0.5", "d": "1"}
	fields, values := []string{"a", "b", "c", "d"}, []Opt[string]{Some("text"), Some("12"), Some("0.5"), Some("1")}
	for name, read := range map[string]func(){
		"Scan":       func() { _, _ = Scan[flat](hash) },
		"ScanFields": func() { _, _ = ScanFields[flat](fields, values) },
	} {
		if n := testing.AllocsPerRun(100, read); n > 1 { // the struct itself
			t.Errorf("%s makes %v allocations; want one for the struct", name, n)
		}
	}
}
