package proto

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// The short strings of arrays share chunks; none is changed by what is read after it.
func TestShortStringsOfArraysKeepTheirText(t *testing.T) {
	var wire []byte
	var want []string
	for round := range 50 {
		var elems []Value
		for i := range round {
			s := strings.Repeat(string(rune('a'+i%26)), (round*7+i*3)%(shortBytes+8))
			want = append(want, s)
			elems = append(elems, StringValue(s))
		}
		wire = AppendValue(wire, ArrayValue(elems...), 3)
	}
	for _, step := range []int{1, 7, 1 << 20} {
		r := NewReader(&chunked{data: wire, size: step}, Limits{})
		var got []string
		for range 50 {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
			n, _, err := r.ArrayLen()
			if err != nil {
				t.Fatal(err)
			}
			for range n {
				s, ok, err := r.OptString()
				if err != nil || !ok {
					t.Fatal(ok, err)
				}
				got = append(got, s)
			}
		}
		if a, b := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); a != b {
			t.Errorf("in pieces of %d: %.300s; want %.300s", step, a, b)
		}
	}
}

// Who keeps one string of a reply keeps a chunk with it, not the reply. A single string is alone.
func TestAKeptStringKeepsLittleMemory(t *testing.T) {
	wire := AppendValue(nil, ArrayValue(strs(1000)...), 2)
	r := NewReader(&loop{data: wire}, Limits{})
	const replies = 500
	var keep [replies]string
	before := heapInUse()
	for i := range replies {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		n, _, _ := r.ArrayLen()
		for j := range n {
			s, err := r.String()
			if err != nil {
				t.Fatal(err)
			}
			if j == n/2 {
				keep[i] = s
			}
		}
	}
	if kept := int64(heapInUse()) - int64(before); kept > replies*256+100<<10 {
		t.Errorf("%d strings of 16 bytes keep %d bytes; want at most 256 for each", replies, kept)
	}
	runtime.KeepAlive(&keep)

	r = NewReader(&loop{data: AppendValue(nil, StringValue(word), 2)}, Limits{})
	for range 100 {
		_, _ = r.Next()
		if s, err := r.String(); err != nil || s != word {
			t.Fatalf("String = %q, %v; want %q", s, err, word)
		}
	}
	if r.chunk != nil {
		t.Error("a single string has begun a chunk")
	}
}

// Single strings share chunks only while Share is on, and only short ones.
func TestSingleStringsShareChunksWhenTold(t *testing.T) {
	long := strings.Repeat("x", shortBytes+1)
	wire := AppendValue(nil, StringValue(word), 2)
	wire = AppendValue(wire, StringValue(long), 2)
	r := NewReader(&loop{data: wire}, Limits{})
	read := func() {
		for _, want := range []string{word, long} {
			_, _ = r.Next()
			if s, ok, err := r.OptString(); err != nil || !ok || s != want {
				t.Fatalf("OptString = %q, %v, %v; want %q", s, ok, err, want)
			}
		}
	}
	for _, on := range []bool{true, false, true} {
		r.Share(on)
		left := len(r.chunk)
		read()
		if shared := len(r.chunk) != left; shared != on {
			t.Errorf("Share(%v): %d bytes are left in the chunk, before %d", on, len(r.chunk), left)
		}
		left = len(r.chunk)
		read()
		if took := left - len(r.chunk); on && took != len(word) {
			t.Errorf("Share(%v): %d bytes taken from the chunk; want %d", on, took, len(word))
		}
	}
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
