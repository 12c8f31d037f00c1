package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What one reply may hold. COMMAND DOCS of a whole server is about 2 MB; what is beyond these
// limits was sent by no server.
const (
	maxRespLine  = 64 << 10 // bytes of a line with its end
	maxRespText  = 64 << 20 // bytes of one string
	maxRespCount = 1 << 20  // elements of one list, pairs of one map
	maxRespDepth = 64       // lists in lists
)

// respError is an error reply: "NOAUTH Authentication required."
type respError string

// respMap is a map in the order in which it came. No name is in it twice.
type respMap []respField

// respField is one pair of a map.
type respField struct {
	name  string
	value any
}

// MarshalJSON writes the map with its names sorted.
func (m respMap) MarshalJSON() ([]byte, error) {
	object := map[string]any{}
	for _, f := range m {
		object[f.name] = f.value
	}
	return json.Marshal(object)
}

// respKind names the kind of a value for an error.
func respKind(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int:
		return "an integer"
	case json.Number:
		return "a double"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	case []any:
		return "a list"
	case respMap:
		return "a map"
	}
	return fmt.Sprintf("%T", v)
}

// errMalformed is in every error about bytes that are not RESP3.
var errMalformed = errors.New("not RESP3")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errMalformed}, args...)...)
}

// appendRequest appends one request: the words as a list of strings.
func appendRequest(to []byte, words ...string) []byte {
	to = fmt.Appendf(to, "*%d\r\n", len(words))
	for _, word := range words {
		to = fmt.Appendf(to, "$%d\r\n%s\r\n", len(word), word)
	}
	return to
}

// newRespReader buffers r as readResp needs it.
func newRespReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, maxRespLine) }

// readResp reads one reply. It is a string, int, json.Number (a double), bool, nil, []any (a list
// or a set, between which servers choose without a system), respMap or respError.
//
// It fails with io.EOF only if there is no byte of a reply, with an error that wraps errMalformed on
// bytes that are not RESP3, and otherwise with the reader's error. What no reply to a request of
// this program holds counts as malformed: pushes, attributes, big numbers, streamed lists, errors
// inside lists, and maps whose keys are no strings.
func readResp(r *bufio.Reader) (any, error) { return readRespAt(r, 0) }

func readRespAt(r *bufio.Reader, depth int) (any, error) {
	if depth > maxRespDepth {
		return nil, malformed("lists in lists, more than %d deep", maxRespDepth)
	}
	line, err := readRespLine(r)
	if err != nil {
		return nil, err
	}
	if line == "" {
		return nil, malformed("an empty line")
	}
	switch rest := line[1:]; line[0] {
	case '+':
		return rest, nil
	case '-':
		if depth > 0 {
			return nil, malformed("an error inside a list: %.60q", line)
		}
		return respError(rest), nil
	case ':':
		return respNumber(rest)
	case ',':
		// What is valid JSON and made of these characters is a number.
		if !json.Valid([]byte(rest)) || strings.Trim(rest, "+-.0123456789eE") != "" {
			return nil, malformed("%.60q is no double that JSON has", line)
		}
		return json.Number(rest), nil
	case '#':
		if rest != "t" && rest != "f" {
			return nil, malformed("%.60q is no boolean", line)
		}
		return rest == "t", nil
	case '_':
		if rest != "" {
			return nil, malformed("%.60q is no null", line)
		}
		return nil, nil
	case '$':
		return readRespText(r, rest)
	case '*', '~':
		return readRespList(r, rest, depth)
	case '%':
		return readRespMap(r, rest, depth)
	}
	return nil, malformed("a value starts with %q", line[:1])
}

// readRespLine reads a line and returns it without its end.
func readRespLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", malformed("a line of more than %d bytes", len(line))
	case err != nil && len(line) > 0:
		return "", unexpectedEOF(err)
	case err != nil:
		return "", err
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || strings.Contains(text, "\r") {
		return "", malformed("a line ends without CR LF: %.60q", line)
	}
	return text, nil
}

func unexpectedEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// respNumber reads an integer as servers write it: an optional minus and digits.
func respNumber(digits string) (int, error) {
	n, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(n) != digits {
		return 0, malformed("%.60q is no integer", digits)
	}
	return n, nil
}

// respLength reads the length of a string, list or map. -1, which is null in RESP2, is none.
func respLength(digits string, limit int) (int, error) {
	n, err := respNumber(digits)
	if err == nil && (n < 0 || n > limit) {
		err = malformed("a length of %d; want 0 to %d", n, limit)
	}
	return n, err
}

func readRespText(r *bufio.Reader, length string) (string, error) {
	n, err := respLength(length, maxRespText)
	if err != nil {
		return "", err
	}
	// The buffer grows with what comes: a length that is only claimed must not cost memory.
	var text strings.Builder
	if _, err := io.CopyN(&text, r, int64(n)+2); err != nil {
		return "", unexpectedEOF(err)
	}
	whole, ok := strings.CutSuffix(text.String(), "\r\n")
	if !ok {
		return "", malformed("a string of %d bytes goes on with %q", n, text.String()[n:])
	}
	return whole, nil
}

func readRespList(r *bufio.Reader, length string, depth int) (any, error) {
	n, err := respLength(length, maxRespCount)
	if err != nil {
		return nil, err
	}
	list := []any{} // grows with what comes
	for range n {
		element, err := readRespAt(r, depth+1)
		if err != nil {
			return nil, unexpectedEOF(err)
		}
		list = append(list, element)
	}
	return list, nil
}

func readRespMap(r *bufio.Reader, length string, depth int) (any, error) {
	n, err := respLength(length, maxRespCount)
	if err != nil {
		return nil, err
	}
	fields := respMap{}
	seen := map[string]bool{}
	for range n {
		key, err := readRespAt(r, depth+1)
		if err != nil {
			return nil, unexpectedEOF(err)
		}
		name, ok := key.(string)
		if !ok {
			return nil, malformed("a key is %s", respKind(key))
		}
		if seen[name] {
			return nil, malformed("the key %.60q is there twice", name)
		}
		seen[name] = true
		value, err := readRespAt(r, depth+1)
		if err != nil {
			return nil, unexpectedEOF(err)
		}
		fields = append(fields, respField{name, value})
	}
	return fields, nil
}
