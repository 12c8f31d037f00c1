//go:build unix

package socket_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/socket"
)

// pair connects two ends over a network; the first is a Conn.
func pair(t *testing.T, network string) (*socket.Conn, net.Conn) {
	t.Helper()
	addr := "127.0.0.1:0"
	if network == "unix" {
		addr = filepath.Join(t.TempDir(), "s")
	}
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dialled, err := net.Dial(network, ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	peer, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn, ok := socket.Wrap(dialled).(*socket.Conn)
	if !ok {
		t.Fatalf("Wrap(%T) = %T; want a Conn", dialled, conn)
	}
	t.Cleanup(func() {
		conn.Close()
		peer.Close()
	})
	return conn, peer
}

var networks = []string{"tcp", "unix"}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

// More than the kernel takes at once, in pieces of all sizes: none is lost, doubled or moved, and both directions go at the same time.
func TestBytesComeAsTheyWereWritten(t *testing.T) {
	for _, network := range networks {
		conn, peer := pair(t, network)
		sent := pattern(8 << 20)
		var failed [3]error
		done := make(chan int, 3)
		go func() {
			for rest := sent; len(rest) > 0 && failed[0] == nil; {
				n := min(len(rest), 1+len(rest)*5%300_000)
				_, failed[0] = conn.Write(rest[:n])
				rest = rest[n:]
			}
			done <- 0
		}()
		go func() {
			_, failed[1] = peer.Write(sent)
			done <- 1
		}()
		var atPeer, here []byte
		go func() {
			atPeer = make([]byte, len(sent))
			_, failed[2] = io.ReadFull(peer, atPeer)
			done <- 2
		}()
		p := make([]byte, 200_000)
		for len(here) < len(sent) {
			n, err := conn.Read(p[:1+len(here)*3%len(p)])
			if err != nil {
				t.Fatal(err)
			}
			here = append(here, p[:n]...)
		}
		for range 3 {
			<-done
		}
		if err := errors.Join(failed[:]...); err != nil || !bytes.Equal(here, sent) || !bytes.Equal(atPeer, sent) {
			t.Errorf("%s: %v, the bytes here are right: %v, at the peer: %v", network, err, bytes.Equal(here, sent), bytes.Equal(atPeer, sent))
		}
	}
}

func TestATryWritesWhatIsTakenAtOnce(t *testing.T) {
	for _, network := range networks {
		conn, peer := pair(t, network)
		sent := pattern(16 << 20)
		n, err := conn.TryWrite(sent)
		if err != nil || n == 0 || n == len(sent) {
			t.Fatalf("%s: TryWrite of 16 MiB that nobody reads = %d, %v; want a part of it", network, n, err)
		}
		if more, err := conn.TryWrite(sent[n:]); err != nil || more > 4<<20 {
			t.Errorf("%s: TryWrite of the rest = %d, %v; want hardly anything", network, more, err)
		} else {
			n += more
		}
		go func() {
			buffers := net.Buffers{sent[n : n+10], sent[n+10:]}
			if got, err := conn.WriteBuffers(&buffers); err != nil || got != int64(len(sent)-n) {
				t.Errorf("%s: WriteBuffers = %d, %v; want %d", network, got, err, len(sent)-n)
			}
		}()
		got := make([]byte, len(sent))
		if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("%s: the peer read %v, the right bytes: %v", network, err, bytes.Equal(got, sent))
		}
	}
}

func TestALookReadsNothing(t *testing.T) {
	for _, network := range networks {
		conn, peer := pair(t, network)
		if unread, err := conn.Look(); unread || err != nil {
			t.Errorf("%s: Look = %v, %v; want false, nil", network, unread, err)
		}
		if _, err := peer.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if unread, err := conn.Look(); !unread || err != nil {
			t.Errorf("%s: Look = %v, %v; want true, nil", network, unread, err)
		}
		p := make([]byte, 2)
		if n, err := conn.Read(p); n != 1 || err != nil || p[0] != 'x' {
			t.Errorf("%s: Read = %d, %v; want the byte that was looked at", network, n, err)
		}
		peer.Close()
		for unread, err := false, error(nil); err != io.EOF; unread, err = conn.Look() {
			if unread || err != nil {
				t.Fatalf("%s: Look = %v, %v; want io.EOF", network, unread, err)
			}
		}
	}
}

// Whoever handles errors of a net.Conn finds the same, and the same text but for the addresses.
func TestErrorsAreThoseOfTheWrappedConnection(t *testing.T) {
	p := make([]byte, 1)
	read := func(c net.Conn) error {
		_, err := c.Read(p)
		return err
	}
	write := func(c net.Conn) error {
		_, err := c.Write(p)
		return err
	}
	for name, c := range map[string]struct {
		break_ func(c net.Conn, peer net.Conn)
		do     func(c net.Conn) error
		want   error
	}{
		"read, closed":       {func(c, _ net.Conn) { c.Close() }, read, net.ErrClosed},
		"write, closed":      {func(c, _ net.Conn) { c.Close() }, write, net.ErrClosed},
		"read, late":         {func(c, _ net.Conn) { c.SetReadDeadline(time.Now().Add(5 * time.Millisecond)) }, read, os.ErrDeadlineExceeded},
		"write, late":        {func(c, _ net.Conn) { c.SetWriteDeadline(time.Unix(1, 0)) }, write, os.ErrDeadlineExceeded},
		"read, at the end":   {func(_, peer net.Conn) { peer.Close() }, read, io.EOF},
		"read, reset":        {func(_, peer net.Conn) { peer.(*net.TCPConn).SetLinger(0); peer.Close() }, read, syscall.ECONNRESET},
		"write, broken pipe": {func(c, peer net.Conn) { peer.(*net.TCPConn).SetLinger(0); peer.Close(); read(c) }, write, syscall.EPIPE},
	} {
		conn, peer := pair(t, "tcp")
		c.break_(conn, peer)
		ours := c.do(conn)
		conn, peer = pair(t, "tcp")
		c.break_(conn.Conn, peer)
		plain := c.do(conn.Conn)
		if !errors.Is(ours, c.want) || !errors.Is(plain, c.want) {
			t.Errorf("%s: %v, and without a Conn %v; want %v", name, ours, plain, c.want)
			continue
		}
		text := func(err error) string {
			text := err.Error()
			if at := strings.LastIndex(text, "127.0.0.1"); at >= 0 {
				text = text[:strings.Index(text, " 127")] + text[at:][strings.Index(text[at:], ": "):]
			}
			return text
		}
		if text(ours) != text(plain) {
			t.Errorf("%s: %q; want %q", name, ours, plain)
		}
		var a, b *net.OpError
		if errors.As(ours, &a) != errors.As(plain, &b) || a != nil && (a.Op != b.Op || a.Net != b.Net || a.Source == nil || a.Addr == nil || a.Timeout() != b.Timeout()) {
			t.Errorf("%s: %#v; want %#v", name, a, b)
		}
	}
}

// A Close ends a Read and a Write that wait.
func TestACloseEndsWhatWaits(t *testing.T) {
	for _, network := range networks {
		conn, _ := pair(t, network)
		ended := make(chan error, 2)
		go func() {
			_, err := conn.Read(make([]byte, 1))
			ended <- err
		}()
		go func() {
			_, err := conn.Write(make([]byte, 64<<20))
			ended <- err
		}()
		time.Sleep(20 * time.Millisecond)
		conn.Close()
		for range 2 {
			select {
			case err := <-ended:
				if !errors.Is(err, net.ErrClosed) {
					t.Errorf("%s: %v; want net.ErrClosed", network, err)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("%s: it still waits, 10 s after Close", network)
			}
		}
	}
}

func TestWhatIsNoSocketIsLeftAsItIs(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if got := socket.Wrap(a); got != a {
		t.Errorf("Wrap(%T) = %T; want it as it is", a, got)
	}
	if got := socket.Wrap(nil); got != nil {
		t.Errorf("Wrap(nil) = %v; want nil", got)
	}
}
