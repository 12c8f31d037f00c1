package proto

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestAnIdleReaderHasNoBuffer(t *testing.T) {
	if r := NewReader(strings.NewReader(""), Limits{}); r.buf != nil {
		t.Errorf("a new Reader has a buffer of %d bytes; want none before its first read", len(r.buf))
	}
}

func TestTheBufferGrowsWithTheTrafficAndShrinksBehindIt(t *testing.T) {
	var in strings.Builder
	const burst = 20000
	for range burst {
		in.WriteString("$16\r\n0123456789abcdef\r\n")
	}
	src := &paced{burst: in.String(), unit: "+PONG\r\n", pings: 200}
	r := NewReader(src, Limits{})
	next := func() {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.String(); err != nil {
			t.Fatal(err)
		}
	}
	next()
	if len(r.buf) != minBuffer {
		t.Errorf("buffer at the beginning = %d; want %d", len(r.buf), minBuffer)
	}
	for range burst - 1 {
		next()
	}
	if len(r.buf) != maxBuffer {
		t.Errorf("buffer after a burst = %d; want %d", len(r.buf), maxBuffer)
	}
	for range 2 * usageWindow {
		next()
	}
	if len(r.buf) != minBuffer {
		t.Errorf("buffer after %d small reads = %d; want %d", 2*usageWindow, len(r.buf), minBuffer)
	}
}

// paced gives a burst and then one unit for each Read.
type paced struct {
	burst, unit string
	pings       int
}

func (p *paced) Read(b []byte) (int, error) {
	if p.burst != "" {
		n := copy(b, p.burst)
		p.burst = p.burst[n:]
		return n, nil
	}
	if p.pings--; p.pings < 0 {
		return 0, io.EOF
	}
	return copy(b, p.unit), nil
}

func TestTheSourceIsAskedOnlyWhenTheBufferHasNoAnswer(t *testing.T) {
	src := &counting{Reader: strings.NewReader(strings.Repeat(":1\r\n", 100))}
	r := NewReader(src, Limits{})
	for range 100 {
		_, _ = r.Next()
		if _, err := r.Int(); err != nil {
			t.Fatal(err)
		}
	}
	if src.reads != 1 {
		t.Errorf("100 replies in one piece took %d reads; want 1", src.reads)
	}
}

type counting struct {
	io.Reader
	reads int
}

func (c *counting) Read(p []byte) (int, error) {
	c.reads++
	return c.Reader.Read(p)
}

func TestTheErrorOfTheSourceIsReturnedAsItIsAndKept(t *testing.T) {
	broken := errors.New("broken")
	for _, in := range []string{"", ":", ":1\r", "$3\r\nab", "*2\r\n:1\r\n"} {
		r := NewReader(io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken)), Limits{})
		_, err := r.Next()
		if err == nil {
			_, err = r.Value()
		}
		if err != broken || r.Err() != broken {
			t.Errorf("%q, then broken: %v, Err %v; want the error of the source", in, err, r.Err())
		}
		for name, read := range reads {
			if _, err := read(r); err != broken {
				t.Errorf("%s behind the end = %v; want the error of the source", name, err)
			}
		}
		for name, err := range map[string]error{"Skip": r.Skip(), "Finish": r.Finish()} {
			if err != broken {
				t.Errorf("%s behind the end = %v; want the error of the source", name, err)
			}
		}
		if _, err := r.Value(); err != broken {
			t.Errorf("Value behind the end = %v; want the error of the source", err)
		}
		if r.More() || r.Buffered() != 0 {
			t.Errorf("More = %v, Buffered = %d behind the end; want nothing", r.More(), r.Buffered())
		}
	}
}

// What arrived together with an error is read first.
func TestBytesThatComeWithAnErrorAreReadFirst(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(&withError{data: ":1\r\n:2\r\n", err: broken}, Limits{})
	for want := range int64(2) {
		_, _ = r.Next()
		if n, err := r.Int(); n != want+1 || err != nil {
			t.Fatalf("Int = %v, %v; want %v", n, err, want+1)
		}
	}
	if _, err := r.Next(); err != broken {
		t.Errorf("Next = %v; want the error of the source", err)
	}
}

type withError struct {
	data string
	err  error
}

func (w *withError) Read(p []byte) (int, error) {
	if w.data == "" {
		return 0, io.EOF
	}
	n := copy(p, w.data)
	w.data = w.data[n:]
	return n, w.err
}

func TestASourceThatGivesNothingIsGivenUp(t *testing.T) {
	r := NewReader(nothing{}, Limits{})
	if _, err := r.Next(); err != io.ErrNoProgress {
		t.Errorf("Next = %v; want %v", err, io.ErrNoProgress)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestAMalformedReplyIsShownEscapedAndShort(t *testing.T) {
	for in, want := range map[string]string{
		"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n": `redis: protocol error: a value of unknown type: got "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r..."`,
		"$3\r\nabcXY": `redis: protocol error: a bulk string that does not end in CR LF: got "$3\r\nabcXY"`,
		":5x\r\n":     `redis: protocol error: an integer that is none, or beyond 64 bits: got ":5x\r\n"`,
	} {
		r := NewReader(strings.NewReader(in), Limits{})
		_, err := r.Next()
		if err == nil {
			_, err = r.Value()
		}
		if err == nil || !strings.HasPrefix(err.Error(), strings.TrimSuffix(want, `..."`)) {
			t.Errorf("%q: %v; want %v", in, err, want)
		}
	}
}
