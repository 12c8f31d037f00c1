package proto

// What skip keeps for each aggregate it is in: how many values are missing, or one
// of these for a streamed one, of which nobody knows.
const (
	untilEnd      = -1 // an array or set
	untilEndValue = -2 // a map before a value
	untilEndKey   = -3 // a map before a key
)

// keepStack is the longest stack that is kept from one skip for the next.
const keepStack = 64

// skip consumes the next n values, whatever they are, using no memory but for a
// counter for each aggregate it is in, of which there are at most MaxDepth.
func (r *Reader) skip(n int64) error {
	stack := append(r.stack[:0], n)
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if *top == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		if *top < 0 {
			end, err := r.atStreamEnd()
			if err != nil {
				return err
			}
			if end {
				if *top == untilEndValue {
					return r.malformed("a streamed map that ends behind a key")
				}
				if err := r.streamEnd(); err != nil {
					return err
				}
				stack = stack[:len(stack)-1]
				continue
			}
		}
		if _, hi := bulkAt(r.buf[r.r:r.w], r.lim.MaxBulk); hi > 0 {
			r.r += hi + 2
			*top = countDown(*top)
			continue
		}
		h, err := r.rawHeader()
		if err != nil {
			return err
		}
		if h.t != Attribute {
			*top = countDown(*top)
		}
		if !h.t.IsAggregate() {
			if err := r.skipScalar(h); err != nil {
				return err
			}
			continue
		}
		if len(stack) > r.lim.MaxDepth {
			return r.malformed("aggregates nested too deep")
		}
		r.r += h.size
		r.push = false
		stack = append(stack, childrenOf(h))
	}
	if cap(stack) <= keepStack {
		r.stack = stack
	}
	return nil
}

// BeginElement makes the next value of the frame a frame of its own for the reads that follow, up to EndElement: More,
// Remaining and Finish tell of this value alone. It returns what EndElement needs. There must be a next value: Peek.
func (r *Reader) BeginElement() (rest int64) {
	rest = r.need - 1
	r.need = 1
	return rest
}

// EndElement goes back to the frame around, after the value was read to its end or finished.
func (r *Reader) EndElement(rest int64) {
	if r.err == nil {
		r.need += rest
	}
}

// countDown notes one value less in an entry of the stack.
func countDown(missing int64) int64 {
	switch {
	case missing > 0:
		return missing - 1
	case missing == untilEndKey:
		return untilEndValue
	case missing == untilEndValue:
		return untilEndKey
	}
	return missing
}

// childrenOf returns the entry of the stack for the aggregate that h begins.
func childrenOf(h header) int64 {
	switch {
	case h.streamed && h.t == Map:
		return untilEndKey
	case h.streamed:
		return untilEnd
	case h.t == Map || h.t == Attribute:
		return 2 * h.n
	}
	return h.n
}

// skipScalar consumes what is no aggregate and has the header h.
func (r *Reader) skipScalar(h header) error {
	switch {
	case h.streamed:
		_, err := r.streamedString(nil)
		return err
	case h.t == Verbatim:
		r.r += h.size
		if err := r.fillTo(4); err != nil {
			return err
		}
		if r.buf[r.r+3] != ':' {
			return r.malformed("a verbatim string without a format")
		}
		return r.discard(int(h.n))
	case h.t == BulkString || h.t == BulkError:
		r.r += h.size
		return r.discard(int(h.n))
	}
	r.r += h.size
	return nil
}

// skipAttributes consumes the attributes at the read position. The first byte of the
// value behind them is in the buffer then.
func (r *Reader) skipAttributes() error {
	for Type(r.buf[r.r]) == Attribute {
		h, err := r.rawHeader()
		if err != nil {
			return err
		}
		r.r += h.size
		if err := r.skip(2 * h.n); err != nil {
			return err
		}
		if r.r == r.w {
			if err := r.more(); err != nil {
				return err
			}
		}
	}
	return nil
}
