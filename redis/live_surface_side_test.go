package redis_test

import (
	"bufio"
	"net"
	"slices"
	"strings"
	"time"
)

// side is a connection past the client, over RESP2, that a row needs a second party for: a subscriber, a blocked caller, a
// victim. It is closed when the row ends.
type side struct {
	c    *surface
	conn net.Conn
	r    *bufio.Reader
}

// side connects, sends an inline request and reads so many lines of replies.
func (c *surface) side(request string, lines int) *side {
	c.t.Helper()
	conn, err := net.DialTimeout("tcp", c.srv.Addr, 10*time.Second)
	if err != nil {
		c.t.Fatal(err)
	}
	s := &side{c: c, conn: conn, r: bufio.NewReader(conn)}
	c.t.Cleanup(func() {
		// The server forgets subscriptions and waits when it sees the end; the next row must not meet them.
		conn.(*net.TCPConn).CloseWrite()
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		for {
			if _, err := s.r.Discard(1); err != nil {
				break
			}
		}
		conn.Close()
	})
	conn.SetDeadline(time.Now().Add(time.Minute))
	s.send(request)
	s.lines(lines)
	return s
}

func (s *side) send(request string) {
	s.c.t.Helper()
	if _, err := s.conn.Write([]byte(request + "\r\n")); err != nil {
		s.c.t.Fatalf("%s: %v", request, err)
	}
}

// lines reads so many lines.
func (s *side) lines(n int) []string {
	s.c.t.Helper()
	var got []string
	for range n {
		line, err := s.r.ReadString('\n')
		if err != nil {
			s.c.t.Fatalf("the side connection got %q, then %v; want %d lines", got, err, n)
		}
		got = append(got, strings.TrimRight(line, "\r\n"))
	}
	return got
}

// closed tells whether the server closed the connection, once everything that comes before has been read.
func (s *side) closed() bool {
	s.c.t.Helper()
	for {
		if _, err := s.r.ReadByte(); err != nil {
			return !isTimeout(err)
		}
	}
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// helps tells whether a text is the help of a container: it begins with how to call it and tells about HELP itself.
func helps(c *surface, container string, lines []string) bool {
	c.t.Helper()
	ok := len(lines) > 3 && strings.HasPrefix(lines[0], container+" <subcommand>") && slices.Contains(lines, "HELP")
	c.holds(ok, "%s HELP = %q", container, lines)
	return ok
}
