package redistest

import (
	"testing"

	inner "github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// Server is a server in memory that does what a test tells it. It ends with the test. It is safe for any number of goroutines.
type Server struct {
	fake  *inner.Fake
	rules rules
}

// NewServer starts a Server. Inside a testing/synctest bubble it lives in virtual time; the clients must be made, and closed, in the
// same bubble. A request that is no well-formed RESP fails the test.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := &Server{fake: inner.NewFake(t)}
	s.fake.Handle("*", s.answer)
	return s
}

// Options lead a client to the server, whatever address they say. Other fields may be set.
func (s *Server) Options() redis.Options {
	return redis.Options{Addr: "redistest:6379", Dialer: s.fake.DialContext}
}

// Reply sets what the requests that begin with the words of command are answered: the first one with the first reply, the second
// with the second, and so on; the last one stays. Without replies it takes the rule away, and the server answers by itself.
func (s *Server) Reply(command string, replies ...Reply) { s.rules.reply(command, replies) }

// Handle sets what computes the answers to the requests that begin with the words of command; args is the whole request, its name
// first. answer runs on a goroutine of each connection. nil takes the rule away.
func (s *Server) Handle(command string, answer func(args []string) Reply) {
	s.rules.set(command, answer)
}

// Script gives the connections to come a transcript to play; call it before they are made. One step a line:
//
//	-> GET k              wait for this request; * stands for any argument, ... for any further ones
//	<- $3 bar             send $3\r\nbar\r\n: every word is a line of the wire
//	<- -ERR no such thing a line that begins with + or - is sent whole
//	<- "$3\r\nba"         one Go string alone is sent as it is
//	drip 100ms $3 bar     the same forms, one byte at a time, a pause before each
//	sleep 5ms
//	close                 or reset (an RST), or half-close (the server sends no more, but reads on)
//	silence               read and record what comes, answer nothing more
//	stall                 not even read
//	connection            what follows is for the next connection
//
// Words are separated by blanks; a word may be a Go string. What a connection begins with (HELLO, AUTH, SELECT, CLIENT) is answered by itself
// unless the next -> asks for it. Any other request in the wrong place fails the test, and so does one that never came. Behind the
// last step the rules answer.
func (s *Server) Script(transcript string) { s.fake.Script(transcript) }

// Sent lists the commands of all connections in the order of arrival, without those that a connection begins with (HELLO, AUTH, SELECT, CLIENT):
// the arguments of each separated by blanks, those that are not plain as Go strings.
func (s *Server) Sent() []string { return s.fake.Commands() }

// WaitFor waits until n commands of a name have come over all connections; "" counts all but those that a connection begins with. It fails
// the test after 30 seconds.
func (s *Server) WaitFor(name string, n int) { s.fake.WaitFor(name, n) }

// Connections counts the connections that were made so far.
func (s *Server) Connections() int { return s.fake.Accepted() }

// Disconnect closes all connections. What was answered and not read is lost with them; clients may connect again.
func (s *Server) Disconnect() {
	for i := range s.fake.Accepted() {
		s.fake.Conn(i).Close()
	}
}

// Pause makes the server fall silent: it neither reads nor answers, like a stopped process, until Resume.
func (s *Server) Pause() { s.fake.Pause() }

// Resume ends Pause: what came in meanwhile is answered.
func (s *Server) Resume() { s.fake.Resume() }

// answer serves one request by its rule, or as the server does by itself.
func (s *Server) answer(c *inner.Conn, args []string) string {
	rule := s.rules.find(args)
	if rule == nil {
		return c.Default(args)
	}
	reply := rule(args)
	if reply.delay > 0 && !c.Sleep(reply.delay) {
		return ""
	}
	switch reply.kind {
	case silence:
		return ""
	case disconnect:
		c.Close()
		return ""
	}
	return string(reply.wire(nil, c.Protocol()))
}
