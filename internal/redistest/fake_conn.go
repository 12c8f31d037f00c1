package redistest

import (
	"net"
	"sync"
	"time"
)

// readSize is how much a Fake takes in one read: as Redis does (PROTO_IOBUF_LEN).
const readSize = 16 << 10

// Conn is one connection of a Fake, seen from the server. Send, Drip, Close, Reset and CloseWrite are safe for
// concurrent use.
type Conn struct {
	fake   *Fake
	net    net.Conn
	number int
	script *script // nil: none, or played

	// writing is a lock in the shape of a channel of one: who waits for it waits durably, so that virtual time can pass while
	// another goroutine of the bubble holds it in a blocked write.
	writing chan struct{}
	pending []byte // guarded by writing: replies not written yet

	over     chan struct{} // closed with the connection, from this side
	overOnce sync.Once

	// Owned by serveLoop.
	in    []byte     // received and not parsed
	queue [][]string // parsed and not served
	buf   []byte

	// State of the default handlers, owned by serveLoop.
	protocol int
	db       int
	name     string
	authed   bool

	// Guarded by fake.mu.
	reads     []int
	dropAfter int // 0: never
}

func newConn(f *Fake, nc net.Conn, number int) *Conn {
	return &Conn{
		fake: f, net: nc, number: number,
		writing:  make(chan struct{}, 1),
		over:     make(chan struct{}),
		buf:      make([]byte, readSize),
		protocol: 2,
	}
}

// Number is the place of the connection in the order of acceptance, from 0.
func (c *Conn) Number() int { return c.number }

// Protocol is the RESP version that the last HELLO asked for, 2 before the first. For handlers.
func (c *Conn) Protocol() int { return c.protocol }

// Default answers a request as the Fake does without handlers, and returns the reply. For handlers.
func (c *Conn) Default(args []string) string { return c.defaultAnswer(args) }

// Send writes raw bytes, behind the replies that are due before it.
func (c *Conn) Send(raw string) error {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	out := append(c.pending, raw...)
	c.pending = c.pending[:0]
	if len(out) == 0 {
		return nil
	}
	_, err := c.net.Write(out)
	return err
}

// Drip writes raw bytes one at a time, each after a pause of d.
func (c *Conn) Drip(d time.Duration, raw string) error {
	for i := range len(raw) {
		if !c.Sleep(d) {
			return net.ErrClosed
		}
		if err := c.Send(raw[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// Sleep waits for d; it returns false at once when this side closed the connection.
func (c *Conn) Sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.over:
		return false
	}
}

// Close closes the connection. Replies that were due before are lost if they were not written.
func (c *Conn) Close() {
	c.overOnce.Do(func() { close(c.over) })
	c.net.Close()
}

// Closed tells whether this side has closed the connection, or has noticed that the other one has.
func (c *Conn) Closed() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

// Reset closes the connection with an RST.
func (c *Conn) Reset() {
	// Told at the end: what serves the connection closes it when it hears of this, and gently.
	defer c.overOnce.Do(func() { close(c.over) })
	nc := c.net
	if wrapped, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = wrapped.NetConn()
	}
	switch nc := nc.(type) {
	case interface{ Reset() error }:
		nc.Reset()
	case interface{ SetLinger(int) error }:
		nc.SetLinger(0)
	}
	nc.Close()
}

// CloseWrite ends the direction to the client; requests are still read.
func (c *Conn) CloseWrite() {
	if nc, ok := c.net.(interface{ CloseWrite() error }); ok {
		nc.CloseWrite()
	}
}

func (c *Conn) serveLoop() {
	defer c.fake.wg.Done()
	defer c.Close()
	if c.script != nil && !c.play(c.script) {
		return
	}
	for {
		args, ok := c.next()
		if !ok || !c.serve(args) {
			return
		}
	}
}

// serve answers one request; false when the connection is over.
func (c *Conn) serve(args []string) bool {
	var reply string
	if h := c.fake.handler(args); h != nil {
		// A handler may sleep or close: what was answered before must be on its way.
		if c.Send("") != nil {
			return false
		}
		reply = h(c, args)
	} else {
		reply = c.defaultAnswer(args)
	}
	if !isHandshake(args) && c.dropNow() {
		c.Send("")
		return false
	}
	c.writing <- struct{}{}
	c.pending = append(c.pending, reply...)
	<-c.writing
	return !c.isOver()
}

func (c *Conn) dropNow() bool {
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	if c.dropAfter == 0 {
		return false
	}
	c.dropAfter--
	return c.dropAfter == 0
}

func (c *Conn) isOver() bool {
	select {
	case <-c.over:
		return true
	default:
		return false
	}
}

// next returns the next request. Before it reads it writes what is due, so that replies leave in batches as a real server's
// do. What was read is served even when the Fake closes meanwhile: a transcript counts it.
func (c *Conn) next() (args []string, ok bool) {
	for len(c.queue) == 0 {
		if !c.fake.waitWhilePaused() || c.Send("") != nil {
			return nil, false
		}
		n, err := c.net.Read(c.buf)
		if n == 0 && err != nil {
			return nil, false
		}
		c.fake.waitWhilePaused()
		c.in = append(c.in, c.buf[:n]...)
		if err := c.parse(); err != nil {
			c.fake.t.Errorf("connection %d: %v; after %d requests", c.number, err, len(c.fake.Received(c.number)))
			c.Send(Error("ERR Protocol error: " + err.Error()))
			return nil, false
		}
	}
	args, c.queue = c.queue[0], c.queue[1:]
	c.fake.waitWhilePaused()
	return args, true
}

// parse moves the complete requests of one read to the queue and into the records.
func (c *Conn) parse() error {
	used := 0
	now := time.Now()
	var bad error
	var complete [][]string
	for {
		args, n, err := parseRequest(c.in[used:])
		if n == 0 {
			bad = err
			break
		}
		used += n
		complete = append(complete, args)
	}
	if used > 0 {
		c.in = c.in[:copy(c.in, c.in[used:])]
	}
	c.queue = append(c.queue, complete...)

	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, args := range complete {
		f.history = append(f.history, Request{Conn: c.number, Read: len(c.reads), At: now, Args: args})
	}
	c.reads = append(c.reads, len(complete))
	f.changed.Broadcast()
	return bad
}
