package delay

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"testing"
	"time"
)

// echo starts a server that sends back what it gets, and a proxy before it, and connects to that.
func echo(t *testing.T, roundTrip time.Duration) *net.TCPConn {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	p, err := Listen(ln.Addr().String(), roundTrip)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	return c.(*net.TCPConn)
}

func TestEveryRoundTripTakesAtLeastTheDelay(t *testing.T) {
	const delay = 5 * time.Millisecond
	c := echo(t, delay)
	var one [1]byte
	shortest := time.Hour
	for range 20 {
		began := time.Now()
		if _, err := c.Write([]byte{'x'}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, one[:]); err != nil {
			t.Fatal(err)
		}
		took := time.Since(began)
		if took < delay {
			t.Fatalf("a round trip took %v; want at least %v", took, delay)
		}
		shortest = min(shortest, took)
	}
	// On an idle machine it is 0.2 ms more; the best of twenty has that much luck on any.
	if shortest > 2*delay {
		t.Errorf("the shortest round trip took %v; want little more than %v", shortest, delay)
	}
}

func TestBytesArriveUnchangedAndInOrderAndTheEndBehindThem(t *testing.T) {
	c := echo(t, 2*time.Millisecond)
	sent := make([]byte, 32<<20)
	random := rand.NewChaCha8([32]byte{1})
	random.Read(sent)
	go func() {
		r := rand.New(rand.NewPCG(3, 4))
		for rest := sent; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(100_000))
			if _, err := c.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
		c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || sha256.Sum256(got) != sha256.Sum256(sent) {
		t.Errorf("read %d bytes, %v, equal: %v; want the %d that were sent", len(got), err, bytes.Equal(got, sent), len(sent))
	}
}

// A proxy that took one packet per delay would need 32 MiB / 256 KiB × 20 ms = 2.5 s, one that waited for answers far longer.
func TestTheDelayCostsNoThroughput(t *testing.T) {
	c := echo(t, 40*time.Millisecond)
	const size = 32 << 20
	began := time.Now()
	go c.Write(make([]byte, size))
	if n, err := io.CopyN(io.Discard, c, size); err != nil {
		t.Fatalf("read %d bytes: %v", n, err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("%d bytes took %v there and back; want well below 2 s", size, took)
	}
}
