package simulator

import (
	"fmt"
	"time"
)

// workload is a kind of caller. Each is one file: what its steps are, what the server does for their commands, and what
// has to hold in the end beyond what is checked of every command. A new one is added to workloads.
type workload struct {
	name  string
	step  func(d draw, p *plan, caller, number int) step
	serve map[string]servant // by the name of the command, in upper case
	check func(r *run)       // nil: nothing more
}

// workloads are all there are. A plan gives one of them to each caller.
var workloads = []*workload{singles, singles, runs}

// servant executes one command on the server and returns its reply. It is called with the server's lock held.
type servant func(s *server, c *session, args []string) string

// step is one thing that a caller does. Its id, #caller.number, stands at the beginning of one argument of the command:
// by it the server tells what it executes, and the network what it carries.
type step struct {
	id        string
	caller    int
	anonymous bool          // its command does not carry the id
	reads     bool          // it changes nothing and may run twice, in the words of the servers' command tables
	pause     time.Duration // before it
	text      string        // the command
	manner    manner
	run       string // the step that it is a part of; "": it is issued by itself
	tx        bool   // that is a transaction
	parts     []step // of a pipeline or a transaction
	do        func(c *caller, s *step)
}

func (s *step) String() string {
	text := s.id + " " + s.text
	if s.pause > 0 {
		text = fmt.Sprintf("after %v: %s", s.pause, text)
	}
	text += s.manner.String()
	for i := range s.parts {
		text += fmt.Sprintf("\n        %v", &s.parts[i])
	}
	return text
}

func stepID(caller, number int) string { return fmt.Sprintf("#%d.%d", caller, number) }

// manner is how a caller issues a command and what it does with the future.
type manner struct {
	limit  time.Duration // not 0: With a context of this deadline
	revoke time.Duration // not 0: With a context that is cancelled after this time
	then   then
	after  time.Duration // of awaitFor and cancel
}

func (m manner) String() string {
	text := ""
	if m.limit > 0 {
		text += fmt.Sprintf(", with a deadline of %v", m.limit)
	}
	if m.revoke > 0 {
		text += fmt.Sprintf(", with a context cancelled after %v", m.revoke)
	}
	switch m.then {
	case awaitFor, cancel:
		return text + fmt.Sprintf(", %s %v", m.then, m.after)
	}
	return text + ", " + string(m.then)
}

// then is what a caller does with the future.
type then string

const (
	await      then = "await"
	awaitLater then = "await at the end"
	awaitFor   then = "stop waiting after"
	cancel     then = "Cancel after"
	forget     then = "forget"
)

// drawManner draws how a command is issued: mostly in the plain way.
func drawManner(d draw, p *plan) manner {
	patience := p.options.ReadTimeout
	m := manner{then: pick(d, await, await, awaitLater, awaitLater, awaitLater, forget)}
	switch {
	case d.chance(12):
		m.limit = d.within(1, pick(d, patience/20, patience/4, patience))
	case d.chance(5):
		m.revoke = d.within(1, patience)
	}
	switch {
	case d.chance(8):
		m.then, m.after = awaitFor, d.within(0, patience/2)
	case d.chance(8):
		m.then = cancel
		if d.chance(60) {
			m.after = d.within(1, pick(d, patience/100, patience))
		}
	}
	return m
}
