package redis_test

import (
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// fromStart reads a stream from its beginning.
func fromStart(stream string) redis.StreamPosition {
	return redis.StreamPosition{Stream: stream, ID: "0"}
}

// entry is an entry with one field.
func entry(id, field, value string) redis.Entry {
	return redis.Entry{ID: id, Fields: []redis.FieldValue{{Field: field, Value: value}}}
}

// The entries of the stream s.
var (
	first  = entry("1-1", "n", "one")
	second = entry("2-1", "n", "two")
	third  = entry("3-1", "n", "three")
)

// stream prepares s with three entries.
func stream(c *surface) {
	c.t.Helper()
	for _, e := range []redis.Entry{first, second, third} {
		c.given(c.XAdd("s", e.ID, e.Map()))
	}
}

// group prepares s with the group g, of which ann has the first two entries.
func group(c *surface) {
	c.t.Helper()
	stream(c)
	c.given(c.XGroupCreate("s", "g", "0"), c.XReadGroup("g", "ann", []redis.StreamPosition{{Stream: "s", ID: ">"}}, redis.Count(2)))
}

// aged makes the first entry of ann look an hour old, delivered five times.
func aged(c *surface) {
	c.t.Helper()
	c.given(c.XClaimJustID("s", "g", "ann", 0, []string{"1-1"}, redis.Idle(time.Hour), redis.RetryCount(5)))
}

// hourOld tells whether a time is about an hour: a moment is sent rounded up, and so its age can be a bit less.
func hourOld(d time.Duration) bool { return d > 59*time.Minute && d < time.Hour+10*time.Minute }

var streamRows = []row{
	{cmd: "XADD", call: func(c *surface) any {
		now, _ := of(c, c.XAdd("s", "*", []any{"a", 1})).Get()
		entries := of(c, c.XRange("s", now, "+"))
		c.holds(len(entries) == 1 && entries[0].ID == now, "XADD = %q; the entry behind it is %+v", now, entries)
		return all{of(c, c.XAdd("t", "1-1", []any{"a", 1, "b", "two", "a", 3})), of(c, c.XAdd("t", "1-*", map[string]any{"n": 2})), of(c, c.XAdd("missing", "*", []any{"a", 1}, redis.NoMkStream)),
			of(c, c.XAdd("t", "2-0", []any{"n", 3}, redis.MaxLen(2))), of(c, c.XLen("t")), of(c, c.XAdd("t", "3-0", []any{"n", 4}, redis.MinID("3"))), of(c, c.XLen("t")), of(c, c.Exists("missing"))}
	}, want: all{some("1-1"), some("1-2"), none[string](), some("2-0"), 2, some("3-0"), 1, 0}},
	{cmd: "XDEL", call: func(c *surface) any {
		stream(c)
		return all{of(c, c.XDel("s", "1-1", "9-9", "3-1")), of(c, c.XDel("missing", "1-1")), of(c, c.XRange("s", "-", "+"))}
	}, want: all{2, 0, []redis.Entry{second}}},
	{cmd: "XLEN", call: func(c *surface) any {
		stream(c)
		return all{of(c, c.XLen("s")), of(c, c.XLen("missing"))}
	}, want: all{3, 0}},
	{cmd: "XRANGE", call: func(c *surface) any {
		c.given(c.XAdd("t", "1-1", []any{"a", 1, "b", "two", "a", 3}))
		stream(c)
		return all{of(c, c.XRange("s", "-", "+")), of(c, c.XRange("s", "(1-1", "2-1")), of(c, c.XRange("s", "2", "+", redis.Count(1))), of(c, c.XRange("t", "1", "1")), len(of(c, c.XRange("missing", "-", "+")))}
	}, want: all{[]redis.Entry{first, second, third}, []redis.Entry{second}, []redis.Entry{second}, []redis.Entry{{ID: "1-1", Fields: []redis.FieldValue{{Field: "a", Value: "1"}, {Field: "b", Value: "two"}, {Field: "a", Value: "3"}}}}, 0}},
	{cmd: "XREVRANGE", call: func(c *surface) any {
		stream(c)
		return all{of(c, c.XRevRange("s", "+", "-")), of(c, c.XRevRange("s", "(3-1", "-", redis.Count(1))), len(of(c, c.XRevRange("missing", "+", "-")))}
	}, want: all{[]redis.Entry{third, second, first}, []redis.Entry{second}, 0}},
	{cmd: "XREAD", call: func(c *surface) any {
		stream(c)
		c.given(c.XAdd("t", "5-1", []any{"n", "five"}))
		return all{of(c, c.XRead([]redis.StreamPosition{fromStart("s"), fromStart("t")}, redis.Count(2))), of(c, c.XRead([]redis.StreamPosition{{Stream: "s", ID: "2-1"}, {Stream: "t", ID: "$"}, fromStart("missing")})),
			len(of(c, c.XRead([]redis.StreamPosition{{Stream: "s", ID: "3-1"}})))}
	}, want: all{[]redis.StreamEntries{{Stream: "s", Entries: []redis.Entry{first, second}}, {Stream: "t", Entries: []redis.Entry{entry("5-1", "n", "five")}}}, []redis.StreamEntries{{Stream: "s", Entries: []redis.Entry{third}}}, 0}},
	{cmd: "XSETID", call: func(c *surface) any {
		stream(c)
		said := all{of(c, c.XSetID("s", "9-9")), of(c, c.XInfoStream("s")).LastID, of(c, c.XSetID("s", "10-1", redis.EntriesAdded(7), redis.MaxDeletedID("4-4")))}
		info := of(c, c.XInfoStream("s"))
		return append(said, info.LastID, info.EntriesAdded, info.MaxDeletedID)
	}, want: all{"OK", "9-9", "OK", "10-1", 7, "4-4"}},
	{cmd: "XTRIM", call: func(c *surface) any {
		stream(c)
		return all{of(c, c.XTrim("s", redis.MaxLenApproxLimit(1, 0))), of(c, c.XTrim("s", redis.MaxLen(2))), of(c, c.XTrim("s", redis.MinID("3-0"))), of(c, c.XTrim("s", redis.MinIDApprox("2"))), of(c, c.XRange("s", "-", "+"))}
	}, want: all{0, 1, 1, 0, []redis.Entry{third}}},
	{cmd: "XINFO STREAM", call: func(c *surface) any {
		stream(c)
		c.given(c.XGroupCreate("s", "g", "0"), c.XDel("s", "1-1"), c.XGroupCreate("empty", "g", "$", redis.MkStream))
		info, empty := of(c, c.XInfoStream("s")), of(c, c.XInfoStream("empty"))
		c.holds(info.TreeKeys > 0 && info.TreeNodes > 0, "XINFO STREAM = %+v; want a tree", info)
		return all{info.Length, info.LastID, info.MaxDeletedID, info.EntriesAdded, info.FirstRecordedID, info.Groups, info.First, info.Last, empty.First.Valid(), empty.LastID, empty.Groups}
	}, want: all{2, "3-1", "1-1", 3, "2-1", 1, some(second), some(third), false, "0-0", 1}},
	{cmd: "XINFO STREAM", name: "FULL", call: func(c *surface) any {
		group(c)
		full := of(c, c.XInfoStreamFull("s"))
		one := of(c, c.XInfoStreamFull("s", redis.Count(1)))
		if len(full.Groups) != 1 || len(full.Groups[0].Consumers) != 1 {
			c.t.Fatalf("XINFO STREAM FULL = %+v; want one group with one consumer", full)
		}
		g := full.Groups[0]
		ann := g.Consumers[0]
		for _, list := range [][]redis.StreamPending{g.Pending, ann.Pending} {
			for _, p := range list {
				c.holds(time.Since(p.Delivered).Abs() < time.Hour && p.Deliveries == 1, "an entry that is pending is %+v; want one delivery just now", p)
			}
		}
		c.holds(time.Since(ann.Seen).Abs() < time.Hour && (ann.Active.IsZero() || time.Since(ann.Active).Abs() < time.Hour), "the consumer is %+v; want one seen just now", ann)
		c.holds(full.TreeKeys > 0 && full.TreeNodes > 0, "XINFO STREAM FULL = %+v; want a tree", full)
		return all{full.Length, full.LastID, full.Entries, one.Entries, g.Name, g.LastID, g.EntriesRead, g.Lag, g.PendingCount, len(g.Pending), g.Pending[1].ID, g.Pending[1].Consumer, ann.Name, ann.PendingCount, len(ann.Pending), ann.Pending[0].ID, len(one.Groups[0].Pending)}
	}, want: all{3, "3-1", []redis.Entry{first, second, third}, []redis.Entry{first}, "g", "2-1", some[int64](2), some[int64](1), 2, 2, "2-1", "ann", "ann", 2, 2, "1-1", 1}},
	{cmd: "XINFO HELP", call: func(c *surface) any { return helps(c, "XINFO", of(c, c.XInfoHelp())) }, want: true},
}

// What groups of consumers need.
var streamGroupRows = []row{
	{cmd: "XACK", call: func(c *surface) any {
		group(c)
		return all{of(c, c.XAck("s", "g", "1-1", "9-9", "2-1")), of(c, c.XAck("s", "nogroup", "1-1")), of(c, c.XPending("s", "g")).Count}
	}, want: all{2, 0, 0}},
	{cmd: "XAUTOCLAIM", call: func(c *surface) any {
		group(c)
		aged(c)
		c.given(c.XDel("s", "2-1"))
		hour := of(c, c.XAutoClaim("s", "g", "bob", time.Hour, "0", redis.Count(10)))
		rest := of(c, c.XAutoClaim("s", "g", "bob", 0, "1-2"))
		return all{hour.Next, hour.Entries, hour.Deleted, rest.Next, len(rest.Entries), len(rest.Deleted)}
	}, want: all{"0-0", []redis.Entry{first}, []string{"2-1"}, "0-0", 0, 0}},
	{cmd: "XAUTOCLAIM", name: "JUSTID", call: func(c *surface) any {
		group(c)
		one := of(c, c.XAutoClaimJustID("s", "g", "bob", 0, "0", redis.Count(1)))
		c.given(c.XDel("s", "2-1"))
		rest := of(c, c.XAutoClaimJustID("s", "g", "bob", 0, one.Next))
		return all{one.Next, one.IDs, len(one.Deleted), rest.Next, len(rest.IDs), rest.Deleted}
	}, want: all{"2-1", []string{"1-1"}, 0, "0-0", 0, []string{"2-1"}}},
	{cmd: "XCLAIM", call: func(c *surface) any {
		group(c)
		none := of(c, c.XClaim("s", "g", "bob", time.Hour, []string{"1-1"}))
		mine := of(c, c.XClaim("s", "g", "bob", 0, []string{"1-1", "2-1", "3-1"}, redis.Idle(time.Hour), redis.RetryCount(7)))
		forced := of(c, c.XClaim("s", "g", "bob", 0, []string{"3-1"}, redis.Force, redis.DeliveredAt(time.Now().Add(-time.Hour)), redis.LastID("3-1")))
		pending := of(c, c.XPendingConsumer("s", "g", "-", "+", 10, "bob"))
		for _, p := range pending {
			c.holds(hourOld(p.Idle), "an entry that was claimed is %+v; want it to be an hour old", p)
		}
		return all{len(none), mine, forced, len(pending), pending[0].Deliveries}
	}, want: all{0, []redis.Entry{first, second}, []redis.Entry{third}, 3, 7}},
	{cmd: "XCLAIM", name: "JUSTID", call: func(c *surface) any {
		group(c)
		return all{of(c, c.XClaimJustID("s", "g", "bob", 0, []string{"1-1", "9-9"})), len(of(c, c.XClaimJustID("s", "g", "ann", time.Hour, []string{"1-1"}))), of(c, c.XPending("s", "g")).Consumers}
	}, want: all{[]string{"1-1"}, 0, map[string]int64{"ann": 1, "bob": 1}}},
	{cmd: "XGROUP CREATE", call: func(c *surface) any {
		stream(c)
		said := all{of(c, c.XGroupCreate("s", "g", "2-1", redis.EntriesRead(2))), of(c, c.XGroupCreate("new", "g", "$", redis.MkStream)), of(c, c.XLen("new"))}
		g := of(c, c.XInfoGroups("s"))[0]
		return append(said, g.LastID, g.EntriesRead, g.Lag, failure[*redis.RedisError](c, c.XGroupCreate("s", "g", "0")).Code)
	}, want: all{"OK", "OK", 0, "2-1", some[int64](2), some[int64](1), "BUSYGROUP"}},
	{cmd: "XGROUP CREATECONSUMER", call: func(c *surface) any {
		group(c)
		return all{of(c, c.XGroupCreateConsumer("s", "g", "bob")), of(c, c.XGroupCreateConsumer("s", "g", "bob")), len(of(c, c.XInfoConsumers("s", "g")))}
	}, want: all{true, false, 2}},
	{cmd: "XGROUP DELCONSUMER", call: func(c *surface) any {
		group(c)
		return all{of(c, c.XGroupDelConsumer("s", "g", "ann")), of(c, c.XGroupDelConsumer("s", "g", "ann")), of(c, c.XPending("s", "g")).Count}
	}, want: all{2, 0, 0}},
	{cmd: "XGROUP DESTROY", call: func(c *surface) any {
		group(c)
		return all{of(c, c.XGroupDestroy("s", "g")), of(c, c.XGroupDestroy("s", "g")), len(of(c, c.XInfoGroups("s")))}
	}, want: all{true, false, 0}},
	{cmd: "XGROUP HELP", call: func(c *surface) any { return helps(c, "XGROUP", of(c, c.XGroupHelp())) }, want: true},
	{cmd: "XGROUP SETID", call: func(c *surface) any {
		group(c)
		said := all{of(c, c.XGroupSetID("s", "g", "0")), of(c, c.XInfoGroups("s"))[0].LastID, of(c, c.XGroupSetID("s", "g", "3-1", redis.EntriesRead(3)))}
		return append(said, of(c, c.XInfoGroups("s"))[0].Lag)
	}, want: all{"OK", "0-0", "OK", some[int64](0)}},
	{cmd: "XINFO CONSUMERS", call: func(c *surface) any {
		group(c)
		c.given(c.XGroupCreateConsumer("s", "g", "bob"))
		got := of(c, c.XInfoConsumers("s", "g"))
		for _, who := range got {
			inactive, ok := who.Inactive.Get()
			c.holds(who.Idle >= 0 && who.Idle < time.Hour && inactive >= 0 && inactive < time.Hour, "a consumer is %+v; want one of just now", who)
			c.holds(!ok || who.Name == "ann", "a consumer is %+v; it never got an entry", who)
		}
		return all{len(got), got[0].Name, got[0].Pending, got[1].Name, got[1].Pending}
	}, want: all{2, "ann", 2, "bob", 0}},
	{cmd: "XINFO GROUPS", call: func(c *surface) any {
		group(c)
		c.given(c.XGroupCreate("s", "late", "$"))
		return of(c, c.XInfoGroups("s"))
	}, want: []redis.StreamGroup{{Name: "g", Consumers: 1, Pending: 2, LastID: "2-1", EntriesRead: some[int64](2), Lag: some[int64](1)}, {Name: "late", LastID: "3-1", Lag: some[int64](0)}}},
	{cmd: "XPENDING", call: func(c *surface) any {
		group(c)
		c.given(c.XReadGroup("g", "bob", []redis.StreamPosition{{Stream: "s", ID: ">"}}), c.XGroupCreate("s", "idle", "0"))
		return all{of(c, c.XPending("s", "g")), of(c, c.XPending("s", "idle")).Count, of(c, c.XPending("s", "idle")).First}
	}, want: all{redis.PendingSummary{Count: 3, First: "1-1", Last: "3-1", Consumers: map[string]int64{"ann": 2, "bob": 1}}, 0, ""}},
	{cmd: "XPENDING", name: "with a range", call: func(c *surface) any {
		group(c)
		aged(c)
		everything := of(c, c.XPendingRange("s", "g", "-", "+", 10))
		old := of(c, c.XPendingIdle("s", "g", time.Hour, "-", "+", 10))
		c.holds(len(old) == 1 && hourOld(old[0].Idle), "XPENDING IDLE = %+v; want one entry that is an hour old", old)
		second := everything[1]
		c.holds(second.Idle >= 0 && second.Idle < time.Hour, "the second pending entry is %+v; want it of just now", second)
		return all{len(everything), second.ID, second.Consumer, second.Deliveries, old[0].ID, old[0].Deliveries, len(of(c, c.XPendingConsumer("s", "g", "-", "+", 10, "bob"))), len(of(c, c.XPendingConsumer("s", "g", "(1-1", "+", 10, "ann")))}
	}, want: all{2, "2-1", "ann", 1, "1-1", 5, 0, 1}},
	{cmd: "XREADGROUP", call: func(c *surface) any {
		stream(c)
		c.given(c.XGroupCreate("s", "g", "0"))
		read := func(consumer, id string, opts ...commands.XReadGroupOption) []redis.StreamEntries {
			return of(c, c.XReadGroup("g", consumer, []redis.StreamPosition{{Stream: "s", ID: id}}, opts...))
		}
		got := all{read("ann", ">", redis.Count(1)), read("bob", ">", redis.NoAck, redis.Count(1)), read("ann", ">"), len(read("ann", ">")), read("bob", "0")[0]}
		c.given(c.XDel("s", "1-1"))
		return append(got, read("ann", "0")[0].Entries)
	}, want: all{[]redis.StreamEntries{{Stream: "s", Entries: []redis.Entry{first}}}, []redis.StreamEntries{{Stream: "s", Entries: []redis.Entry{second}}}, []redis.StreamEntries{{Stream: "s", Entries: []redis.Entry{third}}}, 0,
		redis.StreamEntries{Stream: "s", Entries: []redis.Entry{}}, []redis.Entry{{ID: "1-1", Deleted: true}, third}}},
}
