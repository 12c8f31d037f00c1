package redis_test

import (
	"math"

	"github.com/futureio/futureio-go/redis"
)

// abc prepares z = {a:1 b:2 c:3}, and y = {b:10 c:20 d:30}.
func abc(c *surface) {
	c.t.Helper()
	c.given(c.ZAdd("z", []redis.Z{{Member: "a", Score: 1}, {Member: "b", Score: 2}, {Member: "c", Score: 3}}),
		c.ZAdd("y", []redis.Z{{Member: "b", Score: 10}, {Member: "c", Score: 20}, {Member: "d", Score: 30}}))
}

// words prepares w with five members of the same score.
func words(c *surface) {
	c.t.Helper()
	c.given(c.ZAdd("w", []redis.Z{{Member: "a"}, {Member: "b"}, {Member: "c"}, {Member: "d"}, {Member: "e"}}))
}

var sortedSetRows = []row{
	{cmd: "ZADD", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZAdd("z", []redis.Z{{Member: "c", Score: math.Inf(1)}, {Member: "d", Score: -0.5}})), of(c, c.ZAdd("z", []redis.Z{{Member: "d", Score: 4}, {Member: "e", Score: 5}}, redis.CH)),
			of(c, c.ZAdd("z", []redis.Z{{Member: "a", Score: 0}, {Member: "b", Score: 9}}, redis.XX, redis.GT, redis.CH)), of(c, c.ZRangeWithScores("z", 0, -1))}
	}, want: all{1, 2, 1, []redis.Z{{Member: "a", Score: 1}, {Member: "d", Score: 4}, {Member: "e", Score: 5}, {Member: "b", Score: 9}, {Member: "c", Score: math.Inf(1)}}}},
	{cmd: "ZADD", name: "INCR", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZAddIncr("z", redis.Z{Member: "a", Score: 1.5})), of(c, c.ZAddIncr("z", redis.Z{Member: "a", Score: 1}, redis.NX)), of(c, c.ZAddIncr("z", redis.Z{Member: "new", Score: 1}, redis.XX))}
	}, want: all{some(2.5), none[float64](), none[float64]()}},
	{cmd: "ZCARD", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZCard("z")), of(c, c.ZCard("missing"))}
	}, want: all{3, 0}},
	{cmd: "ZCOUNT", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZCount("z", 2, "+inf")), of(c, c.ZCount("z", "(1", 2.5)), of(c, c.ZCount("z", math.Inf(-1), math.Inf(1)))}
	}, want: all{2, 1, 3}},
	{cmd: "ZDIFF", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZDiff("z", "y")), of(c, c.ZDiffWithScores("z", "y")), len(of(c, c.ZDiff("z", "z"))), len(of(c, c.ZDiffWithScores("missing")))}
	}, want: all{[]string{"a"}, []redis.Z{{Member: "a", Score: 1}}, 0, 0}},
	{cmd: "ZDIFFSTORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZDiffStore("d", "y", "z")), of(c, c.ZRangeWithScores("d", 0, -1))}
	}, want: all{1, []redis.Z{{Member: "d", Score: 30}}}},
	{cmd: "ZINCRBY", call: func(c *surface) any {
		return all{of(c, c.ZIncrBy("z", 2.5, "a")), of(c, c.ZIncrBy("z", -1, "a")), of(c, c.ZIncrBy("z", math.Inf(-1), "a"))}
	}, want: all{2.5, 1.5, math.Inf(-1)}},
	{cmd: "ZINTER", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZInter([]string{"z", "y"})), of(c, c.ZInterWithScores([]string{"z", "y"}, redis.Weights(10, 1), redis.AggregateBy(redis.AggregateMax))), len(of(c, c.ZInter([]string{"z", "missing"})))}
	}, want: all{[]string{"b", "c"}, []redis.Z{{Member: "b", Score: 20}, {Member: "c", Score: 30}}, 0}},
	{cmd: "ZINTERCARD", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZInterCard([]string{"z", "y"})), of(c, c.ZInterCard([]string{"z", "y"}, redis.UpTo(1)))}
	}, want: all{2, 1}},
	{cmd: "ZINTERSTORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZInterStore("d", []string{"z", "y"}, redis.AggregateBy(redis.AggregateMin))), of(c, c.ZRangeWithScores("d", 0, -1))}
	}, want: all{2, []redis.Z{{Member: "b", Score: 2}, {Member: "c", Score: 3}}}},
	{cmd: "ZLEXCOUNT", call: func(c *surface) any {
		words(c)
		return all{of(c, c.ZLexCount("w", "-", "+")), of(c, c.ZLexCount("w", "[b", "(d"))}
	}, want: all{5, 2}},
	{cmd: "ZMSCORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZMScore("z", "a", "missing", "c")), of(c, c.ZMScore("missing", "a"))}
	}, want: all{[]redis.Opt[float64]{some(1.0), none[float64](), some(3.0)}, []redis.Opt[float64]{none[float64]()}}},
	{cmd: "ZPOPMAX", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZPopMax("z")), of(c, c.ZPopMax("missing")), of(c, c.ZPopMaxN("y", 2)), len(of(c, c.ZPopMaxN("missing", 2)))}
	}, want: all{some(redis.Z{Member: "c", Score: 3}), none[redis.Z](), []redis.Z{{Member: "d", Score: 30}, {Member: "c", Score: 20}}, 0}},
	{cmd: "ZPOPMIN", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZPopMin("z")), of(c, c.ZPopMin("missing")), of(c, c.ZPopMinN("y", 9)), len(of(c, c.ZPopMinN("missing", 2)))}
	}, want: all{some(redis.Z{Member: "a", Score: 1}), none[redis.Z](), []redis.Z{{Member: "b", Score: 10}, {Member: "c", Score: 20}, {Member: "d", Score: 30}}, 0}},
	{cmd: "ZRANDMEMBER", call: func(c *surface) any {
		abc(c)
		c.given(c.ZAdd("one", []redis.Z{{Member: "only", Score: 1.5}}))
		return all{of(c, c.ZRandMember("one")), of(c, c.ZRandMember("missing")), inOrder(of(c, c.ZRandMemberN("z", 9))), of(c, c.ZRandMemberN("one", -2)),
			of(c, c.ZRandMemberWithScores("one", -2)), of(c, c.ZRandMemberWithScores("one", 5)), len(of(c, c.ZRandMemberWithScores("missing", 5)))}
	}, want: all{some("only"), none[string](), []string{"a", "b", "c"}, []string{"only", "only"},
		[]redis.Z{{Member: "only", Score: 1.5}, {Member: "only", Score: 1.5}}, []redis.Z{{Member: "only", Score: 1.5}}, 0}},
	{cmd: "ZRANGE", call: func(c *surface) any {
		abc(c)
		words(c)
		return all{of(c, c.ZRange("z", 0, 1)), of(c, c.ZRange("z", "+inf", "(1", redis.ByScore, redis.Rev, redis.Limit(1, 5))), of(c, c.ZRange("w", "(a", "[c", redis.ByLex)), len(of(c, c.ZRange("missing", 0, -1)))}
	}, want: all{[]string{"a", "b"}, []string{"b"}, []string{"b", "c"}, 0}},
	{cmd: "ZRANGE", name: "WITHSCORES", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRangeWithScores("z", -2, -1)), of(c, c.ZRangeWithScores("z", 2, 9, redis.ByScore)), of(c, c.ZRangeWithScores("z", 0, 0, redis.Rev)), len(of(c, c.ZRangeWithScores("missing", 0, -1)))}
	}, want: all{[]redis.Z{{Member: "b", Score: 2}, {Member: "c", Score: 3}}, []redis.Z{{Member: "b", Score: 2}, {Member: "c", Score: 3}}, []redis.Z{{Member: "c", Score: 3}}, 0}},
	{cmd: "ZRANGEBYLEX", call: func(c *surface) any {
		words(c)
		return all{of(c, c.ZRangeByLex("w", "-", "(c")), of(c, c.ZRangeByLex("w", "[b", "+", redis.Limit(1, 2)))}
	}, want: all{[]string{"a", "b"}, []string{"c", "d"}}},
	{cmd: "ZRANGEBYSCORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRangeByScore("z", "(1", 3)), of(c, c.ZRangeByScore("z", "-inf", "+inf", redis.Limit(0, 1))), of(c, c.ZRangeByScoreWithScores("z", 2.5, 9)), len(of(c, c.ZRangeByScore("z", 7, 9)))}
	}, want: all{[]string{"b", "c"}, []string{"a"}, []redis.Z{{Member: "c", Score: 3}}, 0}},
	{cmd: "ZRANGESTORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRangeStore("d", "z", 0, 1)), of(c, c.ZRangeStore("e", "z", 3, "(1", redis.ByScore, redis.Rev)), of(c, c.ZRangeWithScores("e", 0, -1))}
	}, want: all{2, 2, []redis.Z{{Member: "b", Score: 2}, {Member: "c", Score: 3}}}},
	{cmd: "ZRANK", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRank("z", "b")), of(c, c.ZRank("z", "missing")), of(c, c.ZRank("missing", "b"))}
	}, want: all{some[int64](1), none[int64](), none[int64]()}},
	{cmd: "ZREM", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRem("z", "a", "missing", "b")), of(c, c.ZRange("z", 0, -1))}
	}, want: all{2, []string{"c"}}},
	{cmd: "ZREMRANGEBYLEX", call: func(c *surface) any {
		words(c)
		return all{of(c, c.ZRemRangeByLex("w", "[b", "(e")), of(c, c.ZRange("w", 0, -1))}
	}, want: all{3, []string{"a", "e"}}},
	{cmd: "ZREMRANGEBYRANK", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRemRangeByRank("z", 0, 1)), of(c, c.ZRange("z", 0, -1))}
	}, want: all{2, []string{"c"}}},
	{cmd: "ZREMRANGEBYSCORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRemRangeByScore("z", "(1", "+inf")), of(c, c.ZRange("z", 0, -1))}
	}, want: all{2, []string{"a"}}},
	{cmd: "ZREVRANGE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRevRange("z", 0, 1)), of(c, c.ZRevRangeWithScores("z", 1, -1))}
	}, want: all{[]string{"c", "b"}, []redis.Z{{Member: "b", Score: 2}, {Member: "a", Score: 1}}}},
	{cmd: "ZREVRANGEBYLEX", call: func(c *surface) any {
		words(c)
		return all{of(c, c.ZRevRangeByLex("w", "(c", "-")), of(c, c.ZRevRangeByLex("w", "+", "[b", redis.Limit(1, 2)))}
	}, want: all{[]string{"b", "a"}, []string{"d", "c"}}},
	{cmd: "ZREVRANGEBYSCORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRevRangeByScore("z", "+inf", "(1")), of(c, c.ZRevRangeByScoreWithScores("z", 2, "-inf", redis.Limit(1, 1)))}
	}, want: all{[]string{"c", "b"}, []redis.Z{{Member: "a", Score: 1}}}},
	{cmd: "ZREVRANK", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRevRank("z", "a")), of(c, c.ZRevRank("z", "missing"))}
	}, want: all{some[int64](2), none[int64]()}},
	{cmd: "ZSCORE", call: func(c *surface) any {
		abc(c)
		c.given(c.ZAdd("z", []redis.Z{{Member: "inf", Score: math.Inf(-1)}, {Member: "tiny", Score: 5e-324}}))
		return all{of(c, c.ZScore("z", "b")), of(c, c.ZScore("z", "inf")), of(c, c.ZScore("z", "tiny")), of(c, c.ZScore("z", "missing"))}
	}, want: all{some(2.0), some(math.Inf(-1)), some(5e-324), none[float64]()}},
	{cmd: "ZUNION", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZUnion([]string{"z", "y"})), of(c, c.ZUnionWithScores([]string{"z", "y"}, redis.Weights(1, 0.5)))}
	}, want: all{[]string{"a", "b", "c", "d"}, []redis.Z{{Member: "a", Score: 1}, {Member: "b", Score: 7}, {Member: "c", Score: 13}, {Member: "d", Score: 15}}}},
	{cmd: "ZUNIONSTORE", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZUnionStore("d", []string{"z", "y"}, redis.AggregateBy(redis.AggregateSum))), of(c, c.ZScore("d", "c"))}
	}, want: all{4, some(23.0)}},
}
