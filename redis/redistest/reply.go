package redistest

import (
	"strconv"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis/proto"
)

// Reply is what a Server or a Recorder answers. It is made by the functions of this package, never changes, and may be used any
// number of times. The zero value is Nil.
type Reply struct {
	kind     kind
	text     string
	elements []Reply
	delay    time.Duration
	err      error // of failedWith
}

type kind uint8

const (
	null kind = iota
	simple
	bulk
	integer
	double
	failure
	array
	mapping
	silence
	disconnect
	failedWith // of a Recorder: an error of any kind
)

var (
	// OK is the reply of commands that have nothing else to say.
	OK = Reply{kind: simple, text: "OK"}
	// Nil is the missing value.
	Nil = Reply{}
	// Silence is no reply at all: the command is executed, and its future waits until its time is over.
	Silence = Reply{kind: silence}
	// Disconnect is the loss of the connection in place of a reply: the command may have run. Of a Recorder, it is a
	// *redis.ConnectionError with outcome Unknown.
	Disconnect = Reply{kind: disconnect}
)

// Bulk is a string, as GET has it.
func Bulk(s string) Reply { return Reply{kind: bulk, text: s} }

// Simple is a short text without line ends, such as PONG.
func Simple(s string) Reply { return Reply{kind: simple, text: oneLine(s)} }

// Int is an integer.
func Int(n int64) Reply { return Reply{kind: integer, text: strconv.FormatInt(n, 10)} }

// Float is a number such as the score of ZSCORE.
func Float(x float64) Reply {
	// Servers write inf, -inf and nan.
	text := strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(x, 'g', -1, 64)), "+")
	return Reply{kind: double, text: text}
}

// Error is an error of the server, a *redis.RedisError. Its text begins with the code: "WRONGTYPE Operation against …".
func Error(text string) Reply { return Reply{kind: failure, text: oneLine(text)} }

// Array is a list of replies, also of a set.
func Array(elements ...Reply) Reply { return Reply{kind: array, elements: elements} }

// Strings is a list of strings, as LRANGE and SMEMBERS have it.
func Strings(list ...string) Reply {
	elements := make([]Reply, len(list))
	for i, s := range list {
		elements[i] = Bulk(s)
	}
	return Array(elements...)
}

// Map is a map of strings, as HGETALL has it: fields and values in turn. A last field without a value has "".
func Map(fieldsAndValues ...string) Reply {
	if len(fieldsAndValues)%2 == 1 {
		fieldsAndValues = append(fieldsAndValues[:len(fieldsAndValues):len(fieldsAndValues)], "")
	}
	r := Strings(fieldsAndValues...)
	r.kind = mapping
	return r
}

// After is the same reply after a pause. As of a real server, it holds up the replies behind it on the same connection; of a
// Recorder, it does not.
func (r Reply) After(d time.Duration) Reply {
	r.delay = d
	return r
}

// oneLine keeps a text from ending the line that it is sent on.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// wire appends the reply as a server sends it in RESP2 or RESP3.
func (r Reply) wire(buf []byte, protocol int) []byte {
	line := func(kind byte, text string) []byte { return append(append(append(buf, kind), text...), "\r\n"...) }
	switch r.kind {
	case simple:
		return line('+', r.text)
	case failure:
		return line('-', r.text)
	case integer:
		return line(':', r.text)
	case double:
		if protocol == 3 {
			return line(',', r.text)
		}
		return proto.AppendBulk(buf, r.text)
	case bulk:
		return proto.AppendBulk(buf, r.text)
	case null, silence, disconnect, failedWith: // the last three have no place inside of a reply
		if protocol == 3 {
			return append(buf, "_\r\n"...)
		}
		return append(buf, "$-1\r\n"...)
	case mapping:
		if protocol == 3 {
			buf = line('%', strconv.Itoa(len(r.elements)/2))
			break
		}
		buf = line('*', strconv.Itoa(len(r.elements)))
	case array:
		buf = line('*', strconv.Itoa(len(r.elements)))
	}
	for _, e := range r.elements {
		buf = e.wire(buf, protocol)
	}
	return buf
}
