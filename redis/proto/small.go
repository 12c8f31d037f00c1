package proto

import "unsafe"

// Strings of arrays and maps that are short are put one behind the other into chunks, at one allocation for a dozen. A
// string that is kept keeps its whole chunk, so chunks are small: what a program keeps of a reply, however little, costs it no
// more than chunkBytes for each string. A single string, as GET returns, is alone, unless Share says that it is one of a batch.
const (
	chunkBytes = 256
	shortBytes = 64 // what is longer is alone: most of its cost is the copy
)

// Share sets whether short strings that are a frame of their own share memory, as those of an aggregate do: for replies that
// one program gets together, as those of a pipeline. Default: they do not.
func (r *Reader) Share(on bool) { r.share = on }

// own makes a string that stays valid from a view of the buffer.
func (r *Reader) own(b []byte) string {
	if r.need <= 1 && !r.share || len(b) > shortBytes {
		return string(b)
	}
	return r.short(b)
}

func (r *Reader) short(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > len(r.chunk) {
		r.chunk = make([]byte, chunkBytes)
	}
	// Nobody writes to these bytes again.
	s := unsafe.String(&r.chunk[0], copy(r.chunk, b))
	r.chunk = r.chunk[len(b):]
	return s
}
