package redisotel_test

import (
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/futureio/futureio-go/contrib/redisotel"
)

// rig collects spans and measurements in memory.
type rig struct {
	t       *testing.T
	spans   *tracetest.SpanRecorder
	reader  *sdkmetric.ManualReader
	options redisotel.Options
	tracer  trace.Tracer
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(r.spans))
	r.options = redisotel.Options{
		TracerProvider: tracers,
		MeterProvider:  sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader)),
	}
	r.tracer = tracers.Tracer("test")
	return r
}

// ended gives the spans of commands that have ended, once all goroutines of the bubble rest.
func (r *rig) ended() []sdktrace.ReadOnlySpan {
	synctest.Wait()
	var list []sdktrace.ReadOnlySpan
	for _, span := range r.spans.Ended() {
		if span.SpanKind() == trace.SpanKindClient {
			list = append(list, span)
		}
	}
	return list
}

// only is the one span that there must be.
func (r *rig) only() sdktrace.ReadOnlySpan {
	r.t.Helper()
	list := r.ended()
	if len(list) != 1 {
		r.t.Fatalf("%d spans; want 1", len(list))
	}
	return list[0]
}

// wantAttribute checks one attribute; want nil means that it must not be there.
func wantAttribute(t *testing.T, list []attribute.KeyValue, key string, want any) {
	t.Helper()
	for _, a := range list {
		if string(a.Key) == key {
			if got := a.Value.AsInterface(); got != want {
				t.Errorf("%s = %v; want %v", key, got, want)
			}
			return
		}
	}
	if want != nil {
		t.Errorf("%s is missing; want %v", key, want)
	}
}

// metric gives the data of an instrument, or nil.
func (r *rig) metric(name string) metricdata.Aggregation {
	r.t.Helper()
	var all metricdata.ResourceMetrics
	if err := r.reader.Collect(r.t.Context(), &all); err != nil {
		r.t.Fatal(err)
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name == name {
				return m.Data
			}
		}
	}
	return nil
}

// sum adds up a counter or gauge over the points that have the attribute, or over all of them where key is empty.
func (r *rig) sum(name, key, value string) int64 {
	r.t.Helper()
	data, ok := r.metric(name).(metricdata.Sum[int64])
	if !ok {
		return 0
	}
	var total int64
	for _, point := range data.DataPoints {
		if v, ok := point.Attributes.Value(attribute.Key(key)); key == "" || ok && v.Emit() == value {
			total += point.Value
		}
	}
	return total
}

// observations counts what a histogram of times holds, over the points that have the attribute.
func (r *rig) observations(name, key, value string) uint64 {
	r.t.Helper()
	data, ok := r.metric(name).(metricdata.Histogram[float64])
	if !ok {
		return 0
	}
	var total uint64
	for _, point := range data.DataPoints {
		if v, ok := point.Attributes.Value(attribute.Key(key)); key == "" || ok && v.Emit() == value {
			total += point.Count
		}
	}
	return total
}
