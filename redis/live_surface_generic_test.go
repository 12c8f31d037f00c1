package redis_test

import (
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// soon is a moment that is later than any test takes, and early enough for ranges of assertions.
func soon() time.Time { return time.Now().Add(time.Hour) }

// expires asserts that a key expires in this time, or up to some seconds earlier.
func expires(c *surface, key string, in time.Duration) {
	c.t.Helper()
	left := of(c, c.PTTL(key))
	c.holds(left > in-10*time.Second && left <= in+time.Second, "PTTL = %v; want up to %v", left, in)
}

var genericRows = []row{
	{cmd: "COPY", call: func(c *surface) any {
		c.given(c.Set("a", "1", redis.EX(time.Minute)), c.Set("b", "2"))
		copied := all{of(c, c.Copy("a", "c")), of(c, c.Copy("a", "b")), of(c, c.Copy("a", "b", redis.Replace)), of(c, c.Copy("a", "a", redis.ToDB(3))), of(c, c.Copy("missing", "x")), of(c, c.Get("b"))}
		expires(c, "c", time.Minute)
		return copied
	}, want: all{true, false, true, true, false, some("1")}},
	{cmd: "DEL", call: func(c *surface) any {
		c.given(c.MSet("a", 1, "b", 2, "c", 3))
		return all{of(c, c.Del("a", "b", "missing", "a")), of(c, c.Exists("a", "b", "c"))}
	}, want: all{2, 1}},
	{cmd: "DUMP", call: func(c *surface) any {
		c.given(c.Set("k", "some text"))
		v, ok := of(c, c.Dump("k")).Get()
		c.holds(ok && strings.Contains(v, "some text"), "DUMP = %q, %v; want the value in it", v, ok)
		return all{ok, of(c, c.Dump("missing"))}
	}, want: all{true, none[string]()}},
	{cmd: "EXISTS", call: func(c *surface) any {
		c.given(c.MSet("a", 1, "b", 2))
		return all{of(c, c.Exists("a", "b", "missing", "a")), of(c, c.Exists("missing"))}
	}, want: all{3, 0}},
	{cmd: "EXPIRE", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		set := all{of(c, c.Expire("k", time.Minute)), of(c, c.Expire("k", 2*time.Minute, redis.NX)), of(c, c.Expire("k", 2*time.Minute, redis.GT)), of(c, c.Expire("missing", time.Minute))}
		expires(c, "k", 2*time.Minute)
		return set
	}, want: all{true, false, true, false}},
	{cmd: "EXPIREAT", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		at := soon().Truncate(time.Second)
		set := all{of(c, c.ExpireAt("k", at)), of(c, c.ExpireAt("k", at.Add(time.Second), redis.LT)), of(c, c.ExpireAt("missing", at))}
		expires(c, "k", time.Hour)
		return set
	}, want: all{true, false, false}},
	{cmd: "KEYS", call: func(c *surface) any {
		c.given(c.MSet("one", 1, "two", 2, "other", 3))
		return all{inOrder(of(c, c.Keys("o*"))), len(of(c, c.Keys("x*")))}
	}, want: all{[]string{"one", "other"}, 0}},
	{cmd: "MOVE", call: func(c *surface) any {
		of(c, c.FlushAll())
		c.given(c.Set("k", "v"))
		return all{of(c, c.Move("k", 3)), of(c, c.Move("k", 3)), of(c, c.Exists("k"))}
	}, want: all{true, false, 0}},
	{cmd: "OBJECT ENCODING", call: func(c *surface) any {
		c.given(c.Set("n", 12), c.Set("s", strings.Repeat("x", 1000)), c.SAdd("i", 1, 2))
		return all{of(c, c.ObjectEncoding("n")), of(c, c.ObjectEncoding("s")), of(c, c.ObjectEncoding("i")), of(c, c.ObjectEncoding("missing"))}
	}, want: all{some("int"), some("raw"), some("intset"), none[string]()}},
	{cmd: "OBJECT FREQ", call: func(c *surface) any {
		of(c, c.ConfigSet("maxmemory-policy", "allkeys-lfu"))
		defer func() { of(c, c.ConfigSet("maxmemory-policy", "noeviction")) }()
		c.given(c.Set("k", "v"))
		freq, ok := of(c, c.ObjectFreq("k")).Get()
		c.holds(ok && freq > 0 && freq < 20, "OBJECT FREQ = %d, %v; want the counter of a new key", freq, ok)
		return of(c, c.ObjectFreq("missing"))
	}, want: none[int64]()},
	{cmd: "OBJECT REFCOUNT", call: func(c *surface) any {
		c.given(c.RPush("l", "x"))
		return all{of(c, c.ObjectRefCount("l")), of(c, c.ObjectRefCount("missing"))}
	}, want: all{some[int64](1), none[int64]()}},
	{cmd: "PERSIST", call: func(c *surface) any {
		c.given(c.Set("k", "v", redis.EX(time.Minute)))
		return all{of(c, c.Persist("k")), of(c, c.Persist("k")), of(c, c.TTL("k"))}
	}, want: all{true, false, redis.NoExpiry}},
	{cmd: "PEXPIRE", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		set := all{of(c, c.PExpire("k", 60500*time.Millisecond)), of(c, c.Expire("k", 90500*time.Millisecond, redis.GT)), of(c, c.PExpire("k", time.Minute, redis.NX)), of(c, c.PExpire("missing", time.Minute))}
		expires(c, "k", 90500*time.Millisecond)
		return set
	}, want: all{true, true, false, false}},
	{cmd: "PEXPIREAT", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		at := soon().Truncate(time.Second).Add(time.Millisecond)
		set := all{of(c, c.PExpireAt("k", at)), of(c, c.ExpireAt("k", at.Add(time.Minute), redis.XX)), of(c, c.PExpireAt("missing", at))}
		expires(c, "k", time.Hour+time.Minute)
		return set
	}, want: all{true, true, false}},
	{cmd: "PTTL", call: func(c *surface) any {
		c.given(c.Set("k", "v", redis.PX(90500*time.Millisecond)), c.Set("ever", "v"))
		expires(c, "k", 90500*time.Millisecond)
		return all{of(c, c.PTTL("ever")), of(c, c.PTTL("missing"))}
	}, want: all{redis.NoExpiry, redis.NoKey}},
	{cmd: "RANDOMKEY", call: func(c *surface) any {
		before := of(c, c.RandomKey())
		c.given(c.Set("only", "v"))
		return all{before, of(c, c.RandomKey())}
	}, want: all{none[string](), some("only")}},
	{cmd: "RENAME", call: func(c *surface) any {
		c.given(c.Set("a", "1"), c.Set("b", "2"))
		return all{of(c, c.Rename("a", "b")), of(c, c.MGet("a", "b"))}
	}, want: all{"OK", []redis.Opt[string]{none[string](), some("1")}}},
	{cmd: "RENAMENX", call: func(c *surface) any {
		c.given(c.Set("a", "1"), c.Set("b", "2"))
		return all{of(c, c.RenameNX("a", "b")), of(c, c.RenameNX("a", "c")), of(c, c.Get("c"))}
	}, want: all{false, true, some("1")}},
	{cmd: "RESTORE", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		dump := of(c, c.Dump("l")).Or("")
		restored := all{of(c, c.Restore("m", 0, dump)), of(c, c.Restore("m", time.Minute, []byte(dump), redis.Replace, redis.IdleTime(time.Hour))), of(c, c.LRange("m", 0, -1))}
		expires(c, "m", time.Minute)
		restored = append(restored, of(c, c.RestoreAt("n", soon(), dump)))
		expires(c, "n", time.Hour)
		return restored
	}, want: all{"OK", "OK", []string{"a", "b"}, "OK"}},
	{cmd: "SCAN", call: func(c *surface) any {
		c.given(c.RPush("list", 1))
		for _, n := range numbers(500) {
			c.IncrBy("key:"+string(rune('a'+n.(int)%26))+strings.Repeat("x", n.(int)/26), 1)
		}
		seen, pages := pagesOf(c, func(cursor string) redis.Page[string] { return of(c, c.Scan(cursor, redis.Count(50))) })
		c.holds(pages > 1, "SCAN gave %d pages; want several", pages)
		some := of(c, c.Scan("0", redis.Match("key:a*"), redis.Count(100000)))
		lists := of(c, c.Scan("0", redis.OfType("list"), redis.Count(100000)))
		return all{len(slices.Compact(inOrder(seen))), len(some.Items), some.More(), lists.Items}
	}, want: all{501, 20, false, []string{"list"}}},
	{cmd: "SORT", call: func(c *surface) any {
		c.given(c.RPush("l", 3, 1, 2), c.MSet("w_1", 30, "w_2", 20, "w_3", 10, "v_1", "one", "v_3", "three"))
		return all{of(c, c.Sort("l")), of(c, c.Sort("l", redis.Desc, redis.Limit(0, 2))), of(c, c.Sort("l", redis.By("w_*"), redis.GetPatterns("#", "v_*"))), of(c, c.Sort("l", redis.Alpha, redis.Asc)), len(of(c, c.Sort("missing")))}
	}, want: all{texts("1", "2", "3"), texts("3", "2"), []redis.Opt[string]{some("3"), some("three"), some("2"), none[string](), some("1"), some("one")}, texts("1", "2", "3"), 0}},
	{cmd: "SORT", name: "STORE", call: func(c *surface) any {
		c.given(c.RPush("l", 3, 1, 2))
		return all{of(c, c.SortStore("l", "m", redis.Desc)), of(c, c.LRange("m", 0, -1)), of(c, c.SortStore("missing", "n"))}
	}, want: all{3, []string{"3", "2", "1"}, 0}},
	{cmd: "SORT_RO", call: func(c *surface) any {
		c.given(c.RPush("l", "b", "a"), c.Set("v_a", "A"))
		return all{of(c, c.SortRO("l", redis.Alpha)), of(c, c.SortRO("l", redis.Alpha, redis.Desc, redis.GetPatterns("v_*")))}
	}, want: all{texts("a", "b"), []redis.Opt[string]{none[string](), some("A")}}},
	{cmd: "TOUCH", call: func(c *surface) any {
		c.given(c.MSet("a", 1, "b", 2))
		return of(c, c.Touch("a", "b", "missing"))
	}, want: 2},
	{cmd: "TTL", call: func(c *surface) any {
		c.given(c.Set("k", "v", redis.EX(time.Minute)), c.Set("ever", "v"))
		left := of(c, c.TTL("k"))
		c.holds(left >= 50*time.Second && left <= time.Minute && left%time.Second == 0, "TTL = %v; want whole seconds, up to a minute", left)
		return all{of(c, c.TTL("ever")), of(c, c.TTL("missing"))}
	}, want: all{redis.NoExpiry, redis.NoKey}},
	{cmd: "TYPE", call: func(c *surface) any {
		c.given(c.Set("s", "v"), c.RPush("l", 1), c.SAdd("set", 1), c.ZAdd("z", []redis.Z{{Member: "m"}}), c.HSet("h", "f", 1))
		return all{of(c, c.Type("s")), of(c, c.Type("l")), of(c, c.Type("set")), of(c, c.Type("z")), of(c, c.Type("h")), of(c, c.Type("missing"))}
	}, want: all{"string", "list", "set", "zset", "hash", "none"}},
	{cmd: "UNLINK", call: func(c *surface) any {
		c.given(c.MSet("a", 1, "b", 2, "c", 3))
		return all{of(c, c.Unlink("a", "b", "missing")), of(c, c.Exists("a", "b", "c"))}
	}, want: all{2, 1}},
}
