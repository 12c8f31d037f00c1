package commands

import (
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// asTxReplies reads what EXEC answers: the replies of the transaction, or null if it was aborted.
type asTxReplies struct{}

func (asTxReplies) read(r *proto.Reader) ([]proto.Value, error) {
	replies, err := list(r, (*proto.Reader).Value)
	if err == nil && replies == nil {
		return nil, errors.ErrTxAborted
	}
	return replies, err
}
