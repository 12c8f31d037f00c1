package errors_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	rerrors "github.com/futureio/futureio-go/redis/errors"
)

func TestTextsNameWhatHappenedWhereAndWhatToDo(t *testing.T) {
	state := rerrors.State{InFlight: 5, Backlog: 2, HeadCommand: "BLPOP", HeadAge: 31 * time.Second,
		LastRead: 29999 * time.Microsecond, ConnAge: 3*time.Hour + time.Millisecond}
	for _, c := range []struct {
		err  error
		want string
	}{
		{&rerrors.ConnectionError{Op: rerrors.OpConnect, Addr: "localhost:6379", Err: syscall.ECONNREFUSED},
			"redis: connect localhost:6379: connection refused (is a server running there?)"},
		{&rerrors.ConnectionError{Op: rerrors.OpConnect, Addr: "/run/redis.sock", Err: fmt.Errorf("dial unix: %w", syscall.ENOENT)},
			"redis: connect /run/redis.sock: dial unix: no such file or directory (is a server running there?)"},
		{&rerrors.ConnectionError{Op: rerrors.OpConnect, Addr: "/run/redis.sock", Err: syscall.EACCES},
			"redis: connect /run/redis.sock: permission denied (may this user connect there?)"},
		{&rerrors.ConnectionError{Op: rerrors.OpRead, Addr: "db:6379", Reason: "connection lost", Err: io.EOF},
			"redis: read db:6379: connection lost: EOF"},
		{&rerrors.ConnectionError{}, "redis: connection"},

		{&rerrors.TimeoutError{Op: rerrors.OpRead, Command: "GET", After: 30 * time.Second, State: state},
			"redis: GET: no reply within 30s (5 in flight, 2 in the backlog, first due BLPOP for 31s, last byte read 30ms ago, connected for 3h0m0s)"},
		{&rerrors.TimeoutError{Op: rerrors.OpQueue, Command: "SET", After: 1500 * time.Millisecond, State: rerrors.State{Backlog: 9}, Err: syscall.ECONNREFUSED},
			"redis: SET: not sent within 1.5s (0 in flight, 9 in the backlog, not connected): connection refused"},
		{&rerrors.TimeoutError{Op: rerrors.OpConnect, Addr: "db:6379", After: 10 * time.Second},
			"redis: no connection to the server db:6379 within 10s"},
		{&rerrors.TimeoutError{Op: rerrors.OpWrite}, "redis: the server did not take the bytes of a write"},
		{&rerrors.TimeoutError{Op: rerrors.OpAcquire, After: 250 * time.Microsecond}, "redis: no free connection in the pool within 250µs"},
		{&rerrors.TimeoutError{Op: "TLS"}, "redis: TLS not done"},
		{&rerrors.TimeoutError{}, "redis: not done"},

		{&rerrors.ProtocolError{Command: "GET", Reason: "a value of unknown type", Detail: rerrors.Escape([]byte("HTTP/1.1 400\r\n"))},
			`redis: GET: protocol error: a value of unknown type: got "HTTP/1.1 400\r\n"`},
		{&rerrors.ProtocolError{}, "redis: protocol error: unexpected bytes"},

		{&rerrors.RedisError{Code: "ERR", Message: "ERR syntax error", Command: "SET"}, "redis: SET: ERR syntax error"},
		{&rerrors.RedisError{}, "redis: error without a message"},

		{&rerrors.DisconnectedError{Reason: rerrors.ReasonQueueFull, QueueSize: 10000, Err: syscall.ECONNREFUSED},
			"redis: not connected: the queue is full (10000 waiting): connection refused"},
		{&rerrors.DisconnectedError{Reason: rerrors.ReasonClosed}, "redis: not connected: the client is closed"},
		{&rerrors.DisconnectedError{}, "redis: not connected"},

		{&rerrors.ArgumentError{Command: "SET", Argument: "value", Reason: "nil has no encoding"}, "redis: SET: value: nil has no encoding"},
		{&rerrors.ArgumentError{Argument: "Options.Protocol", Reason: "must be 2 or 3"}, "redis: Options.Protocol: must be 2 or 3"},
		{&rerrors.ArgumentError{}, "redis: cannot be used"},

		{&rerrors.PipelineError{Total: 10, Failed: []rerrors.SlotError{
			{Index: 1, Command: "INCR", Err: &rerrors.RedisError{Message: "ERR not an integer", Command: "INCR"}}, {Index: 2}, {Index: 3}, {Index: 4}, {Index: 5}}},
			"redis: pipeline: 5 of 10 commands failed; command 1 (INCR): ERR not an integer; command 2 failed; command 3 failed; and 2 more"},
		{&rerrors.PipelineError{}, "redis: pipeline: 0 commands failed"},
		{rerrors.ErrTxAborted, "redis: transaction aborted: a watched key was changed"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%T.Error() =\n\t%s; want\n\t%s", c.err, got, c.want)
		}
	}
}

func TestEveryErrorTellsItsOutcome(t *testing.T) {
	refused := &rerrors.RedisError{Code: "OOM"}
	unsent := &rerrors.DisconnectedError{}
	slots := func(errs ...error) (s []rerrors.SlotError) {
		for i, err := range errs {
			s = append(s, rerrors.SlotError{Index: i, Err: err})
		}
		return s
	}
	for _, c := range []struct {
		err  error
		want rerrors.Outcome
	}{
		{&rerrors.ConnectionError{}, rerrors.Unknown},
		{&rerrors.ConnectionError{Effect: rerrors.NotExecuted}, rerrors.NotExecuted},
		{&rerrors.TimeoutError{}, rerrors.Unknown},
		{&rerrors.TimeoutError{Effect: rerrors.NotExecuted}, rerrors.NotExecuted},
		{&rerrors.ProtocolError{}, rerrors.Unknown},
		{refused, rerrors.Rejected},
		{unsent, rerrors.NotExecuted},
		{&rerrors.ArgumentError{}, rerrors.NotExecuted},
		{rerrors.ErrTxAborted, rerrors.Rejected},
		{&rerrors.PipelineError{}, rerrors.Unknown},
		{&rerrors.PipelineError{Total: 2, Failed: slots(unsent, unsent)}, rerrors.NotExecuted},
		{&rerrors.PipelineError{Total: 3, Failed: slots(unsent, unsent)}, rerrors.Unknown},
		{&rerrors.PipelineError{Total: 9, Failed: slots(refused, refused)}, rerrors.Rejected},
		{&rerrors.PipelineError{Total: 2, Failed: slots(refused, unsent)}, rerrors.Unknown},
		{&rerrors.PipelineError{Total: 2, Failed: slots(unsent, refused)}, rerrors.Unknown},
		{&rerrors.PipelineError{Total: 1, Failed: slots(io.EOF)}, rerrors.Unknown},
	} {
		var e rerrors.Error
		if !errors.As(fmt.Errorf("wrapped: %w", c.err), &e) {
			t.Errorf("%T is no Error", c.err)
		} else if e.Outcome() != c.want {
			t.Errorf("%#v: Outcome = %v; want %v", c.err, e.Outcome(), c.want)
		}
	}
	var zero rerrors.Outcome
	if zero != rerrors.Unknown {
		t.Errorf("zero Outcome = %v; want unknown, the cautious one", zero)
	}
	for o, want := range map[rerrors.Outcome]string{rerrors.Unknown: "unknown", rerrors.NotExecuted: "not executed", rerrors.Rejected: "rejected", 77: "unknown"} {
		if o.String() != want {
			t.Errorf("Outcome(%d).String() = %q; want %q", int(o), o, want)
		}
	}
}

func TestSafeToRetryOnlyIfNothingMayHaveRun(t *testing.T) {
	unsent := &rerrors.ConnectionError{Effect: rerrors.NotExecuted}
	unknown := &rerrors.ConnectionError{}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nil":                        {nil, false},
		"foreign":                    {io.EOF, false},
		"not executed":               {unsent, true},
		"unknown":                    {unknown, false},
		"rejected":                   {&rerrors.RedisError{}, false},
		"aborted transaction":        {rerrors.ErrTxAborted, false},
		"wrapped":                    {fmt.Errorf("a: %w", fmt.Errorf("b: %w", unsent)), true},
		"joined, all safe":           {errors.Join(unsent, io.EOF, &rerrors.ArgumentError{}), true},
		"joined, the first is safe":  {errors.Join(unsent, unknown), false},
		"joined, the second is safe": {errors.Join(unknown, unsent), false},
		"joined, none ours":          {errors.Join(io.EOF, io.ErrShortWrite), false},
		"the outermost counts":       {&rerrors.TimeoutError{Effect: rerrors.NotExecuted, Err: unknown}, true},
		"not the inner one":          {&rerrors.TimeoutError{Err: unsent}, false},
		"slot":                       {rerrors.SlotError{Err: unsent}, true},
	} {
		if got := rerrors.SafeToRetry(c.err); got != c.want {
			t.Errorf("%s: SafeToRetry = %v; want %v", name, got, c.want)
		}
	}
}

func TestCausesAreFoundThroughWrapping(t *testing.T) {
	cause := &rerrors.ConnectionError{Op: rerrors.OpConnect, Err: syscall.ECONNREFUSED}
	timeout := error(&rerrors.TimeoutError{Op: rerrors.OpQueue, Err: cause})
	pipeline := error(&rerrors.PipelineError{Failed: []rerrors.SlotError{
		{Index: 3, Err: &rerrors.RedisError{Code: "WRONGTYPE"}}, {Index: 4, Err: timeout}}})

	var conn *rerrors.ConnectionError
	if !errors.As(timeout, &conn) || conn != cause || !errors.Is(timeout, syscall.ECONNREFUSED) {
		t.Errorf("errors.As(%v) = %v; want the connection error behind it", timeout, conn)
	}
	if !errors.Is(timeout, context.DeadlineExceeded) || errors.Is(timeout, context.Canceled) {
		t.Errorf("%v: want it to be context.DeadlineExceeded and not Canceled", timeout)
	}
	var asTimeout interface{ Timeout() bool }
	if !errors.As(timeout, &asTimeout) || !asTimeout.Timeout() {
		t.Errorf("%v: want Timeout() true", timeout)
	}
	var redis *rerrors.RedisError
	if !errors.As(pipeline, &redis) || redis.Code != "WRONGTYPE" || !errors.Is(pipeline, context.DeadlineExceeded) {
		t.Errorf("errors.As(%v) = %v; want WRONGTYPE, and the timeout beside it", pipeline, redis)
	}
	var slot rerrors.SlotError
	if !errors.As(pipeline, &slot) || slot.Index != 3 {
		t.Errorf("errors.As(%v) = %v; want slot 3", pipeline, slot)
	}
	for _, err := range []error{&rerrors.DisconnectedError{Err: cause}, cause} {
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%v: want ECONNREFUSED behind it", err)
		}
	}
}

func TestNilErrorsDoNotPanic(t *testing.T) {
	for _, err := range []rerrors.Error{(*rerrors.ConnectionError)(nil), (*rerrors.TimeoutError)(nil), (*rerrors.ProtocolError)(nil),
		(*rerrors.RedisError)(nil), (*rerrors.DisconnectedError)(nil), (*rerrors.ArgumentError)(nil), (*rerrors.PipelineError)(nil)} {
		if got := err.Error(); got != "<nil>" {
			t.Errorf("(%T)(nil).Error() = %q; want <nil>", err, got)
		}
		_ = err.Outcome()
		if errors.Is(err, io.EOF) {
			t.Errorf("(%T)(nil) is io.EOF", err)
		}
	}
}

func TestEscapeIsPrintableAndShort(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"+OK\r\n", `+OK\r\n`},
		{"a\tb\x00\xff\"\\é", `a\tb\x00\xff\"\\\xc3\xa9`},
		{strings.Repeat("x", 64), strings.Repeat("x", 64)},
		{strings.Repeat("x", 65), strings.Repeat("x", 61) + "..."},
		{strings.Repeat("x", 60) + "\xff\xff", strings.Repeat("x", 60) + "..."},
		{strings.Repeat("x", 60) + "\xff", strings.Repeat("x", 60) + `\xff`},
		{strings.Repeat("x", 1<<20), strings.Repeat("x", 61) + "..."},
		{strings.Repeat("\x01", 99), strings.Repeat(`\x01`, 15) + "..."},
	} {
		if got := rerrors.Escape([]byte(c.in)); got != c.want || len(got) > 64 {
			t.Errorf("Escape(%.70q) = %s (%d bytes); want %s", c.in, got, len(got), c.want)
		}
	}
}
