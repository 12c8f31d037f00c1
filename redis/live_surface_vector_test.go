package redis_test

import (
	"math"
	"slices"

	"github.com/futureio/futureio-go/redis"
)

// vectors prepares v with the axes of three dimensions, kept as 32 bit floats, of which x has attributes.
func vectors(c *surface) {
	c.t.Helper()
	c.given(c.VAdd("v", []float64{1, 0, 0}, "x", redis.NoQuant, redis.SetAttr(`{"year":1950}`)), c.VAdd("v", []float64{0, 2, 0}, "y", redis.NoQuant), c.VAdd("v", []float64{0, 0, 1}, "z", redis.NoQuant))
}

// Vector sets: Redis 8 alone has them.
var vectorRows = []row{
	{cmd: "VADD", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VAdd("v", []float64{1, 1, 0}, "xy", redis.NoQuant, redis.CAS, redis.Effort(100), redis.MaxLinks(16))), of(c, c.VAdd("v", []float64{1, 1, 0.5}, "xy", redis.NoQuant)),
			of(c, c.VAdd("q", []float64{1, 2}, "a", redis.Q8)), of(c, c.VAdd("b", []float64{1, -2}, "a", redis.Bin)), of(c, c.VCard("v"))}
	}, want: all{true, false, true, true, 4}},
	{cmd: "VADD", name: "REDUCE", call: func(c *surface) any {
		return all{of(c, c.VAddReduced("r", 2, []float64{1, 2, 3, 4}, "a", redis.NoQuant)), of(c, c.VDim("r")), of(c, c.VInfo("r")).Or(redis.VectorInfo{}).ProjectedFrom}
	}, want: all{true, 2, 4}},
	{cmd: "VCARD", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VCard("v")), of(c, c.VCard("missing"))}
	}, want: all{3, 0}},
	{cmd: "VDIM", call: func(c *surface) any {
		vectors(c)
		return of(c, c.VDim("v"))
	}, want: 3},
	{cmd: "VEMB", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VEmb("v", "x")), of(c, c.VEmb("v", "y")), of(c, c.VEmb("v", "missing")).Valid()}
	}, want: all{some([]float64{1, 0, 0}), some([]float64{0, 2, 0}), false}},
	{cmd: "VEMB", name: "RAW", call: func(c *surface) any {
		vectors(c)
		c.given(c.VAdd("q", []float64{3, 4}, "a"))
		raw, ok := of(c, c.VEmbRaw("v", "y")).Get()
		small, _ := of(c, c.VEmbRaw("q", "a")).Get()
		c.holds(ok && math.Abs(small.Norm-5) < 1e-6 && math.Abs(small.Range.Or(0)-0.8) < 1e-6, "VEMB RAW of 8 bits = %+v; want a vector of length 5, and 0.8 as its range", small)
		return all{raw, small.Quantization, len(small.Data), of(c, c.VEmbRaw("v", "missing")).Valid()}
	}, want: all{redis.RawVector{Quantization: "f32", Data: []byte("\x00\x00\x00\x00\x00\x00\x80\x3f\x00\x00\x00\x00"), Norm: 2}, "int8", 2, false}},
	{cmd: "VGETATTR", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VGetAttr("v", "x")), of(c, c.VGetAttr("v", "y")), of(c, c.VGetAttr("v", "missing"))}
	}, want: all{some(`{"year":1950}`), none[string](), none[string]()}},
	{cmd: "VINFO", call: func(c *surface) any {
		vectors(c)
		info, ok := of(c, c.VInfo("v")).Get()
		c.holds(info.MaxLevel >= 0 && info.ID >= 0 && info.MaxNodeID >= 3, "VINFO = %+v", info)
		return all{ok, info.Quantization, info.Size, info.Dimension, info.ProjectedFrom, info.Links, info.Attributes, of(c, c.VInfo("missing")).Valid()}
	}, want: all{true, "f32", 3, 3, 0, 16, 1, false}},
	{cmd: "VISMEMBER", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VIsMember("v", "x")), of(c, c.VIsMember("v", "a")), of(c, c.VIsMember("missing", "x"))}
	}, want: all{true, false, false}},
	{cmd: "VLINKS", call: func(c *surface) any {
		vectors(c)
		links, scores := of(c, c.VLinks("v", "x")), of(c, c.VLinksWithScores("v", "x"))
		c.holds(len(links) > 0 && len(scores) == len(links), "VLINKS = %v and %v; want the same layers", links, scores)
		last := scores[len(scores)-1]
		slices.SortFunc(last, func(a, b redis.Z) int { return int(a.Member[0]) - int(b.Member[0]) })
		return all{inOrder(links[len(links)-1]), last, len(of(c, c.VLinks("v", "missing")))}
	}, want: all{[]string{"y", "z"}, []redis.Z{{Member: "y", Score: 0.5}, {Member: "z", Score: 0.5}}, 0}, differs: true},
	{cmd: "VRANDMEMBER", call: func(c *surface) any {
		vectors(c)
		c.given(c.VAdd("one", []float64{1}, "only"))
		return all{of(c, c.VRandMember("one")), of(c, c.VRandMember("missing")), inOrder(of(c, c.VRandMemberN("v", 9))), of(c, c.VRandMemberN("one", -3)), len(of(c, c.VRandMemberN("missing", 2)))}
	}, want: all{some("only"), none[string](), []string{"x", "y", "z"}, []string{"only", "only", "only"}, 0}},
	{cmd: "VREM", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VRem("v", "x")), of(c, c.VRem("v", "x")), of(c, c.VRem("missing", "x")), of(c, c.VCard("v"))}
	}, want: all{true, false, false, 2}},
	{cmd: "VSETATTR", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VSetAttr("v", "y", `{"a":1}`)), of(c, c.VGetAttr("v", "y")), of(c, c.VSetAttr("v", "x", "")), of(c, c.VGetAttr("v", "x")), of(c, c.VSetAttr("v", "missing", `{}`))}
	}, want: all{true, some(`{"a":1}`), true, none[string](), false}},
	{cmd: "VSIM", call: func(c *surface) any {
		vectors(c)
		return all{of(c, c.VSim("v", []float64{0.9, 0.5, 0.1})), of(c, c.VSim("v", []float64{0, 0, 3}, redis.Count(1), redis.Effort(50))), of(c, c.VSimElement("v", "y", redis.Count(1), redis.Truth)),
			of(c, c.VSim("v", []float64{0, 1, 0}, redis.Filter(".year > 1900"), redis.FilterEffort(100))), len(of(c, c.VSim("missing", []float64{1})))}
	}, want: all{[]string{"x", "y", "z"}, []string{"z"}, []string{"y"}, []string{"x"}, 0}},
	{cmd: "VSIM", name: "WITHSCORES", call: func(c *surface) any {
		vectors(c)
		// No vector is as near as another one, so that their order is certain.
		scored := of(c, c.VSimWithScores("v", []float64{-1, 0, 0}, redis.NoThread, redis.Filter(".year == 1950")))
		return all{scored, of(c, c.VSimElementWithScores("v", "y", redis.Count(1))), len(of(c, c.VSimWithScores("missing", []float64{1})))}
	}, want: all{[]redis.Z{{Member: "x", Score: 0}}, []redis.Z{{Member: "y", Score: 1}}, 0}},
}
