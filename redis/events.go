package redis

import (
	"time"
)

// events tells the program what happens to the connection: by the callbacks of Options, the Logger and the Observer.
// Each has a mailbox of its own, so that one that blocks delays none of the others.
type events struct {
	calls   mailbox[func()]
	logs    mailbox[func()]
	watched observations
}

func (c *Client) openEvents() {
	run := func(letter func()) { letter() }
	c.events = new(events)
	c.events.calls = mailbox[func()]{deliver: run, panicked: c.reportPanic}
	c.events.logs = mailbox[func()]{deliver: run, panicked: func(error) {}, limit: observationLimit}
	c.events.watched.open(c.opts.Observer, c.failed)
}

// dialing posts that an attempt begins which replaces a connection, or a failed attempt, after the given delay.
func (c *Client) dialing(attempt int, delay time.Duration) {
	if o := c.opts.Observer; o != nil && o.Reconnect != nil {
		c.events.watched.post(func() { o.Reconnect(ReconnectEvent{Addr: c.opts.Addr, Attempt: attempt, Delay: delay}) })
	}
}

// dialed posts the end of an attempt to connect.
func (c *Client) dialed(start time.Time, err error) {
	if o := c.opts.Observer; o != nil && o.Dial != nil {
		e := DialEvent{Addr: c.opts.Addr, Start: start, Duration: time.Since(start), Err: err}
		c.events.watched.post(func() { o.Dial(e) })
	}
}

// connected posts that a connection is ready.
func (c *Client) connected(g *generation) {
	if fn := c.opts.OnConnect; fn != nil {
		c.events.calls.post(func() { fn(c) })
	}
	c.log(Logger.Info, "redis: connected", "protocol", g.protocol)
	if o := c.opts.Observer; o != nil && o.Connect != nil {
		e := ConnectEvent{Addr: g.addr, Protocol: g.protocol}
		c.events.watched.post(func() { o.Connect(e) })
	}
}

// disconnected posts that an established connection has ended.
func (c *Client) disconnected(g *generation, age time.Duration) {
	reason, cause := g.reason, g.cause
	if fn := c.opts.OnDisconnect; fn != nil {
		c.events.calls.post(func() { fn(c, reason) })
	}
	level := Logger.Warn
	if reason == ReasonClientClosed {
		level = Logger.Info
	}
	c.log(level, "redis: disconnected", "reason", reason, "age", age, "error", cause)
	if o := c.opts.Observer; o != nil && o.Disconnect != nil {
		e := DisconnectEvent{Addr: g.addr, Reason: reason, Age: age, Err: cause}
		c.events.watched.post(func() { o.Disconnect(e) })
	}
}

// gap posts the end of a gap of a subscription.
func (c *Client) gap(from time.Time, duration time.Duration, cause error) {
	if o := c.opts.Observer; o != nil && o.Gap != nil {
		e := GapEvent{Addr: c.opts.Addr, From: from, Duration: duration, Err: cause}
		c.events.watched.post(func() { o.Gap(e) })
	}
}

// failed posts an error that no command can tell.
func (c *Client) failed(err error) {
	if fn := c.opts.OnError; fn != nil {
		c.events.calls.post(func() { fn(c, err) })
	}
	c.log(Logger.Error, "redis: error", "error", err)
}

// reportPanic is failed for a panic in one of the callbacks, on their goroutine.
func (c *Client) reportPanic(err error) {
	c.log(Logger.Error, "redis: error", "error", err)
	if fn := c.opts.OnError; fn != nil {
		fn(c, err)
	}
}

// log posts a line for the Logger. Errors hold no secrets (law G12).
func (c *Client) log(say func(l Logger, msg string, args ...any), text string, args ...any) {
	l := c.opts.Logger
	if l == nil {
		return
	}
	args = append([]any{"addr", c.opts.Addr}, args...)
	c.events.logs.post(func() { say(l, text, args...) })
}
