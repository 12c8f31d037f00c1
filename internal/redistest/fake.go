package redistest

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/futureio/futureio-go/internal/memnet"
)

// waitLimit ends the waiting of Conn and WaitFor with a test failure.
const waitLimit = 30 * time.Second

// Handler answers one request. What it returns is sent as it is; "" sends nothing. It runs on the goroutine of the connection,
// in the order of the requests: while it sleeps, that connection is not served. It may send by itself (Conn.Send, Conn.Drip)
// and may close the connection.
type Handler func(c *Conn, args []string) string

// Always answers every request with the same bytes.
func Always(raw string) Handler { return func(*Conn, []string) string { return raw } }

// InTurn answers the first request with the first reply, the second with the second, and so on; the last one stays.
func InTurn(raw ...string) Handler {
	var mu sync.Mutex
	return func(*Conn, []string) string {
		mu.Lock()
		defer mu.Unlock()
		reply := raw[0]
		if len(raw) > 1 {
			raw = raw[1:]
		}
		return reply
	}
}

// Silent reads a request and never answers it.
func Silent(*Conn, []string) string { return "" }

// Fake is a server for tests that does what it is told: by handlers, by a transcript, or by its defaults, which are HELLO
// (RESP2 and RESP3), AUTH, SELECT, CLIENT SETNAME/GETNAME/SETINFO/ID, PING, ECHO, QUIT, RESET, and GET, SET, MGET, INCR over
// sixteen small databases. Anything else is answered with -ERR unknown command.
//
// It records every request. A request that is not well-formed RESP fails the test. Everything is safe for concurrent use.
type Fake struct {
	t  testing.TB
	ln net.Listener
	wg sync.WaitGroup // the accept loop and one goroutine per connection

	mu         sync.Mutex
	changed    sync.Cond // on mu: a connection, a request, a resume, the end
	closed     bool
	paused     bool
	conns      []*Conn
	history    []Request
	handlers   map[string]Handler
	scripts    []*script
	drops      []int // commands after which the next accepted connections are dropped
	user, pass string
	databases  [16]map[string]string
}

// NewFake starts a Fake on a network in memory; it stops with the test. Inside a synctest bubble it lives in virtual time.
func NewFake(t testing.TB) *Fake {
	t.Helper()
	return NewFakeOn(t, memnet.Listen(memnet.Options{}))
}

// NewFakeOn starts a Fake on ln: a *memnet.Listener with options of its own, a TCP or unix listener, or either under TLS.
func NewFakeOn(t testing.TB, ln net.Listener) *Fake {
	t.Helper()
	f := &Fake{t: t, ln: ln, handlers: map[string]Handler{}}
	f.changed.L = &f.mu
	f.wg.Add(1)
	go f.acceptLoop()
	t.Cleanup(f.Close)
	return f
}

// NewScript starts a Fake in memory that plays a transcript; see Fake.Script.
func NewScript(t testing.TB, transcript string) *Fake {
	t.Helper()
	f := NewFake(t)
	f.Script(transcript)
	return f
}

// Addr is where the Fake listens.
func (f *Fake) Addr() string { return f.ln.Addr().String() }

// Memory is the listener in memory, for its hooks and faults; nil when the Fake is on a real network.
func (f *Fake) Memory() *memnet.Listener {
	ln, _ := f.ln.(*memnet.Listener)
	return ln
}

// DialContext connects to the Fake, whatever address is asked for.
func (f *Fake) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if ln := f.Memory(); ln != nil {
		return ln.DialContext(ctx, network, address)
	}
	var d net.Dialer
	return d.DialContext(ctx, f.ln.Addr().Network(), f.Addr())
}

// Handle sets what answers a command: "GET", a command with its subcommand ("CLIENT SETNAME"), or "*" for every command
// that has no handler of its own. A nil handler restores the default. Names are compared without regard to case.
func (f *Fake) Handle(name string, h Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h == nil {
		delete(f.handlers, strings.ToUpper(name))
		return
	}
	f.handlers[strings.ToUpper(name)] = h
}

// RequireAuth lets nothing but HELLO, AUTH, QUIT and RESET pass on a connection that has not authenticated. The user "" is "default".
func (f *Fake) RequireAuth(user, password string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if user == "" {
		user = "default"
	}
	f.user, f.pass = user, password
}

// DropAfter closes connections that are still to come: the first as soon as it has executed counts[0] commands, without
// answering the last of them, the second after counts[1], and so on; further ones live. The handshake (HELLO, AUTH, SELECT,
// CLIENT) is not counted.
func (f *Fake) DropAfter(counts ...int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drops = append(f.drops, counts...)
}

// Pause stops accepting, reading and answering, like a server under SIGSTOP: dials still succeed while the backlog has room,
// and bytes go into the buffers.
func (f *Fake) Pause() { f.setPaused(true) }

// Resume ends Pause; what came in meanwhile is answered now.
func (f *Fake) Resume() { f.setPaused(false) }

func (f *Fake) setPaused(paused bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paused = paused
	f.changed.Broadcast()
}

// Conn returns the connection that was accepted as number i, from 0. It waits until there is one.
func (f *Fake) Conn(i int) *Conn {
	f.t.Helper()
	if !f.wait(func() bool { return len(f.conns) > i }) {
		f.t.Fatalf("connection %d was not made within %v", i, waitLimit)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns[i]
}

// WaitFor waits until n commands of that name have been received over all connections; "" counts every command outside the
// handshake.
func (f *Fake) WaitFor(name string, n int) {
	f.t.Helper()
	if !f.wait(func() bool { return f.countLocked(name) >= n }) {
		f.t.Fatalf("received %d of %d %s within %v", f.Count(name), n, name, waitLimit)
	}
}

// wait waits for a condition over what mu guards; false after waitLimit.
func (f *Fake) wait(condition func() bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	expired := false
	defer time.AfterFunc(waitLimit, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		expired = true
		f.changed.Broadcast()
	}).Stop()
	for !condition() {
		if expired {
			return false
		}
		f.changed.Wait()
	}
	return true
}

// Accepted is the number of connections accepted so far.
func (f *Fake) Accepted() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.conns)
}

// History lists every request of every connection in the order of arrival, the handshake included.
func (f *Fake) History() []Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.history)
}

// Received lists the requests of connection i in order, the handshake included, as Request.String writes them.
func (f *Fake) Received(i int) []string {
	return f.list(func(r Request) bool { return r.Conn == i })
}

// Commands lists the requests of all connections in the order of arrival, without the handshake (HELLO, AUTH, SELECT, CLIENT).
func (f *Fake) Commands() []string {
	return f.list(func(r Request) bool { return !isHandshake(r.Args) })
}

func (f *Fake) list(keep func(Request) bool) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []string{}
	for _, r := range f.history {
		if keep(r) {
			list = append(list, r.String())
		}
	}
	return list
}

// Count is the number of commands of that name received over all connections; "" counts every command outside the handshake.
func (f *Fake) Count(name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.countLocked(name)
}

func (f *Fake) countLocked(name string) int {
	n := 0
	for _, r := range f.history {
		if name == "" && !isHandshake(r.Args) || strings.EqualFold(name, r.Args[0]) {
			n++
		}
	}
	return n
}

// Reads tells for every read that the Fake made on connection i how many requests it completed.
func (f *Fake) Reads(i int) []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i >= len(f.conns) {
		return nil
	}
	return slices.Clone(f.conns[i].reads)
}

// Value is what the default handlers hold for a key in database 0, and whether it is there.
func (f *Fake) Value(key string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, ok := f.databases[0][key]
	return v, ok
}

// Close ends the Fake and its connections, and waits for its goroutines. A transcript that was not played to its end fails
// the test. It runs at the end of the test by itself.
func (f *Fake) Close() {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	f.closed = true
	conns := slices.Clone(f.conns)
	f.changed.Broadcast()
	f.mu.Unlock()

	f.ln.Close()
	for _, c := range conns {
		c.Close()
	}
	f.wg.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	for number, s := range f.scripts {
		s.reportUnplayed(f.t, number)
	}
}

func (f *Fake) acceptLoop() {
	defer f.wg.Done()
	for {
		nc, err := f.ln.Accept()
		if err != nil {
			return
		}
		if !f.waitWhilePaused() {
			nc.Close()
			return
		}
		f.mu.Lock()
		if f.closed {
			f.mu.Unlock()
			nc.Close()
			return
		}
		c := newConn(f, nc, len(f.conns))
		if len(f.drops) > 0 {
			c.dropAfter, f.drops = f.drops[0], f.drops[1:]
		}
		if c.number < len(f.scripts) {
			c.script = f.scripts[c.number]
		}
		f.conns = append(f.conns, c)
		f.wg.Add(1)
		f.changed.Broadcast()
		f.mu.Unlock()
		go c.serveLoop()
	}
}

// waitWhilePaused returns false when the Fake was closed.
func (f *Fake) waitWhilePaused() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.paused && !f.closed {
		f.changed.Wait()
	}
	return !f.closed
}

func (f *Fake) handler(args []string) Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := strings.ToUpper(args[0])
	if len(args) > 1 {
		if h := f.handlers[name+" "+strings.ToUpper(args[1])]; h != nil {
			return h
		}
	}
	if h := f.handlers[name]; h != nil {
		return h
	}
	return f.handlers["*"]
}

func isHandshake(args []string) bool {
	switch strings.ToUpper(args[0]) {
	case "HELLO", "AUTH", "SELECT", "CLIENT":
		return true
	}
	return false
}
