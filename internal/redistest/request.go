package redistest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Request is one command as a Fake received it.
type Request struct {
	Conn int       // number of the connection, from 0 in the order of acceptance
	Read int       // number of the server's read on that connection, from 0, which brought its last byte
	At   time.Time // when it was complete
	Args []string  // the name as the client wrote it, and the arguments
}

// String is the request in one line: arguments separated by blanks, in Go quotes where they hold anything else than
// printable ASCII without blanks and quotes.
func (r Request) String() string { return formatArgs(r.Args) }

func formatArgs(args []string) string {
	var b strings.Builder
	for i, arg := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		if arg == "" || strings.ContainsFunc(arg, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' }) {
			arg = strconv.Quote(arg)
		}
		b.WriteString(arg)
	}
	return b.String()
}

// parseRequest takes one request, an array of bulk strings, from the front of buf. n is its length on the wire, 0 when buf
// does not hold all of it yet.
func parseRequest(buf []byte) (args []string, n int, err error) {
	count, n, err := parseLength(buf, '*', 1<<20)
	if n == 0 || err != nil {
		return nil, 0, err
	}
	if count == 0 {
		return nil, 0, fmt.Errorf("request of no arguments")
	}
	for range count {
		size, header, err := parseLength(buf[n:], '$', 512<<20)
		if header == 0 || err != nil {
			return nil, 0, err
		}
		n += header
		if len(buf)-n < size+2 {
			return nil, 0, nil
		}
		if buf[n+size] != '\r' || buf[n+size+1] != '\n' {
			return nil, 0, fmt.Errorf("argument of %d bytes ends in %q", size, buf[n+size:n+size+2])
		}
		args = append(args, string(buf[n:n+size]))
		n += size + 2
	}
	return args, n, nil
}

// parseLength reads a header like *3\r\n. n is 0 when it is not complete.
func parseLength(buf []byte, kind byte, limit int) (value, n int, err error) {
	if len(buf) == 0 {
		return 0, 0, nil
	}
	if buf[0] != kind {
		return 0, 0, fmt.Errorf("request has %q where %q belongs", buf[0], kind)
	}
	end := bytes.IndexByte(buf[:min(len(buf), 16)], '\n')
	switch {
	case end < 0 && len(buf) >= 16:
		return 0, 0, fmt.Errorf("request header %q is too long", buf[:16])
	case end < 0:
		return 0, 0, nil
	case buf[end-1] != '\r':
		return 0, 0, fmt.Errorf("request header %q does not end in CRLF", buf[:end+1])
	}
	digits := string(buf[1 : end-1])
	value, err = strconv.Atoi(digits)
	if err != nil || value < 0 || value > limit || strconv.Itoa(value) != digits {
		return 0, 0, fmt.Errorf("request header %q is no length up to %d", buf[:end+1], limit)
	}
	return value, end + 1, nil
}
