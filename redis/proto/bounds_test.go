package proto

import (
	"bytes"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

// allocated returns how many bytes f allocates, including what is freed again.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// decodings are all ways to take a frame.
var decodings = map[string]func(*Reader) error{
	"Value":      func(r *Reader) error { _, err := r.Value(); return err },
	"Skip":       (*Reader).Skip,
	"Finish":     (*Reader).Finish,
	"String":     func(r *Reader) error { _, err := r.String(); return err },
	"Bytes":      func(r *Reader) error { _, _, err := r.Bytes(); return err },
	"OwnedBytes": func(r *Reader) error { _, _, err := r.OwnedBytes(); return err },
	"Float":      func(r *Reader) error { _, err := r.Float(); return err },
	"list":       decodeStrings,
}

// Behaviour W. Law G9: no allocation follows a length that is only claimed.
func TestClaimedLengthsCostNoMemory(t *testing.T) {
	for _, in := range []string{
		"$99999999999\r\n",
		"$536870911\r\n",
		"$536870911\r\nabc",
		"=536870911\r\ntxt:",
		"!536870911\r\n",
		"*2147483648\r\n",
		"*2147483647\r\n",
		"%2147483647\r\n",
		"~2147483647\r\n",
		">2147483647\r\n",
		"|2147483647\r\n",
		"$?\r\n;536870911\r\n",
		strings.Repeat("*2147483647\r\n", 1000),
		strings.Repeat("%2147483647\r\n", 1000),
		"*?\r\n" + strings.Repeat("*2147483647\r\n", 1000),
		":" + strings.Repeat("1", 1<<20),
		"+" + strings.Repeat("x", 1<<20),
		"(" + strings.Repeat("1", 1<<20),
	} {
		for how, decode := range decodings {
			var end error
			got := allocated(func() {
				r := NewReader(strings.NewReader(in), Limits{})
				if _, end = r.Next(); end != nil {
					return
				}
				if end = aligned(r, decode(r)); end == nil {
					_, end = r.Next()
				}
			})
			var p *rerrors.ProtocolError
			if end != io.ErrUnexpectedEOF && !errors.As(end, &p) {
				t.Errorf("%s of %.30q… ended with %v; want a ProtocolError or a stream that waits for more", how, in, end)
			}
			if got > 1<<20 {
				t.Errorf("%s of %.30q… allocated %d bytes; want less than 1 MiB", how, in, got)
			}
		}
	}
}

// Behaviour W: 20 million times "*1\r\n".
func TestBottomlessNestingIsRefusedAtTheDepthLimit(t *testing.T) {
	for _, unit := range []string{"*1\r\n", "~1\r\n", "|1\r\n", "*?\r\n", "%?\r\n", "%1\r\n", "*1\r\n|1\r\n"} {
		for how, decode := range decodings {
			src := &endless{unit: unit, left: 80 << 20}
			r := NewReader(src, Limits{})
			var err error
			got := allocated(func() {
				if _, err = r.Next(); err == nil {
					err = aligned(r, decode(r))
				}
			})
			var p *rerrors.ProtocolError
			if !errors.As(err, &p) || !strings.Contains(p.Reason, "deep") {
				t.Errorf("%s of %q without end = %v; want a ProtocolError for its depth", how, unit, err)
			}
			if taken := 80<<20 - src.left; taken > 64<<10 || got > 1<<20 {
				t.Errorf("%s of %q without end took %d bytes and allocated %d; want it refused early", how, unit, taken, got)
			}
		}
	}
}

// endless gives the same bytes again and again.
type endless struct {
	unit string
	at   int
	left int
}

func (e *endless) Read(p []byte) (n int, err error) {
	for n < len(p) && e.left > 0 {
		p[n] = e.unit[e.at]
		e.at = (e.at + 1) % len(e.unit)
		n++
		e.left--
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestDepthUpToTheLimitIsRead(t *testing.T) {
	const depth = 40
	for how, decode := range map[string]func(*Reader) error{"Value": decodings["Value"], "Skip": decodings["Skip"], "Finish": decodings["Finish"]} {
		for _, unit := range []string{"*1\r\n", "%1\r\n:1\r\n", "|1\r\n:1\r\n:1\r\n*1\r\n"} {
			for _, c := range []struct {
				depth int
				ok    bool
			}{{depth, true}, {depth + 1, false}} {
				r := NewReader(strings.NewReader(strings.Repeat(unit, c.depth)+":1\r\n"), Limits{MaxDepth: depth})
				_, _ = r.Next()
				if err := decode(r); (err == nil) != c.ok {
					t.Errorf("%s of %d times %q with MaxDepth %d = %v; want it read: %v", how, c.depth, unit, depth, err, c.ok)
				}
			}
		}
	}
}

func TestLimitsAreExact(t *testing.T) {
	lim := Limits{MaxBulk: 10, MaxElements: 3, MaxLine: 8}
	for in, ok := range map[string]bool{
		"$10\r\n0123456789\r\n":                      true,
		"$11\r\n0123456789a\r\n":                     false,
		"$?\r\n;9\r\n012345678\r\n;1\r\n9\r\n":       true,
		"$?\r\n;9\r\n012345678\r\n;2\r\n9a\r\n":      false,
		"*3\r\n:1\r\n:2\r\n:3\r\n":                   true,
		"*4\r\n":                                     false,
		"%3\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n": true,
		"%4\r\n":                      false,
		"*?\r\n:1\r\n:2\r\n:3\r\n":    true,
		"*?\r\n:1\r\n:2\r\n:3\r\n:4":  false,
		"+12345678\r\n":               true,
		"+123456789\r\n":              false,
		"+123456789":                  false, // known before its end has come
		":0000000000000000000012\r\n": true,  // a number has its own limit
	} {
		in := in
		if ok && strings.HasPrefix(in, "$?") {
			in += ";0\r\n"
		} else if ok && strings.HasPrefix(in, "*?") {
			in += ".\r\n"
		}
		for how, decode := range decodings {
			if strings.HasSuffix(in, ":4") && (how == "Skip" || how == "Finish") {
				continue // what is skipped needs no room, however long it is
			}
			r := NewReader(strings.NewReader(in), lim)
			_, _ = r.Next()
			err := aligned(r, decode(r))
			var p *rerrors.ProtocolError
			if ok && err != nil || !ok && !errors.As(err, &p) {
				t.Errorf("%s of %q within %+v = %v; want it read: %v", how, in, lim, err, ok)
			}
		}
	}
}

func TestCountsThatCannotBeSummedUpAreRefused(t *testing.T) {
	r := NewReader(&endless{unit: "*4000000000000000000\r\n", left: 1 << 20}, Limits{MaxElements: 1 << 62})
	_, _ = r.Next()
	var err error
	for range 5 {
		if _, _, err = r.ArrayLen(); err != nil {
			break
		}
	}
	var p *rerrors.ProtocolError
	if !errors.As(err, &p) {
		t.Errorf("ArrayLen of nested huge arrays = %v, %d remaining; want a ProtocolError", err, r.Remaining())
	}
}

func TestPreallocIsBounded(t *testing.T) {
	for n, want := range map[int]int{-1: 0, 0: 0, 1: 1, 1024: 1024, 1025: 1024, math.MaxInt: 1024} {
		if got := Prealloc(n); got != want {
			t.Errorf("Prealloc(%d) = %d; want %d", n, got, want)
		}
	}
}

func TestLargeStringsArriveWhole(t *testing.T) {
	for _, size := range []int{4090, 4096, 5000, 65535, 65536, 65537, 1 << 20, 3<<20 + 7} {
		body := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		var in []byte
		in = AppendBulkBytes(in, body)
		in = append(AppendBulkBytes(append(in, "*2\r\n"...), body), ":7\r\n"...)
		for _, chunk := range []int{1 << 30, 1460, 100} {
			r := NewReader(&chunked{data: in, size: chunk}, Limits{})
			_, _ = r.Next()
			s, err := r.String()
			if err != nil || s != string(body) {
				t.Fatalf("String of %d bytes in pieces of %d = %d bytes, %v", size, chunk, len(s), err)
			}
			_, _ = r.Next()
			_, _, _ = r.ArrayLen()
			b, _, err := r.Bytes()
			if err != nil || !bytes.Equal(b, body) {
				t.Fatalf("Bytes of %d bytes in pieces of %d = %d bytes, %v", size, chunk, len(b), err)
			}
			if n, err := r.Int(); n != 7 || err != nil {
				t.Fatalf("Int behind %d bytes = %v, %v; want 7", size, n, err)
			}
			if len(r.buf) > maxBuffer {
				t.Errorf("the buffer has grown to %d for %d bytes; want large strings beside it", len(r.buf), size)
			}
		}
	}
}

// A large string is filled as it arrives: what it costs is bounded by what came.
func TestALargeStringCostsAboutTwiceItsSize(t *testing.T) {
	const size = 16 << 20
	in := AppendBulkBytes(nil, make([]byte, size))
	got := allocated(func() {
		r := NewReader(bytes.NewReader(in), Limits{})
		_, _ = r.Next()
		if _, err := r.String(); err != nil {
			t.Fatal(err)
		}
	})
	if got > 2*size+size/4 {
		t.Errorf("a string of %d bytes allocated %d; want about twice as much", size, got)
	}
}

func TestALargeStringIsReadStraightToItsPlace(t *testing.T) {
	src := &counting{Reader: bytes.NewReader(AppendBulkBytes(nil, make([]byte, 1<<20)))}
	r := NewReader(src, Limits{})
	_, _ = r.Next()
	if _, err := r.String(); err != nil {
		t.Fatal(err)
	}
	// One for the header, five for 64 KiB to 1 MiB, one for the rest.
	if src.reads > 8 || len(r.buf) > 2*minBuffer {
		t.Errorf("1 MiB took %d reads and left a buffer of %d bytes; want some 7 reads and a small buffer", src.reads, len(r.buf))
	}
}

// What is made room for in advance must not be used up by the small arrays at the
// beginning of a long reply.
func TestNestedArraysGetTheirRoomAtOnce(t *testing.T) {
	const rows = 3000
	row := ArrayValue(IntValue(1), IntValue(2), IntValue(3), IntValue(4), IntValue(5), IntValue(6))
	all := make([]Value, rows)
	for i := range all {
		all[i] = row
	}
	wire := AppendValue(nil, ArrayValue(all...), 3)
	n := testing.AllocsPerRun(5, func() {
		r := NewReader(bytes.NewReader(wire), Limits{})
		_, _ = r.Next()
		if _, err := r.Value(); err != nil {
			t.Fatal(err)
		}
	})
	if n > rows+20 {
		t.Errorf("%d arrays of 6 take %v allocations; want one for each and a few for the whole", rows, n)
	}
}

// chunked gives at most size bytes at a time.
type chunked struct {
	data []byte
	size int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.size)], c.data)
	c.data = c.data[n:]
	return n, nil
}
