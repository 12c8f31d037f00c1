package proto

import (
	"strings"
	"testing"
)

// loop is a source that gives the same replies for ever, as many at a time as fit.
type loop struct {
	data []byte
	at   int
}

func (l *loop) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], l.data[l.at:])
		n += c
		if l.at += c; l.at == len(l.data) {
			l.at = 0
		}
	}
	return n, nil
}

const word = "0123456789abcdef"

func strs(n int) []Value {
	vs := make([]Value, n)
	for i := range vs {
		vs[i] = StringValue(word)
	}
	return vs
}

func benchmarkReplies(b *testing.B, v Value, version int, decode func(*Reader) error) {
	wire := AppendValue(nil, v, version)
	r := NewReader(&loop{data: wire}, Limits{})
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
		if err := decode(r); err != nil {
			b.Fatal(err)
		}
	}
}

func decodeStrings(r *Reader) error {
	n, _, err := r.ArrayLen()
	if err != nil {
		return err
	}
	out := make([]string, 0, Prealloc(n))
	for range n {
		s, err := r.String()
		if err != nil {
			return err
		}
		out = append(out, s)
	}
	sinkStrings = out
	return nil
}

func decodeOptStrings(r *Reader) error {
	n, _, err := r.ArrayLen()
	if err != nil {
		return err
	}
	type optional struct {
		s  string
		ok bool
	}
	out := make([]optional, 0, Prealloc(n))
	for range n {
		s, ok, err := r.OptString()
		if err != nil {
			return err
		}
		out = append(out, optional{s, ok})
	}
	sinkLen = len(out)
	return nil
}

func decodeMap(r *Reader) error {
	n, _, err := r.MapLen()
	if err != nil {
		return err
	}
	out := make(map[string]string, Prealloc(n))
	for range n {
		k, err := r.String()
		if err != nil {
			return err
		}
		v, err := r.String()
		if err != nil {
			return err
		}
		out[k] = v
	}
	return nil
}

var (
	sinkStrings []string
	sinkLen     int
	sinkString  string
	sinkValue   Value
	sinkInt     int64
	sinkBytes   []byte
)

func BenchmarkReadGET16(b *testing.B) {
	benchmarkReplies(b, StringValue(word), 3, func(r *Reader) (err error) { sinkString, _, err = r.OptString(); return err })
}

func BenchmarkReadINCR(b *testing.B) {
	benchmarkReplies(b, IntValue(1234567), 3, func(r *Reader) (err error) { sinkInt, err = r.Int(); return err })
}

func BenchmarkReadSET(b *testing.B) {
	benchmarkReplies(b, StatusValue("OK"), 3, func(r *Reader) (err error) {
		if null, err := r.Null(); null || err != nil {
			return err
		}
		sinkBytes, _, err = r.Bytes()
		return err
	})
}

func BenchmarkReadZSCORE(b *testing.B) {
	benchmarkReplies(b, DoubleValue(12.5), 3, func(r *Reader) error { _, _, err := r.OptFloat(); return err })
}

func BenchmarkReadMGET100(b *testing.B) {
	benchmarkReplies(b, ArrayValue(strs(100)...), 3, decodeOptStrings)
}

func BenchmarkReadMGET100Bytes(b *testing.B) {
	benchmarkReplies(b, ArrayValue(strs(100)...), 3, func(r *Reader) error {
		n, _, err := r.ArrayLen()
		for range n {
			if sinkBytes, _, err = r.Bytes(); err != nil {
				return err
			}
		}
		return err
	})
}

func BenchmarkReadHGETALL100(b *testing.B) {
	var pairs []Value
	for i := range 100 {
		pairs = append(pairs, StringValue("field:"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26))), StringValue(word))
	}
	benchmarkReplies(b, MapValue(pairs...), 3, decodeMap)
}

func BenchmarkReadLRANGE1000(b *testing.B) {
	benchmarkReplies(b, ArrayValue(strs(1000)...), 3, decodeStrings)
}

func BenchmarkReadValueTree(b *testing.B) {
	v := ArrayValue(StringValue(word), IntValue(7), MapValue(StatusValue("a"), SetValue(strs(10)...), StatusValue("b"), DoubleValue(1.5)), NullValue(), ArrayValue(strs(20)...))
	benchmarkReplies(b, v, 3, func(r *Reader) (err error) { sinkValue, err = r.Value(); return err })
}

func BenchmarkReadValueLRANGE1000(b *testing.B) {
	benchmarkReplies(b, ArrayValue(strs(1000)...), 3, func(r *Reader) (err error) { sinkValue, err = r.Value(); return err })
}

func BenchmarkSkipLRANGE1000(b *testing.B) {
	benchmarkReplies(b, ArrayValue(strs(1000)...), 3, (*Reader).Finish)
}

func BenchmarkRead64KiB(b *testing.B) {
	benchmarkReplies(b, StringValue(strings.Repeat("x", 64<<10)), 3, func(r *Reader) (err error) { sinkString, err = r.String(); return err })
}

func BenchmarkAppendSET(b *testing.B) {
	buf := make([]byte, 0, 256)
	var value any = word
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendArrayHeader(buf[:0], 3)
		buf = AppendBulk(buf, "SET")
		buf = AppendBulk(buf, "user:1000:name")
		buf, _ = AppendArg(buf, value)
	}
	sinkBytes = buf
}

func BenchmarkAppendInts(b *testing.B) {
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendBulkInt(buf[:0], 7)
		buf = AppendBulkInt(buf, 42)
		buf = AppendBulkInt(buf, 1234567)
		buf = AppendBulkInt(buf, -1)
	}
	sinkBytes = buf
}
