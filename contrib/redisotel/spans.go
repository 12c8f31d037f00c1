package redisotel

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/futureio/futureio-go/redis"
)

// What is shown of arguments at most.
const (
	maxArguments = 32
	maxArgument  = 128 // bytes of one
)

// spanner makes a span of a command when it is settled.
type spanner struct {
	tracer trace.Tracer
	common []attribute.KeyValue
	target string
	roots  bool
	texts  bool // errors with their text
}

// command returns the context of the command's span, or of its caller where it gets none.
func (s *spanner) command(e redis.CommandEvent) context.Context {
	ctx := e.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if !s.roots && !trace.SpanContextFromContext(ctx).IsValid() {
		return ctx
	}
	// At its creation, since samplers decide by them.
	attributes := append(slices.Clip(s.common), semconv.DBOperationName(e.Name))
	if len(e.Args) > 0 {
		attributes = append(attributes, semconv.DBQueryText(queryText(e.Args)))
	}
	ctx, span := s.tracer.Start(ctx, e.Name+" "+s.target,
		trace.WithTimestamp(e.Start), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	if e.Err != nil {
		span.SetAttributes(failure(e.Err)...)
		span.SetStatus(codes.Error, s.description(e.Err))
	}
	span.End(trace.WithTimestamp(e.Start.Add(e.Duration)))
	return ctx
}

// description is what the status of a failed command says: the kind of the error alone where arguments are not to be shown, since servers quote
// them in their errors, and a ProtocolError quotes the reply.
func (s *spanner) description(err error) string {
	if s.texts {
		return err.Error()
	}
	kind, _ := errorType(err)
	return kind
}

// queryText writes a command as one types it into the servers' own command line.
func queryText(args []string) string {
	var b strings.Builder
	for i, arg := range args {
		if i == maxArguments {
			b.WriteString(" …")
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		cut := ""
		if len(arg) > maxArgument {
			end := maxArgument
			for end > maxArgument-utf8.UTFMax && !utf8.RuneStart(arg[end]) {
				end--
			}
			arg, cut = arg[:end], "…"
		}
		if arg == "" || strings.ContainsFunc(arg, func(r rune) bool {
			return r <= ' ' || r == '"' || r == '\'' || r == '\\' || r == utf8.RuneError || r == 0x7f
		}) {
			arg = strconv.Quote(arg)
		}
		b.WriteString(arg + cut)
	}
	return b.String()
}
