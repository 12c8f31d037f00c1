package proto

import "io"

const (
	// minBuffer is what a connection starts with and goes back to: enough for the
	// replies of a hundred waiting callers, little enough for ten thousand idle
	// connections.
	minBuffer = 4 << 10
	// maxBuffer is as far as the buffer grows with the traffic: a read of 64 KiB costs
	// the kernel some microseconds, so that larger ones save nothing.
	maxBuffer = 64 << 10
	// usageWindow is the number of reads after which the buffer's size is looked
	// at. It is large enough that a busy connection with a slow spell keeps its buffer
	// and small enough that an idle one, which reads the answer to a PING now and
	// then, gives it back within minutes.
	usageWindow = 16
	// maxEmptyReads is how often in a row a source may return neither bytes nor an
	// error, as in package bufio.
	maxEmptyReads = 100
)

// usage is what the size of the buffer is decided by.
type usage struct {
	reads int  // since the last decision
	peak  int  // most unread bytes after one of them
	full  bool // the last read filled the buffer: a larger one would have taken more
}

// fill reads more bytes behind the unread ones, which it may move to the front of
// the buffer. At the end of the source the stream ends with atEOF.
func (r *Reader) fill(atEOF error) error {
	if r.err != nil {
		return r.err
	}
	r.makeRoom()
	n, err := r.read(r.buf[r.w:], atEOF)
	if err != nil {
		return err
	}
	r.filled(n)
	return nil
}

// filled notes that n bytes were read behind the unread ones.
func (r *Reader) filled(n int) {
	r.w += n
	r.use.reads++
	r.use.peak = max(r.use.peak, r.w)
	r.use.full = r.w == len(r.buf)
}

// more is fill inside a frame, where the source must not end.
func (r *Reader) more() error { return r.fill(io.ErrUnexpectedEOF) }

// fillTo reads until at least n bytes are unread. n must not be above what the
// buffer can hold, unless it is meant to grow for it.
func (r *Reader) fillTo(n int) error {
	for r.w-r.r < n {
		if err := r.more(); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom moves the unread bytes to the front and sees to it that some space is
// behind them. What is unread here is at most part of one value, so that little is
// moved.
func (r *Reader) makeRoom() {
	unread := r.w - r.r
	size := len(r.buf)
	switch {
	case size == 0:
		size = minBuffer
	case unread == size:
		size *= 2 // a line that is longer than the buffer; its limit is checked by who reads it
	case r.use.full && size < maxBuffer:
		size *= 2
	case r.use.reads >= usageWindow && unread == 0:
		size = r.fitting(size)
		r.use.reads, r.use.peak = 0, 0
	}
	if size != len(r.buf) {
		buf := make([]byte, size)
		copy(buf, r.buf[r.r:r.w])
		r.buf, r.use = buf, usage{}
	} else if r.r > 0 {
		copy(r.buf, r.buf[r.r:r.w])
	}
	r.r, r.w = 0, unread
}

// fitting returns the size the buffer should have, which is size unless the last
// reads have left at least three quarters of it unused.
func (r *Reader) fitting(size int) int {
	for size > minBuffer && size/2 >= 2*r.use.peak {
		size /= 2
	}
	return size
}

// read takes bytes from the source into p: at least one, or else the stream is
// broken.
func (r *Reader) read(p []byte, atEOF error) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.later != nil {
		return 0, r.sourceFailed(r.later, atEOF)
	}
	for range maxEmptyReads {
		n, err := r.src.Read(p)
		if n > 0 {
			r.later = err
			return n, nil
		}
		if err != nil {
			return 0, r.sourceFailed(err, atEOF)
		}
	}
	return 0, r.broken(io.ErrNoProgress)
}

func (r *Reader) sourceFailed(err, atEOF error) error {
	if err == io.EOF {
		err = atEOF
	}
	return r.broken(err)
}
