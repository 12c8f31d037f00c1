//go:build unix

package redis

import (
	"io"
	"net"
	"syscall"
)

// socketOf returns the connection as a socket, or nil if it is none, or wraps one: what is between may keep bytes of its own.
func socketOf(conn net.Conn) socket {
	var raw syscall.RawConn
	var err error
	switch c := conn.(type) {
	case socket:
		return c // in tests, one that lives in memory
	case *net.TCPConn:
		raw, err = c.SyscallConn()
	case *net.UnixConn:
		raw, err = c.SyscallConn()
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return newRawSocket(raw)
}

// rawSocket is a socket of the operating system.
type rawSocket struct {
	raw   syscall.RawConn
	peek  func(fd uintptr)      // s.peekAt and s.writeAt, made once
	write func(fd uintptr) bool // of what is in out

	unread bool
	err    error
	out    []byte
	n      int
}

func newRawSocket(raw syscall.RawConn) *rawSocket {
	s := &rawSocket{raw: raw}
	s.peek, s.write = s.peekAt, s.writeAt
	return s
}

// Look asks by recv(2) with MSG_PEEK.
func (s *rawSocket) Look() (unread bool, err error) {
	s.unread, s.err = false, nil
	if err := s.raw.Control(s.peek); err != nil { // Read would wait for who is reading
		return false, err
	}
	return s.unread, s.err
}

func (s *rawSocket) peekAt(fd uintptr) {
	var b [1]byte
	n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	switch {
	case n > 0:
		s.unread = true
	case err == nil:
		s.err = io.EOF
	case err != syscall.EAGAIN && err != syscall.EINTR:
		s.err = &net.OpError{Op: "read", Err: err}
	}
}

// TryWrite is one write(2) on a descriptor that does not block.
func (s *rawSocket) TryWrite(p []byte) (n int, err error) {
	s.out, s.n, s.err = p, 0, nil
	if err := s.raw.Write(s.write); err != nil {
		return 0, err
	}
	s.out = nil
	return s.n, s.err
}

func (s *rawSocket) writeAt(fd uintptr) (done bool) {
	n, err := syscall.Write(int(fd), s.out)
	switch {
	case err == nil:
		s.n = n
	case err != syscall.EAGAIN && err != syscall.EINTR:
		s.err = &net.OpError{Op: "write", Err: err}
	}
	return true // also if it took nothing: whoever has to wait is not here
}
