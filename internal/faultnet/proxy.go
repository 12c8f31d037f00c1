package faultnet

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Direction is a set of the two ways through the proxy.
type Direction int

// Up is from the client to the server, Down from the server to the client.
const (
	Up Direction = 1 << iota
	Down
	Both = Up | Down
)

// Stats counts what went through a Proxy.
type Stats struct {
	Accepted  int   // connections taken so far
	Live      int   // connections open now
	BytesUp   int64 // bytes written to the server
	BytesDown int64 // bytes written to clients
}

// Proxy forwards connections to one server and harms them as it is told. A fault concerns connections that are open and those to
// come, until Heal. All methods are safe for concurrent use.
type Proxy struct {
	network, target string
	addr            string
	wg              sync.WaitGroup // accept loops, and a goroutine per connection that waits for four of its own

	mu      sync.Mutex
	ln      net.Listener // nil while refusing and when closed
	closed  bool
	rules   [2]rule // by way
	changed chan struct{}
	links   map[*link]struct{}
	stats   Stats
}

// rule is what happens to one way. The zero value forwards.
type rule struct {
	delay   time.Duration
	rate    int // bytes per second; 0: no limit
	split   bool
	stalled bool
	cutting bool
	cut     int64 // bytes that still pass, when cutting
}

// way indexes what there is for each direction.
type way int

const (
	up way = iota
	down
)

func (d Direction) ways() []way {
	return map[Direction][]way{Up: {up}, Down: {down}, Both: {up, down}}[d]
}

// New starts a Proxy to target, a host:port or the path of a unix socket, that ends with the test.
func New(t testing.TB, target string) *Proxy {
	t.Helper()
	p, err := Start(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// Start is New for programs: the caller closes the Proxy.
func Start(target string) (*Proxy, error) {
	p := &Proxy{network: "tcp", target: target, changed: make(chan struct{}), links: map[*link]struct{}{}}
	if strings.HasPrefix(target, "/") {
		p.network = "unix"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.listenLocked("127.0.0.1:0"); err != nil {
		return nil, err
	}
	p.addr = p.ln.Addr().String()
	return p, nil
}

// Addr is where the Proxy listens, refused or not.
func (p *Proxy) Addr() string { return p.addr }

// Delay lets every byte arrive d later than it was sent. Bytes follow each other as closely as they were sent: a delay costs
// no throughput. Bytes on their way keep the delay they were sent with.
func (p *Proxy) Delay(dir Direction, d time.Duration) { p.set(dir, func(r *rule) { r.delay = d }) }

// Throttle lets at most rate bytes per second pass on each connection; 0 is no limit.
func (p *Proxy) Throttle(dir Direction, rate int) { p.set(dir, func(r *rule) { r.rate = rate }) }

// Split sends every byte by a write of its own. The receiver may still find several when it reads late.
func (p *Proxy) Split(dir Direction) { p.set(dir, func(r *rule) { r.split = true }) }

// Stall lets nothing more arrive, neither bytes nor the news of a close. The sender's buffers fill.
func (p *Proxy) Stall(dir Direction) { p.set(dir, func(r *rule) { r.stalled = true }) }

// CutAfter lets n more bytes arrive and closes the connection that carried the last of them, once: later ones are not cut.
func (p *Proxy) CutAfter(dir Direction, n int64) {
	p.set(dir, func(r *rule) { r.cutting, r.cut = true, n })
}

// BlackHole stalls both directions; new connections are established all the same.
func (p *Proxy) BlackHole() { p.Stall(Both) }

// Refuse closes the listener, so that dials fail with ECONNREFUSED. Open connections live on.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ln != nil {
		p.ln.Close()
		p.ln = nil
	}
}

// Reset ends every open connection by an RST to both sides. New ones are not concerned.
func (p *Proxy) Reset() { p.endAll((*link).reset) }

// Drop ends every open connection by an orderly close to both sides. New ones are not concerned.
func (p *Proxy) Drop() { p.endAll((*link).close) }

// Heal ends every fault. What was stalled or black-holed arrives now. It panics when somebody else took the port meanwhile.
func (p *Proxy) Heal() {
	p.set(Both, func(r *rule) { *r = rule{} })
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ln == nil && !p.closed {
		if err := p.listenLocked(p.addr); err != nil {
			panic(fmt.Sprintf("faultnet: cannot listen again: %v", err))
		}
	}
}

// Stats returns the counters.
func (p *Proxy) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Live = len(p.links)
	return s
}

// Close ends the listener and every connection and waits for the Proxy's goroutines. A second Close does nothing.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true // from here on nothing is accepted, and Heal does not listen again
	p.mu.Unlock()
	p.Refuse()
	p.Drop()
	p.wg.Wait()
}

// set changes the rules of a direction and wakes who waits for that.
func (p *Proxy) set(dir Direction, change func(*rule)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range dir.ways() {
		change(&p.rules[w])
	}
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Proxy) endAll(end func(*link)) {
	p.mu.Lock()
	var links []*link
	for l := range p.links {
		links = append(links, l)
	}
	p.mu.Unlock()
	for _, l := range links {
		end(l)
	}
}

func (p *Proxy) listenLocked(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	p.ln = ln
	p.wg.Add(1)
	go p.acceptLoop(ln)
	return nil
}

func (p *Proxy) acceptLoop(ln net.Listener) {
	defer p.wg.Done()
	for {
		client, err := ln.Accept()
		if err != nil {
			return
		}
		l := &link{proxy: p, client: client, gone: make(chan struct{})}
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			client.Close()
			return
		}
		p.stats.Accepted++
		p.links[l] = struct{}{}
		p.wg.Add(1)
		p.mu.Unlock()
		go l.run()
	}
}

// rule returns what holds for a way now, and a channel that is closed when that may have changed.
func (p *Proxy) rule(w way) (r rule, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rules[w], p.changed
}

// pass asks how many of n bytes may go, and whether the connection is to be cut behind them.
func (p *Proxy) pass(w way, n int) (allowed int, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &p.rules[w]
	if !r.cutting {
		return n, false
	}
	if int64(n) < r.cut {
		r.cut -= int64(n)
		return n, false
	}
	allowed = int(r.cut)
	r.cutting = false
	return allowed, true
}

func (p *Proxy) count(w way, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w == up {
		p.stats.BytesUp += int64(n)
	} else {
		p.stats.BytesDown += int64(n)
	}
}

func (p *Proxy) forget(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}
