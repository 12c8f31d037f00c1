package simulator

import "time"

// malformed are replies that no server may send: each ends the connection wherever it stands.
var malformed = []string{":12x\r\n", "+OK\n+", "$-7\r\n", "$3\r\nabcXY", "?what\r\n", "*-2\r\n", ":\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"}

// refusals are what a server says that does not want to execute a command now.
var refusals = []string{
	"-LOADING Redis is loading the dataset in memory\r\n", "-READONLY You can't write against a read only replica.\r\n",
	"-OOM command not allowed when used memory > 'maxmemory'.\r\n", "-BUSY Redis is busy running a script.\r\n",
}

// drawFaults draws what goes wrong. A gentle plan has only what no command may fail by.
func drawFaults(d draw, p *plan) {
	if p.gentle {
		for number := range d.upTo(0, 2) {
			p.conns = append(p.conns, drawGentle(d, number))
		}
		return
	}
	if d.chance(8) {
		return // none at all, but small limits and impatient callers
	}
	patience := p.options.ReadTimeout
	for number := range d.upTo(1, 7) {
		c := connFaults{number: number}
		for range d.upTo(0, 2) {
			c.line = append(c.line, drawLineFault(d, patience))
		}
		for range d.upTo(0, 3) {
			c.replies = append(c.replies, drawReplyFault(d, patience))
		}
		if d.chance(15) {
			c.handshake = append(c.handshake, drawHandshakeFault(d, patience))
		}
		p.conns = append(p.conns, c)
	}
	if d.chance(15) && len(p.conns) > 1 {
		// The server executes and drops, and again at the first command of the next connection.
		i := d.IntN(len(p.conns) - 1)
		p.conns[i].replies = []replyFault{{kind: drop, n: d.upTo(1, 5)}}
		p.conns[i+1].replies = []replyFault{{kind: pick(d, drop, dropReset), n: 1}}
	}
	for range d.upTo(0, 5) {
		p.dials = append(p.dials, dialFault{number: d.upTo(0, 12), kind: pick(d, dialRefused, dialRefused, dialRefused, dialHangs)})
	}
	for range d.upTo(0, 2) {
		p.outages = append(p.outages, outage{
			kind: pick(d, paused, away), at: d.within(0, 3*patience), span: d.within(1, 2*patience), soft: d.chance(50),
		})
	}
}

func drawGentle(d draw, number int) connFaults {
	c := connFaults{number: number}
	for range d.upTo(0, 2) {
		f := lineFault{kind: pick(d, slowWrite, shortReads), n: d.upTo(1, 40)}
		if f.kind == slowWrite {
			f.at, f.span = d.within(0, time.Millisecond), d.within(0, time.Millisecond)
		}
		c.line = append(c.line, f)
	}
	for range d.upTo(0, 3) {
		c.replies = append(c.replies, replyFault{kind: pick(d, slow, slowStart, drip, push), n: d.upTo(1, 30), span: d.within(1, 100*time.Microsecond)})
	}
	return c
}

func drawLineFault(d draw, patience time.Duration) lineFault {
	f := lineFault{
		kind: pick(d, cutWrite, cutWrite, cutWrite, cutRead, cutRead, slowWrite, slowWrite, shortReads, stallUp, stallDown, blackHole, resetLine, closeLine, halfClose),
		at:   d.within(0, 2*patience),
		span: d.within(1, 2*patience),
		soft: d.chance(50),
	}
	switch f.kind {
	case cutWrite, cutRead:
		f.n = d.upTo(0, pick(d, 60, 400, 2000, 100_000))
	case shortReads:
		f.n = pick(d, 1, 1, 2, 7, 40)
	case slowWrite:
		longest := pick(d, time.Nanosecond, 100*time.Microsecond, patience/10)
		f.at, f.span = d.within(0, longest), d.within(0, longest)
	}
	return f
}

func drawReplyFault(d draw, patience time.Duration) replyFault {
	f := replyFault{
		kind: pick(d, drop, drop, dropReset, die, garbage, shape, shape, deny, deny, slow, slow, slowStart, silent, drip, push, push),
		n:    d.upTo(1, pick(d, 3, 10, 40)),
	}
	switch f.kind {
	case slow, slowStart:
		f.span = d.within(1, pick(d, patience/10, patience, 2*patience))
	case drip:
		f.span = d.within(0, patience/20)
	case garbage:
		f.raw = pick(d, malformed...)
	case deny:
		f.raw = pick(d, refusals...)
	}
	return f
}

func drawHandshakeFault(d draw, patience time.Duration) replyFault {
	f := replyFault{kind: pick(d, helloRefused, helloLoading, helloFull, helloGarbage, helloSilent, helloDrop, helloSlow), n: d.upTo(1, 3)}
	switch f.kind {
	case helloSlow:
		f.span = d.within(1, 2*patience)
	case helloGarbage:
		f.raw = pick(d, malformed...)
	}
	return f
}
