package redisotel

import (
	"context"

	"go.opentelemetry.io/otel/metric"

	"github.com/futureio/futureio-go/redis"
)

// Gauges has client.Stats told at each collection, with attributes by the options that the client was made with. Unregister what is returned before the
// client is dropped, or it stays in memory.
func Gauges(client *redis.Client, of redis.Options, with Options) (metric.Registration, error) {
	m := with.meter()
	commands, err := m.Int64ObservableUpDownCounter("futureio.client.commands", metric.WithUnit("{command}"),
		metric.WithDescription("Commands under way: sent and not answered, accepted and not sent, waiting for room."))
	if err != nil {
		return nil, err
	}
	backlog, err := m.Int64ObservableUpDownCounter("futureio.client.backlog.bytes", metric.WithUnit("By"),
		metric.WithDescription("Requests that are accepted and not sent."))
	if err != nil {
		return nil, err
	}
	lane, err := m.Int64ObservableUpDownCounter("futureio.client.lane", metric.WithUnit("{connection}"),
		metric.WithDescription("Connections for commands that block."))
	if err != nil {
		return nil, err
	}
	waiting, err := m.Int64ObservableUpDownCounter("futureio.client.lane.waiting", metric.WithUnit("{command}"),
		metric.WithDescription("Commands that wait for such a connection."))
	if err != nil {
		return nil, err
	}
	measured := newMeasurer(nil, with.common(&of))
	by := map[string]metric.MeasurementOption{}
	for _, state := range []string{"in_flight", "backlog", "waiting", "idle", "used"} {
		by[state] = measured.with(stateKey.String(state))
	}
	return m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		s := client.Stats()
		o.ObserveInt64(commands, int64(s.InFlight), by["in_flight"])
		o.ObserveInt64(commands, int64(s.Backlog), by["backlog"])
		o.ObserveInt64(commands, int64(s.Waiting), by["waiting"])
		o.ObserveInt64(backlog, int64(s.BacklogBytes), measured.plain)
		o.ObserveInt64(lane, int64(s.Lane-s.LaneBusy), by["idle"])
		o.ObserveInt64(lane, int64(s.LaneBusy), by["used"])
		o.ObserveInt64(waiting, int64(s.LaneWaiting), measured.plain)
		return nil
	}, commands, backlog, lane, waiting)
}
