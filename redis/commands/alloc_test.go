package commands

import (
	"testing"
	"time"
	"unsafe"
)

// sink is a Doer that gives the bytes back at once, as a connection does.
type sink struct{ cmd *Cmd }

func (s *sink) Do(cmd *Cmd) {
	cmd.Release()
	s.cmd = cmd
}

func TestACallCostsOneAllocation(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget")
	}
	s := new(sink)
	c := On(s)
	value, key := any("value"), any("key")
	for _, row := range []struct {
		call string
		want float64
		do   func()
	}{
		{"Get", 1, func() { c.Get("key") }},
		{"Incr", 1, func() { c.Incr("key") }},
		{"Set", 1, func() { c.Set("key", value) }},
		{"Set NX", 1, func() { c.Set("key", value, NX) }},
		{"Set EX", 2, func() { c.Set("key", value, EX(time.Minute)) }},
		{"MGet", 1, func() { c.MGet("a", "b", "c") }},
		{"ZAdd", 1, func() { c.ZAdd("key", []Z{{"m", 1}}) }},
		{"Expire", 1, func() { c.Expire("key", time.Minute) }},
		{"Do[string]", 1, func() { Do[string](s, "GET", key) }},
		{"Command", 1, func() { c.Command("GET", key) }},
	} {
		if got := testing.AllocsPerRun(200, row.do); got > row.want {
			t.Errorf("%s = %v allocations; want %v", row.call, got, row.want)
		}
	}
}

func TestACallIsSmall(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("sizes are stated for 64-bit machines")
	}
	for _, row := range []struct {
		of        string
		got, want uintptr
	}{
		{"call of Opt[string]", unsafe.Sizeof(call[Opt[string], asOptString]{}), 80},
		{"call of string", unsafe.Sizeof(call[string, asString]{}), 72},
		{"call of int64", unsafe.Sizeof(call[int64, asInt]{}), 64},
		{"call of bool", unsafe.Sizeof(call[bool, asStored]{}), 64},
		{"call of []string", unsafe.Sizeof(call[[]string, asStrings]{}), 80},
		{"call of a map", unsafe.Sizeof(call[map[string]string, asStringMap]{}), 64},
	} {
		if row.got != row.want {
			t.Errorf("a %s has %d bytes; want %d", row.of, row.got, row.want)
		}
	}
}
