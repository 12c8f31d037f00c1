package simulator

import (
	"fmt"
	"time"
)

// fault is the name of what goes wrong.
type fault string

const (
	// Of the line, whose bytes the client writes and reads.
	cutWrite   fault = "the kernel takes n bytes more and then fails"
	cutRead    fault = "the line is cut after n bytes of replies"
	slowWrite  fault = "writes take long"
	shortReads fault = "reads bring n bytes at most"
	stallUp    fault = "nothing reaches the server"
	stallDown  fault = "nothing reaches the client"
	blackHole  fault = "nothing passes"
	resetLine  fault = "reset"
	closeLine  fault = "the server closes"
	halfClose  fault = "the server closes its direction"

	// Of the server, at the n-th command of a connection.
	drop      fault = "executed, then closed without a reply"
	dropReset fault = "executed, then reset without a reply"
	die       fault = "closed before it is executed"
	garbage   fault = "executed, answered by malformed bytes"
	shape     fault = "executed, answered by a reply of the wrong shape"
	deny      fault = "refused"
	slow      fault = "executed, answered late"
	slowStart fault = "executed late"
	silent    fault = "executed, and so are all behind it, but nothing is answered any more"
	drip      fault = "answered one byte at a time"
	push      fault = "a push frame before the reply"

	// Of the server, at the n-th step of a handshake.
	helloRefused fault = "handshake: HELLO unknown"
	helloLoading fault = "handshake: LOADING"
	helloFull    fault = "handshake: max number of clients reached"
	helloGarbage fault = "handshake: malformed bytes"
	helloSilent  fault = "handshake: no answer"
	helloDrop    fault = "handshake: closed without an answer"
	helloSlow    fault = "handshake: answered late"

	// Of a dial, and of the whole server.
	dialRefused fault = "dial refused"
	dialHangs   fault = "dial hangs"
	paused      fault = "the server is stopped"
	away        fault = "the server is away"
)

// lineFault is what happens to the bytes of one connection.
type lineFault struct {
	kind fault
	n    int           // bytes
	at   time.Duration // after the dial
	span time.Duration
	soft bool // an orderly end rather than a reset, or after a stall none at all
}

func (f lineFault) String() string {
	switch f.kind {
	case cutWrite, shortReads:
		return fmt.Sprintf("%s (n = %d)", f.kind, f.n)
	case cutRead:
		return fmt.Sprintf("%s (n = %d, orderly %v)", f.kind, f.n, f.soft)
	case slowWrite:
		return fmt.Sprintf("%s (%v before the bytes leave, %v after)", f.kind, f.at, f.span)
	case stallUp, stallDown, blackHole:
		return fmt.Sprintf("%s from %v on, for %v, then a reset %v", f.kind, f.at, f.span, !f.soft)
	}
	return fmt.Sprintf("%s at %v", f.kind, f.at)
}

// replyFault is what the server does at one command.
type replyFault struct {
	kind fault
	n    int // the n-th command, or step of the handshake, of the connection, from 1
	span time.Duration
	raw  string // malformed bytes, or an error
}

func (f replyFault) String() string {
	text := fmt.Sprintf("%s (n = %d)", f.kind, f.n)
	if f.span > 0 {
		text += fmt.Sprintf(" by %v", f.span)
	}
	if f.raw != "" {
		text += fmt.Sprintf(" %q", f.raw)
	}
	return text
}

// connFaults is what happens to one connection.
type connFaults struct {
	number    int
	line      []lineFault
	handshake []replyFault
	replies   []replyFault
}

func (c *connFaults) all() []fmt.Stringer {
	var all []fmt.Stringer
	for _, f := range c.line {
		all = append(all, f)
	}
	for _, f := range c.handshake {
		all = append(all, f)
	}
	for _, f := range c.replies {
		all = append(all, f)
	}
	return all
}

// dialFault is what happens to one attempt to dial.
type dialFault struct {
	number int
	kind   fault
}

func (f dialFault) String() string { return string(f.kind) }

// outage is a time in which the server does not serve anybody.
type outage struct {
	kind fault
	at   time.Duration
	span time.Duration
	soft bool // connections are closed rather than reset
}

func (o outage) String() string { return fmt.Sprintf("%s from %v on, for %v", o.kind, o.at, o.span) }
