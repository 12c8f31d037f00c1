package redisotel

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"

	"github.com/futureio/futureio-go/redis"
)

const (
	outcomeKey = attribute.Key("futureio.outcome")
	reasonKey  = attribute.Key("futureio.reason")
	stateKey   = attribute.Key("futureio.state")
)

// failure are the attributes of a command that has failed.
func failure(err error) []attribute.KeyValue {
	kind, code := errorType(err)
	list := []attribute.KeyValue{semconv.ErrorTypeKey.String(kind)}
	if code != "" {
		list = append(list, semconv.DBResponseStatusCode(code))
	}
	var e redis.Error
	if errors.As(err, &e) {
		list = append(list, outcomeKey.String(map[redis.Outcome]string{
			redis.NotExecuted: "not_executed", redis.Unknown: "unknown", redis.Rejected: "rejected",
		}[e.Outcome()]))
	}
	return list
}

// errorType sorts an error into one of a few kinds; code is that of the server, if it was the server's.
func errorType(err error) (kind, code string) {
	var (
		refused      *redis.RedisError
		aborted      *redis.AbortedError
		timeout      *redis.TimeoutError
		lost         *redis.ConnectionError
		disconnected *redis.DisconnectedError
		malformed    *redis.ProtocolError
		argument     *redis.ArgumentError
	)
	// An AbortedError wraps the RedisError of another command of its transaction.
	switch {
	case errors.As(err, &aborted), errors.Is(err, redis.ErrTxAborted), errors.Is(err, redis.ErrDiscarded):
		return "aborted", ""
	case errors.As(err, &timeout):
		return "timeout", ""
	case errors.As(err, &lost):
		return "connection", ""
	case errors.As(err, &disconnected):
		return "disconnected", ""
	case errors.As(err, &malformed):
		return "protocol", ""
	case errors.As(err, &argument):
		return "argument", ""
	case errors.As(err, &refused) && refused.Code != "":
		return refused.Code, refused.Code
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "cancelled", ""
	}
	return "_OTHER", ""
}
