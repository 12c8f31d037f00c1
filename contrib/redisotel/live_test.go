package redisotel_test

import (
	"context"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/futureio/futureio-go/contrib/redisotel"
	"github.com/futureio/futureio-go/internal/redistest"
	"github.com/futureio/futureio-go/redis"
)

// endings passes on the spans that have ended.
type endings chan sdktrace.ReadOnlySpan

func (endings) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (e endings) OnEnd(span sdktrace.ReadOnlySpan)              { e <- span }
func (endings) Shutdown(context.Context) error                  { return nil }
func (endings) ForceFlush(context.Context) error                { return nil }

func TestSpansOnARealServer(t *testing.T) {
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ended := make(endings, 10)
		opts := redis.Options{Addr: srv.Addr}
		err := redisotel.Instrument(&opts, redisotel.Options{
			TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(ended)), Roots: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		client := redis.New(opts)
		defer client.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		client.Set("k", "v")
		_, wrong := client.LPush("k", "x").Await(ctx)
		if wrong == nil {
			t.Fatal("LPUSH on a string succeeds")
		}
		for _, want := range []string{"SET", "LPUSH"} {
			select {
			case span := <-ended:
				wantAttribute(t, span.Attributes(), "db.operation.name", want)
				wantAttribute(t, span.Attributes(), "error.type", map[string]any{"LPUSH": "WRONGTYPE"}[want])
			case <-ctx.Done():
				t.Fatalf("no span of %s came", want)
			}
		}
	})
}
