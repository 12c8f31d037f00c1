package simulator

import (
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
)

// line is the client's end of one connection. It keeps what the client wrote, byte for byte, and does what the plan
// says to what is written and read.
type line struct {
	net.Conn
	run    *run
	number int
	inner  *memnet.Conn
	done   chan struct{} // closed by Close

	// Set by newLine, and read only.
	before, after time.Duration // what a Write takes longer

	mu       sync.Mutex
	closed   bool
	closedAt time.Duration
	sent     []byte // all that was to be written
	accepted int    // so much of it the kernel took
	writes   []write
	broken   bool          // a Write has failed
	alone    int           // writes by callers who were alone
	served   int           // writes by readLoop
	read     int           // bytes
	lastRead time.Duration // when the last of them came; that of the dial before
	chunk    int           // bytes that a Read brings at most; 0: as many as there are
	cut      int           // bytes of replies after which the line is dead; -1: never
	cutErr   error
	list     []carried // see carried
}

// write is one call of Write: when it was made and when it returned (-1: it has not), and where its bytes begin in sent.
type write struct {
	began, ended time.Duration
	from         int
}

// shortFor is how many bytes of a connection are read in short pieces. One byte at a time takes its time.
const shortFor = 3000

func newLine(r *run, inner *memnet.Conn, number int) *line {
	l := &line{Conn: inner, run: r, number: number, inner: inner, done: make(chan struct{}), cut: -1, lastRead: r.now()}
	if !r.chaos() {
		return l
	}
	for _, f := range r.plan.faultsOf(number).line {
		l.arm(f)
	}
	return l
}

// arm prepares a fault.
func (l *line) arm(f lineFault) {
	switch f.kind {
	case cutWrite:
		l.inner.FailWriteAfter(f.n, os.NewSyscallError("write", syscall.EPIPE))
	case cutRead:
		l.cut, l.cutErr = f.n, os.NewSyscallError("read", syscall.ECONNRESET)
		if f.soft {
			l.cutErr = io.EOF
		}
	case slowWrite:
		l.before, l.after = f.at, f.span
		l.run.happened(f.kind)
	case shortReads:
		l.chunk = f.n
		l.run.happened(f.kind)
	default:
		time.AfterFunc(f.at, func() { l.strike(f) })
	}
}

// strike does what happens to the connection at some time.
func (l *line) strike(f lineFault) {
	if !l.run.chaos() || l.isClosed() {
		return
	}
	l.run.happened(f.kind)
	l.run.say("connection %d: %v", l.number, f)
	ends := []*memnet.Conn{l.inner, l.inner.Peer()}
	switch f.kind {
	case stallUp:
		ends = ends[:1]
	case stallDown:
		ends = ends[1:]
	case blackHole:
	case resetLine, closeLine:
		l.hangUp(f.kind == resetLine)
		return
	case halfClose:
		_ = l.inner.Peer().CloseWrite()
		return
	}
	for _, end := range ends {
		end.Hold()
	}
	time.Sleep(f.span)
	if !f.soft && l.run.chaos() {
		l.hangUp(true)
	}
	for _, end := range ends {
		end.Release()
	}
}

// hangUp ends the connection from the server's side.
func (l *line) hangUp(reset bool) {
	if reset {
		_ = l.inner.Peer().Reset()
	} else {
		_ = l.inner.Peer().Close()
	}
}

// heal ends the faults of the line, but for those that have ended the line itself.
func (l *line) heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chunk = 0
	if l.read < l.cut {
		l.cut = -1
	}
	l.inner.FailWriteAfter(0, nil)
	if l.broken {
		l.inner.FailWriteAfter(0, os.NewSyscallError("write", syscall.EPIPE))
	}
	l.inner.Release()
	l.inner.Peer().Release()
}

// Write notes what is written, and how much of it the kernel takes.
func (l *line) Write(p []byte) (int, error) {
	return l.write(p, func(p []byte) (int, error) {
		n, err := 0, error(&net.OpError{Op: "write", Net: "mem", Err: net.ErrClosed})
		if l.sleep(l.before) {
			n, err = l.inner.Write(p)
		}
		l.sleep(l.after)
		return n, err
	})
}

// TryWrite is Write for a caller who writes by himself, or the reader, and so does not wait.
func (l *line) TryWrite(p []byte) (int, error) {
	l.mu.Lock()
	if calledBy("serve") {
		l.served++
	} else {
		l.alone++
	}
	l.mu.Unlock()
	return l.write(p, l.inner.TryWrite)
}

// calledBy tells whether a method of that name has led here.
func calledBy(name string) bool {
	var stack [16]uintptr
	frames := runtime.CallersFrames(stack[:runtime.Callers(2, stack[:])])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, ")."+name) {
			return true
		}
		if !more {
			return false
		}
	}
}

func (l *line) write(p []byte, by func(p []byte) (int, error)) (int, error) {
	l.mu.Lock()
	if l.broken {
		l.run.fail("G4: connection %d is written to after a write had failed", l.number)
	}
	i := len(l.writes)
	l.writes = append(l.writes, write{began: l.run.now(), ended: -1, from: l.accepted})
	l.sent = append(l.sent[:l.accepted], p...) // what was not taken the last time comes again
	l.mu.Unlock()

	n, err := by(p)

	l.mu.Lock()
	l.writes[i].ended = l.run.now()
	l.accepted += n
	l.broken = err != nil
	l.mu.Unlock()
	if err != nil && !l.isClosed() {
		l.run.happened(cutWrite)
		l.run.say("connection %d: the kernel takes %d of %d bytes: %v", l.number, n, len(p), err)
	}
	return n, err
}

// sleep waits, but no longer than the line is open. It tells whether it still is.
func (l *line) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

// Read brings no more than the plan lets through.
func (l *line) Read(p []byte) (int, error) {
	l.mu.Lock()
	if l.chunk > 0 && l.read < shortFor {
		p = p[:min(len(p), l.chunk)]
	}
	if l.cut >= 0 {
		p = p[:min(len(p), l.cut-l.read)]
		if len(p) == 0 {
			err := &net.OpError{Op: "read", Net: "mem", Err: l.cutErr}
			l.mu.Unlock()
			l.run.happened(cutRead)
			if l.cutErr == io.EOF {
				return 0, io.EOF
			}
			return 0, err
		}
	}
	l.mu.Unlock()
	n, err := l.inner.Read(p)
	l.mu.Lock()
	l.read += n
	if n > 0 {
		l.lastRead = l.run.now()
	}
	l.mu.Unlock()
	return n, err
}

// Look tells of what Read would bring at once.
func (l *line) Look() (unread bool, err error) {
	l.mu.Lock()
	over := l.cut >= 0 && l.read >= l.cut
	l.mu.Unlock()
	if over {
		return false, l.cutErr
	}
	return l.inner.Look()
}

// Close is the client's.
func (l *line) Close() error {
	l.mu.Lock()
	if !l.closed {
		l.closed, l.closedAt = true, l.run.now()
		close(l.done)
		l.run.say("connection %d is closed by the client", l.number)
	}
	l.mu.Unlock()
	return l.inner.Close()
}

func (l *line) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}
