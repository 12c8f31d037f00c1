package redis_test

import (
	"slices"

	"github.com/futureio/futureio-go/redis"
)

// twoSets prepares a = {1 2 3 4} and b = {3 4 5}.
func twoSets(c *surface) {
	c.t.Helper()
	c.given(c.SAdd("a", 1, 2, 3, 4), c.SAdd("b", 3, 4, 5))
}

var setRows = []row{
	{cmd: "SADD", call: func(c *surface) any {
		return all{of(c, c.SAdd("s", "a", "b", "a")), of(c, c.SAdd("s", "b", "c")), of(c, c.SCard("s"))}
	}, want: all{2, 1, 3}},
	{cmd: "SCARD", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SCard("a")), of(c, c.SCard("missing"))}
	}, want: all{4, 0}},
	{cmd: "SDIFF", call: func(c *surface) any {
		twoSets(c)
		return all{inOrder(of(c, c.SDiff("a", "b", "missing"))), len(of(c, c.SDiff("missing", "a")))}
	}, want: all{[]string{"1", "2"}, 0}},
	{cmd: "SDIFFSTORE", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SDiffStore("d", "a", "b")), inOrder(of(c, c.SMembers("d")))}
	}, want: all{2, []string{"1", "2"}}},
	{cmd: "SINTER", call: func(c *surface) any {
		twoSets(c)
		return all{inOrder(of(c, c.SInter("a", "b"))), len(of(c, c.SInter("a", "missing")))}
	}, want: all{[]string{"3", "4"}, 0}},
	{cmd: "SINTERCARD", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SInterCard([]string{"a", "b"})), of(c, c.SInterCard([]string{"a", "b"}, redis.UpTo(1))), of(c, c.SInterCard([]string{"missing"}))}
	}, want: all{2, 1, 0}},
	{cmd: "SINTERSTORE", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SInterStore("d", "a", "b")), inOrder(of(c, c.SMembers("d")))}
	}, want: all{2, []string{"3", "4"}}},
	{cmd: "SISMEMBER", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SIsMember("a", 1)), of(c, c.SIsMember("a", 5)), of(c, c.SIsMember("missing", 1))}
	}, want: all{true, false, false}},
	{cmd: "SMEMBERS", call: func(c *surface) any {
		twoSets(c)
		return all{inOrder(of(c, c.SMembers("b"))), len(of(c, c.SMembers("missing")))}
	}, want: all{[]string{"3", "4", "5"}, 0}},
	{cmd: "SMISMEMBER", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SMIsMember("a", 1, 5, 4)), of(c, c.SMIsMember("missing", 1))}
	}, want: all{[]bool{true, false, true}, []bool{false}}},
	{cmd: "SMOVE", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SMove("a", "b", 1)), of(c, c.SMove("a", "b", 9)), inOrder(of(c, c.SMembers("b")))}
	}, want: all{true, false, []string{"1", "3", "4", "5"}}},
	{cmd: "SPOP", call: func(c *surface) any {
		c.given(c.SAdd("s", "only"))
		return all{of(c, c.SPop("s")), of(c, c.SPop("s"))}
	}, want: all{some("only"), none[string]()}},
	{cmd: "SPOP", name: "COUNT", call: func(c *surface) any {
		twoSets(c)
		some := of(c, c.SPopN("a", 3))
		return all{len(some), inOrder(append(some, of(c, c.SMembers("a"))...)), inOrder(of(c, c.SPopN("b", 9))), len(of(c, c.SPopN("b", 1)))}
	}, want: all{3, []string{"1", "2", "3", "4"}, []string{"3", "4", "5"}, 0}},
	{cmd: "SRANDMEMBER", call: func(c *surface) any {
		c.given(c.SAdd("s", "only"))
		return all{of(c, c.SRandMember("s")), of(c, c.SRandMember("missing"))}
	}, want: all{some("only"), none[string]()}},
	{cmd: "SRANDMEMBER", name: "COUNT", call: func(c *surface) any {
		twoSets(c)
		c.given(c.SAdd("s", "only"))
		return all{inOrder(of(c, c.SRandMemberN("b", 9))), of(c, c.SRandMemberN("s", -3)), len(of(c, c.SRandMemberN("missing", 2))), of(c, c.SCard("b"))}
	}, want: all{[]string{"3", "4", "5"}, []string{"only", "only", "only"}, 0, 3}},
	{cmd: "SREM", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SRem("a", 1, 9, 2)), of(c, c.SRem("missing", 1)), inOrder(of(c, c.SMembers("a")))}
	}, want: all{2, 0, []string{"3", "4"}}},
	{cmd: "SSCAN", call: func(c *surface) any {
		c.given(c.SAdd("big", numbers(1000)...))
		seen, pages := pagesOf(c, func(cursor string) redis.Page[string] { return of(c, c.SScan("big", cursor, redis.Count(100))) })
		slices.Sort(seen)
		c.holds(pages > 1, "SSCAN gave %d pages; want several", pages)
		one := of(c, c.SScan("big", "0", redis.Match("99?"), redis.Count(10000)))
		return all{len(slices.Compact(seen)), one.Cursor, len(one.Items), of(c, c.SScan("missing", "0")).More()}
	}, want: all{1000, "0", 10, false}},
	{cmd: "SUNION", call: func(c *surface) any {
		twoSets(c)
		return all{inOrder(of(c, c.SUnion("a", "b", "missing"))), len(of(c, c.SUnion("missing")))}
	}, want: all{[]string{"1", "2", "3", "4", "5"}, 0}},
	{cmd: "SUNIONSTORE", call: func(c *surface) any {
		twoSets(c)
		return all{of(c, c.SUnionStore("d", "a", "b")), inOrder(of(c, c.SMembers("d")))}
	}, want: all{5, []string{"1", "2", "3", "4", "5"}}},
}
