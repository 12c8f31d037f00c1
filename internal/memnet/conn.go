package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// DefaultBuffer is the number of bytes that one direction holds between Write and Read when Options.Buffer is 0.
const DefaultBuffer = 64 << 10

// Options shape a pair of connections, or all that a Listener makes. The zero value is ready to use.
type Options struct {
	// Buffer is how many bytes one direction holds: a Write beyond them waits for the peer to read. 0 means DefaultBuffer.
	Buffer int

	// NoReset makes Close gentle whatever was left unread: the peer reads what was sent to it and then io.EOF, and its writes
	// fail with EPIPE at once. The default is what TCP does: closing with unread bytes resets the peer (ECONNRESET), and the
	// peer's first write after any close is accepted and lost, and answered by a reset.
	NoReset bool

	// Backlog is how many dialled connections a Listener keeps until they are accepted; further dials wait. 0 means 128; a
	// negative value means none, so that a Dial completes only when Accept takes it (and never, if nobody accepts).
	// Pipe ignores it.
	Backlog int
}

// Stats counts what one end of a connection did.
type Stats struct {
	Writes       int   // calls of Write, failed ones included
	Reads        int   // calls of Read that brought bytes
	BytesWritten int64 // bytes that Write accepted
	BytesRead    int64 // bytes that Read delivered
}

// Addr is the address of one end.
type Addr string

// Network is "mem".
func (a Addr) Network() string { return "mem" }

// String is the name of the end.
func (a Addr) String() string { return string(a) }

// Conn is one end of a connection in memory. All methods are safe for concurrent use; concurrent Writes may interleave when
// the buffer is smaller than what they write.
//
// Errors are those of a TCP socket: *net.OpError around net.ErrClosed, os.ErrDeadlineExceeded, ECONNRESET or EPIPE, and a bare
// io.EOF after the peer's orderly close.
type Conn struct {
	pair  *pair
	name  Addr
	peer  *Conn
	in    *stream // what the peer wrote
	out   *stream // what this end wrote
	rdead deadline
	wdead deadline

	// All below: guarded by pair.mu.
	closed     bool
	reset      bool  // a reset is on its way to this end; seen unless in.held
	failing    bool  // FailWriteAfter is armed
	failBudget int   // bytes that Write still accepts before failErr
	failErr    error // what Write fails with then
	afterWrite func(n int)
	stats      Stats
}

// pair is what both ends share. One lock and one condition serve both directions: at most four goroutines wait on it.
type pair struct {
	mu      sync.Mutex
	changed sync.Cond
	noReset bool
}

// stream is one direction: bytes written and not yet read. Guarded by pair.mu.
type stream struct {
	buf      []byte
	head     int // buf[head:] is unread
	size     int
	finished bool // the writer will write no more: EOF behind the bytes
	held     bool // nothing of it reaches the reader: bytes, EOF, reset
}

// Pipe makes a connection and returns its two ends.
func Pipe(opts Options) (client, server *Conn) { return newPair(opts, "client", "server") }

func newPair(opts Options, clientName, serverName string) (client, server *Conn) {
	size := opts.Buffer
	if size <= 0 {
		size = DefaultBuffer
	}
	p := &pair{noReset: opts.NoReset}
	p.changed.L = &p.mu
	there, back := &stream{size: size}, &stream{size: size}
	client = &Conn{pair: p, name: Addr(clientName), in: back, out: there}
	server = &Conn{pair: p, name: Addr(serverName), in: there, out: back}
	client.peer, server.peer = server, client
	return client, server
}

// Read waits for bytes and delivers what is there, at most len(p). Bytes that arrived come before the news of a close or a
// reset; a passed deadline comes before the bytes, as with sockets.
func (c *Conn) Read(p []byte) (int, error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, c.opError("read", net.ErrClosed)
		case c.rdead.expired:
			return 0, c.opError("read", os.ErrDeadlineExceeded)
		case len(p) == 0:
			return 0, nil
		case c.in.held:
		case c.in.unread() > 0:
			n := c.in.take(p)
			c.stats.Reads++
			c.stats.BytesRead += int64(n)
			c.pair.changed.Broadcast()
			return n, nil
		case c.reset:
			return 0, c.opError("read", os.NewSyscallError("read", syscall.ECONNRESET))
		case c.in.finished:
			return 0, io.EOF
		}
		c.pair.changed.Wait()
	}
}

// Write gives p to the peer and waits for room where the buffer is full. When it fails, n is the number of bytes that were
// accepted: the peer can read exactly those (unless it is gone).
func (c *Conn) Write(p []byte) (n int, err error) { return c.write(p, true) }

// TryWrite is Write without the wait: where there is no room, n is less than len(p), and the error nil.
func (c *Conn) TryWrite(p []byte) (n int, err error) { return c.write(p, false) }

func (c *Conn) write(p []byte, wait bool) (n int, err error) {
	c.pair.mu.Lock()
	c.stats.Writes++
	n, err = c.writeLocked(p, wait)
	c.stats.BytesWritten += int64(n)
	hook := c.afterWrite
	c.pair.mu.Unlock()
	if hook != nil {
		hook(n)
	}
	return n, err
}

func (c *Conn) writeLocked(p []byte, wait bool) (n int, err error) {
	for {
		switch {
		case c.closed:
			return n, c.opError("write", net.ErrClosed)
		case c.wdead.expired:
			return n, c.opError("write", os.ErrDeadlineExceeded)
		case c.out.finished:
			return n, c.opError("write", os.NewSyscallError("write", syscall.EPIPE))
		case c.reset && !c.in.held:
			return n, c.opError("write", os.NewSyscallError("write", syscall.ECONNRESET))
		case n == len(p):
			return n, nil
		case c.failing && c.failBudget == 0:
			return n, c.opError("write", c.failErr)
		}
		accepted := len(p) - n
		if c.failing {
			accepted = min(accepted, c.failBudget)
		}
		switch {
		case c.peer.closed && !c.out.held && c.pair.noReset:
			return n, c.opError("write", os.NewSyscallError("write", syscall.EPIPE))
		case c.peer.closed && !c.out.held:
			// The kernel takes the bytes; that nobody is there it learns from the answer.
			c.reset = true
			c.out.drop()
		default:
			accepted = min(accepted, c.out.size-c.out.unread())
			if accepted == 0 && !wait {
				return n, nil
			}
			if accepted == 0 {
				c.pair.changed.Wait()
				continue
			}
			c.out.put(p[n : n+accepted])
		}
		n += accepted
		if c.failing {
			c.failBudget -= accepted
		}
		c.pair.changed.Broadcast()
		if n == len(p) {
			return n, nil
		}
	}
}

// Look tells whether Read would bring bytes at once, and reads none. Its error is what Read would fail with instead, but for a
// passed deadline.
func (c *Conn) Look() (unread bool, err error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	switch {
	case c.closed:
		return false, c.opError("read", net.ErrClosed)
	case c.in.held:
	case c.in.unread() > 0:
		return true, nil
	case c.reset:
		return false, c.opError("read", os.NewSyscallError("read", syscall.ECONNRESET))
	case c.in.finished:
		return false, io.EOF
	}
	return false, nil
}

// Close closes both directions. Bytes already written stay readable for the peer, then it reads io.EOF; when bytes for this
// end are left unread the peer is reset instead (see Options.NoReset). A second Close fails with net.ErrClosed.
func (c *Conn) Close() error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.closeLocked(c.in.unread() > 0 && !c.in.held && !c.pair.noReset)
	return nil
}

// Reset closes like a socket with SetLinger(0): the peer reads what had arrived and then fails with ECONNRESET.
func (c *Conn) Reset() error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.closeLocked(true)
	return nil
}

func (c *Conn) closeLocked(reset bool) {
	c.closed = true
	c.out.finished = true
	if !c.in.held {
		c.in.drop()
	}
	if reset {
		c.peer.reset = true
	}
	c.rdead.stop()
	c.wdead.stop()
	c.pair.changed.Broadcast()
}

// CloseWrite closes the direction from here to the peer: it reads io.EOF behind what was written, and can still write.
func (c *Conn) CloseWrite() error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.out.finished = true
	c.pair.changed.Broadcast()
	return nil
}

// LocalAddr names this end.
func (c *Conn) LocalAddr() net.Addr { return c.name }

// RemoteAddr names the other end.
func (c *Conn) RemoteAddr() net.Addr { return c.peer.name }

// Peer is the other end. A test that holds only the client's end can so do to the server's what it needs.
func (c *Conn) Peer() *Conn { return c.peer }

// SetDeadline sets both deadlines; the zero time removes them.
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, &c.rdead, &c.wdead) }

// SetReadDeadline makes pending and later Reads fail with os.ErrDeadlineExceeded from t on; the zero time removes it.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, &c.rdead) }

// SetWriteDeadline makes pending and later Writes fail with os.ErrDeadlineExceeded from t on; the zero time removes it.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, &c.wdead) }

func (c *Conn) setDeadlines(t time.Time, ds ...*deadline) error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return c.opError("set", net.ErrClosed)
	}
	for _, d := range ds {
		d.set(t, c.pair)
	}
	return nil
}

func (c *Conn) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "mem", Source: c.name, Addr: c.peer.name, Err: err}
}

func (s *stream) unread() int { return len(s.buf) - s.head }

func (s *stream) drop() { s.buf, s.head = nil, 0 }

func (s *stream) put(p []byte) {
	if s.head > 0 && len(s.buf)+len(p) > cap(s.buf) {
		// Move down instead of growing: a steady exchange then lives in one array.
		s.buf, s.head = s.buf[:copy(s.buf, s.buf[s.head:])], 0
	}
	s.buf = append(s.buf, p...)
}

func (s *stream) take(p []byte) int {
	n := copy(p, s.buf[s.head:])
	s.head += n
	if s.head == len(s.buf) {
		s.buf, s.head = s.buf[:0], 0
	}
	return n
}

// deadline is one direction's time limit. Guarded by pair.mu.
type deadline struct {
	timer   *time.Timer
	changes int // a timer that fires after a later set finds another number and does nothing
	expired bool
}

func (d *deadline) set(t time.Time, p *pair) {
	d.stop()
	d.expired = false
	if t.IsZero() {
		return
	}
	left := time.Until(t)
	if left <= 0 {
		d.expired = true
		p.changed.Broadcast()
		return
	}
	changes := d.changes
	d.timer = time.AfterFunc(left, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if d.changes == changes {
			d.expired = true
			p.changed.Broadcast()
		}
	})
}

func (d *deadline) stop() {
	d.changes++
	if d.timer != nil {
		d.timer.Stop()
	}
}
