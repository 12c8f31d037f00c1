package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func TestEveryKindOfReplyIsRead(t *testing.T) {
	long := strings.Repeat("x", 2*maxRespLine)
	for _, tc := range []struct{ wire, want string }{
		{"+OK\r\n", `"OK"`},
		{"$3\r\na\r\n\r\n", `"a\r\n"`},
		{"$0\r\n\r\n", `""`},
		{"$131072\r\n" + long + "\r\n", `"` + long + `"`},
		{":-12\r\n", `-12`},
		{",1.5\r\n", `1.5`},
		{",1e9\r\n", `1e9`},
		{"#t\r\n", `true`},
		{"#f\r\n", `false`},
		{"_\r\n", `null`},
		{"*0\r\n", `[]`},
		{"%0\r\n", `{}`},
		{"*2\r\n:1\r\n*1\r\n+a\r\n", `[1,["a"]]`},
		{"~1\r\n+a\r\n", `["a"]`},
		{"%2\r\n+b\r\n:1\r\n+a\r\n%1\r\n+c\r\n_\r\n", `{"a":{"c":null},"b":1}`},
	} {
		for _, slow := range []bool{false, true} {
			var source io.Reader = strings.NewReader(tc.wire + "-ERR next\r\n")
			if slow {
				source = iotest.OneByteReader(source)
			}
			r := newRespReader(source)
			v, err := readResp(r)
			got, jsonErr := json.Marshal(v)
			if err != nil || jsonErr != nil || string(got) != tc.want {
				t.Errorf("%.40q = %.40s, %v, %v; want %.40s", tc.wire, got, err, jsonErr, tc.want)
			}
			if next, err := readResp(r); err != nil || next != respError("ERR next") {
				t.Errorf("behind %.40q stands %v, %v; want ERR next", tc.wire, next, err)
			}
		}
	}
}

func TestWhatIsNotRESP3IsRefused(t *testing.T) {
	for _, wire := range []string{
		"HTTP/1.1 400 Bad Request\r\n", "\r\n", "+OK\n", "+a\rb\r\n",
		":\r\n", ":1x\r\n", ":+1\r\n", ":01\r\n", ":-0\r\n", ":99999999999999999999\r\n",
		",\r\n", ",x\r\n", ",inf\r\n", ",\"1\"\r\n", "#y\r\n", "#\r\n", "_x\r\n",
		"$-1\r\n", "$x\r\n", "$3\r\nabcd\r\n", "$3\r\nab\r\n\r\n", "=7\r\ntxt:a b\r\n",
		"*-1\r\n", "*x\r\n", "%-1\r\n", ">1\r\n+push\r\n", "|1\r\n+a\r\n+b\r\n", "(1\r\n", "*?\r\n", "!5\r\nERR x\r\n",
		"%1\r\n:1\r\n:2\r\n", "%1\r\n*0\r\n:2\r\n", "%2\r\n+a\r\n:1\r\n+a\r\n:2\r\n",
		"*1\r\n-ERR x\r\n", "%1\r\n+a\r\n-ERR x\r\n",
		strings.Repeat("*1\r\n", 100) + ":1\r\n",
		"+" + strings.Repeat("x", 2*maxRespLine) + "\r\n",
	} {
		if v, err := readResp(newRespReader(strings.NewReader(wire))); !errors.Is(err, errMalformed) {
			t.Errorf("%.40q = %v, %v; want errMalformed", wire, v, err)
		}
	}
}

func TestAReplyThatIsCutIsNotTakenForWhole(t *testing.T) {
	for _, wire := range []string{
		"+OK\r\n", "-ERR x\r\n", ":12\r\n", ",1.5\r\n", "#t\r\n", "_\r\n", "*2\r\n:1\r\n:2\r\n", "$3\r\nabc\r\n",
		"%2\r\n$4\r\nname\r\n*2\r\n:1\r\n$1\r\na\r\n+b\r\n~1\r\n%1\r\n+c\r\n_\r\n",
	} {
		for n := range len(wire) {
			want := io.ErrUnexpectedEOF
			if n == 0 {
				want = io.EOF
			}
			v, err := readResp(newRespReader(strings.NewReader(wire[:n])))
			if err != want {
				t.Errorf("%q = %v, %v; want %v", wire[:n], v, err, want)
			}
		}
	}
}

func TestALengthThatIsOnlyClaimedCostsNoMemory(t *testing.T) {
	const limit = 256 << 10 // the reader's buffer of 64 KiB is made before
	for _, tc := range []struct {
		wire string
		want error
	}{
		{"$67108864\r\nabc", io.ErrUnexpectedEOF},
		{"*1048576\r\n:1\r\n", io.ErrUnexpectedEOF},
		{"%1048576\r\n+a\r\n:1\r\n", io.ErrUnexpectedEOF},
		{strings.Repeat("*1048576\r\n", maxRespDepth), io.ErrUnexpectedEOF},
		{"$67108865\r\n", errMalformed},
		{"*1048577\r\n", errMalformed},
		{"%1048577\r\n", errMalformed},
		{"$9223372036854775807\r\n", errMalformed},
		{"*9223372036854775807\r\n", errMalformed},
	} {
		r := newRespReader(strings.NewReader(tc.wire))
		var err error
		if cost := allocated(func() { _, err = readResp(r) }); cost > limit {
			t.Errorf("%.40q allocated %d bytes; want at most %d", tc.wire, cost, limit)
		}
		if !errors.Is(err, tc.want) {
			t.Errorf("%.40q: %v; want %v", tc.wire, err, tc.want)
		}
	}
}

// allocated counts the bytes that fn allocates.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestABrokenReaderIsNotTakenForTheEnd(t *testing.T) {
	broken := errors.New("broken")
	for _, wire := range []string{"", "+O", "$3\r\na", "*2\r\n:1\r\n"} {
		r := bufio.NewReader(io.MultiReader(strings.NewReader(wire), iotest.ErrReader(broken)))
		if v, err := readResp(r); !errors.Is(err, broken) {
			t.Errorf("%q = %v, %v; want %v", wire, v, err, broken)
		}
	}
}
