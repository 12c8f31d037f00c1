package redistest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/futureio/futureio-go/future"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/redistest"
)

func want[T any](t *testing.T, what string, f *future.Future[T], want T) {
	t.Helper()
	if v, err := f.Await(t.Context()); err != nil || !reflect.DeepEqual(v, want) {
		t.Errorf("%s = %v, %v; want %v", what, v, err, want)
	}
}

func TestARecorderAnswersEveryKindOfReply(t *testing.T) {
	rec := redistest.NewRecorder(t)
	rec.Reply("SET", redistest.OK)
	rec.Reply("GET", redistest.Bulk("a\r\nb"))
	rec.Reply("get missing", redistest.Nil)
	rec.Reply("PING", redistest.Simple("PO\nNG"))
	rec.Reply("INCR", redistest.Int(-5))
	rec.Reply("ZSCORE", redistest.Float(1.5), redistest.Float(math.Inf(1)))
	rec.Reply("LRANGE", redistest.Strings("x", ""))
	rec.Reply("HGETALL", redistest.Map("name", "Ada", "born"))
	rec.Reply("MGET", redistest.Array(redistest.Bulk("1"), redistest.Nil, redistest.Silence))
	rec.Reply("CLIENT ID", redistest.Int(7))
	want(t, "Set", rec.Set("k", "v"), true)
	want(t, "Get", rec.Get("k"), redis.Some("a\r\nb"))
	want(t, "Get of what is missing", rec.Get("missing"), redis.None[string]())
	want(t, "Ping", rec.Ping(), "PO NG")
	want(t, "Incr", rec.Incr("n"), -5)
	want(t, "ZScore", rec.ZScore("z", "m"), redis.Some(1.5))
	want(t, "ZScore again", rec.ZScore("z", "m"), redis.Some(math.Inf(1)))
	want(t, "ZScore once more", rec.ZScore("z", "m"), redis.Some(math.Inf(1)))
	want(t, "LRange", rec.LRange("l", 0, -1), []string{"x", ""})
	want(t, "HGetAll", rec.HGetAll("h"), map[string]string{"name": "Ada", "born": ""})
	want(t, "MGet", rec.MGet("a", "b", "c"), []redis.Opt[string]{redis.Some("1"), redis.None[string](), redis.None[string]()})
	want(t, "ClientID", rec.ClientID(), 7)

	rec.Reply("GET", redistest.Error("WRONGTYPE no\r\nstring"))
	_, err := rec.Get("k").Await(t.Context())
	var refused *redis.RedisError
	if !errors.As(err, &refused) || !refused.IsWrongType() || refused.Command != "GET" {
		t.Errorf("Get = %v; want a WRONGTYPE of GET", err)
	}
	rec.Reply("INCR", redistest.Bulk("no number"))
	var misfit *redis.ProtocolError
	if _, err := rec.Incr("n").Await(t.Context()); !errors.As(err, &misfit) {
		t.Errorf("Incr = %v; want a ProtocolError, as of a server", err)
	}
}

func TestARecorderKeepsWhatWasAskedInOrder(t *testing.T) {
	rec := redistest.NewRecorder(t)
	rec.Reply("SET", redistest.OK)
	rec.Handle("INCRBY", func(args []string) redistest.Reply { return redistest.Bulk(strings.Join(args, ",")) })
	rec.Set("k", "two words", redis.EX(time.Minute))
	want(t, "INCRBY", redis.Do[string](rec, "INCRBY", "n", 2), "INCRBY,n,2")
	if got, want := rec.Sent(), []string{`SET k "two words" EX 60`, "INCRBY n 2"}; !slices.Equal(got, want) {
		t.Errorf("Sent = %q; want %q", got, want)
	}
	if got, want := rec.SentArgs()[0], []string{"SET", "k", "two words", "EX", "60"}; !slices.Equal(got, want) {
		t.Errorf("SentArgs = %q; want %q", got, want)
	}
}

func TestARecorderFailsCommandsAsItIsTold(t *testing.T) {
	rec := redistest.NewRecorder(t)
	rec.Fail("GET", &redis.TimeoutError{Op: "read", Effect: redis.NotExecuted})
	rec.Reply("INCR", redistest.Disconnect)
	if _, err := rec.Get("k").Await(t.Context()); !redis.SafeToRetry(err) {
		t.Errorf("Get = %v; want the timeout, outcome NotExecuted", err)
	}
	_, err := rec.Incr("n").Await(t.Context())
	var lost *redis.ConnectionError
	if !errors.As(err, &lost) || redis.SafeToRetry(err) {
		t.Errorf("Incr = %v; want a ConnectionError, outcome Unknown", err)
	}
}

func TestARecorderHonoursContextsAndPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rec := redistest.NewRecorder(t)
		rec.Reply("GET", redistest.Bulk("late").After(time.Second))
		rec.Reply("INCR", redistest.Silence)
		start := time.Now()
		want(t, "Get", rec.Get("k"), redis.Some("late"))
		if took := time.Since(start); took != time.Second {
			t.Errorf("Get took %v; want 1 s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := rec.With(ctx).Incr("n").Await(t.Context())
		if e := (*redis.TimeoutError)(nil); !errors.As(err, &e) || redis.SafeToRetry(err) || time.Since(start) != time.Minute+time.Second {
			t.Errorf("Incr = %v after %v; want a TimeoutError, outcome Unknown, after a minute", err, time.Since(start))
		}
		if _, err := rec.With(ctx).Incr("n").Await(t.Context()); !redis.SafeToRetry(err) {
			t.Errorf("Incr under a dead context = %v; want outcome NotExecuted", err)
		}
		stop, cancelled := context.WithCancelCause(t.Context())
		errStop := errors.New("stop")
		f := rec.With(stop).Incr("n")
		cancelled(errStop)
		if _, err := f.Await(t.Context()); err != errStop || f.State() != future.Cancelled {
			t.Errorf("Incr = %v, %v; want the cause, cancelled", err, f.State())
		}
	})
}

// complaints is a testing.TB that keeps what a test would have failed with.
type complaints struct {
	testing.TB
	mu   sync.Mutex
	list []string
}

func (c *complaints) Helper() {}
func (c *complaints) Errorf(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, fmt.Sprintf(format, args...))
}

func TestACommandThatNoRuleIsForFailsTheTest(t *testing.T) {
	told := &complaints{TB: t}
	rec := redistest.NewRecorder(told)
	rec.Reply("GET user:7", redistest.Bulk("Ada"))
	rec.Reply("SET", redistest.OK)
	rec.Reply("SET") // takes it away
	want(t, "Get", rec.Get("user:7"), redis.Some("Ada"))
	if _, err := rec.Get("user:8").Await(t.Context()); err == nil {
		t.Error("Get without a rule succeeds")
	}
	rec.Set("k", "v")
	if want := []string{"redistest: no rule for GET user:8", "redistest: no rule for SET k v"}; !slices.Equal(told.list, want) {
		t.Errorf("the test was told %q; want %q", told.list, want)
	}
}
