package redistest

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var fences atomic.Int64

// Monitor is what a server reports by MONITOR.
type Monitor struct {
	srv  *Server
	conn *side

	mu    sync.Mutex
	lines []string
	seen  chan struct{} // closed and replaced with every line
	end   error
}

// Monitor starts to record every command that the server executes, until the test ends. Redis leaves out what holds secrets
// (AUTH, HELLO with AUTH) and administration.
func (s *Server) Monitor() *Monitor {
	s.t.Helper()
	c, err := dialSide("tcp", s.Addr, s.Password)
	if err != nil {
		s.t.Fatalf("Monitor: %v", err)
	}
	if reply, err := c.roundTrip("MONITOR"); reply != "OK" {
		c.Close()
		s.t.Fatalf("MONITOR answered %v, %v", reply, err)
	}
	c.SetDeadline(time.Time{})
	m := &Monitor{srv: s, conn: c, seen: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.readLoop()
	}()
	s.t.Cleanup(func() {
		c.Close()
		<-done
	})
	return m
}

// Commands returns everything that the server has executed since Monitor, up to this call, in order and in the form of
// Request.String: "GET k". Commands of the test's own side client (Server.Do) are among them.
func (m *Monitor) Commands() []string {
	m.srv.t.Helper()
	// The server reports in the order of execution: when the fence has come, all before it has.
	fence := fmt.Sprintf("fence-%d", fences.Add(1))
	m.srv.Do("ECHO", fence)
	limit := time.NewTimer(sideLimit)
	defer limit.Stop()
	for {
		m.mu.Lock()
		var list []string
		found := false
		for _, line := range m.lines {
			args := monitored(line)
			if len(args) == 2 && strings.HasPrefix(args[1], "fence-") {
				if found = args[1] == fence; found {
					break
				}
				continue
			}
			list = append(list, formatArgs(args))
		}
		seen, end := m.seen, m.end
		m.mu.Unlock()
		switch {
		case found:
			return list
		case end != nil:
			m.srv.t.Fatalf("MONITOR ended: %v", end)
		}
		select {
		case <-seen:
		case <-limit.C:
			m.srv.t.Fatalf("MONITOR reported nothing for %v", sideLimit)
		}
	}
}

func (m *Monitor) readLoop() {
	for {
		line, err := m.conn.in.ReadString('\n')
		m.mu.Lock()
		if err != nil {
			m.end = err
		} else {
			m.lines = append(m.lines, line)
		}
		close(m.seen)
		m.seen = make(chan struct{})
		m.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// monitored takes the arguments out of a line like: +1700000000.123456 [0 127.0.0.1:5000] "GET" "k\xff"
func monitored(line string) []string {
	_, rest, _ := strings.Cut(line, "] ")
	var args []string
	for {
		rest = strings.TrimLeft(rest, " ")
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return args
		}
		arg, err := strconv.Unquote(quoted)
		if err != nil {
			return args
		}
		args = append(args, arg)
		rest = rest[len(quoted):]
	}
}
