package simulator

import (
	"strings"

	"github.com/futureio/futureio-go/internal/redistest"
)

// multi is what a session has queued between MULTI and EXEC. Guarded by server.mu.
type multi struct {
	open    bool
	aborted bool       // one of the commands was refused
	queued  [][]string // commands with their arguments
}

// perform answers one command, in or out of a transaction. It is called with the server's lock held.
func (s *server) perform(c *session, args []string, how fault) string {
	m := &c.multi
	switch strings.ToUpper(args[0]) {
	case "MULTI":
		*m = multi{open: true}
		return redistest.Simple("OK")
	case "EXEC":
		return s.exec(c, how)
	}
	if !m.open {
		d := s.deed(args)
		d.alone = true
		return s.perform1(c, args, how)
	}
	if servantOf(args) == nil {
		s.refuse(c, args)
		return unknown(args)
	}
	s.run.say("server: connection %d queues %s", c.number, shown(args))
	m.queued = append(m.queued, args)
	return redistest.Simple("QUEUED")
}

// exec executes what is queued, all of it or nothing.
func (s *server) exec(c *session, how fault) string {
	m := c.multi
	c.multi = multi{}
	switch {
	case !m.open:
		return redistest.Error("ERR EXEC without MULTI")
	case m.aborted:
		return redistest.Error("EXECABORT Transaction discarded because of previous errors.")
	}
	var replies []string
	for _, args := range m.queued {
		replies = append(replies, s.perform1(c, args, how))
		if how == garbage {
			s.deed(args).twisted = true
		}
	}
	return redistest.Array(replies...)
}

// perform1 executes one command, if it is one that the server knows.
func (s *server) perform1(c *session, args []string, how fault) string {
	d := s.deed(args)
	d.lost = d.lost || c.poisoned > 0
	if serve := servantOf(args); serve != nil {
		d.executed++
		s.run.say("server: connection %d executes %s %s", c.number, shown(args), how)
		return serve(s, c, args)
	}
	if strings.EqualFold(args[0], "PING") {
		return redistest.Simple("PONG")
	}
	s.refuse(c, args)
	return unknown(args)
}

// refuse notes that a command is not executed; a transaction that it belongs to is not either.
func (s *server) refuse(c *session, args []string) {
	s.deed(args).refused++
	c.multi.aborted = true
	if strings.EqualFold(args[0], "EXEC") {
		c.multi = multi{}
	}
	s.run.say("server: connection %d refuses %s", c.number, shown(args))
}

func servantOf(args []string) servant {
	for _, w := range workloads {
		if serve := w.serve[strings.ToUpper(args[0])]; serve != nil {
			return serve
		}
	}
	return nil
}

func unknown(args []string) string { return redistest.Error("ERR unknown command '" + args[0] + "'") }
