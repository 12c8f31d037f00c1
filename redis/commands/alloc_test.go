package commands

import (
	"testing"
	"time"
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
