package proto

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

var (
	str    = StringValue
	num    = IntValue
	arr    = ArrayValue
	status = StatusValue
)

func big10(s string) Value {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return BigValue(n)
}

func bulkError(s string) Value { return Value{t: BulkError, s: s} }

// malformed stands for the *errors.ProtocolError that a stream ends with.
const malformed = "ProtocolError"

// wireCases is the table of what bytes mean: the frames they hold, and how the
// stream ends behind them; "" is a clean end.
var wireCases = []struct {
	in   string
	want []Value
	end  string
}{
	// Each type as it should be.
	{"+OK\r\n", []Value{status("OK")}, ""},
	{"+\r\n", []Value{status("")}, ""},
	{"+a b\tc\r\n", []Value{status("a b\tc")}, ""},
	{"-ERR no\r\n", []Value{ErrorValue("ERR no")}, ""},
	{"-\r\n", []Value{ErrorValue("")}, ""},
	{":5\r\n", []Value{num(5)}, ""},
	{":+5\r\n:-5\r\n:-0\r\n:007\r\n", []Value{num(5), num(-5), num(0), num(7)}, ""},
	{":9223372036854775807\r\n:-9223372036854775808\r\n", []Value{num(math.MaxInt64), num(math.MinInt64)}, ""},
	{":999999999999999999\r\n:-1000000000000000000\r\n", []Value{num(999999999999999999), num(-1000000000000000000)}, ""},
	{"$3\r\nabc\r\n$0\r\n\r\n", []Value{str("abc"), str("")}, ""},
	{"$4\r\n\r\n\r\n\r\n", []Value{str("\r\n\r\n")}, ""},
	{"$5\r\n\x00\xff$-1\r\n", []Value{str("\x00\xff$-1")}, ""},
	{"$-1\r\n*-1\r\n_\r\n", []Value{NullValue(), NullValue(), NullValue()}, ""},
	{"*0\r\n*1\r\n*0\r\n", []Value{arr(), arr(arr())}, ""},
	{"*3\r\n:1\r\n$-1\r\n+x\r\n", []Value{arr(num(1), NullValue(), status("x"))}, ""},
	{"#t\r\n#f\r\n", []Value{BoolValue(true), BoolValue(false)}, ""},
	{",1.5\r\n,-0.25\r\n,10\r\n,1e3\r\n,+1.5E-3\r\n", []Value{DoubleValue(1.5), DoubleValue(-0.25), DoubleValue(10), DoubleValue(1000), DoubleValue(0.0015)}, ""},
	{",inf\r\n,-inf\r\n,nan\r\n,-nan\r\n", []Value{DoubleValue(math.Inf(1)), DoubleValue(math.Inf(-1)), DoubleValue(math.NaN()), DoubleValue(math.NaN())}, ""},
	{"(3492890328409238509324850943850943825024385\r\n", []Value{big10("3492890328409238509324850943850943825024385")}, ""},
	{"(-12\r\n", []Value{big10("-12")}, ""},
	{"!8\r\nERR a\r\nb\r\n", []Value{bulkError("ERR a\r\nb")}, ""},
	{"=7\r\ntxt:abc\r\n=4\r\nmkd:\r\n", []Value{VerbatimValue("txt", "abc"), VerbatimValue("mkd", "")}, ""},
	{"~2\r\n:1\r\n:2\r\n~0\r\n", []Value{SetValue(num(1), num(2)), SetValue()}, ""},
	{"%0\r\n%1\r\n+k\r\n:1\r\n", []Value{MapValue(), MapValue(status("k"), num(1))}, ""},
	// A map with integer, array and duplicate keys: pairs in order.
	{"%4\r\n:1\r\n:2\r\n*1\r\n:3\r\n:4\r\n:1\r\n:5\r\n_\r\n_\r\n",
		[]Value{MapValue(num(1), num(2), arr(num(3)), num(4), num(1), num(5), NullValue(), NullValue())}, ""},
	// Errors are elements, at any depth (F6).
	{"*2\r\n-ERR a\r\n*2\r\n!5\r\nERR b\r\n:1\r\n", []Value{arr(ErrorValue("ERR a"), arr(bulkError("ERR b"), num(1)))}, ""},

	// Pushes before, between and after replies, of unknown kinds, and empty ones.
	{">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n:1\r\n>0\r\n>1\r\n+new-kind\r\n:2\r\n>1\r\n:7\r\n",
		[]Value{PushValue(status("invalidate"), arr(str("k"))), num(1), PushValue(), PushValue(status("new-kind")), num(2), PushValue(num(7))}, ""},

	// Attributes before values and inside aggregates are skipped.
	{"|1\r\n+ttl\r\n:3600\r\n:5\r\n", []Value{num(5)}, ""},
	{"|0\r\n|2\r\n+a\r\n*2\r\n:1\r\n:2\r\n+b\r\n%1\r\n+c\r\n+d\r\n$1\r\nx\r\n", []Value{str("x")}, ""},
	{"*3\r\n:1\r\n:2\r\n|1\r\n+ttl\r\n:3600\r\n:3\r\n", []Value{arr(num(1), num(2), num(3))}, ""},
	{"%1\r\n|1\r\n+a\r\n+b\r\n+k\r\n|1\r\n+c\r\n+d\r\n+v\r\n", []Value{MapValue(status("k"), status("v"))}, ""},
	{"|1\r\n|1\r\n+x\r\n+y\r\n+a\r\n+b\r\n*1\r\n|1\r\n$1\r\na\r\n=5\r\ntxt:b\r\n_\r\n", []Value{arr(NullValue())}, ""},
	{"|1\r\n+a\r\n+b\r\n>1\r\n+p\r\n", []Value{PushValue(status("p"))}, ""},
	{"|1\r\n+a\r\n*?\r\n:1\r\n.\r\n:5\r\n", []Value{num(5)}, ""},

	// Streamed strings and aggregates.
	{"$?\r\n;4\r\nHell\r\n;5\r\no wor\r\n;1\r\nd\r\n;0\r\n", []Value{str("Hello word")}, ""},
	{"$?\r\n;0\r\n:1\r\n", []Value{str(""), num(1)}, ""},
	{"*?\r\n:1\r\n$?\r\n;1\r\na\r\n;0\r\n*?\r\n.\r\n.\r\n:9\r\n", []Value{arr(num(1), str("a"), arr()), num(9)}, ""},
	{"%?\r\n+a\r\n:1\r\n|1\r\n+x\r\n+y\r\n+b\r\n:2\r\n.\r\n~?\r\n#t\r\n.\r\n",
		[]Value{MapValue(status("a"), num(1), status("b"), num(2)), SetValue(BoolValue(true))}, ""},
	{"*2\r\n~?\r\n.\r\n%?\r\n.\r\n", []Value{arr(SetValue(), MapValue())}, ""},

	// Line ends.
	{"+OK\n", nil, malformed},
	{"+O\nK\r\n", nil, malformed},
	{"+O\rK\r\n", nil, malformed},
	{"+OK\r\r\n", nil, malformed},
	{"-ERR\n\r\n", nil, malformed},
	{":1\n", nil, malformed},
	{"$3\nabc\r\n", nil, malformed},
	{"$1\rxa\r\n", nil, malformed},
	{"*1\rx:1\r\n", nil, malformed},
	{":1\rx:1\r\n", nil, malformed},
	{"\r\n", nil, malformed},
	{":1\r\n\r\n", []Value{num(1)}, malformed},

	// Integers.
	{":9223372036854775808\r\n", nil, malformed},
	{":-9223372036854775809\r\n", nil, malformed},
	{":18446744073709551616\r\n", nil, malformed},
	{":18446744073709551621\r\n", nil, malformed},
	{":99999999999999999999\r\n", nil, malformed},
	{":\r\n", nil, malformed},
	{":-\r\n", nil, malformed},
	{":+\r\n", nil, malformed},
	{":--1\r\n", nil, malformed},
	{":1.1\r\n", nil, malformed},
	{": 1\r\n", nil, malformed},
	{":1 \r\n", nil, malformed},
	{":0x1\r\n", nil, malformed},
	{":1_000\r\n", nil, malformed},
	{":" + strings.Repeat("0", 33) + "\r\n", nil, malformed},

	// Lengths and counts.
	{"$-2\r\n", nil, malformed},
	{"*-2\r\n", nil, malformed},
	{"%-1\r\n", nil, malformed},
	{"~-1\r\n", nil, malformed},
	{">-1\r\n", nil, malformed},
	{"|-1\r\n", nil, malformed},
	{"!-1\r\n", nil, malformed},
	{"=-1\r\n", nil, malformed},
	{"$-0\r\n\r\n", nil, malformed},
	{"$-01\r\n", nil, malformed},
	{"$+1\r\na\r\n", nil, malformed},
	{"$\r\n", nil, malformed},
	{"*\r\n", nil, malformed},
	{"$a\r\n", nil, malformed},
	{"$1a\r\na\r\n", nil, malformed},
	{"*1.0\r\n:1\r\n", nil, malformed},
	{"$99999999999\r\n", nil, malformed},
	{"$18446744073709551617\r\na\r\n", nil, malformed},
	{"*2147483648\r\n", nil, malformed},
	{"%2147483648\r\n", nil, malformed},

	// What is behind a bulk, checked before it is delivered.
	{"$3\r\nabcXY", nil, malformed},
	{"$3\r\nabc\n\r", nil, malformed},
	{"$3\r\nabc\rx", nil, malformed},
	{"$3\r\nabcd\r\n", nil, malformed},
	{"$3\r\nab\r\n:1\r\n", nil, malformed},
	{"!3\r\nERRXY", nil, malformed},
	{"=7\r\ntxt:abcXY", nil, malformed},

	// The other scalars.
	{"#\r\n", nil, malformed},
	{"#true\r\n", nil, malformed},
	{"#T\r\n", nil, malformed},
	{"_x\r\n", nil, malformed},
	{"_-1\r\n", nil, malformed},
	{",\r\n", nil, malformed},
	{",.5\r\n", nil, malformed},
	{",1.\r\n", nil, malformed},
	{",1e\r\n", nil, malformed},
	{",e5\r\n", nil, malformed},
	{",0x1p-2\r\n", nil, malformed},
	{",1_0\r\n", nil, malformed},
	{",1e999\r\n", nil, malformed},
	{",Inf\r\n", nil, malformed},
	{",+inf\r\n", nil, malformed},
	{",infinity\r\n", nil, malformed},
	{",NaN\r\n", nil, malformed},
	{",1,5\r\n", nil, malformed},
	{"(\r\n", nil, malformed},
	{"(-\r\n", nil, malformed},
	{"(1.5\r\n", nil, malformed},
	{"(12a\r\n", nil, malformed},
	{"=3\r\ntxt\r\n", nil, malformed},
	{"=0\r\n\r\n", nil, malformed},
	{"=7\r\ntxt-abc\r\n", nil, malformed},

	// What is no value, or not at that place.
	{"HTTP/1.1 400 Bad Request\r\n", nil, malformed},
	{"\x00", nil, malformed},
	{"?\r\n", nil, malformed},
	{".\r\n", nil, malformed},
	{";0\r\n", nil, malformed},
	{"*1\r\n>1\r\n+p\r\n", nil, malformed},
	{">1\r\n>1\r\n+p\r\n", nil, malformed},
	{"|1\r\n+a\r\n>1\r\n+p\r\n:1\r\n", nil, malformed},
	{"*2\r\n:1\r\n.\r\n", nil, malformed},
	{"*1\r\n;0\r\n", nil, malformed},

	// Streams that are none.
	{"|?\r\n", nil, malformed},
	{">?\r\n", nil, malformed},
	{"=?\r\n", nil, malformed},
	{"!?\r\n", nil, malformed},
	{":?\r\n", nil, malformed},
	{"$??\r\n", nil, malformed},
	{"%?\r\n+a\r\n.\r\n", nil, malformed},
	{"*?\r\n.x\r\n", nil, malformed},
	{"*?\r\n.\n", nil, malformed},
	{"$?\r\n;1\r\nab\r\n", nil, malformed},
	{"$?\r\n;-1\r\n", nil, malformed},
	{"$?\r\n;?\r\n", nil, malformed},
	{"$?\r\n:1\r\n", nil, malformed},
	{"$?\r\n;\r\n", nil, malformed},

	// Two replies where one was asked for: the second is a frame of its own, which
	// the connection has no command for.
	{":5\r\n:6\r\n", []Value{num(5), num(6)}, ""},
}

// readAll reads frame after frame by one until the stream ends.
func readAll(r *Reader, one func(*Reader) (Value, error)) (values []Value, end error) {
	for {
		if _, err := r.Next(); err != nil {
			return values, err
		}
		v, err := one(r)
		if err != nil {
			return values, err
		}
		if r.More() {
			return values, fmt.Errorf("%v values are missing after %v", r.Remaining(), v)
		}
		values = append(values, v)
	}
}

// endOf tells how a stream ended, in the words of wireCases.
func endOf(err error) string {
	var p *rerrors.ProtocolError
	switch {
	case err == io.EOF:
		return ""
	case errors.As(err, &p):
		return malformed
	}
	return err.Error()
}

// oneByOne returns a source that gives one byte at a time.
func oneByOne(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) }

// Behaviour W. Law G9.
func TestBytesMeanExactlyWhatTheSpecificationSays(t *testing.T) {
	for _, c := range wireCases {
		for how, r := range map[string]*Reader{
			"whole":             NewReader(strings.NewReader(c.in), Limits{}),
			"one byte a time":   NewReader(oneByOne(c.in), Limits{}),
			"with the last EOF": NewReader(iotest.DataErrReader(strings.NewReader(c.in)), Limits{}),
		} {
			got, err := readAll(r, (*Reader).Value)
			if !reflect.DeepEqual(got, c.want) || endOf(err) != c.end {
				t.Errorf("%q, %s: %v, then %v; want %v, then %q", c.in, how, got, err, c.want, c.end)
			}
			if r.Err() != err {
				t.Errorf("%q, %s: Err = %v; want %v as returned", c.in, how, r.Err(), err)
			}
			if _, again := r.Next(); again != err {
				t.Errorf("%q, %s: Next after the end = %v; want %v again", c.in, how, again, err)
			}
		}
	}
}

// Behaviour W. Law G9.
func TestWhatIsSkippedIsJudgedLikeWhatIsRead(t *testing.T) {
	skip := map[string]func(*Reader) (Value, error){
		"Skip":   func(r *Reader) (Value, error) { return Value{}, r.Skip() },
		"Finish": func(r *Reader) (Value, error) { return Value{}, r.Finish() },
	}
	for _, c := range wireCases {
		for how, one := range skip {
			for _, src := range []io.Reader{strings.NewReader(c.in), oneByOne(c.in)} {
				got, err := readAll(NewReader(src, Limits{}), one)
				if len(got) != len(c.want) || endOf(err) != c.end {
					t.Errorf("%q, %s: %d frames, then %v; want %d, then %q", c.in, how, len(got), err, len(c.want), c.end)
				}
			}
		}
	}
}

// Behaviour W. Law G9.
func TestEveryTypedReadJudgesTheBytesAlike(t *testing.T) {
	for _, c := range wireCases {
		for name, read := range reads {
			for _, src := range []io.Reader{strings.NewReader(c.in), oneByOne(c.in)} {
				got, err := readAll(NewReader(src, Limits{}), func(r *Reader) (Value, error) {
					_, err := read(r)
					return Value{}, aligned(r, err)
				})
				if len(got) != len(c.want) || endOf(err) != c.end {
					t.Errorf("%q by %s: %d frames, then %v; want %d, then %q", c.in, name, len(got), err, len(c.want), c.end)
				}
			}
		}
	}
}

// Behaviour W: every prefix followed by the end of the stream.
func TestAPrefixOfAFrameIsNeverAValue(t *testing.T) {
	for _, c := range wireCases {
		if c.end != "" {
			continue
		}
		whole := map[int]int{0: 0} // the number of frames that end at an offset
		src := strings.NewReader(c.in)
		r := NewReader(iotest.OneByteReader(src), Limits{})
		for n := 1; n <= len(c.want); n++ {
			if _, err := r.Next(); err != nil {
				t.Fatalf("%q: %v", c.in, err)
			}
			if err := r.Finish(); err != nil {
				t.Fatalf("%q: %v", c.in, err)
			}
			whole[len(c.in)-src.Len()-r.Buffered()] = n
		}
		frames := 0
		for cut := range len(c.in) {
			if n, ok := whole[cut]; ok {
				frames = n
			}
			for how, one := range map[string]func(*Reader) (Value, error){
				"Value":     (*Reader).Value,
				"Skip":      func(r *Reader) (Value, error) { return Value{}, r.Skip() },
				"OptString": func(r *Reader) (Value, error) { _, _, err := r.OptString(); return Value{}, aligned(r, err) },
				"Bytes":     func(r *Reader) (Value, error) { _, _, err := r.Bytes(); return Value{}, aligned(r, err) },
				"Float":     func(r *Reader) (Value, error) { _, err := r.Float(); return Value{}, aligned(r, err) },
				"ArrayLen":  func(r *Reader) (Value, error) { _, _, err := r.ArrayLen(); return Value{}, aligned(r, err) },
			} {
				for _, src := range []io.Reader{strings.NewReader(c.in[:cut]), oneByOne(c.in[:cut])} {
					got, err := readAll(NewReader(src, Limits{}), one)
					want := io.ErrUnexpectedEOF
					if _, ok := whole[cut]; ok {
						want = io.EOF
					}
					if len(got) != frames || err != want {
						t.Errorf("%s of %q, cut off from %q: %d frames, then %v; want %d, then %v", how, c.in[:cut], c.in, len(got), err, frames, want)
					}
					if how == "Value" && len(got) > 0 && !reflect.DeepEqual(got, c.want[:frames]) {
						t.Errorf("%q, cut off from %q: %v; want %v", c.in[:cut], c.in, got, c.want[:frames])
					}
				}
			}
		}
	}
}

// aligned finishes the frame after a typed read that may not have fitted.
func aligned(r *Reader, err error) error {
	var m *Mismatch
	var e *rerrors.RedisError
	if err != nil && !errors.As(err, &m) && !errors.As(err, &e) {
		return err
	}
	return r.Finish()
}
