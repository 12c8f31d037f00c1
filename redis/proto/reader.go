package proto

import (
	"io"

	"github.com/futureio/futureio-go/redis/errors"
)

// A Reader takes RESP2 and RESP3 values from a stream. It is pulled: Next begins a
// frame (a whole reply or push), typed reads such as Int and OptString consume the
// values in it one by one, Finish skips what is left:
//
//	t, err := r.Next()
//	n, ok, err := r.ArrayLen()
//	for range n {
//		s, err := r.String()
//	}
//	err = r.Finish()
//
// Three kinds of errors come out of it:
//
//   - The stream is broken: the source failed, or its bytes are malformed
//     (*errors.ProtocolError). Err returns it from then on, so does every read.
//   - *Mismatch: the next value is not of the type that was asked for. It has not been
//     consumed; Finish goes past it and the stream stays aligned (law G10).
//   - *errors.RedisError: where a value was asked for there is an error. It has been
//     consumed.
//
// Attributes are skipped wherever they stand, and streamed strings and aggregates
// are seen as ordinary ones. No allocation follows a length that the peer
// only claims (law G9).
//
// A Reader is not safe for concurrent use.
type Reader struct {
	buf  []byte // buf[r:w] is unread; nil before the first read
	r, w int

	need int64 // values still missing in the current frame; 0 between frames
	push bool  // the current frame is a push whose header is still unread

	src   io.Reader
	err   error // ends the stream; see Err
	later error // what src returned together with bytes that are to be read first

	lim   Limits
	use   usage
	stack []int64 // of skip, kept for the next one
	chunk []byte  // room for short strings; see own
	share bool    // also for those that are a frame of their own
	spare int     // of Value: elements that may be made room for in advance
}

// NewReader returns a Reader that takes its bytes from src, whose Read may block.
// It asks for more only when it has no complete answer in its buffer.
func NewReader(src io.Reader, lim Limits) *Reader {
	return &Reader{src: src, lim: lim.withDefaults()}
}

// Err returns what ended the stream, and nil as long as it is in order: io.EOF if
// the source ended between two frames, io.ErrUnexpectedEOF if inside one, another
// error of the source as it is, or a *errors.ProtocolError.
func (r *Reader) Err() error { return r.err }

// Buffered returns how many bytes have been taken from the source and not been consumed.
func (r *Reader) Buffered() int { return r.w - r.r }

// More tells whether the current frame has values that are not consumed yet.
func (r *Reader) More() bool { return r.need > 0 }

// Remaining returns how many values are known to be missing in the current frame,
// not counting what is inside of those. It is 0 when the frame is complete.
func (r *Reader) Remaining() int { return int(r.need) }

// Next begins a frame: it waits for its first byte and returns the type that it
// stands for, attributes skipped. The frame is not consumed. A null of RESP2 has
// the type that it is written with, BulkString or Array.
//
// The previous frame must have been read to its end, or finished: it is a mistake in
// the program, and panics, to call Next when More is true.
func (r *Reader) Next() (Type, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.need != 0 {
		panic("proto: Next called inside a frame; Finish skips the rest of it")
	}
	if r.r == r.w {
		if err := r.fill(io.EOF); err != nil {
			return 0, err
		}
	}
	t := Type(r.buf[r.r])
	if t == Attribute {
		if err := r.skipAttributes(); err != nil {
			return 0, err
		}
		t = Type(r.buf[r.r])
	}
	if !t.known() {
		return 0, r.unknownType()
	}
	r.need = 1
	r.push = t == Push
	return t, nil
}

// Peek returns the type of the next value of the frame, attributes skipped, without
// consuming it. Every null has the type Null. At the end of the frame it returns a
// *Mismatch.
func (r *Reader) Peek() (Type, error) {
	h, err := r.header("a value")
	return h.t, err
}

// Skip consumes the next value of the frame, whatever it is. At the end of the
// frame it returns a *Mismatch.
func (r *Reader) Skip() error {
	if r.need <= 0 {
		return r.exhausted("a value")
	}
	if err := r.skip(1); err != nil {
		return err
	}
	r.need--
	return nil
}

// Finish skips what has not been read of the current frame, which may be nothing.
// Its errors are of the stream only.
func (r *Reader) Finish() error {
	if r.err != nil {
		return r.err
	}
	if r.need > 0 {
		if err := r.skip(r.need); err != nil {
			return err
		}
		r.need = 0
	}
	return nil
}

// exhausted is the answer to a read beyond the end of the frame.
func (r *Reader) exhausted(want string) error {
	if r.err != nil {
		return r.err
	}
	return &Mismatch{Want: want}
}

// broken ends the stream.
func (r *Reader) broken(err error) error {
	if r.err == nil {
		r.err = err
	}
	// With nothing unread the fast paths of the typed reads all come to nothing, so
	// that none of them needs to look at err.
	r.r, r.w, r.need = 0, 0, 0
	return r.err
}

// malformed ends the stream with a ProtocolError that shows the unread bytes.
func (r *Reader) malformed(reason string) error {
	return r.broken(&errors.ProtocolError{Reason: reason, Detail: errors.Escape(r.buf[r.r:r.w])})
}

// Unexpected ends the stream: what comes next is in order, but nobody waits for it. It returns the *errors.ProtocolError, which shows the unread bytes.
func (r *Reader) Unexpected(reason string) error { return r.malformed(reason) }

func (r *Reader) unknownType() error {
	return r.malformed("a value of unknown type")
}
