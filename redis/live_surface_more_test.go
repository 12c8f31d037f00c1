package redis_test

import (
	"slices"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// rankWithScore is a row for the servers that know ZRANK and ZREVRANK WITHSCORE.
func rankWithScore(only string) row {
	return row{cmd: "ZRANK", name: "WITHSCORE", only: only, call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZRankWithScore("z", "b")), of(c, c.ZRankWithScore("z", "missing")), of(c, c.ZRankWithScore("missing", "b")), of(c, c.ZRevRankWithScore("z", "a")), of(c, c.ZRevRankWithScore("z", "missing"))}
	}, want: all{some(redis.Rank{Rank: 1, Score: 2}), none[redis.Rank](), none[redis.Rank](), some(redis.Rank{Rank: 2, Score: 1}), none[redis.Rank]()}}
}

// What several groups have: replies that name a key, moments, matches.
var moreRows = []row{
	{cmd: "EXPIRETIME", call: func(c *surface) any {
		at := soon().Truncate(time.Second)
		c.given(c.MSet("k", 1, "ever", 1), c.ExpireAt("k", at))
		got := of(c, c.ExpireTime("k"))
		return all{got.At.Equal(at), got.Never, got.NoKey, of(c, c.ExpireTime("ever")), of(c, c.ExpireTime("missing"))}
	}, want: all{true, false, false, redis.Expiry{Never: true}, redis.Expiry{NoKey: true}}},
	{cmd: "PEXPIRETIME", call: func(c *surface) any {
		at := soon().Truncate(time.Second).Add(123 * time.Millisecond)
		c.given(c.MSet("k", 1, "ever", 1), c.PExpireAt("k", at))
		return all{of(c, c.PExpireTime("k")).At.Equal(at), of(c, c.PExpireTime("ever")), of(c, c.PExpireTime("missing"))}
	}, want: all{true, redis.Expiry{Never: true}, redis.Expiry{NoKey: true}}},
	{cmd: "OBJECT IDLETIME", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		c.given(c.Restore("old", 0, of(c, c.Dump("k")).Or(""), redis.IdleTime(time.Hour)))
		idle, ok := of(c, c.ObjectIdleTime("old")).Get()
		c.holds(ok && idle >= time.Hour && idle < time.Hour+time.Minute, "OBJECT IDLETIME = %v, %v; want an hour", idle, ok)
		return of(c, c.ObjectIdleTime("missing"))
	}, want: none[time.Duration]()},
	{cmd: "LCS", name: "IDX", call: func(c *surface) any {
		c.given(c.MSet("a", "ohmytext", "b", "mynewtext"))
		return all{of(c, c.LCSIdx("a", "b")), of(c, c.LCSIdx("a", "b", redis.MinMatchLen(4), redis.WithMatchLen)), of(c, c.LCSIdx("a", "missing")).Len}
	}, want: all{
		redis.LCSMatches{Matches: []redis.LCSMatch{{A: redis.LCSRange{Start: 4, End: 7}, B: redis.LCSRange{Start: 5, End: 8}}, {A: redis.LCSRange{Start: 2, End: 3}, B: redis.LCSRange{Start: 0, End: 1}}}, Len: 6},
		redis.LCSMatches{Matches: []redis.LCSMatch{{A: redis.LCSRange{Start: 4, End: 7}, B: redis.LCSRange{Start: 5, End: 8}, Len: some[int64](4)}}, Len: 6}, 0}},
	{cmd: "LMPOP", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c", "d"))
		return all{of(c, c.LMPop([]string{"missing", "l"}, redis.Left)), of(c, c.LMPop([]string{"l"}, redis.Right, redis.Count(2))), of(c, c.LMPop([]string{"missing"}, redis.Left)), of(c, c.LRange("l", 0, -1))}
	}, want: all{some(redis.KeyValues{Key: "l", Values: []string{"a"}}), some(redis.KeyValues{Key: "l", Values: []string{"d", "c"}}), none[redis.KeyValues](), []string{"b"}}},
	{cmd: "ZMPOP", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZMPop([]string{"missing", "z"}, redis.ZMin)), of(c, c.ZMPop([]string{"y"}, redis.ZMax, redis.Count(2))), of(c, c.ZMPop([]string{"missing"}, redis.ZMin)), of(c, c.ZCard("z"))}
	}, want: all{some(redis.KeyZs{Key: "z", Members: []redis.Z{{Member: "a", Score: 1}}}), some(redis.KeyZs{Key: "y", Members: []redis.Z{{Member: "d", Score: 30}, {Member: "c", Score: 20}}}), none[redis.KeyZs](), 2}},
	rankWithScore("redis-8"),
	rankWithScore("valkey"),
	{cmd: "ZSCAN", call: func(c *surface) any {
		abc(c)
		big := make([]redis.Z, 1000)
		for i := range big {
			big[i] = redis.Z{Member: string(rune('a'+i%26)) + string(rune('0'+i/26)), Score: float64(i)}
		}
		c.given(c.ZAdd("big", big))
		seen, pages := pagesOf(c, func(cursor string) redis.Page[redis.Z] { return of(c, c.ZScan("big", cursor, redis.Count(100))) })
		slices.SortFunc(seen, func(a, b redis.Z) int { return int(a.Score - b.Score) })
		c.holds(pages > 1 && slices.Equal(slices.Compact(seen), big), "ZSCAN gave %d members in %d pages; want all in several", len(seen), pages)
		return all{of(c, c.ZScan("z", "0")), len(of(c, c.ZScan("big", "0", redis.Match("a*"), redis.Count(10000))).Items), len(of(c, c.ZScan("missing", "0")).Items)}
	}, want: all{page(redis.Z{Member: "a", Score: 1}, redis.Z{Member: "b", Score: 2}, redis.Z{Member: "c", Score: 3}), 39, 0}},
	{cmd: "ZSCAN", name: "NOSCORES", only: "valkey", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.ZScanNoScores("z", "0")), len(of(c, c.ZScanNoScores("missing", "0")).Items)}
	}, want: all{page("a", "b", "c"), 0}},
	{cmd: "CLUSTERSCAN", call: func(c *surface) any {
		master, _, _ := c.cluster()
		var want []string
		for _, n := range numbers(200) {
			key := "k" + string(rune('a'+n.(int)%20)) + string(rune('a'+n.(int)/20))
			want = append(want, key)
			master.Incr(key)
		}
		c.given(master.Set("foo", 1), master.RPush("list", 1))
		seen, pages := pagesOf(master, func(cursor string) redis.Page[string] {
			return of(master, master.ClusterScan(cursor, redis.Match("k*"), redis.Count(1000)))
		})
		c.holds(slices.Equal(slices.Compact(inOrder(seen)), inOrder(want)), "CLUSTERSCAN gave %d keys in %d pages; want 200", len(seen), pages)
		inSlot, _ := pagesOf(master, func(cursor string) redis.Page[string] {
			return of(master, master.ClusterScan(cursor, redis.InSlot(fooSlot)))
		})
		lists, _ := pagesOf(master, func(cursor string) redis.Page[string] {
			return of(master, master.ClusterScan(cursor, redis.OfType("list"), redis.Count(1000)))
		})
		return all{inSlot, lists}
	}, want: all{[]string{"foo"}, []string{"list"}}},
}
