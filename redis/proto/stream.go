package proto

// Streamed strings and aggregates have "?" in place of their length, and an end
// mark. Few servers send them; the specification has them. Value and Skip take them as they
// come. For the typed reads they are rewritten as ordinary ones in front of what
// is unread: slow, rare, and nobody else has to know of them. Attributes and pushes
// cannot be streamed.

// unstream reads the streamed value at the read position and puts it back with its
// length.
func (r *Reader) unstream() (header, error) {
	v, err := r.frameValue()
	if err != nil {
		return header{}, err
	}
	front := AppendValue(nil, v, 3)
	buf := make([]byte, max(len(r.buf), len(front)+r.w-r.r))
	n := copy(buf, front)
	n += copy(buf[n:], r.buf[r.r:r.w])
	r.buf, r.r, r.w = buf, 0, n
	return r.rawHeader()
}

// atStreamEnd tells whether the end mark of a streamed aggregate comes next.
func (r *Reader) atStreamEnd() (bool, error) {
	if r.r == r.w {
		if err := r.more(); err != nil {
			return false, err
		}
	}
	return r.buf[r.r] == streamEnd, nil
}

// streamEnd consumes the end mark that comes next.
func (r *Reader) streamEnd() error {
	size, err := r.line(0)
	if err != nil {
		return err
	}
	r.r += size
	return nil
}

// streamedString consumes a streamed string with its header, passing each piece to
// take, which may be nil. It returns the length of them all.
func (r *Reader) streamedString(take func(piece []byte)) (total int64, err error) {
	r.r += len("$?\r\n")
	for {
		n, err := r.chunkLen()
		if err != nil || n == 0 {
			return total, err
		}
		if total += n; total > r.lim.MaxBulk {
			return total, r.malformed("a streamed string beyond the limit")
		}
		for n > 0 {
			if r.r == r.w {
				if err := r.more(); err != nil {
					return total, err
				}
			}
			piece := r.buf[r.r:min(r.w, r.r+int(n))]
			if take != nil {
				take(piece)
			}
			r.r += len(piece)
			n -= int64(len(piece))
		}
		if err := r.lineEnd(); err != nil {
			return total, err
		}
	}
}

// chunkLen consumes the header of a piece of a streamed string. The last one has
// length 0 and nothing behind it.
func (r *Reader) chunkLen() (int64, error) {
	if r.r == r.w {
		if err := r.more(); err != nil {
			return 0, err
		}
	}
	if r.buf[r.r] != streamChunk {
		return 0, r.malformed("something else inside a streamed string")
	}
	size, err := r.line(maxNumber)
	if err != nil {
		return 0, err
	}
	h := header{t: BulkString, size: size}
	if reason := h.parseLength(r.text(h), r.lim.MaxBulk, false, false); reason != "" {
		return 0, r.malformed(reason)
	}
	r.r += size
	return h.n, nil
}
