package redis_test

import (
	"time"

	"github.com/futureio/futureio-go/redis"
)

var stringRows = []row{
	{cmd: "APPEND", call: func(c *surface) any {
		return all{of(c, c.Append("k", "Hello")), of(c, c.Append("k", " World")), of(c, c.Get("k"))}
	}, want: all{5, 11, some("Hello World")}},
	{cmd: "DECR", call: func(c *surface) any {
		return all{of(c, c.Decr("n")), of(c, c.Decr("n"))}
	}, want: all{-1, -2}},
	{cmd: "DECRBY", call: func(c *surface) any { return of(c, c.DecrBy("n", 40)) }, want: -40},
	{cmd: "DELIFEQ", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		return all{of(c, c.DelIfEq("k", "other")), of(c, c.DelIfEq("k", "v")), of(c, c.Exists("k"))}
	}, want: all{false, true, 0}},
	{cmd: "GET", call: func(c *surface) any {
		c.given(c.Set("k", "v"), c.Set("empty", ""))
		return all{of(c, c.Get("k")), of(c, c.Get("empty")), of(c, c.Get("missing"))}
	}, want: all{some("v"), some(""), none[string]()}},
	{cmd: "GETDEL", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		return all{of(c, c.GetDel("k")), of(c, c.GetDel("k"))}
	}, want: all{some("v"), none[string]()}},
	{cmd: "GETEX", call: func(c *surface) any {
		c.given(c.Set("k", "v"))
		before := of(c, c.GetEx("k"))
		for _, ttl := range []struct {
			opt      redis.GetExOption
			from, to time.Duration
		}{
			{redis.EX(10 * time.Second), 9 * time.Second, 10 * time.Second},
			{redis.PX(1500 * time.Millisecond), time.Second, 1500 * time.Millisecond},
			{redis.EXAt(time.Now().Add(time.Hour)), 59 * time.Minute, time.Hour + time.Second},
			{redis.PXAt(time.Now().Add(time.Minute)), 55 * time.Second, time.Minute + time.Second},
		} {
			v, left := of(c, c.GetEx("k", ttl.opt)), of(c, c.PTTL("k"))
			c.holds(v == some("v") && left > ttl.from && left <= ttl.to, "GETEX with %+v = %v, %v left; want v, %v to %v", ttl.opt, v, left, ttl.from, ttl.to)
		}
		return all{before, of(c, c.GetEx("k", redis.Persist)), of(c, c.TTL("k")), of(c, c.GetEx("missing"))}
	}, want: all{some("v"), some("v"), redis.NoExpiry, none[string]()}},
	{cmd: "GETRANGE", call: func(c *surface) any {
		c.given(c.Set("k", "This is a string"))
		return all{of(c, c.GetRange("k", 0, 3)), of(c, c.GetRange("k", -3, -1)), of(c, c.GetRange("missing", 0, -1))}
	}, want: all{"This", "ing", ""}},
	{cmd: "GETSET", call: func(c *surface) any {
		return all{of(c, c.GetSet("k", "a")), of(c, c.GetSet("k", "b")), of(c, c.Get("k"))}
	}, want: all{none[string](), some("a"), some("b")}},
	{cmd: "INCR", call: func(c *surface) any {
		return all{of(c, c.Incr("n")), of(c, c.Incr("n"))}
	}, want: all{1, 2}},
	{cmd: "INCRBY", call: func(c *surface) any {
		return all{of(c, c.IncrBy("n", 9223372036854775806)), of(c, c.Incr("n"))}
	}, want: all{int64(9223372036854775806), int64(9223372036854775807)}},
	{cmd: "INCRBYFLOAT", call: func(c *surface) any {
		return all{of(c, c.IncrByFloat("f", 10.5)), of(c, c.IncrByFloat("f", -0.25)), of(c, c.IncrByFloat("f", 5e3))}
	}, want: all{10.5, 10.25, 5010.25}},
	{cmd: "LCS", call: func(c *surface) any {
		c.given(c.MSet("a", "ohmytext", "b", "mynewtext"))
		return all{of(c, c.LCS("a", "b")), of(c, c.LCSLen("a", "b")), of(c, c.LCS("a", "missing"))}
	}, want: all{"mytext", 6, ""}},
	{cmd: "MGET", call: func(c *surface) any {
		c.given(c.Set("a", "1"), c.Set("b", ""), c.RPush("list", "x"))
		return of(c, c.MGet("a", "b", "missing", "list", "a"))
	}, want: []redis.Opt[string]{some("1"), some(""), none[string](), none[string](), some("1")}},
	{cmd: "MSET", call: func(c *surface) any {
		return all{of(c, c.MSet("a", 1, "b", []byte("two"))), of(c, c.Get("a")), of(c, c.Get("b"))}
	}, want: all{"OK", some("1"), some("two")}},
	{cmd: "MSETEX", call: func(c *surface) any {
		stored := of(c, c.MSetEx([]any{"a", 1, "b", 2}, redis.EX(time.Minute)))
		left := of(c, c.PTTL("b"))
		c.holds(left > 50*time.Second && left <= time.Minute, "PTTL = %v; want up to a minute", left)
		return all{stored, of(c, c.MSetEx([]any{"b", 3, "c", 3}, redis.NX)), of(c, c.MSetEx([]any{"a", 3, "c", 3}, redis.XX)), of(c, c.Exists("c")),
			of(c, c.MSetEx([]any{"a", 4}, redis.KeepTTL))}
	}, want: all{true, false, false, 0, true}},
	{cmd: "MSETNX", call: func(c *surface) any {
		return all{of(c, c.MSetNX("a", 1, "b", 2)), of(c, c.MSetNX("b", 3, "c", 3)), of(c, c.Exists("c"))}
	}, want: all{true, false, 0}},
	{cmd: "PSETEX", call: func(c *surface) any {
		set := of(c, c.PSetEx("k", 1500*time.Millisecond, "v"))
		left := of(c, c.PTTL("k"))
		c.holds(left > time.Second && left <= 1500*time.Millisecond, "PTTL = %v; want up to 1.5 s", left)
		return all{set, of(c, c.Get("k"))}
	}, want: all{"OK", some("v")}},
	{cmd: "PSETEX", name: "by SetEx", call: func(c *surface) any {
		set := of(c, c.SetEx("k", 2500*time.Millisecond, "v"))
		left := of(c, c.PTTL("k"))
		c.holds(left > 2*time.Second && left <= 2500*time.Millisecond, "PTTL = %v; want up to 2.5 s", left)
		return set
	}, want: "OK"},
	{cmd: "SET", call: func(c *surface) any {
		set := all{of(c, c.Set("k", "v")), of(c, c.Set("k", "w", redis.NX)), of(c, c.Set("none", "w", redis.XX)), of(c, c.Set("k", "w", redis.XX, redis.EX(time.Minute)))}
		left := of(c, c.PTTL("k"))
		c.holds(left > 50*time.Second && left <= time.Minute, "PTTL = %v; want up to a minute", left)
		of(c, c.Set("k", "x", redis.KeepTTL))
		left = of(c, c.PTTL("k"))
		c.holds(left > 50*time.Second, "PTTL after KeepTTL = %v; want up to a minute", left)
		return append(set, of(c, c.Get("k")), of(c, c.Get("none")))
	}, want: all{true, false, false, true, some("x"), none[string]()}},
	{cmd: "SET", name: "GET", call: func(c *surface) any {
		return all{of(c, c.SetGet("k", "a")), of(c, c.SetGet("k", "b", redis.NX)), of(c, c.SetGet("k", "c", redis.PX(time.Minute))), of(c, c.Get("k"))}
	}, want: all{none[string](), some("a"), some("a"), some("c")}},
	{cmd: "SET", name: "IFEQ", only: "valkey", call: func(c *surface) any {
		c.given(c.Set("k", "a"))
		return all{of(c, c.Set("k", "b", redis.IfEq("other"))), of(c, c.Set("k", "b", redis.IfEq("a"))), of(c, c.SetGet("k", "c", redis.IfEq("b"))), of(c, c.Get("k"))}
	}, want: all{false, true, some("b"), some("c")}},
	{cmd: "SETEX", call: func(c *surface) any {
		set := of(c, c.SetEx("k", 10*time.Second, "v"))
		left := of(c, c.PTTL("k"))
		c.holds(left > 9*time.Second && left <= 10*time.Second, "PTTL = %v; want up to 10 s", left)
		return all{set, of(c, c.Get("k"))}
	}, want: all{"OK", some("v")}},
	{cmd: "SETNX", call: func(c *surface) any {
		return all{of(c, c.SetNX("k", "a")), of(c, c.SetNX("k", "b")), of(c, c.Get("k"))}
	}, want: all{true, false, some("a")}},
	{cmd: "SETRANGE", call: func(c *surface) any {
		c.given(c.Set("k", "Hello World"))
		return all{of(c, c.SetRange("k", 6, "Redis")), of(c, c.Get("k")), of(c, c.SetRange("new", 2, "x")), of(c, c.Get("new"))}
	}, want: all{11, some("Hello Redis"), 3, some("\x00\x00x")}},
	{cmd: "STRLEN", call: func(c *surface) any {
		c.given(c.Set("k", "ä\x00"))
		return all{of(c, c.StrLen("k")), of(c, c.StrLen("missing"))}
	}, want: all{3, 0}},
	{cmd: "SUBSTR", call: func(c *surface) any {
		c.given(c.Set("k", "This is a string"))
		return all{of(c, c.SubStr("k", 5, 6)), of(c, c.SubStr("missing", 0, -1))}
	}, want: all{"is", ""}},
}
