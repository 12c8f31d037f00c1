package simulator

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// carried is one command among the bytes of a line.
type carried struct {
	id      string        // empty for a command that has none
	name    string        // in upper case
	from    int           // the place of its first byte on the line
	whole   bool          // the kernel took its last byte
	offered time.Duration // the batch that it belongs to began to be written
}

// carried lists the commands that the client wrote on this line, whole or not, in order. It belongs after
// the run.
func (l *line) carried() []carried {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list == nil {
		l.list = l.parse()
	}
	return l.list
}

func (l *line) parse() []carried {
	list := []carried{}
	at, w, batch := 0, 0, time.Duration(0)
	for at < len(l.sent) {
		name, id, size := parseCommand(l.sent[at:])
		// Its first byte is in write w. A batch may take several writes, one right after the other.
		for ; w < len(l.writes) && l.writes[w].from <= at; w++ {
			if w == 0 || l.writes[w-1].ended != l.writes[w].began {
				batch = l.writes[w].began
			}
		}
		complete := size > 0
		if !complete {
			size = len(l.sent) - at // a write was cut inside a command of several pieces
		}
		from := at
		at += size
		list = append(list, carried{id: id, name: name, from: from, whole: complete && at <= l.accepted, offered: batch})
	}
	return list
}

// writingAt tells whether a write was going on at that time.
func (l *line) writingAt(t time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.writes {
		if w.began <= t && (t <= w.ended || w.ended < 0) {
			return true
		}
	}
	return false
}

// parseCommand reads the command at the beginning of b: its name, its id, and its size, which is 0 when it is not complete.
func parseCommand(b []byte) (name, id string, size int) {
	count, at := parseHeader(b, '*')
	for i := range count {
		length, n := parseHeader(b[at:], '$')
		if n == 0 {
			return name, id, 0
		}
		at += n
		arg := b[at:min(at+length, len(b))]
		if i == 0 {
			name = strings.ToUpper(string(arg))
		}
		if id == "" && len(arg) > 0 && arg[0] == '#' {
			word, _, _ := bytes.Cut(arg, []byte(" "))
			id = string(word)
		}
		if at += length + 2; at > len(b) {
			return name, id, 0
		}
	}
	return name, id, at
}

// parseHeader reads a header such as *3\r\n; n is its size, 0 when it is not there.
func parseHeader(b []byte, kind byte) (value, n int) {
	end := bytes.IndexByte(b[:min(len(b), 24)], '\n')
	if end < 2 || b[0] != kind {
		return 0, 0
	}
	value, err := strconv.Atoi(string(b[1 : end-1]))
	if err != nil {
		return 0, 0
	}
	return value, end + 1
}
