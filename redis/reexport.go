package redis

import (
	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis/commands"
	"github.com/futureio/futureio-go/redis/errors"
	"github.com/futureio/futureio-go/redis/proto"
)

// The errors a future can settle with; see package redis/errors.
type (
	// Error is what all of them have in common.
	Error = errors.Error
	// Outcome tells what is known about a failed command.
	Outcome = errors.Outcome
	// ConnectionError tells that a connection could not be made or was lost.
	ConnectionError = errors.ConnectionError
	// TimeoutError tells that a time limit passed.
	TimeoutError = errors.TimeoutError
	// ProtocolError tells of malformed bytes or a reply of the wrong shape.
	ProtocolError = errors.ProtocolError
	// RedisError is an error reply of the server.
	RedisError = errors.RedisError
	// DisconnectedError tells that a command was not accepted.
	DisconnectedError = errors.DisconnectedError
	// ArgumentError tells that a call was refused before anything was queued.
	ArgumentError = errors.ArgumentError
	// PipelineError tells which commands of a pipeline failed.
	PipelineError = errors.PipelineError
	// ConnState is a snapshot of a connection in a TimeoutError or a ConnectionError.
	ConnState = errors.State
	// AbortedError tells that a transaction was not executed, since one of its commands was refused.
	AbortedError = errors.AbortedError
	// SlotError is one failed command of a PipelineError.
	SlotError = errors.SlotError
)

// The outcomes of a failed command.
const (
	// Unknown: it may have run.
	Unknown = errors.Unknown
	// NotExecuted: it did not run and is safe to send again.
	NotExecuted = errors.NotExecuted
	// Rejected: the server said no.
	Rejected = errors.Rejected
)

// SafeToRetry tells whether the command that failed with err certainly did not run.
func SafeToRetry(err error) bool { return errors.SafeToRetry(err) }

// ErrTxAborted tells that a transaction was not executed, since a watched key had changed.
var ErrTxAborted = errors.ErrTxAborted

// ErrDiscarded is what the commands of a discarded pipeline or transaction fail with.
var ErrDiscarded = errors.ErrDiscarded

// ErrNotFlushed is what waiting for a command fails with that has not been sent yet.
var ErrNotFlushed = future.ErrNotFlushed

type (
	// Opt is a value that may be missing.
	Opt[T any] = commands.Opt[T]
	// Value is a reply of any type.
	Value = proto.Value
	// Z is a member of a sorted set with its score.
	Z = commands.Z
	// Info is the reply of INFO, by section and field.
	Info = commands.Info
	// Page is one answer of a SCAN command.
	Page[T any] = commands.Page[T]
	// Doer is anything commands can be called on.
	Doer = commands.Doer
	// Cmd is one command on its way to a Doer.
	Cmd = commands.Cmd
)

// What TTL and PTTL tell of keys that never expire or do not exist.
const (
	NoExpiry = commands.NoExpiry
	NoKey    = commands.NoKey
)

// Do calls any command by name and gives its reply as a T:
//
//	n := redis.Do[int64](client, "INCRBY", "visits", 5)
//
// The first arguments are the command's name, each word an argument of its own
// ("CLIENT", "ID"). See commands.Do for the types T may be.
func Do[T any](d Doer, args ...any) *future.Future[T] { return commands.Do[T](d, args...) }
