package commands

// slab makes the calls of a batch in chunks, so that a pipeline of a hundred commands of the commonest kinds costs a handful
// of allocations. A chunk lives as long as any of its futures. A slab is not safe for concurrent use.
type slab struct {
	chunks []any // a *chunk[C] for each kind of call that has come along
	args   *args // for the next request; nil: as those of other commands
}

func (s *slab) takeArgs() *args {
	if s == nil {
		return nil
	}
	a := s.args
	s.args = nil
	return a
}

// chunk is what is left of the last chunk of one kind.
type chunk[C any] struct {
	free []C
	size int // of the next chunk
}

// The sizes of the first and of the largest chunk.
const (
	firstChunk = 8
	lastChunk  = 128
)

// slot makes one call.
func slot[C any](s *slab) *C {
	for _, any := range s.chunks {
		if c, ok := any.(*chunk[C]); ok {
			return c.take()
		}
	}
	c := &chunk[C]{size: firstChunk}
	s.chunks = append(s.chunks, c)
	return c.take()
}

func (c *chunk[C]) take() *C {
	if len(c.free) == 0 {
		c.free = make([]C, c.size)
		c.size = min(2*c.size, lastChunk)
	}
	x := &c.free[0]
	c.free = c.free[1:]
	return x
}

// InBatch returns the same commands with calls made in chunks: for roles that collect commands of one goroutine, such as a
// pipeline. Such a role releases a request inside of Do, or on whatever goroutine after Do has returned.
func InBatch(d Doer, prefix string) Commands {
	return Commands{doer: d, prefix: prefix, slab: new(slab)}
}
