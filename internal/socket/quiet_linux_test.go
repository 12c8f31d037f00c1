//go:build linux && !race && !msan && !asan

package socket

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The beat begins with a loud system call, goes on as long as there are quiet ones, and ends a period after the last.
func TestTheBeatGoesOnAsLongAsThereAreQuietCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m metronome
		for round := range 3 {
			if m.quiet() {
				t.Errorf("round %d: the first one is quiet; want it loud", round)
			}
			for range 25 {
				if !m.quiet() || !m.quiet() {
					t.Errorf("round %d: one after it is loud; want it quiet", round)
				}
				time.Sleep(4 * time.Millisecond)
			}
			if !m.on.Load() {
				t.Errorf("round %d: the beat is off; want it on", round)
			}
			time.Sleep(2 * period)
			if m.on.Load() {
				t.Errorf("round %d: the beat is on; want it off two periods after the last call", round)
			}
		}
	})
}

// echo gives a connection to another process that sends back what it gets.
func echo(t *testing.T) net.Conn {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := os.NewFile(uintptr(fds[0]), "theirs"), os.NewFile(uintptr(fds[1]), "ours")
	defer theirs.Close()
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		t.Fatal(err)
	}
	cat := exec.Command("cat")
	cat.Stdin, cat.Stdout = theirs, theirs
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close() // which ends cat
		cat.Wait()
	})
	return Wrap(conn)
}

// While the monitor sleeps nobody takes a processor from a goroutine that computes. The beat wakes it.
func TestWhoComputesIsInterruptedAllTheSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	conn := echo(t)
	const limit = 2 * time.Second
	longest := time.Duration(0)
	for range 5 {
		p := make([]byte, 1)
		for range 1000 {
			if _, err := conn.Write(p); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Read(p); err != nil {
				t.Fatal(err)
			}
		}
		var other atomic.Bool
		go other.Store(true)
		began := time.Now()
		for !other.Load() && time.Since(began) < limit {
			continue // it computes
		}
		longest = max(longest, time.Since(began))
	}
	t.Logf("another goroutine had to wait for %v at most", longest)
	if longest > limit/4 {
		t.Errorf("another goroutine had to wait for %v; want some 20 ms", longest)
	}
}

// What is quiet wakes no monitor, so that the process changes from thread to thread less often than by the connection itself.
func TestQuietCallsWakeNoMonitor(t *testing.T) {
	quiet := echo(t)
	switches := func(conn net.Conn) float64 {
		before := switchesOf(t)
		p := make([]byte, 1)
		for range 1000 {
			if _, err := conn.Write(p); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Read(p); err != nil {
				t.Fatal(err)
			}
		}
		return float64(switchesOf(t)-before) / 1000
	}
	var ratios []float64
	for range 21 {
		plain := switches(quiet.(*Conn).Conn)
		ratios = append(ratios, switches(quiet)/plain)
	}
	slices.Sort(ratios)
	t.Logf("quiet calls switch %.2f times as often (%.2f)", ratios[10], ratios)
	if ratios[10] > 0.85 {
		t.Errorf("quiet calls switch %.2f times as often as others do; want fewer", ratios[10])
	}
}

// switchesOf counts how often threads of this process have given up their processor by themselves.
func switchesOf(t *testing.T) int64 {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		t.Fatal(err)
	}
	return ru.Nvcsw
}
