package redis_test

import "github.com/futureio/futureio-go/redis/proto"

var hyperLogLogRows = []row{
	{cmd: "PFADD", call: func(c *surface) any {
		return all{of(c, c.PFAdd("p", "a", "b", "c")), of(c, c.PFAdd("p", "a", "b")), of(c, c.PFAdd("empty")), of(c, c.PFAdd("empty"))}
	}, want: all{true, false, true, false}},
	{cmd: "PFCOUNT", call: func(c *surface) any {
		c.given(c.PFAdd("p", "a", "b", "c"), c.PFAdd("q", "c", "d"), c.PFAdd("big", numbers(5000)...))
		n := of(c, c.PFCount("big"))
		c.holds(n > 4750 && n < 5250, "PFCOUNT = %d; want about 5000", n)
		return all{of(c, c.PFCount("p")), of(c, c.PFCount("p", "q", "missing")), of(c, c.PFCount("missing"))}
	}, want: all{3, 4, 0}},
	{cmd: "PFDEBUG", call: func(c *surface) any {
		c.given(c.PFAdd("p", "a"))
		encoding := of(c, c.PFDebug("ENCODING", "p"))
		turned := of(c, c.PFDebug("TODENSE", "p"))
		registers := of(c, c.PFDebug("GETREG", "p"))
		set := 0
		for _, r := range registers.Array() {
			if n, err := r.Int(); err != nil {
				c.t.Errorf("a register is %v: %v", r, err)
			} else if n > 0 {
				set++
			}
		}
		return all{encoding, turned, registers.Len(), set}
	}, want: all{proto.StatusValue("sparse"), proto.IntValue(1), 16384, 1}},
	{cmd: "PFMERGE", call: func(c *surface) any {
		c.given(c.PFAdd("p", "a", "b"), c.PFAdd("q", "b", "c"))
		return all{of(c, c.PFMerge("d", "p", "q")), of(c, c.PFCount("d")), of(c, c.PFMerge("d")), of(c, c.PFCount("d"))}
	}, want: all{"OK", 3, "OK", 3}},
	{cmd: "PFSELFTEST", call: func(c *surface) any { return of(c, c.PFSelfTest()) }, want: "OK"},
}
