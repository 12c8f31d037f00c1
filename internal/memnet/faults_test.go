package memnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
)

// The tool that law G1 is proved with.
func TestThePeerAnswersWhileAWriteHasNotReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := memnet.Pipe(memnet.Options{})
		client.AfterWrite(func(n int) {
			if n != 4 {
				t.Errorf("hook got %d; want 4", n)
			}
			time.Sleep(time.Nanosecond)
		})
		start := time.Now()
		var answered time.Time
		done := make(chan struct{})
		go func() {
			defer close(done)
			buf := make([]byte, 4)
			io.ReadFull(server, buf)
			server.Write(buf)
		}()
		go func() {
			io.ReadFull(client, make([]byte, 4))
			answered = time.Now()
		}()
		client.Write([]byte("ping"))
		returned := time.Now()
		<-done
		synctest.Wait()
		if !answered.Equal(start) || returned.Sub(start) != 1 {
			t.Errorf("answer read after %v, Write returned after %v; want 0 and 1ns", answered.Sub(start), returned.Sub(start))
		}
	})
}

func TestFailWriteAfterCutsAWriteInTheMiddle(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{})
	cut := errors.New("cut")
	client.FailWriteAfter(5, cut)
	if n, err := client.Write([]byte("123")); n != 3 || err != nil {
		t.Errorf("Write = %d, %v; want 3", n, err)
	}
	if n, err := client.Write([]byte("456")); n != 2 || !errors.Is(err, cut) {
		t.Errorf("Write = %d, %v; want 2, cut", n, err)
	}
	if n, err := client.Write([]byte("6")); n != 0 || !errors.Is(err, cut) {
		t.Errorf("Write = %d, %v; want 0, cut", n, err)
	}
	client.FailWriteAfter(0, nil)
	client.Write([]byte("6"))
	client.Close()
	if got, err := io.ReadAll(server); string(got) != "123456" || err != nil {
		t.Errorf("peer read %q, %v; want 123456", got, err)
	}
}

func TestHoldKeepsBytesAndCloseFromArriving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := memnet.Pipe(memnet.Options{Buffer: 4})
		server.Write([]byte("ab"))
		server.Hold()
		server.Write([]byte("cd"))
		if server.Buffered() != 4 {
			t.Errorf("Buffered = %d; want 4", server.Buffered())
		}
		client.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := client.Read(make([]byte, 4)); n != 0 || err == nil {
			t.Fatalf("Read while held = %d, %v; want the deadline", n, err)
		}
		client.SetReadDeadline(time.Time{})
		if n, err := client.Write([]byte("x")); n != 1 || err != nil {
			t.Errorf("Write the other way = %d, %v; want 1", n, err)
		}
		server.Close() // unread x: a reset, held as well
		time.AfterFunc(time.Second, server.Release)
		got, err := io.ReadAll(client)
		if string(got) != "abcd" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("after Release: %q, %v; want abcd, ECONNRESET", got, err)
		}
	})
}

func TestHeldBytesThatArriveAtAClosedEndAreAnsweredByAReset(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{Buffer: 4})
	client.Hold()
	client.Write([]byte("1234"))
	server.Close()
	client.Release()
	if _, err := client.Write([]byte("5")); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Write = %v; want ECONNRESET", err)
	}
}

func TestDialAndAcceptMeet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen(memnet.Options{})
		hooked := false
		ln.OnDial(func(*memnet.Conn) { hooked = true })
		client, err := ln.DialContext(t.Context(), "tcp", "db:6379")
		if err != nil || !hooked {
			t.Fatalf("DialContext = %v, hooked %v; want a hooked connection", err, hooked)
		}
		server, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		client.Write([]byte("hi"))
		client.Close()
		if got, err := io.ReadAll(server); string(got) != "hi" || err != nil {
			t.Errorf("ReadAll = %q, %v; want hi", got, err)
		}
		if client.RemoteAddr().String() != ln.Addr().String() || server.RemoteAddr().String() != client.LocalAddr().String() {
			t.Errorf("addresses %v -> %v, seen from the server %v", client.LocalAddr(), client.RemoteAddr(), server.RemoteAddr())
		}
		refusal := errors.New("no route")
		ln.RefuseDials(refusal)
		if _, err := ln.DialContext(t.Context(), "tcp", "db2:6379"); !errors.Is(err, refusal) {
			t.Errorf("DialContext = %v; want no route", err)
		}
		if d := ln.Dialed(); len(d) != 2 || d[0] != "db:6379" || d[1] != "db2:6379" {
			t.Errorf("Dialed = %q; want db:6379 db2:6379", d)
		}
	})
}

func TestADialThatNobodyAcceptsWaitsForItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen(memnet.Options{Backlog: -1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := ln.DialContext(ctx, "tcp", "x")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("DialContext = %v after %v; want deadline exceeded after 1m", err, time.Since(start))
		}
	})
}

func TestAClosedListenerRefusesAndResetsWhatItNeverAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := memnet.Listen(memnet.Options{})
		client, err := ln.DialContext(t.Context(), "tcp", "x")
		if err != nil {
			t.Fatal(err)
		}
		accepted := make(chan error)
		ln.Close()
		ln.Close()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Read = %v; want ECONNRESET", err)
		}
		if _, err := ln.DialContext(t.Context(), "tcp", "x"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("DialContext = %v; want ECONNREFUSED", err)
		}
		go func() { _, err := ln.Accept(); accepted <- err }()
		if err := <-accepted; !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept = %v; want net.ErrClosed", err)
		}
	})
}

func TestThePeerIsTheOtherEnd(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{})
	if client.Peer() != server || server.Peer() != client {
		t.Errorf("Peer = %v, %v; want the ends of one pipe", client.Peer(), server.Peer())
	}
}
