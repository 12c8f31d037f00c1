package simulator

import (
	"strings"
	"sync"
	"time"

	"github.com/futureio/futureio-go/internal/redistest"
)

// server is a scripted server that knows what it has executed.
type server struct {
	run  *run
	fake *redistest.Fake

	mu       sync.Mutex
	sessions []*session // by connection
	deeds    map[string]*deed
	counters map[string]int64
}

// session is one connection, seen from the server. Guarded by server.mu.
type session struct {
	number   int
	protocol int
	steps    int  // of the handshake
	commands int  // received
	silent   bool // nothing is answered any more
	poisoned int  // commands received when malformed bytes were sent; 0: none were
	multi    multi
}

func (c *session) null() string {
	if c.protocol == 3 {
		return redistest.Null
	}
	return redistest.NullBulk
}

// deed is what the server did about one command, by its id.
type deed struct {
	executed int
	refused  int
	alone    bool // it was sent for execution by itself, not in a transaction
	twisted  bool // the reply did not fit the command, or was malformed
	lost     bool // it stands behind malformed bytes on its connection: its reply is not to be believed
}

func newServer(r *run) *server {
	s := &server{run: r, deeds: map[string]*deed{}, counters: map[string]int64{}}
	s.fake = redistest.NewFakeOn(r.t, r.network.ln)
	if r.plan.options.Password != "" {
		s.fake.RequireAuth("", r.plan.options.Password)
	}
	s.fake.Handle("*", s.answer)
	return s
}

// answer is the handler of every request.
func (s *server) answer(conn *redistest.Conn, args []string) string {
	c := s.session(conn.Number())
	name := strings.ToUpper(args[0])
	switch name {
	case "HELLO", "AUTH", "SELECT", "CLIENT":
		return s.shakeHands(conn, c, name, args)
	}
	s.mu.Lock()
	c.commands++
	f, faulty := s.run.plan.replyFault(c.number, c.commands)
	faulty = faulty && s.run.chaos()
	s.mu.Unlock()
	if faulty {
		if reply, done := s.misbehave(conn, c, args, f); done {
			return reply
		}
	}
	return s.execute(c, args, "")
}

// execute does the command, if it is one, and returns the reply, or nothing on a connection that is not answered any
// more. how tells of a fault.
func (s *server) execute(c *session, args []string, how fault) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.aloud(s.perform(c, args, how))
}

// aloud is the reply, or nothing on a connection that is not answered any more.
func (c *session) aloud(reply string) string {
	if c.silent {
		return ""
	}
	return reply
}

// misbehave does what the plan says about this command. When it is done with it, the reply is what is to be sent.
func (s *server) misbehave(conn *redistest.Conn, c *session, args []string, f replyFault) (reply string, done bool) {
	switch f.kind {
	case push:
		if c.protocol != 3 {
			return "", false
		}
	case shape:
		if !strings.Contains(" INCR SET GET ECHO ", " "+args[0]+" ") || s.queuing(c) {
			return "", false // its reply may have any shape, or it is not ours
		}
	case deny:
		if args[0] == "MULTI" {
			// Servers answer it while they load, are busy or have lost their master. Only an ACL refuses it, to all of a user's
			// transactions: then what stands behind it runs by itself, and a client that has not heard of the refusal cannot know.
			return "", false
		}
	case garbage:
		if s.queuing(c) && args[0] != "EXEC" {
			return "", false // what is malformed is the reply of a command
		}
	}
	s.run.happened(f.kind)
	switch f.kind {
	case die:
		s.run.say("server: connection %d: %v: %s", c.number, f.kind, shown(args))
		conn.Close()
		return "", true
	case deny:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refuse(c, args)
		return c.aloud(f.raw), true
	case slowStart:
		s.sleep(f.span)
	case silent:
		s.mu.Lock()
		c.silent = true
		s.mu.Unlock()
	case push:
		_ = conn.Send(redistest.Push(redistest.Bulk("message"), redistest.Bulk("nobody asked")))
	}
	reply = s.execute(c, args, f.kind)
	switch f.kind {
	case drop:
		conn.Close()
		return "", true
	case dropReset:
		conn.Reset()
		return "", true
	case garbage:
		s.mu.Lock()
		s.deed(args).twisted = true
		c.poisoned = c.commands
		reply = c.aloud(f.raw)
		s.mu.Unlock()
	case shape:
		s.mu.Lock()
		s.deed(args).twisted = true
		reply = c.aloud(redistest.Array(redistest.Int(1), redistest.Int(2)))
		s.mu.Unlock()
	case slow:
		s.sleep(f.span)
	case drip:
		for range min(len(reply), 64) {
			if s.sleep(f.span); conn.Send(reply[:1]) != nil {
				return "", true
			}
			reply = reply[1:]
		}
	}
	return reply, true
}

// shakeHands answers a step of the handshake.
func (s *server) shakeHands(conn *redistest.Conn, c *session, name string, args []string) string {
	s.mu.Lock()
	c.steps++
	step := c.steps
	s.mu.Unlock()
	if s.run.chaos() {
		for _, f := range s.run.plan.faultsOf(c.number).handshake {
			if f.n != step || f.kind == helloRefused && name != "HELLO" {
				continue
			}
			s.run.happened(f.kind)
			s.run.say("server: connection %d: %v: %s", c.number, f.kind, name)
			switch f.kind {
			case helloRefused:
				return redistest.Error("ERR unknown command 'HELLO'")
			case helloLoading:
				return refusals[0]
			case helloFull:
				_ = conn.Send(redistest.Error("ERR max number of clients reached"))
				conn.Close()
				return ""
			case helloGarbage:
				return f.raw
			case helloDrop:
				conn.Close()
				return ""
			case helloSilent:
				return ""
			case helloSlow:
				s.sleep(f.span)
			}
		}
	}
	reply := conn.Default(args)
	if name == "HELLO" && !strings.HasPrefix(reply, "-") {
		s.mu.Lock()
		c.protocol = 3
		s.mu.Unlock()
	}
	return reply
}

// queuing tells whether the connection is between MULTI and EXEC.
func (s *server) queuing(c *session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.multi.open
}

func (s *server) session(number int) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.sessions) <= number {
		s.sessions = append(s.sessions, &session{number: len(s.sessions), protocol: 2})
	}
	return s.sessions[number]
}

// deed is what is known of the command whose id stands in args. Those without one, as PING, share a deed.
func (s *server) deed(args []string) *deed {
	id := idOf(args)
	d := s.deeds[id]
	if d == nil {
		d = &deed{}
		s.deeds[id] = d
	}
	return d
}

// idOf finds the id of a command: the beginning of the first argument that begins with #.
func idOf(args []string) string {
	for _, arg := range args[1:] {
		if strings.HasPrefix(arg, "#") {
			id, _, _ := strings.Cut(arg, " ")
			return id
		}
	}
	return ""
}

func shown(args []string) string {
	text := strings.Join(args, " ")
	return text[:min(len(text), 60)]
}

// heal ends what the server would do for ever: it hangs up on those it does not answer any more.
func (s *server) heal() {
	s.fake.Resume()
	s.mu.Lock()
	var mute []int
	for _, c := range s.sessions {
		if c.silent {
			mute = append(mute, c.number)
		}
	}
	s.mu.Unlock()
	for _, number := range mute {
		s.fake.Conn(number).Reset()
	}
}

// sleep waits, but no longer than faults last.
func (s *server) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.run.network.healed:
	}
}

// settle gives the server time for what it still has to do.
func (s *server) settle() { time.Sleep(10 * s.run.plan.options.ReadTimeout) }
