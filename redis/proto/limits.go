package proto

import "math"

// Limits bound what a Reader takes from its peer. A value beyond one of them is a
// *errors.ProtocolError. The zero value of a field is its default.
type Limits struct {
	// MaxBulk is the longest bulk string in bytes. Default 512 MiB, the server's
	// own default for proto-max-bulk-len (redis.conf).
	MaxBulk int64
	// MaxElements is the largest count an aggregate may announce: elements, or
	// pairs of a map. Default 1<<31-1, the largest count that a server can keep in
	// the int32 of its own multibulk length.
	MaxElements int64
	// MaxDepth is how deep aggregates may be nested in a Value, or in what is
	// skipped. Default 1024: far beyond any reply of a server, and little enough that
	// hostile nesting costs a few KiB.
	MaxDepth int
	// MaxLine is the longest line in bytes, without its type and line end: a simple
	// string, an error, a number. Default 64 KiB, the server's own limit for a line
	// (PROTO_INLINE_MAX_SIZE).
	MaxLine int
}

// The defaults of Limits.
const (
	DefaultMaxBulk     = 512 << 20
	DefaultMaxElements = math.MaxInt32
	DefaultMaxDepth    = 1024
	DefaultMaxLine     = 64 << 10
)

// preallocMax is how many elements are made room for on the word of the peer
// alone.
const preallocMax = 1024

// Prealloc returns the capacity to give a slice or map for which the peer has
// announced n elements: n, but at most 1024. What goes beyond grows as the elements
// arrive, so that no memory follows a length that is only claimed (law G9).
func Prealloc(n int) int { return max(0, min(n, preallocMax)) }

func (l Limits) withDefaults() Limits {
	if l.MaxBulk <= 0 {
		l.MaxBulk = DefaultMaxBulk
	}
	if l.MaxElements <= 0 {
		l.MaxElements = DefaultMaxElements
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = DefaultMaxDepth
	}
	if l.MaxLine <= 0 {
		l.MaxLine = DefaultMaxLine
	}
	// Lengths are ints from here on, which have 32 bits on some machines; a map
	// counts twice its pairs.
	l.MaxBulk = min(l.MaxBulk, math.MaxInt-2*maxHeader)
	l.MaxElements = min(l.MaxElements, math.MaxInt/2)
	return l
}
