package simulator

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
)

// network is what lies between the client and the server: it dials, and keeps every line it made.
type network struct {
	run    *run
	ln     *memnet.Listener
	healed chan struct{} // closed when the faults are over

	mu      sync.Mutex
	dials   int
	lines   []*line // in the order in which they were made, which is that of the server's connections
	outages int     // how many are going on
	closed  bool    // Close has returned: nobody may dial any more
}

func newNetwork(r *run) *network {
	return &network{run: r, ln: memnet.Listen(r.plan.network), healed: make(chan struct{})}
}

// dial is the client's Dialer.
func (n *network) dial(ctx context.Context, networkName, addr string) (net.Conn, error) {
	n.mu.Lock()
	number := n.dials
	n.dials++
	if n.closed {
		n.run.fail("D5: dial %d after Close had returned", number)
	}
	for _, l := range n.lines {
		if !l.isClosed() {
			n.run.fail("D8: dial %d while connection %d is open", number, l.number)
		}
	}
	refuse := n.outages > 0
	n.mu.Unlock()

	if n.run.chaos() {
		if refuse {
			return nil, refusedDial()
		}
		for _, f := range n.run.plan.dials {
			switch {
			case f.number != number:
			case f.kind == dialRefused:
				n.run.happened(f.kind)
				return nil, refusedDial()
			default:
				n.run.happened(f.kind)
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-n.healed:
				}
			}
		}
	}
	conn, err := n.ln.DialContext(ctx, networkName, addr)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	l := newLine(n.run, conn.(*memnet.Conn), len(n.lines))
	n.lines = append(n.lines, l)
	n.run.say("dial %d makes connection %d", number, l.number)
	return l, nil
}

func refusedDial() error {
	return &net.OpError{Op: "dial", Net: "mem", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// heal ends every fault of the lines, and lets dials through.
func (n *network) heal() {
	close(n.healed)
	for _, l := range n.all() {
		l.heal()
	}
}

// tearDown ends every line from both sides, so that the bubble of a run that hangs can end: as long as somebody in it
// waits for a connection, a timer goes on, and time with it.
func (n *network) tearDown() {
	_ = n.ln.Close()
	for _, l := range n.all() {
		_ = l.Close()
		l.hangUp(true)
	}
}

// all returns the lines made so far.
func (n *network) all() []*line {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]*line(nil), n.lines...)
}

// forbid notes that the client is closed.
func (n *network) forbid() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
}

// suffer plays an outage of the server.
func (n *network) suffer(o outage) {
	time.Sleep(o.at)
	if !n.run.chaos() {
		return
	}
	n.run.happened(o.kind)
	n.run.say("server: %v", o)
	if o.kind == paused {
		n.run.server.fake.Pause()
		time.Sleep(o.span)
		n.run.server.fake.Resume()
		return
	}
	n.mu.Lock()
	n.outages++
	n.mu.Unlock()
	for _, l := range n.all() {
		l.hangUp(!o.soft)
	}
	time.Sleep(o.span)
	n.mu.Lock()
	n.outages--
	n.mu.Unlock()
}
