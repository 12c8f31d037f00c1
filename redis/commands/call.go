package commands

import (
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/proto"
)

// A decoder turns one reply into a T, reading straight from the connection's
// buffer. Decoders are types without a field, so that a call costs nothing for
// naming one; they run on the reader goroutine and so are all ours (law G5).
type decoder[T any] interface {
	read(r *proto.Reader) (T, error)
}

// call is a command together with the promise of its typed reply: the one
// allocation that a command costs. 80 bytes for a string that may be missing.
//
// Cmd is not embedded: the compiler would make a wrapper of each of its methods for
// each kind of reply.
type call[T any, D decoder[T]] struct {
	Cmd Cmd
	p   future.Promise[T]
}

func (c *call[T, D]) decode(r *proto.Reader, wake *future.Batch) error {
	var d D
	v, err := d.read(r)
	if err != nil {
		return err
	}
	c.p.CompleteIn(wake, v)
	return nil
}

func (c *call[T, D]) owner() *future.Owner { return c.p.Owner() }
