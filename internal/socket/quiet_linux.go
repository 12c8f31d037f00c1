//go:build linux && !race && !msan && !asan

package socket

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// quietAtMost is how much is read or written quietly at a time. For more, which may take some tens of microseconds, the scheduler is told.
const quietAtMost = 64 << 10

// readFrom and writeTo are read(2) and write(2) on a descriptor that does not block.
func readFrom(fd int, p []byte) (n int, err error) {
	if len(p) > quietAtMost || !beat.quiet() {
		return syscall.Read(fd, p)
	}
	return rawly(syscall.SYS_READ, fd, p)
}

func writeTo(fd int, p []byte) (n int, err error) {
	if len(p) > quietAtMost || !beat.quiet() {
		return syscall.Write(fd, p)
	}
	return rawly(syscall.SYS_WRITE, fd, p)
}

func rawly(call uintptr, fd int, p []byte) (n int, err error) {
	r, _, errno := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}

// period is how long the monitor sleeps at most while there are quiet system calls. It is what it sleeps at most in a program that is
// never idle.
const period = 10 * time.Millisecond

// metronome keeps the monitor from sleeping longer than a period as long as there are quiet system calls. It sleeps until the next timer at most, so there is
// one. It may be asleep already when that is set: so the call that sets it is one of which the scheduler hears, and wakes it. It does not fall asleep
// between two ticks without knowing of the next, since whoever runs the first has a processor that is not idle.
type metronome struct {
	on   atomic.Bool // the timer is set
	used atomic.Bool // there were quiet system calls since the last tick

	mu    sync.Mutex // guards what follows, and changes of on
	timer *time.Timer
}

var beat metronome

// quiet tells whether a system call may be a quiet one. The first one after a rest is not.
func (m *metronome) quiet() bool {
	if !m.used.Load() {
		m.used.Store(true)
	}
	return m.on.Load() || m.start()
}

func (m *metronome) start() (started bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.on.Load() {
		return true
	}
	if m.timer == nil {
		m.timer = time.AfterFunc(period, m.tick)
	} else {
		m.timer.Reset(period)
	}
	m.on.Store(true)
	return false
}

// tick ends the beat when nothing was to be heard in a whole period.
func (m *metronome) tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used.Swap(false) {
		m.timer.Reset(period)
	} else {
		m.on.Store(false)
	}
}
