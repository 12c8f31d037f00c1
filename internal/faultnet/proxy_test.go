package faultnet_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/faultnet"
	"github.com/futureio/futureio-go/internal/redistest"
)

// echo is a server that sends back what it gets, closes behind the client, and keeps what it got.
type echo struct {
	net.Listener
	wg    sync.WaitGroup
	ended chan ended // one per connection
}

type ended struct {
	got []byte
	err error
}

func newEcho(t *testing.T, network, addr string) *echo {
	t.Helper()
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{Listener: ln, ended: make(chan ended, 100)}
	e.wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			e.wg.Go(func() {
				defer conn.Close()
				var got bytes.Buffer
				_, err := io.Copy(conn, io.TeeReader(conn, &got))
				e.ended <- ended{got.Bytes(), err}
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		e.wg.Wait()
	})
	return e
}

func setup(t *testing.T) (*faultnet.Proxy, *echo) {
	t.Helper()
	redistest.NoLeaks(t)
	e := newEcho(t, "tcp", "127.0.0.1:0")
	return faultnet.New(t, e.Addr().String()), e
}

func dial(t *testing.T, p *faultnet.Proxy) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second)) // a test that hangs fails instead
	return conn.(*net.TCPConn)
}

func exchange(t *testing.T, conn net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(conn, s); err != nil {
		t.Errorf("write: %v", err)
	}
	got := make([]byte, len(s))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != s {
		t.Errorf("echo = %q, %v; want %q", got, err, s)
	}
}

// silent tells whether nothing arrives for a while. It is the one thing that cannot be waited for.
func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read %d, %v; want nothing to arrive", n, err)
	}
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
}

func TestWithoutFaultsEverythingPassesAndIsCounted(t *testing.T) {
	p, e := setup(t)
	conn := dial(t, p)
	big := bytes.Repeat([]byte("0123456789"), 100_000)
	go func() {
		conn.Write(big)
		conn.CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(got, big) {
		t.Errorf("echo = %d bytes, %v; want %d", len(got), err, len(big))
	}
	if end := <-e.ended; end.err != nil {
		t.Errorf("the server ended with %v; want EOF", end.err)
	}
	if s := p.Stats(); s.Accepted != 1 || s.BytesUp != int64(len(big)) || s.BytesDown != int64(len(big)) {
		t.Errorf("Stats = %+v; want 1 connection and %d bytes each way", s, len(big))
	}
}

func TestAUnixSocketCanBeTheTarget(t *testing.T) {
	redistest.NoLeaks(t)
	path := filepath.Join(t.TempDir(), "s")
	newEcho(t, "unix", path)
	exchange(t, dial(t, faultnet.New(t, path)), "hello")
}

func TestADelayKeepsThroughput(t *testing.T) {
	p, _ := setup(t)
	const d = 20 * time.Millisecond
	p.Delay(faultnet.Both, d)
	conn := dial(t, p)
	start := time.Now()
	exchange(t, conn, "x")
	if took := time.Since(start); took < 2*d {
		t.Errorf("a round trip took %v; want at least %v", took, 2*d)
	}
	// A hundred writes over time: a sleep per piece would add them up to 4 s.
	start = time.Now()
	go func() {
		pace := time.NewTicker(100 * time.Microsecond)
		defer pace.Stop()
		for range 100 {
			conn.Write(make([]byte, 1000))
			<-pace.C
		}
	}()
	io.ReadFull(conn, make([]byte, 100_000))
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("100 pieces took %v; want little more than %v", took, 2*d)
	}
}

func TestCutAfterLetsExactlySoManyBytesArriveOnce(t *testing.T) {
	p, e := setup(t)
	conn := dial(t, p)
	exchange(t, conn, "1234")
	p.CutAfter(faultnet.Up, 3)
	io.WriteString(conn, "567890")
	io.ReadAll(conn)
	if end := <-e.ended; string(end.got) != "1234567" {
		t.Errorf("the server got %q; want 1234567", end.got)
	}
	exchange(t, dial(t, p), "not cut again")

	p.CutAfter(faultnet.Down, 5)
	conn = dial(t, p)
	io.WriteString(conn, "abc")
	io.WriteString(conn, "defghi")
	if got, _ := io.ReadAll(conn); string(got) != "abcde" {
		t.Errorf("the client got %q; want abcde", got)
	}
}

func TestSplitSendsEveryByteByItself(t *testing.T) {
	p, _ := setup(t)
	p.Split(faultnet.Both)
	exchange(t, dial(t, p), "one at a time")
	if s := p.Stats(); s.BytesUp != 13 || s.BytesDown != 13 {
		t.Errorf("Stats = %+v; want 13 bytes each way", s)
	}
}

func TestThrottleLimitsTheRate(t *testing.T) {
	p, _ := setup(t)
	p.Throttle(faultnet.Down, 100_000)
	conn := dial(t, p)
	start := time.Now()
	go conn.Write(make([]byte, 10_000))
	io.ReadFull(conn, make([]byte, 10_000))
	if took := time.Since(start); took < 80*time.Millisecond {
		t.Errorf("10 kB at 100 kB/s took %v; want about 100ms", took)
	}
}

func TestAStalledDirectionGoesOnAfterHeal(t *testing.T) {
	p, e := setup(t)
	conn := dial(t, p)
	exchange(t, conn, "x")
	p.Stall(faultnet.Down)
	io.WriteString(conn, "late")
	conn.CloseWrite()
	if end := <-e.ended; string(end.got) != "xlate" {
		t.Errorf("the server got %q; want xlate: only the answers stall", end.got)
	}
	silent(t, conn)
	p.Heal()
	if got, err := io.ReadAll(conn); string(got) != "late" || err != nil {
		t.Errorf("after Heal: %q, %v; want late and EOF", got, err)
	}
}

func TestAStallHoldsTheRestOfWhatIsOnItsWay(t *testing.T) {
	p, _ := setup(t)
	p.Throttle(faultnet.Down, 10_000)
	conn := dial(t, p)
	go conn.Write(make([]byte, 2000))
	io.ReadFull(conn, make([]byte, 100))
	p.Stall(faultnet.Down)
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	n, _ := io.Copy(io.Discard, conn)
	if n > 1000 {
		t.Errorf("%d bytes came after Stall; want what was being written at most", n)
	}
	p.Heal()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.ReadFull(conn, make([]byte, 1900-n)); err != nil {
		t.Errorf("after Heal: %v; want the rest", err)
	}
}

func TestABlackHoleTakesConnectionsAndGivesNothing(t *testing.T) {
	p, _ := setup(t)
	old := dial(t, p)
	exchange(t, old, "x")
	p.BlackHole()
	fresh := dial(t, p)
	io.WriteString(old, "old")
	io.WriteString(fresh, "new")
	silent(t, old)
	silent(t, fresh)
	p.Heal()
	for conn, want := range map[net.Conn]string{old: "old", fresh: "new"} {
		got := make([]byte, 3)
		if _, err := io.ReadFull(conn, got); string(got) != want {
			t.Errorf("after Heal: %q, %v; want %s", got, err, want)
		}
	}
}

func TestResetIsAnRSTForBothSides(t *testing.T) {
	p, e := setup(t)
	conn := dial(t, p)
	exchange(t, conn, "x")
	p.Reset()
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("client: %v; want ECONNRESET", err)
	}
	if end := <-e.ended; !errors.Is(end.err, syscall.ECONNRESET) {
		t.Errorf("server: %v; want ECONNRESET", end.err)
	}
	exchange(t, dial(t, p), "new ones live")
}

func TestDropIsAnOrderlyClose(t *testing.T) {
	p, e := setup(t)
	conn := dial(t, p)
	exchange(t, conn, "x")
	p.Drop()
	if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("client: %v; want EOF", err)
	}
	if end := <-e.ended; end.err != nil {
		t.Errorf("server: %v; want EOF", end.err)
	}
}

func TestAResetOfOneSideReachesTheOther(t *testing.T) {
	p, e := setup(t)
	conn := dial(t, p)
	exchange(t, conn, "x")
	conn.SetLinger(0)
	conn.Close()
	if end := <-e.ended; !errors.Is(end.err, syscall.ECONNRESET) {
		t.Errorf("server: %v; want ECONNRESET", end.err)
	}
}

func TestRefusedDialsFailUntilHealed(t *testing.T) {
	p, _ := setup(t)
	conn := dial(t, p)
	exchange(t, conn, "x")
	p.Refuse()
	p.Refuse()
	if c, err := net.Dial("tcp", p.Addr()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial = %v, %v; want ECONNREFUSED", c, err)
	}
	exchange(t, conn, "old ones live")
	p.Heal()
	exchange(t, dial(t, p), "new ones again")
}

func TestWithoutAServerConnectionsAreReset(t *testing.T) {
	p, e := setup(t)
	e.Close()
	// The reset may come before the dial has returned.
	conn, err := net.Dial("tcp", p.Addr())
	if err == nil {
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("dial and read = %v; want ECONNRESET", err)
	}
}

func TestCloseEndsStalledDelayedAndThrottledConnections(t *testing.T) {
	for name, fault := range map[string]func(*faultnet.Proxy){
		"stalled":    func(p *faultnet.Proxy) { p.Stall(faultnet.Both) },
		"delayed":    func(p *faultnet.Proxy) { p.Delay(faultnet.Both, time.Hour) },
		"throttled":  func(p *faultnet.Proxy) { p.Throttle(faultnet.Both, 1) },
		"black hole": func(p *faultnet.Proxy) { p.BlackHole() },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := setup(t)
			fault(p)
			conn := dial(t, p)
			io.WriteString(conn, "some bytes")
			p.Close()
			p.Close()
			if n, err := io.Copy(io.Discard, conn); n > 1 || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("read %d, %v; want the end", n, err)
			}
			if s := p.Stats(); s.Live != 0 {
				t.Errorf("Stats = %+v; want nothing live", s)
			}
		})
	}
}
