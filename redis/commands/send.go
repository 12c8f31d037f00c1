package commands

import (
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/proto"
)

// One sender per kind of reply. They are written out and not one generic function
// since a generic one costs a second allocation: its dictionary makes the
// new call escape apart from the future that is returned.

// start completes the command and hands it to the role, or fails it when an
// argument was refused: then it never takes a place in any queue.
func (c *Commands) start(cmd *Cmd, r reply, a *args) {
	cmd.spec, cmd.reply = a.spec, r
	if a.err != nil {
		err := a.err
		a.release()
		r.owner().FailIn(nil, err)
		if collector, ok := c.doer.(interface{ Refused(cmd *Cmd) }); ok {
			collector.Refused(cmd) // it takes a place there all the same
		}
		return
	}
	a.finish()
	cmd.args = a
	if c.slab == nil {
		c.doer.Do(cmd)
		return
	}
	a.home = c.slab
	c.doer.Do(cmd)
	if cmd.args != nil {
		cmd.args.home = nil // it was not copied yet: another goroutine is going to release it
	}
}

func (c *Commands) sendInt(a *args) *future.Future[int64] {
	var x *call[int64, asInt]
	if c.slab == nil {
		x = new(call[int64, asInt])
	} else {
		x = slot[call[int64, asInt]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptInt(a *args) *future.Future[Opt[int64]] {
	var x *call[Opt[int64], asOptInt]
	if c.slab == nil {
		x = new(call[Opt[int64], asOptInt])
	} else {
		x = slot[call[Opt[int64], asOptInt]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendBool(a *args) *future.Future[bool] {
	x := new(call[bool, asBool])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStored(a *args) *future.Future[bool] {
	var x *call[bool, asStored]
	if c.slab == nil {
		x = new(call[bool, asStored])
	} else {
		x = slot[call[bool, asStored]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStatus(a *args) *future.Future[string] {
	var x *call[string, asStatus]
	if c.slab == nil {
		x = new(call[string, asStatus])
	} else {
		x = slot[call[string, asStatus]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendString(a *args) *future.Future[string] {
	var x *call[string, asString]
	if c.slab == nil {
		x = new(call[string, asString])
	} else {
		x = slot[call[string, asString]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptString(a *args) *future.Future[Opt[string]] {
	var x *call[Opt[string], asOptString]
	if c.slab == nil {
		x = new(call[Opt[string], asOptString])
	} else {
		x = slot[call[Opt[string], asOptString]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendFloat(a *args) *future.Future[float64] {
	x := new(call[float64, asFloat])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptFloat(a *args) *future.Future[Opt[float64]] {
	x := new(call[Opt[float64], asOptFloat])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendSeconds(a *args) *future.Future[time.Duration] {
	x := new(call[time.Duration, asSeconds])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendMillis(a *args) *future.Future[time.Duration] {
	x := new(call[time.Duration, asMillis])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendTime(a *args) *future.Future[time.Time] {
	x := new(call[time.Time, asTime])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendValue(a *args) *future.Future[proto.Value] {
	x := new(call[proto.Value, asValue])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStrings(a *args) *future.Future[[]string] {
	var x *call[[]string, asStrings]
	if c.slab == nil {
		x = new(call[[]string, asStrings])
	} else {
		x = slot[call[[]string, asStrings]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptStrings(a *args) *future.Future[[]Opt[string]] {
	var x *call[[]Opt[string], asOptStrings]
	if c.slab == nil {
		x = new(call[[]Opt[string], asOptStrings])
	} else {
		x = slot[call[[]Opt[string], asOptStrings]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendBools(a *args) *future.Future[[]bool] {
	x := new(call[[]bool, asBools])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendStringMap(a *args) *future.Future[map[string]string] {
	var x *call[map[string]string, asStringMap]
	if c.slab == nil {
		x = new(call[map[string]string, asStringMap])
	} else {
		x = slot[call[map[string]string, asStringMap]](c.slab)
	}
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendZs(a *args) *future.Future[[]Z] {
	x := new(call[[]Z, asZs])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendInfo(a *args) *future.Future[Info] {
	x := new(call[Info, asInfo])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendKeyPage(a *args) *future.Future[Page[string]] {
	x := new(call[Page[string], asKeyPage])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendOptFloats(a *args) *future.Future[[]Opt[float64]] {
	x := new(call[[]Opt[float64], asOptFloats])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendBytes(a *args) *future.Future[[]byte] {
	x := new(call[[]byte, asBytes])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendGoInt(a *args) *future.Future[int] {
	x := new(call[int, asGoInt])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendTruth(a *args) *future.Future[bool] {
	x := new(call[bool, asTruth])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendByteSlices(a *args) *future.Future[[][]byte] {
	x := new(call[[][]byte, asByteSlices])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendInts(a *args) *future.Future[[]int64] {
	x := new(call[[]int64, asInts])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendFloats(a *args) *future.Future[[]float64] {
	x := new(call[[]float64, asFloats])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendValues(a *args) *future.Future[[]proto.Value] {
	x := new(call[[]proto.Value, asValues])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}

func (c *Commands) sendTxReplies(a *args) *future.Future[[]proto.Value] {
	x := new(call[[]proto.Value, asTxReplies])
	c.start(&x.Cmd, x, a)
	return x.p.Future()
}
