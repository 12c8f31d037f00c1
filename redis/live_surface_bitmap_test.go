package redis_test

import (
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

var bitmapRows = []row{
	{cmd: "BITCOUNT", call: func(c *surface) any {
		c.given(c.Set("k", "foobar"))
		return all{of(c, c.BitCount("k")), of(c, c.BitCountRange("k", 1, 1)), of(c, c.BitCountRange("k", 5, 30, redis.ByBit)), of(c, c.BitCountRange("k", 0, -1, redis.ByByte)), of(c, c.BitCount("missing"))}
	}, want: all{26, 6, 17, 26, 0}},
	{cmd: "BITFIELD", call: func(c *surface) any {
		return all{of(c, c.BitField("k", commands.BitFieldSet("u8", "0", 200), commands.BitFieldGet("u8", "0"), commands.BitFieldIncrBy("i5", "#4", -3))),
			of(c, c.BitField("k", commands.BitFieldOverflow("FAIL"), commands.BitFieldIncrBy("u8", "0", 100), commands.BitFieldOverflow("SAT"), commands.BitFieldIncrBy("u8", "0", 100)))}
	}, want: all{[]redis.Opt[int64]{some[int64](0), some[int64](200), some[int64](-3)}, []redis.Opt[int64]{none[int64](), some[int64](255)}}},
	{cmd: "BITFIELD_RO", call: func(c *surface) any {
		c.given(c.Set("k", "\x01\xff"))
		return all{of(c, c.BitFieldRO("k", commands.BitGet{Encoding: "u8", Offset: "0"}, commands.BitGet{Encoding: "i8", Offset: "#1"})), of(c, c.BitFieldRO("missing", commands.BitGet{Encoding: "u8", Offset: "0"}))}
	}, want: all{[]redis.Opt[int64]{some[int64](1), some[int64](-1)}, []redis.Opt[int64]{some[int64](0)}}},
	{cmd: "BITOP", call: func(c *surface) any {
		c.given(c.Set("a", "\x0f\xf0"), c.Set("b", "\x3c"))
		return all{of(c, c.BitOp(commands.BitAnd, "and", "a", "b")), of(c, c.BitOp(commands.BitOr, "or", "a", "b")), of(c, c.BitOp(commands.BitXor, "xor", "a", "b")), of(c, c.BitOp(commands.BitNot, "not", "b")),
			of(c, c.MGet("and", "or", "xor", "not"))}
	}, want: all{2, 2, 2, 1, texts("\x0c\x00", "\x3f\xf0", "\x33\xf0", "\xc3")}},
	{cmd: "BITPOS", call: func(c *surface) any {
		c.given(c.Set("k", "\x00\xff\xf0"), c.Set("zero", "\x00"))
		return all{of(c, c.BitPos("k", 1)), of(c, c.BitPosFrom("k", 0, 1)), of(c, c.BitPosRange("k", 1, 2, -1)), of(c, c.BitPosRange("k", 0, 9, 23, redis.ByBit)), of(c, c.BitPos("zero", 1))}
	}, want: all{8, 20, 16, 20, -1}},
	{cmd: "GETBIT", call: func(c *surface) any {
		c.given(c.Set("k", "\x40"))
		return all{of(c, c.GetBit("k", 0)), of(c, c.GetBit("k", 1)), of(c, c.GetBit("k", 1000))}
	}, want: all{0, 1, 0}},
	{cmd: "SETBIT", call: func(c *surface) any {
		return all{of(c, c.SetBit("k", 7, 1)), of(c, c.SetBit("k", 7, 0)), of(c, c.SetBit("k", 9, 1)), of(c, c.Get("k"))}
	}, want: all{0, 1, 0, some("\x00\x40")}},
}
