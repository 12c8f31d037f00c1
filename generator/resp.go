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

// What one reply may hold. COMMAND DOCS of a whole server is about 2 MB; beyond these limits it is no server that answers.
const (
	maxRespBytes = 64 << 20 // of one string, and of one line
	maxRespCount = 1 << 20  // elements of one list, pairs of one map
	maxRespDepth = 64       // lists in lists
)

// respKind is the kind of a RESP3 value by the byte that it starts with on the wire; '*' stands for sets and lists, which
// servers use without a system, and '$' for all strings.
type respKind byte

const (
	respText   respKind = '$'
	respError  respKind = '-'
	respInt    respKind = ':'
	respDouble respKind = ','
	respBool   respKind = '#'
	respNull   respKind = '_'
	respList   respKind = '*'
	respMap    respKind = '%'
)

// String names the kind in an error.
func (k respKind) String() string {
	switch k {
	case respText:
		return "a string"
	case respError:
		return "an error"
	case respInt:
		return "an integer"
	case respDouble:
		return "a double"
	case respBool:
		return "a boolean"
	case respNull:
		return "null"
	case respList:
		return "a list"
	case respMap:
		return "a map"
	}
	return fmt.Sprintf("kind %q", byte(k))
}

// respValue is one value of a reply.
type respValue struct {
	kind     respKind
	text     string      // of a string or an error; of a double its digits
	number   int         // of an integer; of a boolean 0 or 1
	elements []respValue // of a list; of a map keys and values in turn
}

// errMalformed is what every error about bytes that are not RESP3 wraps.
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

// readResp reads one RESP3 value. It fails with io.EOF only if there is no byte of it, with an error that wraps errMalformed
// on bytes that are not RESP3, and with the reader's error otherwise. Values that no reply to a command of this program
// has (pushes, attributes, big numbers, streamed lists) count as malformed.
func readResp(r *bufio.Reader) (respValue, error) { return readRespAt(r, 0) }

func readRespAt(r *bufio.Reader, depth int) (respValue, error) {
	if depth > maxRespDepth {
		return respValue{}, malformed("lists in lists, more than %d deep", maxRespDepth)
	}
	line, err := readRespLine(r)
	if err != nil {
		if depth > 0 {
			err = unexpectedEOF(err)
		}
		return respValue{}, err
	}
	if line == "" {
		return respValue{}, malformed("an empty line")
	}
	rest := line[1:]
	switch line[0] {
	case '+':
		return respValue{kind: respText, text: rest}, nil
	case '-':
		return respValue{kind: respError, text: rest}, nil
	case ',':
		if _, err := strconv.ParseFloat(rest, 64); err != nil {
			return respValue{}, malformed("%q is no double", line)
		}
		return respValue{kind: respDouble, text: rest}, nil
	case '#':
		if rest != "t" && rest != "f" {
			return respValue{}, malformed("%q is no boolean", line)
		}
		return respValue{kind: respBool, number: strings.Index("ft", rest)}, nil
	case '_':
		if rest != "" {
			return respValue{}, malformed("%q is no null", line)
		}
		return respValue{kind: respNull}, nil
	case ':':
		n, err := respNumber(rest)
		return respValue{kind: respInt, number: n}, err
	case '$', '=':
		return readRespText(r, line[0], rest)
	case '*', '~', '%':
		return readRespElements(r, line[0], rest, depth)
	}
	return respValue{}, malformed("a value starts with %q", line[:1])
}

// readRespLine reads up to the end of a line and gives it without that.
func readRespLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxRespBytes {
			return "", malformed("a line is longer than %d bytes", maxRespBytes)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			if len(line) > 0 {
				err = unexpectedEOF(err)
			}
			return "", err
		}
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

// respLength reads the length of a string or list. RESP2's -1 for null is none.
func respLength(digits string, limit int) (int, error) {
	n, err := respNumber(digits)
	if err == nil && (n < 0 || n > limit) {
		err = malformed("a length of %d; want 0 to %d", n, limit)
	}
	return n, err
}

func readRespText(r *bufio.Reader, kind byte, length string) (respValue, error) {
	n, err := respLength(length, maxRespBytes)
	if err != nil {
		return respValue{}, err
	}
	// The buffer grows with what comes: a length alone must not cost memory.
	var text strings.Builder
	if _, err := io.CopyN(&text, r, int64(n)); err != nil {
		return respValue{}, unexpectedEOF(err)
	}
	var end [2]byte
	if _, err := io.ReadFull(r, end[:]); err != nil {
		return respValue{}, unexpectedEOF(err)
	}
	if string(end[:]) != "\r\n" {
		return respValue{}, malformed("a string of %d bytes goes on with %q", n, end[:])
	}
	value := respValue{kind: respText, text: text.String()}
	if kind == '=' { // three bytes for the format and a colon
		if n < 4 || value.text[3] != ':' {
			return respValue{}, malformed("a verbatim string without a format")
		}
		value.text = value.text[4:]
	}
	return value, nil
}

func readRespElements(r *bufio.Reader, kind byte, length string, depth int) (respValue, error) {
	n, err := respLength(length, maxRespCount)
	if err != nil {
		return respValue{}, err
	}
	value := respValue{kind: respList}
	if kind == '%' {
		value.kind, n = respMap, 2*n
	}
	for range n {
		element, err := readRespAt(r, depth+1)
		if err != nil {
			return respValue{}, err
		}
		value.elements = append(value.elements, element)
	}
	return value, nil
}

// json writes a value as JSON, the keys of a map in order. It fails where JSON has no such thing: an error, or a key that is
// no string.
func (v respValue) json() (json.RawMessage, error) {
	plain, err := v.plain()
	if err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

func (v respValue) plain() (any, error) {
	switch v.kind {
	case respText:
		return v.text, nil
	case respInt:
		return v.number, nil
	case respDouble:
		return json.Number(v.text), nil
	case respBool:
		return v.number == 1, nil
	case respNull:
		return nil, nil
	case respList:
		list := []any{}
		for _, element := range v.elements {
			plain, err := element.plain()
			if err != nil {
				return nil, err
			}
			list = append(list, plain)
		}
		return list, nil
	case respMap:
		object := map[string]any{}
		for i := 0; i < len(v.elements); i += 2 {
			key := v.elements[i]
			if _, twice := object[key.text]; twice || key.kind != respText {
				return nil, fmt.Errorf("a key is %s %q, or there twice", key.kind, key.text)
			}
			plain, err := v.elements[i+1].plain()
			if err != nil {
				return nil, err
			}
			object[key.text] = plain
		}
		return object, nil
	}
	return nil, fmt.Errorf("%s has no place in JSON", v.kind)
}
