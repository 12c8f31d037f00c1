package main

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestEveryKindOfReplyIsRead(t *testing.T) {
	for _, tc := range []struct{ wire, want string }{
		{"+OK\r\n", `"OK"`},
		{"$3\r\na\r\n\r\n", `"a\r\n"`},
		{"$0\r\n\r\n", `""`},
		{"=7\r\ntxt:a b\r\n", `"a b"`},
		{":-12\r\n", `-12`},
		{",1.5\r\n", `1.5`},
		{"#t\r\n", `true`},
		{"#f\r\n", `false`},
		{"_\r\n", `null`},
		{"*0\r\n", `[]`},
		{"*2\r\n:1\r\n*1\r\n+a\r\n", `[1,["a"]]`},
		{"~1\r\n+a\r\n", `["a"]`},
		{"%2\r\n+b\r\n:1\r\n+a\r\n%1\r\n+c\r\n_\r\n", `{"a":{"c":null},"b":1}`},
	} {
		for _, slow := range []bool{false, true} {
			var source io.Reader = strings.NewReader(tc.wire + "+next\r\n")
			if slow {
				source = iotest.OneByteReader(source)
			}
			r := bufio.NewReaderSize(source, 16) // lines and strings longer than the buffer
			v, err := readResp(r)
			got, jsonErr := v.json()
			if err != nil || jsonErr != nil || string(got) != tc.want {
				t.Errorf("%q = %s, %v, %v; want %s", tc.wire, got, err, jsonErr, tc.want)
			}
			if next, err := readResp(r); err != nil || next.text != "next" {
				t.Errorf("behind %q stands %q, %v; want next", tc.wire, next.text, err)
			}
		}
	}
}

func TestWhatIsNotRESP3IsRefused(t *testing.T) {
	for _, wire := range []string{
		"HTTP/1.1 400 Bad Request\r\n", "\r\n", "+OK\n", "+a\rb\r\n", ":\r\n", ":1x\r\n", ":+1\r\n", ":01\r\n", ":99999999999999999999\r\n", ",x\r\n", "#y\r\n", "_x\r\n",
		"$-1\r\n", "$3\r\nabcd\r\n", "$99999999999\r\n", "=2\r\nab\r\n", "*-1\r\n", "*9999999\r\n", "%-1\r\n", ">1\r\n+push\r\n", "|1\r\n+a\r\n+b\r\n", "*?\r\n",
		strings.Repeat("*1\r\n", 100) + ":1\r\n",
	} {
		if _, err := readResp(bufio.NewReader(strings.NewReader(wire))); !errors.Is(err, errMalformed) {
			t.Errorf("%.40q: %v; want errMalformed", wire, err)
		}
	}
}

func TestAReplyThatIsCutIsNotTakenForWhole(t *testing.T) {
	const wire = "%1\r\n$4\r\nname\r\n*2\r\n:1\r\n=5\r\ntxt:a\r\n"
	for n := range len(wire) {
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		if _, err := readResp(bufio.NewReader(strings.NewReader(wire[:n]))); !errors.Is(err, want) {
			t.Errorf("%q: %v; want %v", wire[:n], err, want)
		}
	}
}

func TestJSONHasNoPlaceForErrorsAndStrangeKeys(t *testing.T) {
	for _, wire := range []string{"-ERR x\r\n", "*1\r\n-ERR x\r\n", "%1\r\n:1\r\n:2\r\n", "%2\r\n+a\r\n:1\r\n+a\r\n:2\r\n", "%1\r\n+a\r\n-ERR\r\n"} {
		v, err := readResp(bufio.NewReader(strings.NewReader(wire)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := v.json(); err == nil {
			t.Errorf("%q as JSON = %s; want an error", wire, got)
		}
	}
}
