package faultnet

import (
	"io"
	"net"
	"sync"
	"time"
)

const (
	readSize = 64 << 10
	// wireSize bounds what one way of a connection holds: bandwidth times delay, so generous; beyond it the sender waits.
	wireSize = 64 << 20
)

// link is one connection through the proxy: two sockets, and for each way a wire with a goroutine at either end.
type link struct {
	proxy  *Proxy
	client net.Conn
	server net.Conn // set by run before the wires start
	gone   chan struct{}
	once   sync.Once
	mu     sync.Mutex // orders run's server = … and an end from outside
}

// wire is what one way holds: packets in the order they were read.
type wire struct {
	mu      sync.Mutex
	packets []packet
	bytes   int
	arrived chan struct{} // capacity 1: something was put
	room    chan struct{} // capacity 1: something was taken
}

// packet is bytes, or the end of the stream when err is not nil.
type packet struct {
	data []byte
	err  error
	due  time.Time
}

func (l *link) run() {
	defer l.proxy.wg.Done()
	defer l.proxy.forget(l)
	defer l.close()
	server, err := net.DialTimeout(l.proxy.network, l.proxy.target, 10*time.Second)
	if err != nil {
		l.reset()
		return
	}
	l.mu.Lock()
	l.server = server
	l.mu.Unlock()
	select {
	case <-l.gone: // ended while it dialled: that end knew of no server
		server.Close()
		return
	default:
	}
	var both sync.WaitGroup
	for _, w := range Both.ways() {
		from, to := l.client, l.server
		if w == down {
			from, to = to, from
		}
		x := &wire{arrived: make(chan struct{}, 1), room: make(chan struct{}, 1)}
		both.Go(func() { l.receive(w, from, x) })
		both.Go(func() { l.deliver(w, to, x) })
	}
	both.Wait()
}

// receive puts what arrives on the wire.
func (l *link) receive(w way, from net.Conn, x *wire) {
	buf := make([]byte, readSize)
	for {
		if !l.waitWhileStalled(w) {
			return
		}
		n, err := from.Read(buf)
		r, _ := l.proxy.rule(w)
		due := time.Now().Add(r.delay)
		if n > 0 && !l.put(x, packet{data: append([]byte(nil), buf[:n]...), due: due}) {
			return
		}
		if err != nil {
			l.put(x, packet{err: err, due: due})
			return
		}
	}
}

// deliver takes what is due from the wire and sends it.
func (l *link) deliver(w way, to net.Conn, x *wire) {
	for {
		p, ok := l.take(x)
		if !ok || !l.sleep(time.Until(p.due)) || !l.waitWhileStalled(w) {
			return
		}
		switch {
		case p.err == io.EOF:
			to.(interface{ CloseWrite() error }).CloseWrite()
			return
		case p.err != nil:
			l.reset()
			return
		case !l.send(w, to, p.data):
			return
		}
	}
}

// send writes data piece by piece as the rules want it; false when the connection is over.
func (l *link) send(w way, to net.Conn, data []byte) bool {
	for len(data) > 0 {
		if !l.waitWhileStalled(w) {
			return false
		}
		r, _ := l.proxy.rule(w)
		size := len(data)
		if r.rate > 0 {
			size = min(size, max(1, r.rate/100))
		}
		if r.split {
			size = 1
		}
		size, cut := l.proxy.pass(w, size)
		// Counted first: who has received the bytes finds them in Stats.
		l.proxy.count(w, size)
		n, err := to.Write(data[:size])
		l.proxy.count(w, n-size)
		switch {
		case err != nil:
			l.reset()
			return false
		case cut:
			l.close()
			return false
		case r.rate > 0 && !l.sleep(time.Duration(size)*time.Second/time.Duration(r.rate)):
			return false
		}
		data = data[size:]
	}
	return true
}

func (l *link) put(x *wire, p packet) bool {
	for {
		x.mu.Lock()
		full := x.bytes >= wireSize
		if !full {
			x.packets = append(x.packets, p)
			x.bytes += len(p.data)
		}
		x.mu.Unlock()
		if !full {
			signal(x.arrived)
			return true
		}
		select {
		case <-x.room:
		case <-l.gone:
			return false
		}
	}
}

func (l *link) take(x *wire) (packet, bool) {
	for {
		x.mu.Lock()
		if len(x.packets) > 0 {
			p := x.packets[0]
			x.packets[0] = packet{} // its bytes are not kept by the array
			x.packets = x.packets[1:]
			x.bytes -= len(p.data)
			x.mu.Unlock()
			signal(x.room)
			return p, true
		}
		x.mu.Unlock()
		select {
		case <-x.arrived:
		case <-l.gone:
			return packet{}, false
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// waitWhileStalled returns false when the connection is over.
func (l *link) waitWhileStalled(w way) bool {
	for {
		r, changed := l.proxy.rule(w)
		if !r.stalled {
			return true
		}
		select {
		case <-changed:
		case <-l.gone:
			return false
		}
	}
}

// sleep waits for d; false when the connection is over.
func (l *link) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.gone:
		return false
	}
}

func (l *link) close() { l.end(false) }

func (l *link) reset() { l.end(true) }

// end closes both sockets, which wakes every goroutine of the link. Only the first end counts.
func (l *link) end(reset bool) {
	l.once.Do(func() {
		close(l.gone)
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range []net.Conn{l.client, l.server} {
			if tcp, ok := c.(*net.TCPConn); ok && reset {
				tcp.SetLinger(0)
			}
			if c != nil {
				c.Close()
			}
		}
	})
}
