package redisotel_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"

	"github.com/futureio/futureio-go/contrib/redisotel"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/redistest"
)

// observed makes a client of a server in memory that is instrumented.
func observed(t *testing.T, r *rig, change func(*redis.Options)) (*redistest.Server, *redis.Client) {
	t.Helper()
	srv := redistest.NewServer(t)
	opts := srv.Options()
	opts.Addr, opts.Database = "db.example:6380", 3
	if change != nil {
		change(&opts)
	}
	if err := redisotel.Instrument(&opts, r.options); err != nil {
		t.Fatal(err)
	}
	client := redis.New(opts)
	t.Cleanup(func() { _ = client.Close() })
	return srv, client
}

func TestACommandUnderASpanIsItsChildFromTheCallToTheResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.options.Attributes = []attribute.KeyValue{attribute.String("shard", "a")}
		srv, client := observed(t, r, func(opts *redis.Options) {
			// One that is slow makes spans late, but not long.
			opts.Observer = &redis.Observer{Command: func(redis.CommandEvent) { time.Sleep(time.Second) }}
		})
		srv.Reply("GET", redistest.Bulk("secret value").After(3*time.Second))
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, parent := r.tracer.Start(t.Context(), "request")
		start := time.Now()
		client.With(ctx).Get("secret:key")
		time.Sleep(5 * time.Second)
		parent.End()

		span := r.only()
		if span.Name() != "GET db.example:6380" || span.Parent().SpanID() != parent.SpanContext().SpanID() {
			t.Errorf("span %q with parent %v; want GET db.example:6380 with %v", span.Name(), span.Parent().SpanID(), parent.SpanContext().SpanID())
		}
		if !span.StartTime().Equal(start) || span.EndTime().Sub(start) != 3*time.Second {
			t.Errorf("from %v, for %v; want from %v, for 3 s", span.StartTime(), span.EndTime().Sub(start), start)
		}
		if span.Status().Code != codes.Unset {
			t.Errorf("status = %v; want none", span.Status())
		}
		for key, want := range map[string]any{
			"db.system.name": "redis", "db.operation.name": "GET", "db.namespace": "3", "server.address": "db.example", "server.port": int64(6380),
			"shard": "a", "error.type": nil, "db.query.text": nil, "futureio.outcome": nil,
		} {
			wantAttribute(t, span.Attributes(), key, want)
		}
	})
}

func TestOnlyOptionsMakeSpansWithoutAParent(t *testing.T) {
	for _, roots := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.options.Roots = roots
			_, client := observed(t, r, nil)
			client.Incr("n")
			client.With(t.Context()).Incr("n")
			if got, want := len(r.ended()), map[bool]int{true: 2}[roots]; got != want {
				t.Errorf("Roots %v: %d spans; want %d", roots, got, want)
			}
		})
	}
}

// Law G12. Behaviour O1.
func TestArgumentsAreToldOnlyIfAskedForAndSecretsNever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.options.Roots, r.options.QueryText = true, true
		srv, client := observed(t, r, nil)
		srv.Reply("CONFIG SET", redistest.OK)
		client.ConfigSet("requirepass", "hunter2")
		client.Set("k", "two words")
		client.Set("long", strings.Repeat("é", 100))
		spans := r.ended()
		if len(spans) != 3 {
			t.Fatalf("%d spans; want 3", len(spans))
		}
		wantAttribute(t, spans[1].Attributes(), "db.query.text", `SET k "two words"`)
		wantAttribute(t, spans[2].Attributes(), "db.query.text", "SET long "+strings.Repeat("é", 64)+"…")
		for _, a := range spans[0].Attributes() {
			if strings.Contains(a.Value.Emit(), "hunter2") {
				t.Errorf("%s = %s; want no password", a.Key, a.Value.Emit())
			}
		}
	})
}

func TestFailuresTellTheirKindAndOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		reply            redistest.Reply
		kind, code, what any
	}{
		"refused":  {redistest.Error("WRONGTYPE not this"), "WRONGTYPE", "WRONGTYPE", "rejected"},
		"lost":     {redistest.Disconnect, "connection", nil, "unknown"},
		"timeout":  {redistest.Silence, "timeout", nil, "unknown"},
		"misfit":   {redistest.Bulk("no number"), "protocol", nil, "unknown"},
		"no code":  {redistest.Error("no code at all"), "_OTHER", nil, "rejected"},
		"accepted": {redistest.Int(1), nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.options.Roots = true
				srv, client := observed(t, r, nil)
				srv.Reply("INCR", c.reply)
				_, err := client.Incr("n").Await(t.Context())
				span := r.only()
				wantAttribute(t, span.Attributes(), "error.type", c.kind)
				wantAttribute(t, span.Attributes(), "db.response.status_code", c.code)
				wantAttribute(t, span.Attributes(), "futureio.outcome", c.what)
				if failed := span.Status().Code == codes.Error; failed != (err != nil) || failed && span.Status().Description != c.kind {
					t.Errorf("status = %v; want %v for %v", span.Status(), c.kind, err)
				}
			})
		})
	}
}

func TestTheTextOfAnErrorIsShownWhereArgumentsAre(t *testing.T) {
	for shown, want := range map[bool]string{false: "ERR", true: "ERR Invalid input 'a name'"} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.options.Roots, r.options.QueryText = true, shown
			srv, client := observed(t, r, nil)
			srv.Reply("GAUGE", redistest.Error("ERR Invalid input 'a name'"))
			client.Command("GAUGE", "a name")
			if got := r.only().Status().Description; !strings.HasSuffix(got, want) {
				t.Errorf("QueryText %v: status = %q; want %q", shown, got, want)
			}
		})
	}
}

func TestACancelledCommandIsNotTheServersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.options.Roots = true
		_, client := observed(t, r, nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		client.With(ctx).Incr("n")
		wantAttribute(t, r.only().Attributes(), "error.type", "cancelled")
	})
}

func TestASecondInstrumentationAndAnObserverAreToldAsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := newRig(t), newRig(t)
		one.options.Roots, two.options.Roots, two.options.QueryText = true, true, true
		var told []redis.CommandEvent
		connects := 0
		_, client := observed(t, one, func(opts *redis.Options) {
			opts.Observer = &redis.Observer{
				Command: func(e redis.CommandEvent) {
					told = append(told, e)
					panic(errors.New("an observer of the program's own"))
				},
				Connect: func(redis.ConnectEvent) { connects++ },
			}
			if err := redisotel.Instrument(opts, two.options); err != nil {
				t.Fatal(err)
			}
		})
		client.Incr("n")
		wantAttribute(t, one.only().Attributes(), "db.query.text", nil)
		wantAttribute(t, two.only().Attributes(), "db.query.text", "INCR n")
		if len(told) != 1 || told[0].Args != nil || connects != 1 {
			t.Errorf("told %v, %d connects; want one INCR without arguments, 1", told, connects)
		}
	})
}

func TestAddressesAreDividedAsTheClientDoes(t *testing.T) {
	for addr, want := range map[string]string{
		"": "INCR localhost:6379", "db": "INCR db:6379", "[::1]:7000": "INCR [::1]:7000", "/run/redis.sock": "INCR /run/redis.sock", "10.0.0.1:7": "INCR 10.0.0.1:7",
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.options.Roots = true
			_, client := observed(t, r, func(opts *redis.Options) { opts.Addr = addr })
			client.Incr("n")
			if got := r.only().Name(); got != want {
				t.Errorf("address %q: span %q; want %q", addr, got, want)
			}
		})
	}
}
