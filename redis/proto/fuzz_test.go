package proto

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

// addWireCases seeds a target that takes bytes and a second input.
func addWireCases(f *testing.F, second []byte) {
	for _, c := range wireCases {
		f.Add([]byte(c.in), second)
	}
}

// Law G9: what is read is written and read again as the same.
func FuzzRoundTrip(f *testing.F) {
	for _, c := range wireCases {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		values, _ := readAll(NewReader(bytes.NewReader(in), Limits{}), (*Reader).Value)
		var wire []byte
		for _, v := range values {
			wire = AppendValue(wire, v, 3)
		}
		again, err := readAll(NewReader(bytes.NewReader(wire), Limits{}), (*Reader).Value)
		if err != io.EOF || !reflect.DeepEqual(again, values) {
			t.Fatalf("%q read as %v, written as %q, read again as %v, %v", in, values, wire, again, err)
		}
		var wire2 []byte
		for _, v := range values {
			wire2 = AppendValue(wire2, v, 2)
		}
		if _, err := readAll(NewReader(bytes.NewReader(wire2), Limits{}), (*Reader).Value); err != io.EOF {
			t.Fatalf("%q read as %v, written in RESP2 as %q: %v", in, values, wire2, err)
		}
	})
}

// pieces gives data in the sizes that the bytes of sizes say, again and again.
type pieces struct {
	data  []byte
	sizes []byte
	at    int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := 1
	if len(p.sizes) > 0 {
		n += int(p.sizes[p.at%len(p.sizes)])
		p.at++
	}
	n = copy(b[:min(n, len(b))], p.data)
	p.data = p.data[n:]
	return n, nil
}

// Law G9: how the bytes arrive makes no difference.
func FuzzChunking(f *testing.F) {
	addWireCases(f, []byte{0, 2, 7})
	f.Fuzz(func(t *testing.T, in, sizes []byte) {
		for how, one := range map[string]func(*Reader) (Value, error){
			"Value":   (*Reader).Value,
			"Skip":    func(r *Reader) (Value, error) { return Value{}, r.Skip() },
			"strings": func(r *Reader) (Value, error) { return Value{}, aligned(r, decodeStrings(r)) },
		} {
			want, wantEnd := readAll(NewReader(bytes.NewReader(in), Limits{}), one)
			got, gotEnd := readAll(NewReader(&pieces{data: in, sizes: sizes}, Limits{}), one)
			if !reflect.DeepEqual(got, want) || reasonOf(gotEnd) != reasonOf(wantEnd) {
				t.Fatalf("%s of %q in pieces of %v = %v, %v; want %v, %v as in one piece", how, in, sizes, got, gotEnd, want, wantEnd)
			}
		}
	})
}

// reasonOf is the text of the error that ended a stream, without the bytes shown in it.
func reasonOf(err error) string {
	var p *rerrors.ProtocolError
	if errors.As(err, &p) {
		return p.Reason
	}
	return err.Error()
}

// Law G10: typed reads, whatever they are, give what Value gives, and leave the
// stream where Value leaves it.
func FuzzTypedAgreesWithValue(f *testing.F) {
	addWireCases(f, []byte{0, 1, 2, 3, 4, 5, 6, 7, 8})
	addWireCases(f, []byte{6, 2})
	addWireCases(f, []byte{7, 3, 1, 9})
	f.Fuzz(func(t *testing.T, in, ops []byte) {
		const sentinel = ":424242\r\n"
		in = append(in[:len(in):len(in)], sentinel...)
		a := NewReader(bytes.NewReader(in), Limits{})
		b := NewReader(&pieces{data: in, sizes: []byte{20, 3, 200}}, Limits{})
		for {
			typA, errA := a.Next()
			typB, errB := b.Next()
			if typA != typB || (errA == nil) != (errB == nil) {
				t.Fatalf("%q: Next = %v, %v; want %v, %v", in, typB, errB, typA, errA)
			}
			if errA != nil {
				return
			}
			tree, errA := a.Value()
			if errA != nil {
				// What Value cannot read, nothing else can; but typed reads do not count depth.
				if !strings.Contains(errA.Error(), "deep") {
					failsToo(t, in, b, ops)
				}
				return
			}
			readTyped(t, in, b, tree, ops)
			if err := b.Finish(); err != nil || b.More() {
				t.Fatalf("%q with %v: Finish = %v; want nil, as Value read %v", in, ops, err, tree)
			}
		}
	})
}

// readTyped reads a frame that is known to be tree by typed reads and compares.
func readTyped(t *testing.T, in []byte, r *Reader, tree Value, ops []byte) {
	t.Helper()
	pending := []Value{tree}
	for i, op := range ops {
		if len(pending) == 0 {
			break
		}
		v := pending[len(pending)-1]
		rest := pending[:len(pending)-1]
		got, err := typedOps[int(op)%len(typedOps)](r)
		want, children, fits := typedWant(v, int(op)%len(typedOps))
		var m *Mismatch
		var e *rerrors.RedisError
		switch {
		case errors.As(err, &e) && v.Type().IsError() && e.Message == v.s:
			pending = rest
		case errors.As(err, &m) && !fits && r.Err() == nil:
		case err == nil && fits && reflect.DeepEqual(got, want):
			if want == false && int(op)%len(typedOps) == opNull {
				break // Null leaves what is none
			}
			pending = rest
			for j := len(children) - 1; j >= 0; j-- {
				pending = append(pending, children[j])
			}
		default:
			t.Fatalf("%q: read %d of %v on %v %v = %#v, %v; want %#v, fits: %v", in, i, ops, v.Type(), v, got, err, want, fits)
		}
		if r.Remaining() != len(pending) {
			t.Fatalf("%q: after read %d of %v, Remaining = %d; want %d", in, i, ops, r.Remaining(), len(pending))
		}
	}
}

const opNull = 5

// typedOps are reads whose outcome follows from the Value that is there.
var typedOps = []func(*Reader) (any, error){
	func(r *Reader) (any, error) { return r.Int() },
	func(r *Reader) (any, error) { return opt(r.OptString()) },
	func(r *Reader) (any, error) { f, err := r.Float(); return math.Float64bits(f), err },
	func(r *Reader) (any, error) { return optBytes(r.Bytes()) },
	func(r *Reader) (any, error) { return r.Bool() },
	func(r *Reader) (any, error) { return r.Null() },
	func(r *Reader) (any, error) { return opt(r.ArrayLen()) },
	func(r *Reader) (any, error) { return opt(r.MapLen()) },
	func(r *Reader) (any, error) { return nil, r.Skip() },
	func(r *Reader) (any, error) { return r.Value() },
}

// typedWant tells what a read of typedOps makes of v, and what is to be read next.
func typedWant(v Value, op int) (want any, children []Value, fits bool) {
	text, textErr := v.Text()
	switch op {
	case 0:
		return v.n, nil, v.t == Integer
	case 1, 3:
		if v.IsNull() {
			return null, nil, true
		}
		return text, nil, textErr == nil
	case 2:
		x, err := v.Float()
		return math.Float64bits(x), nil, err == nil
	case 4:
		x, err := v.Bool()
		return x, nil, err == nil
	case opNull:
		return v.IsNull(), nil, true
	case 6:
		if v.IsNull() {
			return null, nil, true
		}
		return len(v.elems), v.elems, v.t == Array || v.t == Set || v.t == Push
	case 7:
		if v.IsNull() {
			return null, nil, true
		}
		return len(v.elems) / 2, v.elems, v.t == Map || v.t == Array && len(v.elems)%2 == 0
	case 8:
		return nil, nil, true
	}
	return v, nil, true
}

// failsToo reads a frame that cannot be read.
func failsToo(t *testing.T, in []byte, r *Reader, ops []byte) {
	t.Helper()
	for _, op := range ops {
		if !r.More() {
			break
		}
		_, _ = typedOps[int(op)%len(typedOps)](r)
	}
	if err := r.Finish(); err == nil || r.Err() == nil {
		t.Fatalf("%q with %v: Finish = nil; want the stream broken as for Value", in, ops)
	}
}

// Law G9: memory follows what has come, not what is claimed.
func FuzzBoundedMemory(f *testing.F) {
	for _, c := range wireCases {
		f.Add([]byte(c.in))
	}
	f.Add([]byte("*2147483647\r\n*2147483647\r\n$536870912\r\nabc"))
	f.Fuzz(func(t *testing.T, in []byte) {
		// A Value has 56 bytes and stands for 3 on the wire; a slice that grows costs
		// three times its size in all. The constant is for buffers and first allocations.
		limit := uint64(512<<10 + 100*len(in))
		for how, decode := range decodings {
			got := allocated(func() {
				r := NewReader(bytes.NewReader(in), Limits{})
				for {
					if _, err := r.Next(); err != nil {
						return
					}
					if err := aligned(r, decode(r)); err != nil {
						return
					}
				}
			})
			if got > limit {
				t.Fatalf("%s of %d bytes allocated %d; want at most %d: %q", how, len(in), got, limit, in)
			}
		}
	})
}

// Behaviour G1: any bytes are carried as they are.
func FuzzCommand(f *testing.F) {
	f.Add([]byte("SET,key,value"), []byte{1})
	f.Add([]byte("SET,\r\n,\x00\xff,$-1\r\n,"), []byte{})
	f.Fuzz(func(t *testing.T, in, sizes []byte) {
		words := strings.Split(string(in), ",")
		wire := AppendArrayHeader(nil, len(words))
		for i, w := range words {
			switch i % 3 {
			case 0:
				wire = AppendBulk(wire, w)
			case 1:
				wire = AppendBulkBytes(wire, []byte(w))
			default:
				var err error
				if wire, err = AppendArg(wire, w); err != nil {
					t.Fatal(err)
				}
			}
		}
		r := NewReader(&pieces{data: wire, sizes: sizes}, Limits{})
		if got, err := ReadCommand(r); err != nil || !reflect.DeepEqual(got, words) {
			t.Fatalf("ReadCommand of %q = %q, %v; want %q", wire, got, err, words)
		}
		if _, err := ReadCommand(r); err != io.EOF {
			t.Fatalf("behind %q: %v; want EOF", wire, err)
		}
	})
}
