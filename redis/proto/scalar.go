package proto

import (
	"math"

	"github.com/futureio/futureio-go/redis/errors"
)

// maxFastDigits is how many digits the fast paths read: so many cannot overflow an
// int64. Longer numbers go the careful way.
const maxFastDigits = 18

// consume goes past a value that is all header.
func (r *Reader) consume(h header) {
	r.r += h.size
	r.need--
}

// Int reads an integer.
func (r *Reader) Int() (int64, error) {
	b := r.buf[r.r:r.w]
	if len(b) > 3 && b[0] == ':' && r.need > 0 {
		i, negative := 1, false
		if b[1] == '-' {
			i, negative = 2, true
		}
		first, n := i, int64(0)
		for ; i < len(b) && i-first < maxFastDigits; i++ {
			c := b[i] - '0'
			if c > 9 {
				break
			}
			n = n*10 + int64(c)
		}
		if i > first && i+1 < len(b) && b[i] == '\r' && b[i+1] == '\n' {
			r.r += i + 2
			r.need--
			if negative {
				n = -n
			}
			return n, nil
		}
	}
	n, _, err := r.integer(false)
	return n, err
}

// OptInt reads an integer or a null, for which ok is false.
func (r *Reader) OptInt() (n int64, ok bool, err error) {
	if r.r < r.w && r.buf[r.r] == byte(Integer) {
		n, err = r.Int()
		return n, err == nil, err
	}
	return r.integer(true)
}

func (r *Reader) integer(orNull bool) (n int64, ok bool, err error) {
	const want = "an integer"
	h, err := r.header(want)
	switch {
	case err != nil:
		return 0, false, err
	case h.t == Integer:
		r.consume(h)
		return h.n, true, nil
	case h.null() && orNull:
		r.consume(h)
		return 0, false, nil
	}
	return 0, false, r.misfit(h, want)
}

// Float reads a double, an integer, or a string that is a number, as RESP2 has it.
// Infinities and not-a-number are values like others.
func (r *Reader) Float() (float64, error) {
	f, _, err := r.float(false)
	return f, err
}

// OptFloat reads what Float reads or a null, for which ok is false.
func (r *Reader) OptFloat() (f float64, ok bool, err error) {
	return r.float(true)
}

func (r *Reader) float(orNull bool) (f float64, ok bool, err error) {
	const want = "a number"
	h, err := r.header(want)
	if err != nil {
		return 0, false, err
	}
	switch h.t {
	case Double:
		r.consume(h)
		return math.Float64frombits(uint64(h.n)), true, nil
	case Integer:
		r.consume(h)
		return float64(h.n), true, nil
	case SimpleString:
		f, ok = parseFloat(r.text(h))
		if !ok {
			return 0, false, noNumber(h)
		}
		r.consume(h)
		return f, true, nil
	case BulkString:
		if h.n > maxFloatText {
			return 0, false, noNumber(h)
		}
		body, err := r.peekBody(h)
		if err != nil {
			return 0, false, err
		}
		f, ok = parseFloat(body)
		if !ok {
			return 0, false, noNumber(h)
		}
		r.r += h.size + int(h.n) + 2
		r.need--
		return f, true, nil
	case Null:
		if orNull {
			r.consume(h)
			return 0, false, nil
		}
	}
	return 0, false, r.misfit(h, want)
}

func noNumber(h header) error {
	return &Mismatch{Want: "a number", Got: h.t, Note: "that is none"}
}

// Bool reads a boolean, or an integer that is 0 or 1, as RESP2 has it.
func (r *Reader) Bool() (bool, error) {
	const want = "a boolean"
	if b := r.buf[r.r:r.w]; len(b) > 3 && b[0] == ':' && b[1]-'0' <= 1 && b[2] == '\r' && b[3] == '\n' && r.need > 0 {
		r.r += len(":1\r\n")
		r.need--
		return b[1] == '1', nil
	}
	h, err := r.header(want)
	switch {
	case err != nil:
		return false, err
	case h.t == Bool:
	case h.t == Integer && (h.n == 0 || h.n == 1):
	case h.t == Integer:
		return false, &Mismatch{Want: want, Got: h.t, Note: "other than 0 and 1"}
	default:
		return false, r.misfit(h, want)
	}
	r.consume(h)
	return h.n == 1, nil
}

// Null consumes the next value if it is a null, and tells whether it was.
func (r *Reader) Null() (bool, error) {
	if b := r.buf[r.r:r.w]; len(b) > 1 && r.need > 0 && neverNull(b[0], b[1]) {
		return false, nil
	}
	h, err := r.header("a value")
	if err != nil || !h.null() {
		return false, err
	}
	r.consume(h)
	return true, nil
}

// neverNull decides by the first two bytes of a value.
func neverNull(first, second byte) bool {
	switch Type(first) {
	case BulkString, Array:
		return second-'0' <= 9
	case SimpleString, Integer:
		return true
	}
	return false
}

// ReplyError consumes an error reply.
func (r *Reader) ReplyError() (*errors.RedisError, error) {
	const want = "an error"
	h, err := r.header(want)
	if err != nil {
		return nil, err
	}
	if !h.t.IsError() {
		return nil, &Mismatch{Want: want, Got: h.t}
	}
	return r.takeError(h)
}

// takeError consumes the error whose header is h.
func (r *Reader) takeError(h header) (*errors.RedisError, error) {
	if h.t == SimpleError {
		e := errors.ParseRedisError(string(r.text(h)))
		r.consume(h)
		return e, nil
	}
	b, _, err := r.takeBody(h)
	if err != nil {
		return nil, err
	}
	return errors.ParseRedisError(string(b)), nil
}

// misfit is the answer when the value whose header is h is not what was asked for:
// an error reply is consumed and returned as such, all else stays where it is.
func (r *Reader) misfit(h header, want string) error {
	if h.t.IsError() {
		e, err := r.takeError(h)
		if err != nil {
			return err
		}
		return e
	}
	return &Mismatch{Want: want, Got: h.t}
}
