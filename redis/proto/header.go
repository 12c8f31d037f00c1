package proto

import "math"

const (
	// maxNumber bounds the line of an integer or a length: 20 characters hold every
	// int64, the rest is for leading zeros.
	maxNumber = 32
	// maxHeader is the longest header of a bulk or an aggregate with its line end.
	maxHeader = maxNumber + 3
)

// header is the first line of a value: for a scalar other than a bulk all of it.
type header struct {
	t        Type  // Null for every null
	streamed bool  // "?" in place of the length
	size     int   // bytes of the line with its line end
	n        int64 // Integer, length or count; Bool as 0 or 1; Double by its bits
}

// null reports whether the header says that there is no value.
func (h header) null() bool { return h.t == Null }

// header returns the first line of the next value of the frame without consuming
// it. Attributes before it are skipped, and a streamed value is made an ordinary
// one.
func (r *Reader) header(want string) (header, error) {
	if r.need <= 0 {
		return header{}, r.exhausted(want)
	}
	h, err := r.valueHeader()
	if err == nil && h.streamed {
		return r.unstream()
	}
	return h, err
}

// valueHeader is rawHeader behind the attributes, if there are any.
func (r *Reader) valueHeader() (header, error) {
	h, err := r.rawHeader()
	if err == nil && h.t == Attribute {
		if err = r.skipAttributes(); err != nil {
			return header{}, err
		}
		h, err = r.rawHeader()
	}
	return h, err
}

// rawHeader parses and checks the line at the read position without consuming
// it. This is the one place where lines are judged, but for the fast paths of
// the typed reads, which take nothing that this would not take.
func (r *Reader) rawHeader() (h header, err error) {
	if r.r == r.w {
		if err := r.more(); err != nil {
			return h, err
		}
	}
	t := Type(r.buf[r.r])
	switch {
	case !t.known():
		return h, r.unknownType()
	case t == Push && !r.push:
		return h, r.malformed("a push inside another value")
	}
	h.t = t
	if h.size, err = r.line(t.maxLine(&r.lim)); err != nil {
		return h, err
	}
	reason := h.parse(r.text(h), &r.lim)
	if reason != "" {
		return h, r.malformed(reason)
	}
	return h, nil
}

// text returns the line of a header without its type and line end. It is valid
// until more bytes are read.
func (r *Reader) text(h header) []byte { return r.buf[r.r+1 : r.r+h.size-2] }

// line waits for a whole line at the read position and returns its length with the
// type before and the line end behind it. The line itself has at most limit bytes.
func (r *Reader) line(limit int) (size int, err error) {
	for i := 1; ; {
		b := r.buf[r.r:r.w]
		for ; i < len(b) && b[i] != '\r' && b[i] != '\n'; i++ {
			if i > limit {
				return 0, r.malformed("a line that is too long")
			}
		}
		if i+1 < len(b) || i < len(b) && b[i] == '\n' {
			if b[i] != '\r' || b[i+1] != '\n' {
				return 0, r.malformed("a line that does not end in CR LF")
			}
			return i + 2, nil
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
}

// parse judges the text of a header whose type and size are known, and returns
// what is wrong with it.
func (h *header) parse(text []byte, lim *Limits) (reason string) {
	var ok bool
	switch h.t {
	case SimpleString, SimpleError:
		return ""
	case Integer:
		if h.n, ok = parseInt(text); !ok {
			return "an integer that is none, or beyond 64 bits"
		}
	case BulkString:
		return h.parseLength(text, lim.MaxBulk, true, true)
	case Array:
		return h.parseLength(text, lim.MaxElements, true, true)
	case Map, Set:
		return h.parseLength(text, lim.MaxElements, false, true)
	case Push, Attribute:
		return h.parseLength(text, lim.MaxElements, false, false)
	case Verbatim:
		reason = h.parseLength(text, lim.MaxBulk, false, false)
		if reason == "" && h.n < 4 {
			reason = "a verbatim string without a format"
		}
		return reason
	case BulkError:
		return h.parseLength(text, lim.MaxBulk, false, false)
	case Null:
		if len(text) != 0 {
			return "a null with something in it"
		}
	case Bool:
		if len(text) != 1 || text[0] != 't' && text[0] != 'f' {
			return "a boolean that is neither t nor f"
		}
		if text[0] == 't' {
			h.n = 1
		}
	case Double:
		f, ok := parseFloat(text)
		if !ok {
			return "a double that is no number"
		}
		h.n = int64(math.Float64bits(f))
	case BigNumber:
		if !isBigNumber(text) {
			return "a big number that is no number"
		}
	}
	return ""
}

// parseLength judges a length or count. -1 stands for null where RESP2 has it.
func (h *header) parseLength(text []byte, limit int64, nullable, streamable bool) (reason string) {
	if len(text) == 1 && text[0] == streamMark && streamable {
		h.streamed = true
		return ""
	}
	if nullable && string(text) == "-1" {
		h.t = Null
		return ""
	}
	n, ok := parseDigits(text)
	if !ok {
		return "a length that is no number"
	}
	if n > uint64(limit) {
		return "a length beyond the limit"
	}
	h.n = int64(n)
	return ""
}
