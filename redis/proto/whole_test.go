package proto

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// Law G9. Byte by byte, Whole tells when the frames of a stream can be read without asking the source again, and the values and the end of the
// stream are those of a Reader that just reads.
func TestWholeTellsWhenAFrameHasCome(t *testing.T) {
	for _, c := range wireCases {
		got, unsure, end := readWhole(t, c.in)
		if !reflect.DeepEqual(got, c.want) || endOf(end) != c.end {
			t.Errorf("%q: %v, then %v; want %v, then %q", c.in, got, end, c.want, c.end)
		}
		if unsure > 0 && !strings.Contains(c.in, "?") {
			t.Errorf("%q: %d frames that are in order and not streamed are not told to be whole", c.in, unsure)
		}
	}
}

func FuzzWhole(f *testing.F) {
	for _, c := range wireCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		want, wantEnd := readAll(NewReader(oneByOne(string(in)), Limits{}), (*Reader).Value)
		got, _, end := readWhole(t, string(in))
		if !reflect.DeepEqual(got, want) || reasonOf(end) != reasonOf(wantEnd) {
			t.Errorf("%q: %v, then %v; want %v, then %v", in, got, end, want, wantEnd)
		}
	})
}

// readWhole reads a stream that comes byte by byte as a caller does who reads only what is whole, and counts the values of which that could not be told.
func readWhole(t *testing.T, in string) (got []Value, unsure int, end error) {
	src := &counting{Reader: oneByOne(in)}
	r := NewReader(src, Limits{})
	for end == nil {
		whole, partly := r.Whole()
		if partly {
			if end = r.Fill(); end == nil || r.Buffered() == 0 {
				continue
			}
		}
		before := src.reads
		v, err := readOne(r)
		if whole && (partly || src.reads != before) {
			t.Errorf("%q: frame %d is told to be whole, and partly there %v; reading it takes %d reads", in, len(got), partly, src.reads-before)
		}
		if end = err; err == nil {
			got = append(got, v)
			if !whole {
				unsure++
			}
		}
	}
	return got, unsure, end
}

// readOne reads the next frame.
func readOne(r *Reader) (v Value, err error) {
	if _, err = r.Next(); err == nil {
		v, err = r.Value()
	}
	return v, err
}

// Law G9. What is malformed is not waited for.
func TestWholeDoesNotWaitForWhatIsMalformed(t *testing.T) {
	for _, in := range []string{"x", "\r\n", ":5\n", ":5\rx", "$x\r\n", "*1\r\n?", ":" + strings.Repeat("0", maxNumber+1), "*1\r\n+" + strings.Repeat("x", 101)} {
		r := NewReader(strings.NewReader(in), Limits{MaxLine: 100})
		_ = r.Fill()
		if whole, partly := r.Whole(); whole || partly {
			t.Errorf("%q: whole %v, partly %v; want neither", in, whole, partly)
		}
		if _, err := readOne(r); endOf(err) != malformed {
			t.Errorf("%q: %v; want a ProtocolError", in, err)
		}
	}
}

// Between two frames a source may fail and go on: the stream stays in order.
func TestFillLeavesTheStreamInOrder(t *testing.T) {
	timeout := errors.New("timeout")
	r := NewReader(io.MultiReader(strings.NewReader("$3\r\na"), &once{timeout}, strings.NewReader("bc\r\n")), Limits{})
	if err := r.Fill(); err != nil {
		t.Fatalf("Fill = %v; want nil", err)
	}
	if err := r.Fill(); err != timeout {
		t.Errorf("Fill = %v; want the error of the source", err)
	}
	if v, err := readOne(r); err != nil || !reflect.DeepEqual(v, str("abc")) {
		t.Errorf("the frame = %v, %v; want abc", v, err)
	}
	if err := r.Fill(); err != io.EOF {
		t.Errorf("Fill at the end = %v; want EOF", err)
	}

	broken := errors.New("broken")
	r = NewReader(iotest.DataErrReader(io.MultiReader(strings.NewReader(":1\r\n"), iotest.ErrReader(broken))), Limits{})
	if err := r.Fill(); err != nil {
		t.Errorf("Fill = %v; want the bytes that came with the error first", err)
	}
	for range 2 {
		if err := r.Fill(); err != broken {
			t.Errorf("Fill = %v; want the error of the source", err)
		}
	}
	if v, err := readOne(r); err != nil || !reflect.DeepEqual(v, num(1)) {
		t.Errorf("the frame = %v, %v; want 1", v, err)
	}
	if _, err := r.Next(); err != broken {
		t.Errorf("Next = %v; want the error of the source", err)
	}
	if err := r.Fill(); err != broken {
		t.Errorf("Fill behind the end = %v; want the error of the source", err)
	}
}

// once is a source that fails once.
type once struct{ err error }

func (o *once) Read([]byte) (int, error) {
	err := o.err
	if err == nil {
		err = io.EOF
	}
	o.err = nil
	return 0, err
}
