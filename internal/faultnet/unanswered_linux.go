package faultnet

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// Unanswered returns an address on which a connect never completes, neither accepted nor refused: a listener whose queue of one
// is full. It lasts until the test ends. Linux only: elsewhere a full queue refuses.
func Unanswered(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	raw, err := ln.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	// A second listen on the same socket changes its backlog.
	if controlErr := raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }); controlErr != nil || err != nil {
		t.Fatalf("listen with backlog 0: %v, %v", controlErr, err)
	}
	for range 16 {
		conn, err := net.DialTimeout("tcp", ln.Addr().String(), 100*time.Millisecond)
		if err != nil {
			return ln.Addr().String()
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Fatal("the listener's queue does not fill")
	return ""
}
