package redis_test

import (
	"slices"
	"strconv"
	"time"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// twoFields prepares h with the fields a and b.
func twoFields(c *surface) {
	c.t.Helper()
	c.given(c.HSet("h", "a", 1, "b", 2))
}

// fieldExpires asserts that a field expires in this time, or up to some seconds earlier.
func fieldExpires(c *surface, field string, in time.Duration) {
	c.t.Helper()
	left := of(c, c.HPTTL("h", field))
	c.holds(len(left) == 1 && left[0] > in-10*time.Second && left[0] <= in+time.Second, "HPTTL of %s = %v; want up to %v", field, left, in)
}

// page is a page of a scan that begins and ends with it.
func page[T any](items ...T) redis.Page[T] { return redis.Page[T]{Cursor: "0", Items: items} }

// fieldScan is a scan of a hash that has several pages.
func fieldScan(c *surface, scan func(cursor string, count commands.CountOption) (fields []string, next string)) int {
	c.t.Helper()
	list := make([]any, 0, 2000)
	for _, n := range numbers(1000) {
		list = append(list, "f"+strconv.Itoa(n.(int)), n)
	}
	c.given(c.HSet("big", list...))
	seen, pages := pagesOf(c, func(cursor string) redis.Page[string] {
		items, next := scan(cursor, redis.Count(100))
		return redis.Page[string]{Cursor: next, Items: items}
	})
	c.holds(pages > 1, "HSCAN gave %d pages; want several", pages)
	return len(slices.Compact(inOrder(seen)))
}

// withoutValues is a row for the servers that know HSCAN NOVALUES.
func withoutValues(only string) row {
	return row{cmd: "HSCAN", name: "NOVALUES", only: only, call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1))
		n := fieldScan(c, func(cursor string, count commands.CountOption) ([]string, string) {
			p := of(c, c.HScanNoValues("big", cursor, count))
			return p.Items, p.Cursor
		})
		return all{of(c, c.HScanNoValues("h", "0")), n, len(of(c, c.HScanNoValues("missing", "0", redis.Match("a*"))).Items)}
	}, want: all{page("a"), 1000, 0}}
}

// Hash fields with a time to live, and the replies of hashes that are pairs.
var fieldRows = []row{
	{cmd: "HEXPIRE", call: func(c *surface) any {
		twoFields(c)
		set := all{of(c, c.HExpire("h", time.Minute, []string{"a", "missing"})), of(c, c.HExpire("h", 2*time.Minute, []string{"a", "b"}, redis.NX)), of(c, c.HExpire("h", 3*time.Minute, []string{"a"}, redis.GT)), of(c, c.HExpire("missing", time.Minute, []string{"a"}))}
		fieldExpires(c, "a", 3*time.Minute)
		fieldExpires(c, "b", 2*time.Minute)
		return set
	}, want: all{[]redis.FieldResult{redis.FieldSet, redis.FieldMissing}, []redis.FieldResult{redis.FieldNotSet, redis.FieldSet}, []redis.FieldResult{redis.FieldSet}, []redis.FieldResult{redis.FieldMissing}}},
	{cmd: "HEXPIREAT", call: func(c *surface) any {
		twoFields(c)
		at := soon().Truncate(time.Second)
		set := all{of(c, c.HExpireAt("h", at, []string{"a", "missing"})), of(c, c.HExpireAt("h", at.Add(time.Second), []string{"a"}, redis.LT)), of(c, c.HExpireAt("h", time.Unix(1, 0), []string{"b"})), of(c, c.HKeys("h"))}
		fieldExpires(c, "a", time.Hour)
		return set
	}, want: all{[]redis.FieldResult{redis.FieldSet, redis.FieldMissing}, []redis.FieldResult{redis.FieldNotSet}, []redis.FieldResult{redis.FieldDeleted}, []string{"a"}}},
	{cmd: "HEXPIRETIME", call: func(c *surface) any {
		twoFields(c)
		at := soon().Truncate(time.Second)
		c.given(c.HExpireAt("h", at, []string{"a"}))
		got := of(c, c.HExpireTime("h", "a", "b", "missing"))
		return all{got[0].At.Equal(at), got[0].Never, got[1:], of(c, c.HExpireTime("missing", "a"))}
	}, want: all{true, false, []redis.Expiry{{Never: true}, {NoKey: true}}, []redis.Expiry{{NoKey: true}}}},
	{cmd: "HPERSIST", call: func(c *surface) any {
		twoFields(c)
		c.given(c.HExpire("h", time.Minute, []string{"a"}))
		return all{of(c, c.HPersist("h", "a", "b", "missing")), of(c, c.HTTL("h", "a")), of(c, c.HPersist("missing", "a"))}
	}, want: all{[]redis.FieldResult{redis.FieldSet, redis.FieldNoExpiry, redis.FieldMissing}, []time.Duration{redis.NoExpiry}, []redis.FieldResult{redis.FieldMissing}}},
	{cmd: "HPEXPIRE", call: func(c *surface) any {
		twoFields(c)
		set := all{of(c, c.HPExpire("h", 90500*time.Millisecond, []string{"a", "missing"})), of(c, c.HExpire("h", 120500*time.Millisecond, []string{"a", "b"}, redis.XX))}
		fieldExpires(c, "a", 120500*time.Millisecond)
		return append(set, of(c, c.HTTL("h", "b")))
	}, want: all{[]redis.FieldResult{redis.FieldSet, redis.FieldMissing}, []redis.FieldResult{redis.FieldSet, redis.FieldNotSet}, []time.Duration{redis.NoExpiry}}},
	{cmd: "HPEXPIREAT", call: func(c *surface) any {
		twoFields(c)
		at := soon().Truncate(time.Second).Add(time.Millisecond)
		set := all{of(c, c.HPExpireAt("h", at, []string{"a", "missing"})), of(c, c.HExpireAt("h", at.Add(time.Minute), []string{"a", "b"}, redis.XX))}
		fieldExpires(c, "a", time.Hour+time.Minute)
		return set
	}, want: all{[]redis.FieldResult{redis.FieldSet, redis.FieldMissing}, []redis.FieldResult{redis.FieldSet, redis.FieldNotSet}}},
	{cmd: "HPEXPIRETIME", call: func(c *surface) any {
		twoFields(c)
		at := soon().Truncate(time.Second).Add(123 * time.Millisecond)
		c.given(c.HPExpireAt("h", at, []string{"a"}))
		got := of(c, c.HPExpireTime("h", "a", "b", "missing"))
		return all{got[0].At.Equal(at), got[1:], of(c, c.HPExpireTime("missing", "a"))}
	}, want: all{true, []redis.Expiry{{Never: true}, {NoKey: true}}, []redis.Expiry{{NoKey: true}}}},
	{cmd: "HPTTL", call: func(c *surface) any {
		twoFields(c)
		c.given(c.HPExpire("h", 90500*time.Millisecond, []string{"a"}))
		fieldExpires(c, "a", 90500*time.Millisecond)
		return all{of(c, c.HPTTL("h", "b", "missing")), of(c, c.HPTTL("missing", "a"))}
	}, want: all{[]time.Duration{redis.NoExpiry, redis.NoKey}, []time.Duration{redis.NoKey}}},
	{cmd: "HTTL", call: func(c *surface) any {
		twoFields(c)
		c.given(c.HExpire("h", time.Minute, []string{"a"}))
		left := of(c, c.HTTL("h", "a"))
		c.holds(len(left) == 1 && left[0] > 50*time.Second && left[0] <= time.Minute && left[0]%time.Second == 0, "HTTL = %v; want up to a minute in whole seconds", left)
		return all{of(c, c.HTTL("h", "b", "missing")), of(c, c.HTTL("missing", "a"))}
	}, want: all{[]time.Duration{redis.NoExpiry, redis.NoKey}, []time.Duration{redis.NoKey}}},
	{cmd: "HRANDFIELD", call: func(c *surface) any {
		twoFields(c)
		c.given(c.HSet("one", "only", "v"))
		pairs := of(c, c.HRandFieldWithValues("h", 5))
		slices.SortFunc(pairs, func(a, b redis.FieldValue) int { return int(a.Field[0]) - int(b.Field[0]) })
		return all{of(c, c.HRandField("one")), of(c, c.HRandField("missing")), inOrder(of(c, c.HRandFieldN("h", 5))), of(c, c.HRandFieldN("one", -2)), len(of(c, c.HRandFieldN("missing", 2))),
			pairs, of(c, c.HRandFieldWithValues("one", -2)), len(of(c, c.HRandFieldWithValues("missing", 2)))}
	}, want: all{some("only"), none[string](), []string{"a", "b"}, []string{"only", "only"}, 0,
		[]redis.FieldValue{{Field: "a", Value: "1"}, {Field: "b", Value: "2"}}, []redis.FieldValue{{Field: "only", Value: "v"}, {Field: "only", Value: "v"}}, 0}},
	{cmd: "HSCAN", call: func(c *surface) any {
		c.given(c.HSet("h", "a", "v"))
		n := fieldScan(c, func(cursor string, count commands.CountOption) (list []string, next string) {
			p := of(c, c.HScan("big", cursor, count))
			for _, f := range p.Items {
				c.holds("f"+f.Value == f.Field, "HSCAN gave %+v", f)
				list = append(list, f.Field)
			}
			return list, p.Cursor
		})
		match := of(c, c.HScan("big", "0", redis.Match("f99?"), redis.Count(10000)))
		return all{of(c, c.HScan("h", "0")), n, len(match.Items), match.More(), len(of(c, c.HScan("missing", "0")).Items)}
	}, want: all{page(redis.FieldValue{Field: "a", Value: "v"}), 1000, 10, false, 0}},
	withoutValues("redis-8"),
	withoutValues("valkey"),
}
