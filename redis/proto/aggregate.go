package proto

import "math"

// ArrayLen begins an array or a set and returns the number of its elements, which
// are to be read next. ok is false for a null. A push can be begun like an array
// when it is the frame itself.
//
// n is what the peer claims: see Prealloc before making room for so many.
func (r *Reader) ArrayLen() (n int, ok bool, err error) {
	b := r.buf[r.r:r.w]
	if len(b) > 3 && b[0] == '*' && r.need > 0 {
		i := 1
		for ; i < 8 && i < len(b); i++ {
			c := int(b[i] - '0')
			if c > 9 {
				break
			}
			n = n*10 + c
		}
		if i > 1 && i+1 < len(b) && b[i] == '\r' && b[i+1] == '\n' && int64(n) <= r.lim.MaxElements {
			r.r += i + 2
			return n, true, r.enter(n)
		}
	}
	return r.arrayLen()
}

// enter replaces the aggregate that has just been begun by its n values in the count
// of those that are missing.
func (r *Reader) enter(n int) error {
	if r.need > math.MaxInt/2-int64(n) {
		return r.malformed("more values than can be counted")
	}
	r.need += int64(n) - 1
	return nil
}

func (r *Reader) arrayLen() (n int, ok bool, err error) {
	const want = "an array"
	h, err := r.header(want)
	if err != nil {
		return 0, false, err
	}
	switch h.t {
	case Array, Set:
	case Push:
		r.push = false
	case Null:
		r.consume(h)
		return 0, false, nil
	default:
		return 0, false, r.misfit(h, want)
	}
	r.r += h.size
	if err := r.enter(int(h.n)); err != nil {
		return 0, false, err
	}
	return int(h.n), true, nil
}

// MapLen begins a map and returns the number of its pairs, of which the keys and
// values are to be read next in turn. RESP2 has an array of even length instead.
// ok is false for a null.
//
// n is what the peer claims: see Prealloc before making room for so many.
func (r *Reader) MapLen() (pairs int, ok bool, err error) {
	const want = "a map"
	h, err := r.header(want)
	if err != nil {
		return 0, false, err
	}
	n := int(h.n)
	switch {
	case h.t == Map:
		n *= 2
	case h.t == Array && n%2 == 0:
	case h.t == Array:
		return 0, false, &Mismatch{Want: want, Got: Array, Note: "of odd length"}
	case h.null():
		r.consume(h)
		return 0, false, nil
	default:
		return 0, false, r.misfit(h, want)
	}
	r.r += h.size
	if err := r.enter(n); err != nil {
		return 0, false, err
	}
	return n / 2, true, nil
}
