package commands

import (
	"maps"
	"testing"
	"time"
)

func init() {
	one := Entry{ID: "1-1", Fields: []FieldValue{{"f", "v"}}}
	two := Entry{ID: "2-1", Fields: []FieldValue{{"f", "v"}, {"f", "w"}, {"g", ""}}}
	gone := Entry{ID: "3-1", Deleted: true}
	const oneWire, twoWire = "*2 1-1 *2 f v", "*2 2-1 *6 f v f w g ''"
	addKind(kind{
		name: "Entries",
		call: sent((*Commands).sendEntries, "XRANGE", "s", "-", "+"),
		shapes: []shape{
			{[]Entry{one, two}, []string{"*2 " + oneWire + " " + twoWire}},
			{[]Entry{gone, one}, []string{"*2 *2 3-1 *-1 " + oneWire, "*2 *2 3-1 _ " + oneWire}},
			// Entries that were claimed come with their age and their count.
			{[]Entry{one, two}, []string{"*2 *4 1-1 *2 f v :7 :1 *4 2-1 *6 f v f w g '' :7 :1"}},
			{[]Entry{}, []string{"*0"}},
			{[]Entry(nil), []string{"*-1", "_"}},
		},
		bad: []string{":1", "x", "*1 1-1", "*1 *1 1-1", "*1 _", "*1 *2 :1 *0", "*1 *2 1-1 x", "*1 *2 1-1 *1 f", "*1 *2 1-1 *3 f v g", "*1 *2 1-1 *2 f :1", "*1 *2 _ *0", "%1 1-1 *2 f v"},
	})
	addKind(kind{
		name: "Streams",
		call: sent((*Commands).sendStreams, "XREAD", "STREAMS", "a", "b", "0", "0"),
		shapes: []shape{
			{[]StreamEntries{{"b", []Entry{one, two}}, {"a", []Entry{gone}}}, []string{
				"*2 *2 b *2 " + oneWire + " " + twoWire + " *2 a *1 *2 3-1 *-1",
				"%2 b *2 " + oneWire + " " + twoWire + " a *1 *2 3-1 _",
			}},
			{[]StreamEntries(nil), []string{"*-1", "_"}},
			{[]StreamEntries{}, []string{"*0", "%0"}},
		},
		bad: []string{":1", "x", "*1 a", "*1 *1 a", "*1 *2 :1 *0", "*1 *2 a x", "%1 a x", "%1 :1 *0", "%1 a *1 *1 1-1", "*1 _", "*2 a *1 " + oneWire},
	})
	addKind(kind{
		name: "AutoClaim",
		call: sent((*Commands).sendAutoClaim, "XAUTOCLAIM", "s", "g", "c", "0", "0"),
		shapes: []shape{
			{AutoClaim{Next: "0-0", Entries: []Entry{one}, Deleted: []string{"3-1"}}, []string{"*3 0-0 *1 " + oneWire + " *1 3-1"}},
			{AutoClaim{Next: "2-1", Entries: []Entry{}, Deleted: []string{}}, []string{"*3 2-1 *0 *0"}},
			{AutoClaim{Next: "2-1", Entries: []Entry{one}}, []string{"*2 2-1 *1 " + oneWire}},
		},
		bad: []string{":1", "_", "*1 0-0", "*2 :1 *0", "*2 0-0 x", "*2 0-0 *1 1-1", "*3 0-0 *0 x", "*3 0-0 *0 *1 :1"},
	})
	addKind(kind{
		name: "AutoClaimIDs",
		call: sent((*Commands).sendAutoClaimIDs, "XAUTOCLAIM", "s", "g", "c", "0", "0", "JUSTID"),
		shapes: []shape{
			{AutoClaimIDs{Next: "0-0", IDs: []string{"1-1", "2-1"}, Deleted: []string{"3-1"}}, []string{"*3 0-0 *2 1-1 2-1 *1 3-1", "*4 0-0 *2 1-1 2-1 *1 3-1 :1"}},
			{AutoClaimIDs{Next: "2-1", IDs: []string{"1-1"}}, []string{"*2 2-1 *1 1-1"}},
		},
		bad: []string{":1", "_", "*1 0-0", "*2 0-0 *1 :1", "*2 0-0 *1 " + oneWire, "*3 0-0 *0 :1"},
	})
	addKind(kind{
		name: "PendingSummary",
		call: sent((*Commands).sendPendingSummary, "XPENDING", "s", "g"),
		shapes: []shape{
			{PendingSummary{Count: 3, First: "1-1", Last: "9-1", Consumers: map[string]int64{"a": 1, "b": 2}}, []string{
				"*4 :3 1-1 9-1 *2 *2 a 1 *2 b 2",
			}},
			{PendingSummary{Consumers: map[string]int64{}}, []string{"*4 :0 $-1 $-1 *-1", "*4 :0 _ _ _"}},
		},
		bad: []string{":1", "_", "*3 :0 _ _", "*4 x _ _ _", "*4 :1 :1 _ _", "*4 :1 1-1 1-1 x", "*4 :1 1-1 1-1 *1 *2 a x", "*4 :1 1-1 1-1 *1 *1 a", "*4 :1 1-1 1-1 *1 *2 a :1"},
	})
	addKind(kind{
		name: "PendingEntries",
		call: sent((*Commands).sendPendingEntries, "XPENDING", "s", "g", "-", "+", 10),
		shapes: []shape{
			{[]PendingEntry{{"1-1", "c", 121 * time.Millisecond, 1}, {"2-1", "d", 0, 7}}, []string{"*2 *4 1-1 c :121 :1 *4 2-1 d :0 :7", "*2 *5 1-1 c :121 :1 :0 *5 2-1 d :0 :7 *0"}},
			{[]PendingEntry{}, []string{"*0"}},
		},
		bad: []string{":1", "*1 1-1", "*1 *3 1-1 c :1", "*1 *4 :1 c :1 :1", "*1 *4 1-1 _ :1 :1", "*1 *4 1-1 c x :1", "*1 *4 1-1 c :9223372036855 :1", "*1 *4 1-1 c :1 x", "%0"},
	})
}

func TestAnEntryGivesItsFieldsByName(t *testing.T) {
	e := Entry{ID: "1-1", Fields: []FieldValue{{"f", "v"}, {"f", "w"}, {"g", ""}}}
	for field, want := range map[string]string{"f": "v", "g": ""} {
		if v, ok := e.Get(field); !ok || v != want {
			t.Errorf("Get(%s) = %q, %v; want %q", field, v, ok, want)
		}
	}
	if v, ok := e.Get("h"); ok || v != "" {
		t.Errorf("Get(h) = %q, %v; want none", v, ok)
	}
	if got, want := e.Map(), map[string]string{"f": "w", "g": ""}; !maps.Equal(got, want) {
		t.Errorf("Map = %v; want %v", got, want)
	}
}
