package memnet

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

var listeners atomic.Int64 // names them

// Listener accepts the connections that its own DialContext makes. All methods are safe for concurrent use.
type Listener struct {
	opts    Options
	name    Addr
	backlog chan *Conn
	done    chan struct{} // closed by Close

	mu     sync.Mutex
	closed bool
	refuse error
	onDial func(client *Conn)
	dialed []string
}

// Listen makes a listener. Make it inside the synctest bubble that uses it.
func Listen(opts Options) *Listener {
	size := opts.Backlog
	switch {
	case size == 0:
		size = 128
	case size < 0:
		size = 0
	}
	return &Listener{
		opts:    opts,
		name:    Addr(fmt.Sprintf("mem:%d", listeners.Add(1))),
		backlog: make(chan *Conn, size),
		done:    make(chan struct{}),
	}
}

// DialContext makes a connection to the listener. The network and address are noted (see Dialed), not looked up. It fails
// with ECONNREFUSED once the listener is closed, with what RefuseDials said, or with ctx's error while it waits for room in
// the backlog, each as *net.OpError.
func (l *Listener) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	l.mu.Lock()
	l.dialed = append(l.dialed, address)
	number := len(l.dialed)
	refuse, onDial := l.refuse, l.onDial
	l.mu.Unlock()

	if refuse != nil {
		return nil, l.dialError(refuse)
	}
	if err := ctx.Err(); err != nil {
		return nil, l.dialError(err)
	}
	client, server := newPair(l.opts, fmt.Sprintf("%s.client.%d", l.name, number), string(l.name))
	if onDial != nil {
		onDial(client)
	}
	select {
	case <-l.done:
		return nil, l.dialError(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	default:
	}
	select {
	case l.backlog <- server:
	case <-l.done:
		return nil, l.dialError(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case <-ctx.Done():
		return nil, l.dialError(ctx.Err())
	}
	select {
	case <-l.done:
		// Close may have emptied the backlog before this connection got there: nobody would ever answer on it.
		server.Reset()
	default:
	}
	return client, nil
}

// Accept waits for the next connection. It fails with net.ErrClosed after Close.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
	default:
		select {
		case conn := <-l.backlog:
			return conn, nil
		case <-l.done:
		}
	}
	return nil, &net.OpError{Op: "accept", Net: "mem", Addr: l.name, Err: net.ErrClosed}
}

// Close refuses further dials and resets the connections that were never accepted. Accepted ones live on. A second Close
// does nothing.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	close(l.done)
	for {
		select {
		case conn := <-l.backlog:
			conn.Reset()
		default:
			return nil
		}
	}
}

// Addr names the listener.
func (l *Listener) Addr() net.Addr { return l.name }

// OnDial sets a function that is called with the client's end of every later connection, before DialContext returns it: the
// place to set hooks and faults. nil removes it.
func (l *Listener) OnDial(fn func(client *Conn)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onDial = fn
}

// RefuseDials makes every later DialContext fail with err; nil lets them through again.
func (l *Listener) RefuseDials(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse = err
}

// Dialed lists the address of every DialContext so far, failed ones included, in order.
func (l *Listener) Dialed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.dialed...)
}

func (l *Listener) dialError(err error) error {
	return &net.OpError{Op: "dial", Net: "mem", Addr: l.name, Err: err}
}
