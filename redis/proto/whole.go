package proto

// Fill reads once from the source, between two frames, and adds what comes to the unread bytes. Other than a read inside a frame it leaves
// the stream in order when the source fails without a byte: its error is returned, and the next read asks the source again.
func (r *Reader) Fill() error {
	if r.err != nil {
		return r.err
	}
	if r.later != nil {
		return r.later
	}
	r.makeRoom()
	n, err := r.src.Read(r.buf[r.w:])
	if n == 0 {
		return err
	}
	r.later = err
	r.filled(n)
	return nil
}

// Whole tells how much of the next frame is unread in the buffer: whole is all of it, so that reading it does not ask the source, partly
// is less, in order as far as it goes. It is neither where only reading can tell: in streamed values, and in what is malformed.
func (r *Reader) Whole() (whole, partly bool) {
	b := r.buf[r.r:r.w]
	for need := int64(1); need > 0; need-- {
		if _, hi := bulkAt(b, r.lim.MaxBulk); hi > 0 {
			b = b[hi+2:]
			continue
		}
		h, ok := r.headerAt(b)
		if !ok || h.size == 0 {
			return false, ok
		}
		b = b[h.size:]
		switch h.t {
		case BulkString, BulkError, Verbatim:
			if int64(len(b)) < h.n+2 {
				return false, true
			}
			b = b[h.n+2:]
		case Array, Set, Push:
			need += h.n
		case Map:
			need += 2 * h.n
		case Attribute:
			need += 2*h.n + 1 // it stands before a value
		}
	}
	return true, false
}

// headerAt is rawHeader for the bytes b, which it does not wait for: the size is 0 when the line is not there to its end. It reports false for
// what is malformed or streamed.
func (r *Reader) headerAt(b []byte) (h header, ok bool) {
	if len(b) == 0 {
		return h, true
	}
	h.t = Type(b[0])
	if !h.t.known() {
		return h, false
	}
	limit := h.t.maxLine(&r.lim)
	i := 1
	for i < len(b) && b[i] != '\r' && b[i] != '\n' {
		i++
	}
	switch {
	case i > limit+1:
		return h, false
	case i == len(b), b[i] == '\r' && i+1 == len(b):
		return h, true
	case b[i] == '\n' || b[i+1] != '\n':
		return h, false
	}
	h.size = i + 2
	return h, h.parse(b[1:i], &r.lim) == "" && !h.streamed
}
