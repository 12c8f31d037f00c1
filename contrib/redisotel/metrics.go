package redisotel

import (
	"context"
	"errors"
	"slices"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"

	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/commands"
)

// The limits of buckets: of times in seconds, as the conventions want them; of what a write holds, by powers.
var (
	seconds = metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
	counts  = metric.WithExplicitBucketBoundaries(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096)
	bytes   = metric.WithExplicitBucketBoundaries(64, 256, 1<<10, 4<<10, 16<<10, 64<<10, 256<<10, 1<<20, 4<<20)
)

// meters are the instruments, shared by all clients of one call of Instrument.
type meters struct {
	duration, created, gaps   metric.Float64Histogram
	batchSize, batchBytes     metric.Int64Histogram
	failures, losses, dropped metric.Int64Counter
	reconnects                metric.Int64Counter
}

func newMeters(m metric.Meter) (*meters, error) {
	var all meters
	var faults []error
	histogram := func(to *metric.Float64Histogram, name, what string) {
		h, err := m.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(what), seconds)
		*to, faults = h, append(faults, err)
	}
	sizes := func(to *metric.Int64Histogram, name, unit, what string, buckets metric.HistogramOption) {
		h, err := m.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(what), buckets)
		*to, faults = h, append(faults, err)
	}
	counter := func(to *metric.Int64Counter, name, unit, what string) {
		c, err := m.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(what))
		*to, faults = c, append(faults, err)
	}
	histogram(&all.duration, "db.client.operation.duration", "Time from the call of a command to its result.")
	histogram(&all.created, "db.client.connection.create_time", "Time it took to make a connection, handshake and all.")
	histogram(&all.gaps, "futureio.client.subscription.gaps", "Stretches in which a subscription was not connected.")
	sizes(&all.batchSize, "futureio.client.batch.commands", "{command}", "Commands in one write.", counts)
	sizes(&all.batchBytes, "futureio.client.batch.bytes", "By", "Bytes of one write.", bytes)
	counter(&all.failures, "futureio.client.connection.failures", "{attempt}", "Attempts to connect that have failed.")
	counter(&all.losses, "futureio.client.connection.losses", "{connection}", "Connections that have ended, by reason.")
	counter(&all.reconnects, "futureio.client.reconnects", "{attempt}", "Attempts to connect again.")
	counter(&all.dropped, "futureio.client.observations.dropped", "{event}", "Events that nobody was told of, since the observer was too slow.")
	return &all, errors.Join(faults...)
}

// measurer records what clients with the same options do.
type measurer struct {
	*meters
	common []attribute.KeyValue
	plain  metric.MeasurementOption // common alone
	known  sync.Map                 // the name of a known command to the metric.MeasurementOption of its successes
}

func newMeasurer(meters *meters, common []attribute.KeyValue) *measurer {
	m := &measurer{meters: meters, common: common}
	m.plain = m.with()
	return m
}

// with are the attributes of one measurement.
func (m *measurer) with(more ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(append(slices.Clip(m.common), more...)...))
}

// command records a command under the context of its span, which exemplars lead to.
func (m *measurer) command(ctx context.Context, e redis.CommandEvent) {
	m.duration.Record(ctx, e.Duration.Seconds(), m.of(e))
	if e.Dropped > 0 {
		m.dropped.Add(ctx, int64(e.Dropped), m.plain)
	}
}

// of are the attributes of a command. Those of successes are kept, since there are as many as there are commands; names that the servers' tables do not
// have might be anything and are not.
func (m *measurer) of(e redis.CommandEvent) metric.MeasurementOption {
	if e.Err != nil {
		return m.with(append(failure(e.Err), semconv.DBOperationName(e.Name))...)
	}
	if kept, ok := m.known.Load(e.Name); ok {
		return kept.(metric.MeasurementOption)
	}
	option := m.with(semconv.DBOperationName(e.Name))
	if commands.Lookup(e.Name) != nil {
		m.known.Store(e.Name, option)
	}
	return option
}

func (m *measurer) dial(e redis.DialEvent) {
	if e.Err != nil {
		m.failures.Add(context.Background(), 1, m.with(failure(e.Err)...))
		return
	}
	m.created.Record(context.Background(), e.Duration.Seconds(), m.with(semconv.DBClientConnectionPoolName(e.Addr)))
}

func (m *measurer) disconnect(e redis.DisconnectEvent) {
	m.losses.Add(context.Background(), 1, m.with(reasonKey.String(e.Reason)))
}

func (m *measurer) reconnect(redis.ReconnectEvent) {
	m.reconnects.Add(context.Background(), 1, m.plain)
}

func (m *measurer) gap(e redis.GapEvent) {
	m.gaps.Record(context.Background(), e.Duration.Seconds(), m.plain)
}

func (m *measurer) batch(e redis.BatchEvent) {
	m.batchSize.Record(context.Background(), int64(e.Commands), m.plain)
	m.batchBytes.Record(context.Background(), e.Bytes, m.plain)
}
