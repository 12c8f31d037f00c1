package proto

import (
	"io"
	"strings"
	"unsafe"
)

// firstChunk is how much of a bulk string is made room for on the word of the peer
// alone. A longer one gets its room as its bytes arrive.
const firstChunk = 64 << 10

// maxFastLength is the longest header of a bulk that is read in a hurry, with its
// line end: a number of so many digits does not overflow.
const maxFastLength = 10

// String reads a bulk, simple or verbatim string. The format of a verbatim one
// ("txt:") is dropped. Short strings of an aggregate share memory, 256 bytes at most, and with Share others as well: who keeps
// one for long among many may strings.Clone it.
func (r *Reader) String() (string, error) {
	b := r.buf[r.r:r.w]
	if lo, hi := bulkAt(b, r.lim.MaxBulk); hi > 0 && r.need > 0 {
		s := r.own(b[lo:hi])
		r.r += hi + 2
		r.need--
		return s, nil
	}
	s, _, err := r.string(false)
	return s, err
}

// OptString reads what String reads or a null, for which ok is false.
func (r *Reader) OptString() (s string, ok bool, err error) {
	b := r.buf[r.r:r.w]
	if lo, hi := bulkAt(b, r.lim.MaxBulk); hi > 0 && r.need > 0 {
		s := r.own(b[lo:hi])
		r.r += hi + 2
		r.need--
		return s, true, nil
	}
	return r.string(true)
}

// Bytes reads what OptString reads, without copying it if it is in the buffer: the
// slice is valid until the next call of any method, and must not be changed.
func (r *Reader) Bytes() (b []byte, ok bool, err error) {
	b = r.buf[r.r:r.w]
	if lo, hi := bulkAt(b, r.lim.MaxBulk); hi > 0 && r.need > 0 {
		r.r += hi + 2
		r.need--
		return b[lo:hi:hi], true, nil
	}
	if hi := simpleAt(b, r.lim.MaxLine); hi > 0 && r.need > 0 {
		r.r += hi + 2
		r.need--
		return b[1:hi:hi], true, nil
	}
	b, _, ok, err = r.bytes(true)
	return b, ok, err
}

// OwnedBytes is Bytes with a slice of its own, which stays valid and may be
// changed. It is nil only for a null.
func (r *Reader) OwnedBytes() (b []byte, ok bool, err error) {
	b, owned, ok, err := r.bytes(true)
	if ok && !owned {
		b = append(make([]byte, 0, len(b)), b...)
	}
	return b, ok, err
}

// bulkAt returns where the text of the bulk string at the beginning of b lies, or
// 0, 0 if it is not all there, or not one that can be read in a hurry: the careful
// path knows what to say then. The line end behind the text has been checked.
//
// Most lengths have one or two digits, which are read without a loop; of b[0] to b[5]
// the compiler knows that they are there.
func bulkAt(b []byte, limit int64) (lo, hi int) {
	if len(b) < 6 || b[0] != '$' {
		return 0, 0
	}
	n := uint(b[1]) - '0'
	if n > 9 {
		return 0, 0
	}
	end := b[2]
	lo = 4
	if end != '\r' {
		c := uint(end) - '0'
		if c > 9 {
			return 0, 0
		}
		n = n*10 + c
		end = b[3]
		lo = 5
		for end != '\r' {
			c := uint(end) - '0'
			if c > 9 || lo > maxFastLength || lo >= len(b) {
				return 0, 0
			}
			n = n*10 + c
			end = b[lo-1]
			lo++
		}
	}
	hi = lo + int(n)
	if hi > len(b)-2 || b[lo-1] != '\n' || b[hi] != '\r' || b[hi+1] != '\n' || int64(n) > limit {
		return 0, 0
	}
	return lo, hi
}

// simpleAt is bulkAt for short simple strings such as OK: the text begins at 1.
func simpleAt(b []byte, limit int) (hi int) {
	if len(b) < 3 || b[0] != '+' {
		return 0
	}
	for i, c := range b[1:min(len(b), 64)] {
		if c == '\n' || i > limit {
			return 0
		}
		if c == '\r' {
			if i+2 < len(b) && b[i+2] == '\n' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// string is the careful path of String and OptString.
func (r *Reader) string(orNull bool) (string, bool, error) {
	b, owned, ok, err := r.bytes(orNull)
	if err != nil || !ok {
		return "", false, err
	}
	return r.toString(b, owned), true, nil
}

func (r *Reader) toString(b []byte, owned bool) string {
	if owned && len(b) > 0 {
		// Nobody else has the slice, and nobody will change it.
		return unsafe.String(&b[0], len(b))
	}
	return r.own(b)
}

// bytes reads any string. Unless owned, it is a view of the buffer.
func (r *Reader) bytes(orNull bool) (b []byte, owned, ok bool, err error) {
	const want = "a string"
	h, err := r.header(want)
	if err != nil {
		return nil, false, false, err
	}
	switch h.t {
	case SimpleString:
		b = r.text(h)
		r.consume(h)
		return b, false, true, nil
	case BulkString:
		b, owned, err = r.takeBody(h)
		return b, owned, err == nil, err
	case Verbatim:
		b, owned, err = r.takeVerbatim(h)
		if err != nil {
			return nil, false, false, err
		}
		return b[4:], owned, true, nil
	case Null:
		if orNull {
			r.consume(h)
			return nil, false, false, nil
		}
	}
	return nil, false, false, r.misfit(h, want)
}

// takeVerbatim consumes a verbatim string and returns it with its format.
func (r *Reader) takeVerbatim(h header) (b []byte, owned bool, err error) {
	b, owned, err = r.takeBody(h)
	if err == nil && b[3] != ':' {
		err = r.malformed("a verbatim string without a format")
	}
	return b, owned, err
}

// fits tells whether the bulk with header h can be had in the buffer as a whole.
func (r *Reader) fits(h header) bool { return h.size+int(h.n)+2 <= len(r.buf) }

// peekBody returns the text of a bulk that fits in the smallest buffer, without
// consuming it. It is valid until more bytes are read.
func (r *Reader) peekBody(h header) ([]byte, error) {
	end := h.size + int(h.n)
	if err := r.fillTo(end + 2); err != nil {
		return nil, err
	}
	b := r.buf[r.r:r.w]
	if b[end] != '\r' || b[end+1] != '\n' {
		return nil, r.malformed("a bulk string that does not end in CR LF")
	}
	return b[h.size:end:end], nil
}

// takeBody consumes a bulk with its header and returns its text: a view of the
// buffer if it fits in there, else bytes of its own.
func (r *Reader) takeBody(h header) (b []byte, owned bool, err error) {
	if r.fits(h) {
		b, err = r.peekBody(h)
		if err != nil {
			return nil, false, err
		}
		r.r += h.size + len(b) + 2
	} else {
		r.r += h.size
		b, err = r.largeBody(int(h.n))
		if err != nil {
			return nil, false, err
		}
		owned = true
	}
	r.need--
	return b, owned, nil
}

// largeBody reads n bytes and a line end behind a header that has been consumed.
// Whatever goes wrong ends the stream, so that there is no way back to the header.
func (r *Reader) largeBody(n int) ([]byte, error) {
	b := blank(min(n, firstChunk))
	for len(b) < n {
		if len(b) == cap(b) {
			// Twice as much as has really arrived, so that a false claim costs the peer
			// half of what it costs us.
			b = append(blank(min(n, 2*len(b))), b...)
		}
		if r.r == r.w && n-len(b) > len(r.buf)/2 {
			// Straight to its place. What is left over at the end goes through the buffer
			// instead, together with what comes behind it.
			got, err := r.read(b[len(b):cap(b)], io.ErrUnexpectedEOF)
			if err != nil {
				return nil, err
			}
			b = b[:len(b)+got]
			continue
		}
		if r.r == r.w {
			if err := r.more(); err != nil {
				return nil, err
			}
		}
		got := copy(b[len(b):cap(b)], r.buf[r.r:r.w])
		b = b[:len(b)+got]
		r.r += got
	}
	return b, r.lineEnd()
}

// blank returns an empty slice with room for n bytes, n > 0, which are not cleared as make does: they are about to be overwritten, and
// clearing 64 KiB costs as much as copying them.
func blank(n int) []byte {
	var b strings.Builder
	b.Grow(n)
	_ = b.WriteByte(0) // so that the string has a first byte, and an address
	return unsafe.Slice(unsafe.StringData(b.String()), n)[:0]
}

// lineEnd consumes the line end behind a bulk.
func (r *Reader) lineEnd() error {
	if err := r.fillTo(2); err != nil {
		return err
	}
	if r.buf[r.r] != '\r' || r.buf[r.r+1] != '\n' {
		return r.malformed("a bulk string that does not end in CR LF")
	}
	r.r += 2
	return nil
}

// discard consumes n bytes and a line end.
func (r *Reader) discard(n int) error {
	for n > r.w-r.r {
		n -= r.w - r.r
		r.r = r.w
		if err := r.more(); err != nil {
			return err
		}
	}
	r.r += n
	return r.lineEnd()
}
