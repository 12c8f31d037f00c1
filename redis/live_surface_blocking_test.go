package redis_test

import (
	"time"

	"github.com/futureio/futureio-go/redis"
)

// moment is the timeout of a command that is going to wait in vain.
const moment = 10 * time.Millisecond

// blockingRows go to the lane of the client.
var blockingRows = []row{
	{cmd: "BLMOVE", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.BLMove("l", "m", redis.Right, redis.Left, 0)), of(c, c.BLMove("missing", "m", redis.Left, redis.Left, moment)), of(c, c.LRange("m", 0, -1))}
	}, want: all{some("b"), none[string](), []string{"b"}}},
	{cmd: "BLMPOP", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b", "c"))
		return all{of(c, c.BLMPop(0, []string{"missing", "l"}, redis.Left, redis.Count(2))), of(c, c.BLMPop(moment, []string{"missing"}, redis.Left))}
	}, want: all{some(redis.KeyValues{Key: "l", Values: []string{"a", "b"}}), none[redis.KeyValues]()}},
	{cmd: "BLPOP", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.BLPop([]string{"missing", "l"}, 0)), of(c, c.BLPop([]string{"missing"}, moment))}
	}, want: all{some(redis.KeyValue{Key: "l", Value: "a"}), none[redis.KeyValue]()}},
	{cmd: "BRPOP", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.BRPop([]string{"missing", "l"}, 0)), of(c, c.BRPop([]string{"missing"}, moment))}
	}, want: all{some(redis.KeyValue{Key: "l", Value: "b"}), none[redis.KeyValue]()}},
	{cmd: "BRPOPLPUSH", call: func(c *surface) any {
		c.given(c.RPush("l", "a", "b"))
		return all{of(c, c.BRPopLPush("l", "m", 0)), of(c, c.BRPopLPush("missing", "m", moment)), of(c, c.LRange("m", 0, -1))}
	}, want: all{some("b"), none[string](), []string{"b"}}},
	{cmd: "BZMPOP", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.BZMPop(0, []string{"missing", "z"}, redis.ZMin)), of(c, c.BZMPop(moment, []string{"missing"}, redis.ZMax))}
	}, want: all{some(redis.KeyZs{Key: "z", Members: []redis.Z{{Member: "a", Score: 1}}}), none[redis.KeyZs]()}},
	{cmd: "BZPOPMAX", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.BZPopMax([]string{"missing", "y"}, 0)), of(c, c.BZPopMax([]string{"missing"}, moment))}
	}, want: all{some(redis.KeyZ{Key: "y", Z: redis.Z{Member: "d", Score: 30}}), none[redis.KeyZ]()}},
	{cmd: "BZPOPMIN", call: func(c *surface) any {
		abc(c)
		return all{of(c, c.BZPopMin([]string{"missing", "z"}, 0)), of(c, c.BZPopMin([]string{"missing"}, moment))}
	}, want: all{some(redis.KeyZ{Key: "z", Z: redis.Z{Member: "a", Score: 1}}), none[redis.KeyZ]()}},
	{cmd: "XREAD", name: "BLOCK", call: func(c *surface) any {
		c.given(c.XAdd("s", "1-1", []any{"f", "v"}))
		got := of(c, c.XRead([]redis.StreamPosition{{Stream: "s", ID: "0"}}, redis.Block(0)))
		none := of(c, c.XRead([]redis.StreamPosition{{Stream: "s", ID: "$"}}, redis.Block(moment)))
		return all{len(got), got[0].Stream, len(none)}
	}, want: all{1, "s", 0}},
}
