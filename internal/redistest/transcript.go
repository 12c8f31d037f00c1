package redistest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Script gives the connections to come a transcript to play; call it before they are made. One step a line:
//
//	-> GET k              wait for this request; * stands for any argument, ... for any further ones
//	<- $3 bar             send $3\r\nbar\r\n: every word is a line of the wire
//	<- -ERR no such thing a line that begins with + or - is sent whole
//	<- "$3\r\nba"         one Go string alone is sent as it is
//	drip 100ms $3 bar     the same forms, one byte at a time, a pause before each
//	sleep 5ms
//	close                 or reset (an RST), or half-close (this side sends no more, but reads on)
//	silence               read and record what comes, answer nothing more
//	stall                 not even read
//	connection            what follows is for the next connection
//
// Words are separated by blanks; a word may be a Go string. Empty lines and lines that begin with # mean nothing.
//
// Handshake commands (HELLO, AUTH, SELECT, CLIENT) that the next -> does not ask for are answered by handlers and defaults and
// do not advance the transcript; any other request in the wrong place fails the test and closes the connection. After the
// last step, and on connections beyond the transcript, handlers and defaults answer. A -> that was not
// received when the Fake closes fails the test.
func (f *Fake) Script(transcript string) {
	f.t.Helper()
	scripts, err := parseTranscript(transcript)
	if err != nil {
		f.t.Fatalf("transcript %v", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.scripts) < len(f.conns) {
		f.scripts = append(f.scripts, nil) // connections that were made before play nothing
	}
	f.scripts = append(f.scripts, scripts...)
}

// script is what one connection plays. Owned by its serveLoop while that runs.
type script struct {
	steps  []step
	played int // steps done
	failed bool
}

type step struct {
	line int
	verb string
	args []string      // -> : the pattern
	raw  string        // <- and drip: the bytes
	d    time.Duration // sleep and drip
}

func parseTranscript(transcript string) ([]*script, error) {
	scripts := []*script{{}}
	for i, line := range strings.Split(transcript, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		verb, rest, _ := strings.Cut(line, " ")
		s := step{line: i + 1, verb: verb}
		var err error
		current := scripts[len(scripts)-1]
		switch verb {
		case "connection":
			// The first line may name the first connection, too.
			if len(scripts) > 1 || len(current.steps) > 0 {
				scripts = append(scripts, &script{})
			}
			continue
		case "->":
			if s.args, err = words(rest); err == nil && len(s.args) == 0 {
				err = fmt.Errorf("-> names no request")
			}
		case "<-":
			s.raw, err = rawReply(rest)
		case "drip", "sleep":
			d, reply, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if s.d, err = time.ParseDuration(d); err == nil && verb == "drip" {
				s.raw, err = rawReply(reply)
			}
		case "close", "reset", "half-close", "silence", "stall":
		default:
			err = fmt.Errorf("unknown step %q", verb)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		current.steps = append(current.steps, s)
	}
	return scripts, nil
}

// words splits at blanks; a word in double quotes is a Go string.
func words(s string) ([]string, error) {
	var list []string
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" {
			return list, nil
		}
		word := s
		if s[0] == '"' {
			prefix, err := strconv.QuotedPrefix(s)
			if err != nil {
				return nil, fmt.Errorf("no Go string: %s", s)
			}
			word, s = prefix, s[len(prefix):]
			if word, err = strconv.Unquote(word); err != nil {
				return nil, fmt.Errorf("no Go string: %s", prefix)
			}
		} else {
			if end := strings.IndexAny(s, " \t"); end >= 0 {
				word = s[:end]
			}
			s = s[len(word):]
		}
		list = append(list, word)
	}
}

func rawReply(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", fmt.Errorf("nothing to send")
	}
	if s[0] == '+' || s[0] == '-' {
		return s + "\r\n", nil
	}
	list, err := words(s)
	if err != nil {
		return "", err
	}
	if len(list) == 1 && s[0] == '"' {
		return list[0], nil
	}
	return strings.Join(list, "\r\n") + "\r\n", nil
}

// play performs the steps of s. It returns false when the connection is over and nothing more is to be served on it.
func (c *Conn) play(s *script) bool {
	for s.played < len(s.steps) {
		st := s.steps[s.played]
		if st.verb != "->" && st.verb != "silence" && c.Send("") != nil {
			return false
		}
		switch st.verb {
		case "->":
			if !c.expect(s, st) {
				return false
			}
		case "<-":
			if c.Send(st.raw) != nil {
				return false
			}
		case "drip":
			if c.Drip(st.d, st.raw) != nil {
				return false
			}
		case "sleep":
			if !c.Sleep(st.d) {
				return false
			}
		case "half-close":
			c.CloseWrite()
		case "close", "reset":
			s.played++
			if st.verb == "reset" {
				c.Reset()
			}
			return false
		case "stall":
			s.played++
			<-c.over
			return false
		case "silence":
			s.played++
			for {
				if _, ok := c.next(); !ok {
					return false
				}
			}
		}
		s.played++
	}
	return true
}

// expect waits for the request that st asks for and serves the handshake meanwhile.
func (c *Conn) expect(s *script, st step) bool {
	for {
		args, ok := c.next()
		switch {
		case !ok:
			return false
		case matches(st.args, args):
			return true
		case !isHandshake(args):
			s.failed = true
			c.fake.t.Errorf("transcript line %d, connection %d: got %s; want %s", st.line, c.number, formatArgs(args), formatArgs(st.args))
			return false
		case !c.serve(args):
			return false
		}
	}
}

// matches compares a request with a pattern. The name matches in any case.
func matches(pattern, args []string) bool {
	for i, want := range pattern {
		if want == "..." && i == len(pattern)-1 {
			return true
		}
		if i >= len(args) || want != "*" && want != args[i] && !(i == 0 && strings.EqualFold(want, args[i])) {
			return false
		}
	}
	return len(args) == len(pattern)
}

// reportUnplayed fails the test when a request of the transcript never came.
func (s *script) reportUnplayed(t testing.TB, number int) {
	if s == nil || s.failed {
		return
	}
	for _, st := range s.steps[s.played:] {
		if st.verb == "->" {
			t.Errorf("transcript line %d, connection %d: -> %s never came", st.line, number, formatArgs(st.args))
			return
		}
	}
}
