package proto

// Value reads the next value whatever it is, with all that is nested in it. An error
// reply is a Value too. At the end of the frame it returns a *Mismatch; all its
// other errors are of the stream.
func (r *Reader) Value() (Value, error) {
	if r.need <= 0 {
		return Value{}, r.exhausted("a value")
	}
	v, err := r.frameValue()
	if err == nil {
		r.need--
	}
	return v, err
}

// frameValue consumes the next value without counting it as read.
func (r *Reader) frameValue() (Value, error) {
	need := r.need
	r.spare = preallocMax
	v, err := r.value(0)
	if err == nil {
		// Scalars count themselves when they are consumed, nested ones too.
		r.need = need
	}
	return v, err
}

// value reads a value that stands inside of depth others.
func (r *Reader) value(depth int) (Value, error) {
	b := r.buf[r.r:r.w]
	if lo, hi := bulkAt(b, r.lim.MaxBulk); hi > 0 {
		v := Value{t: BulkString, s: string(b[lo:hi])}
		r.r += hi + 2
		return v, nil
	}
	h, err := r.valueHeader()
	if err != nil {
		return Value{}, err
	}
	if h.t.IsAggregate() {
		return r.aggregate(h, depth)
	}
	v := Value{t: h.t}
	switch h.t {
	case Integer, Bool, Double:
		v.n = h.n
	case SimpleString, SimpleError, BigNumber:
		v.s = string(r.text(h))
	case BulkString, BulkError, Verbatim:
		v.s, err = r.bulkText(h)
		return v, err
	}
	r.r += h.size
	return v, nil
}

// bulkText consumes the bulk with header h and returns all of it, a verbatim
// string with its format.
func (r *Reader) bulkText(h header) (s string, err error) {
	var b []byte
	var owned bool
	switch {
	case h.streamed:
		_, err = r.streamedString(func(piece []byte) { b = append(b, piece...) })
		owned = true
	case h.t == Verbatim:
		b, owned, err = r.takeVerbatim(h)
	default:
		b, owned, err = r.takeBody(h)
	}
	if err != nil {
		return "", err
	}
	return r.toString(b, owned), nil
}

// aggregate reads the elements behind the header h.
func (r *Reader) aggregate(h header, depth int) (Value, error) {
	if depth >= r.lim.MaxDepth {
		return Value{}, r.malformed("aggregates nested too deep")
	}
	r.r += h.size
	r.push = false
	v := Value{t: h.t}
	var err error
	switch {
	case h.streamed:
		v.elems, err = r.streamedElements(h.t, depth+1)
	case h.t == Map:
		v.elems, err = r.elements(2*int(h.n), depth+1)
	default:
		v.elems, err = r.elements(int(h.n), depth+1)
	}
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// elements reads n values. The room it makes for them in advance comes out of an
// allowance for the whole tree that grows back with every element that really
// arrives: nested claims, too, cost no more memory than one.
func (r *Reader) elements(n, depth int) ([]Value, error) {
	if n == 0 {
		return nil, nil
	}
	room := min(n, r.spare)
	r.spare -= room
	elems := make([]Value, 0, room)
	for range n {
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		elems = append(elems, v)
		if r.spare < preallocMax {
			r.spare++
		}
	}
	return elems, nil
}

// streamedElements reads values up to the end mark.
func (r *Reader) streamedElements(t Type, depth int) ([]Value, error) {
	var elems []Value
	for {
		end, err := r.atStreamEnd()
		if err != nil {
			return nil, err
		}
		if end {
			break
		}
		if int64(len(elems)) >= r.lim.MaxElements {
			return nil, r.malformed("a streamed aggregate beyond the limit")
		}
		v, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		elems = append(elems, v)
	}
	if t == Map && len(elems)%2 != 0 {
		return nil, r.malformed("a streamed map that ends behind a key")
	}
	return elems, r.streamEnd()
}
