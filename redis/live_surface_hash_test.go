package redis_test

import (
	"time"

	"github.com/futureio/futureio-go/redis"
)

var hashRows = []row{
	{cmd: "HDEL", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", 2))
		return all{of(c, c.HDel("h", "a", "missing")), of(c, c.HDel("missing", "a")), of(c, c.HGetAll("h"))}
	}, want: all{1, 0, map[string]string{"b": "2"}}},
	{cmd: "HEXISTS", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1))
		return all{of(c, c.HExists("h", "a")), of(c, c.HExists("h", "b")), of(c, c.HExists("missing", "a"))}
	}, want: all{true, false, false}},
	{cmd: "HGET", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "empty", ""))
		return all{of(c, c.HGet("h", "a")), of(c, c.HGet("h", "empty")), of(c, c.HGet("h", "b")), of(c, c.HGet("missing", "a"))}
	}, want: all{some("1"), some(""), none[string](), none[string]()}},
	{cmd: "HGETALL", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", "two", "", ""))
		return all{of(c, c.HGetAll("h")), len(of(c, c.HGetAll("missing")))}
	}, want: all{map[string]string{"a": "1", "b": "two", "": ""}, 0}},
	{cmd: "HGETDEL", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", 2))
		return all{of(c, c.HGetDel("h", "a", "missing")), of(c, c.HGetAll("h")), of(c, c.HGetDel("missing", "a"))}
	}, want: all{[]redis.Opt[string]{some("1"), none[string]()}, map[string]string{"b": "2"}, []redis.Opt[string]{none[string]()}}},
	{cmd: "HGETEX", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", 2))
		plain := of(c, c.HGetEx("h", []string{"a", "missing"}))
		set := of(c, c.HGetEx("h", []string{"a", "missing"}, redis.PX(90*time.Second)))
		left := of(c, c.HPTTL("h", "a", "b", "missing"))
		c.holds(left[0] > time.Minute && left[0] <= 90*time.Second, "HPTTL = %v; want up to 90 s", left)
		return all{plain, set, left[1:], of(c, c.HGetEx("h", []string{"a"}, redis.Persist)), of(c, c.HTTL("h", "a"))}
	}, want: all{[]redis.Opt[string]{some("1"), none[string]()}, []redis.Opt[string]{some("1"), none[string]()}, []time.Duration{redis.NoExpiry, redis.NoKey},
		[]redis.Opt[string]{some("1")}, []time.Duration{redis.NoExpiry}}},
	{cmd: "HINCRBY", call: func(c *surface) any {
		return all{of(c, c.HIncrBy("h", "a", 5)), of(c, c.HIncrBy("h", "a", -7))}
	}, want: all{5, -2}},
	{cmd: "HINCRBYFLOAT", call: func(c *surface) any {
		return all{of(c, c.HIncrByFloat("h", "a", 1.5)), of(c, c.HIncrByFloat("h", "a", -0.25))}
	}, want: all{1.5, 1.25}},
	{cmd: "HKEYS", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", 2))
		return all{inOrder(of(c, c.HKeys("h"))), len(of(c, c.HKeys("missing")))}
	}, want: all{[]string{"a", "b"}, 0}},
	{cmd: "HLEN", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", 2))
		return all{of(c, c.HLen("h")), of(c, c.HLen("missing"))}
	}, want: all{2, 0}},
	{cmd: "HMGET", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", ""))
		return all{of(c, c.HMGet("h", "a", "b", "missing")), of(c, c.HMGet("missing", "a"))}
	}, want: all{[]redis.Opt[string]{some("1"), some(""), none[string]()}, []redis.Opt[string]{none[string]()}}},
	{cmd: "HMSET", call: func(c *surface) any {
		return all{of(c, c.HMSet("h", "a", 1, "b", true)), of(c, c.HGetAll("h"))}
	}, want: all{"OK", map[string]string{"a": "1", "b": "1"}}},
	{cmd: "HSET", call: func(c *surface) any {
		return all{of(c, c.HSet("h", "a", 1, "b", 2)), of(c, c.HSet("h", "b", 3, "c", 4)), of(c, c.HSet("h", map[string]any{"d": 5})), of(c, c.HGetAll("h"))}
	}, want: all{2, 1, 1, map[string]string{"a": "1", "b": "3", "c": "4", "d": "5"}}},
	{cmd: "HSETEX", call: func(c *surface) any {
		set := of(c, c.HSetEx("h", []any{"a", 1, "b", 2}, redis.EX(time.Minute)))
		left := of(c, c.HPTTL("h", "a"))
		c.holds(left[0] > 50*time.Second && left[0] <= time.Minute, "HPTTL = %v; want up to a minute", left)
		return all{set, of(c, c.HSetEx("h", []any{"b", 3, "c", 3}, redis.FNX)), of(c, c.HSetEx("h", []any{"b", 3}, redis.FXX, redis.KeepTTL)), of(c, c.HGetAll("h"))}
	}, want: all{true, false, true, map[string]string{"a": "1", "b": "3"}}},
	{cmd: "HSETNX", call: func(c *surface) any {
		return all{of(c, c.HSetNX("h", "a", 1)), of(c, c.HSetNX("h", "a", 2)), of(c, c.HGet("h", "a"))}
	}, want: all{true, false, some("1")}},
	{cmd: "HSTRLEN", call: func(c *surface) any {
		c.given(c.HSet("h", "a", "four"))
		return all{of(c, c.HStrLen("h", "a")), of(c, c.HStrLen("h", "missing"))}
	}, want: all{4, 0}},
	{cmd: "HVALS", call: func(c *surface) any {
		c.given(c.HSet("h", "a", 1, "b", 2))
		return all{inOrder(of(c, c.HVals("h"))), len(of(c, c.HVals("missing")))}
	}, want: all{[]string{"1", "2"}, 0}},
}
