// Package errors holds every error a future of a Redis command can settle with.
//
// Five struct types tell what happened; each is found with the standard
// errors.As through any wrapping:
//
//	*ConnectionError    no connection could be made, or the one in use was lost
//	*TimeoutError       a time limit passed; errors.Is(err, context.DeadlineExceeded)
//	*ProtocolError      malformed bytes, or a reply of the wrong shape
//	*RedisError         the server answered with an error
//	*DisconnectedError  the command was not accepted
//
// Beside them there are *ArgumentError for calls that are refused before
// anything is sent, *PipelineError for a pipeline with failed commands, and
// ErrTxAborted. All of them are Errors: Outcome tells whether the command may have
// run, and SafeToRetry answers the question that matters most.
//
// No text of an error holds a password or a command's arguments. The package
// exports no name that the standard package errors has, so that a file which
// needs both may import this one with a dot or under another name at will.
//
// The errors are plain values: they are not changed once made and safe for
// concurrent use. Their methods accept a nil receiver.
package errors
