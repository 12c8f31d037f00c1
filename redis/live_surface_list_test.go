package redis_test

import (
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

var listRows = []row{
	{cmd: "LINDEX", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c"))
		return all{of(c, c.LIndex("l", 0)), of(c, c.LIndex("l", -1)), of(c, c.LIndex("l", 3))}
	}, want: all{some("a"), some("c"), none[string]()}},
	{cmd: "LINSERT", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "c"))
		return all{of(c, c.LInsert("l", commands.Before, "c", "b")), of(c, c.LInsert("l", commands.After, "c", "d")), of(c, c.LInsert("l", commands.After, "x", "y")),
			of(c, c.LInsert("missing", commands.After, "x", "y")), of(c, c.LRange("l", 0, -1))}
	}, want: all{3, 4, -1, 0, []string{"a", "b", "c", "d"}}},
	{cmd: "LLEN", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.LLen("l")), of(c, c.LLen("missing"))}
	}, want: all{2, 0}},
	{cmd: "LMOVE", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c"))
		return all{of(c, c.LMove("l", "m", commands.Left, commands.Right)), of(c, c.LMove("l", "m", commands.Right, commands.Left)), of(c, c.LMove("missing", "m", commands.Left, commands.Left)),
			of(c, c.LRange("m", 0, -1))}
	}, want: all{some("a"), some("c"), none[string](), []string{"c", "a"}}},
	{cmd: "LPOP", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.LPop("l")), of(c, c.LPop("missing"))}
	}, want: all{some("a"), none[string]()}},
	{cmd: "LPOP", name: "COUNT", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c"))
		return all{of(c, c.LPopN("l", 2)), of(c, c.LPopN("l", 5)), len(of(c, c.LPopN("missing", 5)))}
	}, want: all{[]string{"a", "b"}, []string{"c"}, 0}},
	{cmd: "LPOS", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c", "b", "b"))
		return all{of(c, c.LPos("l", "b")), of(c, c.LPos("l", "b", redis.MatchRank(-1))), of(c, c.LPos("l", "c", redis.MaxCompare(2))), of(c, c.LPos("l", "x"))}
	}, want: all{some[int64](1), some[int64](4), none[int64](), none[int64]()}},
	{cmd: "LPOS", name: "COUNT", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c", "b", "b"))
		return all{of(c, c.LPosN("l", "b", 0)), of(c, c.LPosN("l", "b", 2, redis.MatchRank(-1))), len(of(c, c.LPosN("l", "x", 2)))}
	}, want: all{[]int64{1, 3, 4}, []int64{4, 3}, 0}},
	{cmd: "LPUSH", call: func(c *surface) any {
		return all{of(c, c.LPush("l", "a", "b")), of(c, c.LPush("l", 3)), of(c, c.LRange("l", 0, -1))}
	}, want: all{2, 3, []string{"3", "b", "a"}}},
	{cmd: "LPUSHX", call: func(c *surface) any {
		c.given(c.RPush("l", "a"))
		return all{of(c, c.LPushX("l", "b", "c")), of(c, c.LPushX("missing", "b")), of(c, c.LRange("l", 0, -1))}
	}, want: all{3, 0, []string{"c", "b", "a"}}},
	{cmd: "LRANGE", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "", "c"))
		return all{of(c, c.LRange("l", 0, -1)), of(c, c.LRange("l", -2, 1)), len(of(c, c.LRange("l", 5, 9))), len(of(c, c.LRange("missing", 0, -1)))}
	}, want: all{[]string{"a", "", "c"}, []string{""}, 0, 0}},
	{cmd: "LREM", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "a", "b", "a"))
		return all{of(c, c.LRem("l", -2, "a")), of(c, c.LRem("l", 0, "x")), of(c, c.LRange("l", 0, -1))}
	}, want: all{2, 0, []string{"a", "b", "b"}}},
	{cmd: "LSET", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.LSet("l", -1, "c")), of(c, c.LRange("l", 0, -1))}
	}, want: all{"OK", []string{"a", "c"}}},
	{cmd: "LTRIM", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c", "d"))
		return all{of(c, c.LTrim("l", 1, -2)), of(c, c.LRange("l", 0, -1))}
	}, want: all{"OK", []string{"b", "c"}}},
	{cmd: "RPOP", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.RPop("l")), of(c, c.RPop("missing"))}
	}, want: all{some("b"), none[string]()}},
	{cmd: "RPOP", name: "COUNT", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c"))
		return all{of(c, c.RPopN("l", 2)), of(c, c.RPopN("l", 5)), len(of(c, c.RPopN("missing", 5)))}
	}, want: all{[]string{"c", "b"}, []string{"a"}, 0}},
	{cmd: "RPOPLPUSH", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.RPopLPush("l", "m")), of(c, c.RPopLPush("missing", "m")), of(c, c.LRange("m", 0, -1))}
	}, want: all{some("b"), none[string](), []string{"b"}}},
	{cmd: "RPUSH", call: func(c *surface) any {
		return all{of(c, c.RPush("l", "a", []byte("b"))), of(c, c.RPush("l", 1.5)), of(c, c.LRange("l", 0, -1))}
	}, want: all{2, 3, []string{"a", "b", "1.5"}}},
	{cmd: "RPUSHX", call: func(c *surface) any {
		c.given(c.RPush("l", "a"))
		return all{of(c, c.RPushX("l", "b", "c")), of(c, c.RPushX("missing", "b")), of(c, c.LRange("l", 0, -1))}
	}, want: all{3, 0, []string{"a", "b", "c"}}},
}
