// Package delay is a TCP proxy that makes a network of loopback: every byte arrives a fixed time after it was sent. It limits
// no throughput: bytes follow each other as closely as they were sent.
package delay

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// wireSize bounds the bytes on their way in one direction of one connection, well above what any row has in flight.
const wireSize = 256 << 20

// Proxy forwards connections to one server.
type Proxy struct {
	target string
	oneWay time.Duration
	ln     net.Listener
	clock  *clock
}

// Listen starts a proxy on a port of 127.0.0.1 that adds roundTrip to each round trip, half of it each way. It runs until the
// process ends.
func Listen(target string, roundTrip time.Duration) (*Proxy, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{target: target, oneWay: roundTrip / 2, ln: ln, clock: newClock()}
	go p.clock.run()
	go p.accept()
	return p, nil
}

// Addr is where it listens.
func (p *Proxy) Addr() string { return p.ln.Addr().String() }

// Close ends the listener. Open connections live on.
func (p *Proxy) Close() error { return p.ln.Close() }

func (p *Proxy) accept() {
	for {
		near, err := p.ln.Accept()
		if err != nil {
			return
		}
		go p.join(near)
	}
}

// join couples two sockets by a wire for each direction until both have ended.
func (p *Proxy) join(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer far.Close()
	var ends sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		w := &wire{due: make(chan struct{}, 1), room: make(chan struct{}, 1)}
		ends.Go(func() { p.receive(way[0], w) })
		ends.Go(func() { w.deliver(way[1]) })
	}
	ends.Wait()
}

// receive puts what arrives on the wire, stamped with the time at which it is due.
func (p *Proxy) receive(from net.Conn, w *wire) {
	var buf []byte
	for {
		if len(buf) < 16<<10 {
			buf = make([]byte, 256<<10)
		}
		n, err := from.Read(buf)
		due := time.Now().Add(p.oneWay)
		if n > 0 {
			w.put(packet{data: buf[:n:n], due: due})
			buf = buf[n:]
		}
		if err != nil {
			w.put(packet{end: err, due: due})
		}
		p.clock.wake(w, due)
		if err != nil {
			return
		}
	}
}

// packet is bytes, or the end of the stream.
type packet struct {
	data []byte
	end  error
	due  time.Time
}

// wire is one direction of one connection: packets in the order in which they were read.
type wire struct {
	mu      sync.Mutex
	packets []packet
	bytes   int
	due     chan struct{} // capacity 1: the clock says that a packet is due
	room    chan struct{} // capacity 1: packets were taken
}

func (w *wire) put(p packet) {
	for {
		w.mu.Lock()
		if w.bytes < wireSize {
			w.packets = append(w.packets, p)
			w.bytes += len(p.data)
			w.mu.Unlock()
			return
		}
		w.mu.Unlock()
		<-w.room
	}
}

// take removes what is due.
func (w *wire) take(now time.Time) (data net.Buffers, end error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for n < len(w.packets) && !w.packets[n].due.After(now) {
		p := w.packets[n]
		if n++; p.end != nil {
			end = p.end
			break
		}
		data = append(data, p.data)
		w.bytes -= len(p.data)
	}
	rest := copy(w.packets, w.packets[n:])
	clear(w.packets[rest:])
	w.packets = w.packets[:rest]
	return data, end
}

// deliver writes whatever is due by one system call, as a network card hands over what has arrived.
func (w *wire) deliver(to net.Conn) {
	for range w.due {
		data, end := w.take(time.Now())
		select {
		case w.room <- struct{}{}:
		default:
		}
		if _, err := data.WriteTo(to); err != nil {
			// The other direction learns of it by its own read or write.
			to.Close()
			w.discard()
			return
		}
		if errors.Is(end, io.EOF) {
			to.(*net.TCPConn).CloseWrite()
			return
		}
		if end != nil {
			to.Close()
			return
		}
	}
}

// discard takes what still comes from the sender, so that its receive is never stuck on a full wire.
func (w *wire) discard() {
	for range w.due {
		w.mu.Lock()
		ended := len(w.packets) > 0 && w.packets[len(w.packets)-1].end != nil
		w.packets, w.bytes = nil, 0
		w.mu.Unlock()
		select {
		case w.room <- struct{}{}:
		default:
		}
		if ended {
			return
		}
	}
}
