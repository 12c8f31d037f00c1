//go:build unix

package socket

import (
	"io"
	"net"
	"os"
	"syscall"
)

// Conn is a TCP or unix connection. Errors are those of the connection that it wraps. One goroutine at a time may read, one write, by Write, WriteBuffers
// or TryWrite, and one look; the other methods are safe for concurrent use.
type Conn struct {
	net.Conn
	raw syscall.RawConn

	in, out transfer
	peek    func(fd uintptr) // look, made once, as those of in and out are

	unread bool // found by look
	err    error
}

// transfer is a read or a write that is under way.
type transfer struct {
	step func(fd uintptr) (done bool)
	p    []byte // to be filled, or what is left to be written
	n    int
	err  error
	once bool // of a write: it does not wait
}

// Wrap makes a Conn of a connection that is a socket of the operating system, and leaves others as they are: what is between may keep bytes
// of its own.
func Wrap(conn net.Conn) net.Conn {
	var raw syscall.RawConn
	var err error
	switch c := conn.(type) {
	case *net.TCPConn:
		raw, err = c.SyscallConn()
	case *net.UnixConn:
		raw, err = c.SyscallConn()
	default:
		return conn
	}
	if err != nil {
		return conn
	}
	c := &Conn{Conn: conn, raw: raw}
	c.in.step, c.out.step, c.peek = c.read, c.write, c.look
	return c
}

// Read is that of a net.Conn.
func (c *Conn) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	t := &c.in
	t.p, t.n, t.err = p, 0, nil
	err = c.raw.Read(t.step)
	t.p = nil
	if err == nil {
		err = t.err
	}
	if err == nil && t.n == 0 {
		return 0, io.EOF
	}
	return t.n, c.failed("read", err)
}

func (c *Conn) read(fd uintptr) (done bool) {
	t := &c.in
	for {
		t.n, t.err = readFrom(int(fd), t.p)
		switch t.err {
		case nil:
			return true
		case syscall.EINTR:
			continue
		}
		t.n = 0
		return t.err != syscall.EAGAIN
	}
}

// Write is that of a net.Conn.
func (c *Conn) Write(p []byte) (n int, err error) { return c.send(p, false) }

// TryWrite writes as much of p as is taken at once, which may be nothing.
func (c *Conn) TryWrite(p []byte) (n int, err error) { return c.send(p, true) }

func (c *Conn) send(p []byte, once bool) (n int, err error) {
	t := &c.out
	t.p, t.n, t.err, t.once = p, 0, nil, once
	err = c.raw.Write(t.step)
	t.p = nil
	if err == nil {
		err = t.err
	}
	return t.n, c.failed("write", err)
}

func (c *Conn) write(fd uintptr) (done bool) {
	t := &c.out
	for len(t.p) > 0 {
		n, err := writeTo(int(fd), t.p)
		switch err {
		case nil:
			t.n, t.p = t.n+n, t.p[n:]
		case syscall.EINTR:
		case syscall.EAGAIN:
			return t.once
		default:
			t.err = err
			return true
		}
	}
	return true
}

// WriteBuffers writes all of b by as few system calls as there can be, and eats it, as net.Buffers.WriteTo does.
func (c *Conn) WriteBuffers(b *net.Buffers) (n int64, err error) { return b.WriteTo(c.Conn) }

// Look tells whether bytes have come that are not read yet, and reads none. Its error, such as io.EOF, is why the connection is of no
// more use.
func (c *Conn) Look() (unread bool, err error) {
	c.unread, c.err = false, nil
	if err := c.raw.Control(c.peek); err != nil { // Read would wait for who is reading
		return false, c.failed("read", err)
	}
	return c.unread, c.err
}

func (c *Conn) look(fd uintptr) {
	var b [1]byte
	n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	switch {
	case n > 0:
		c.unread = true
	case err == nil:
		c.err = io.EOF
	case err != syscall.EAGAIN && err != syscall.EINTR:
		c.err = c.failed("read", err)
	}
}

// failed makes of an error what the wrapped connection would make of it.
func (c *Conn) failed(op string, err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case *net.OpError: // of the raw connection, "raw-read"
		e.Op = op
		return e
	case syscall.Errno:
		err = os.NewSyscallError(op, e)
	}
	local := c.LocalAddr()
	return &net.OpError{Op: op, Net: local.Network(), Source: local, Addr: c.RemoteAddr(), Err: err}
}
