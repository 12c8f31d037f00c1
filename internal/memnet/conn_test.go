package memnet_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
)

var _ net.Conn = (*memnet.Conn)(nil)

func TestWrittenBytesAreReadInOrder(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{Buffer: 7})
	want := bytes.Repeat([]byte("0123456789abcdef"), 1000)
	go func() {
		for rest := want; len(rest) > 0; {
			n, err := client.Write(rest[:min(len(rest), 333)])
			if err != nil {
				t.Errorf("Write: %v", err)
				break
			}
			rest = rest[n:]
		}
		client.Close()
	}()
	got, err := io.ReadAll(server)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("ReadAll = %d bytes, %v; want the %d bytes written", len(got), err, len(want))
	}
	if s := client.Stats(); s.BytesWritten != int64(len(want)) || s.Writes != 49 {
		t.Errorf("Stats = %+v; want 49 writes of %d bytes", s, len(want))
	}
	if s := server.Stats(); s.BytesRead != int64(len(want)) {
		t.Errorf("Stats = %+v; want %d bytes read", s, len(want))
	}
}

func TestAWriteBeyondTheBufferWaitsForTheReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := memnet.Pipe(memnet.Options{Buffer: 4})
		start := time.Now()
		go func() {
			time.Sleep(time.Second)
			io.ReadFull(server, make([]byte, 2))
		}()
		if n, err := client.Write([]byte("123456")); n != 6 || err != nil {
			t.Fatalf("Write = %d, %v; want 6", n, err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("Write returned after %v; want 1s, when the reader made room", waited)
		}
	})
}

func TestADeadlineEndsAWriteAndTellsWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := memnet.Pipe(memnet.Options{Buffer: 4})
		client.SetWriteDeadline(time.Now().Add(time.Second))
		start := time.Now()
		n, err := client.Write([]byte("123456"))
		if n != 4 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("Write = %d, %v after %v; want 4, deadline exceeded after 1s", n, err, time.Since(start))
		}
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("Timeout() = false for %v; want true", err)
		}
		client.SetWriteDeadline(time.Time{})
		got := make([]byte, 4)
		if _, err := io.ReadFull(server, got); err != nil || string(got) != "1234" {
			t.Errorf("peer read %q, %v; want 1234", got, err)
		}
		if n, err := client.Write([]byte("56")); n != 2 || err != nil {
			t.Errorf("Write without deadline = %d, %v; want 2", n, err)
		}
	})
}

func TestADeadlineThatWasMovedDoesNotFire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := memnet.Pipe(memnet.Options{})
		client.SetReadDeadline(time.Now().Add(time.Second))
		start := time.Now()
		time.AfterFunc(500*time.Millisecond, func() { client.SetReadDeadline(start.Add(2 * time.Second)) })
		_, err := client.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != 2*time.Second {
			t.Errorf("Read = %v after %v; want deadline exceeded after 2s", err, time.Since(start))
		}
		client.SetReadDeadline(start)
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read with a deadline in the past = %v; want deadline exceeded", err)
		}
	})
}

func TestCloseIsEOFBehindTheBytes(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{})
	server.Write([]byte("bye"))
	server.Close()
	got, err := io.ReadAll(client)
	if string(got) != "bye" || err != nil {
		t.Errorf("ReadAll = %q, %v; want bye and EOF", got, err)
	}
	if n, err := client.Write([]byte("x")); n != 1 || err != nil {
		t.Errorf("first Write after the peer's close = %d, %v; want 1: the kernel takes it", n, err)
	}
	if n, err := client.Write([]byte("x")); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("second Write = %d, %v; want ECONNRESET", n, err)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Read = %v; want ECONNRESET", err)
	}
}

func TestCloseWithUnreadBytesResetsThePeer(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{})
	client.Write([]byte("never read"))
	server.Write([]byte("last words"))
	server.Close()
	got, err := io.ReadAll(client)
	if string(got) != "last words" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("ReadAll = %q, %v; want the last words and ECONNRESET", got, err)
	}

	client, server = memnet.Pipe(memnet.Options{NoReset: true})
	client.Write([]byte("never read"))
	server.Close()
	if got, err := io.ReadAll(client); err != nil {
		t.Errorf("NoReset: ReadAll = %q, %v; want EOF", got, err)
	}
	if n, err := client.Write([]byte("x")); n != 0 || !errors.Is(err, syscall.EPIPE) {
		t.Errorf("NoReset: Write = %d, %v; want EPIPE", n, err)
	}
}

func TestResetFailsBothDirectionsOfThePeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := memnet.Pipe(memnet.Options{Buffer: 2})
		time.AfterFunc(time.Second, func() { server.Reset() })
		if n, err := client.Write([]byte("123")); n != 2 || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Write = %d, %v; want 2, ECONNRESET", n, err)
		}
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("Read = %v; want ECONNRESET", err)
		}
	})
}

func TestOwnCloseWakesReadAndWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := memnet.Pipe(memnet.Options{Buffer: 1})
		errs := make(chan error, 2)
		go func() { _, err := client.Read(make([]byte, 1)); errs <- err }()
		go func() { _, err := client.Write([]byte("12")); errs <- err }()
		synctest.Wait()
		client.Close()
		for range 2 {
			if err := <-errs; !errors.Is(err, net.ErrClosed) {
				t.Errorf("err = %v; want net.ErrClosed", err)
			}
		}
		if err := client.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second Close = %v; want net.ErrClosed", err)
		}
	})
}

func TestCloseWriteLeavesTheOtherDirectionOpen(t *testing.T) {
	client, server := memnet.Pipe(memnet.Options{})
	client.Write([]byte("question"))
	client.CloseWrite()
	if got, err := io.ReadAll(server); string(got) != "question" || err != nil {
		t.Errorf("ReadAll = %q, %v; want question", got, err)
	}
	if _, err := client.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Write after CloseWrite = %v; want EPIPE", err)
	}
	server.Write([]byte("answer"))
	server.Close()
	if got, err := io.ReadAll(client); string(got) != "answer" || err != nil {
		t.Errorf("ReadAll = %q, %v; want answer", got, err)
	}
}
