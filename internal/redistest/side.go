package redistest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sideLimit bounds one exchange of the side client.
const sideLimit = 10 * time.Second

// ReplyError is an error reply as the side client returns it: the text without the minus sign.
type ReplyError string

// Error is the text.
func (e ReplyError) Error() string { return string(e) }

// Do sends one command on a connection of its own, past the client under test, and returns the reply (RESP2): string, int64,
// nil, []any or ReplyError. Anything that goes wrong on the way ends the test.
func Do(t testing.TB, addr string, args ...string) any {
	t.Helper()
	return exchange(t, addr, "", args)
}

// Do is the package's Do on this server, with its password.
func (s *Server) Do(args ...string) any {
	s.t.Helper()
	return exchange(s.t, s.Addr, s.Password, args)
}

// Info returns the fields of one section of INFO: srv.Info("stats")["total_reads_processed"].
func (s *Server) Info(section string) map[string]string {
	s.t.Helper()
	fields, err := s.tryInfo(section)
	if err != nil {
		s.t.Fatalf("INFO %s: %v", section, err)
	}
	return fields
}

func exchange(t testing.TB, addr, password string, args []string) any {
	t.Helper()
	c, err := dialSide("tcp", addr, password)
	if err != nil {
		t.Fatalf("side client: %v", err)
	}
	defer c.Close()
	reply, err := c.roundTrip(args...)
	if err != nil {
		t.Fatalf("side client: %s: %v", formatArgs(args), err)
	}
	return reply
}

// side is a client of the simplest kind: one request, one reply, RESP2.
type side struct {
	net.Conn
	in *bufio.Reader
}

func dialSide(network, addr, password string) (*side, error) {
	conn, err := net.DialTimeout(network, addr, sideLimit)
	if err != nil {
		return nil, err
	}
	c := &side{conn, bufio.NewReader(conn)}
	if password == "" {
		return c, nil
	}
	reply, err := c.roundTrip("AUTH", password)
	if err == nil && reply != "OK" {
		err = fmt.Errorf("AUTH answered %v", reply)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *side) roundTrip(args ...string) (any, error) {
	c.SetDeadline(time.Now().Add(sideLimit))
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, arg := range args {
		b.WriteString(Bulk(arg))
	}
	if _, err := io.WriteString(c, b.String()); err != nil {
		return nil, err
	}
	return c.read()
}

func (c *side) read() (any, error) {
	line, err := c.in.ReadString('\n')
	if err != nil {
		return nil, err
	}
	if len(line) < 3 || !strings.HasSuffix(line, "\r\n") {
		return nil, fmt.Errorf("malformed reply %q", line)
	}
	rest := line[1 : len(line)-2]
	switch line[0] {
	case '+':
		return rest, nil
	case '-':
		return ReplyError(rest), nil
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("malformed reply %q", line)
	}
	switch {
	case line[0] == ':':
		return n, nil
	case n < 0:
		return nil, nil
	case line[0] == '$':
		body := make([]byte, n+2)
		if _, err := io.ReadFull(c.in, body); err != nil {
			return nil, err
		}
		return string(body[:n]), nil
	case line[0] == '*':
		list := make([]any, n)
		for i := range list {
			if list[i], err = c.read(); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return nil, fmt.Errorf("malformed reply %q", line)
}
