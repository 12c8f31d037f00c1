package redisotel_test

import (
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/futureio/futureio-go/contrib/redisotel"
	"github.com/futureio/futureio-go/redis"
	"github.com/futureio/futureio-go/redis/redistest"
)

// Behaviour O2.
func TestEveryCommandIsMeasuredOnceByNameAndFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		srv, client := observed(t, r, nil)
		srv.Reply("INCR", redistest.Int(1), redistest.Error("OOM full"), redistest.Int(2))
		for range 3 {
			client.Incr("n")
		}
		client.Get("k")
		synctest.Wait()
		const name = "db.client.operation.duration"
		for _, want := range []struct {
			key, value string
			n          uint64
		}{
			{"", "", 4}, {"db.operation.name", "INCR", 3}, {"db.operation.name", "GET", 1}, {"error.type", "OOM", 1},
			{"futureio.outcome", "rejected", 1}, {"server.port", "6380", 4}, {"db.namespace", "3", 4},
		} {
			if got := r.observations(name, want.key, want.value); got != want.n {
				t.Errorf("%s with %s %s = %d; want %d", name, want.key, want.value, got, want.n)
			}
		}
	})
}

func TestWritesAndConnectionsAreMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		srv, client := observed(t, r, nil)
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		p := client.Pipeline()
		for range 10 {
			p.Incr("n")
		}
		if err := p.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		batch, ok := r.metric("futureio.client.batch.commands").(metricdata.Histogram[int64])
		if !ok || len(batch.DataPoints) != 1 || batch.DataPoints[0].Sum != 10 || batch.DataPoints[0].Count != 1 {
			t.Errorf("batch.commands = %+v; want one write of 10", batch)
		}
		srv.Disconnect()
		time.Sleep(time.Second)
		synctest.Wait()
		for name, want := range map[string]int64{"futureio.client.connection.losses": 1, "futureio.client.reconnects": 1} {
			if got := r.sum(name, "", ""); got != want {
				t.Errorf("%s = %d; want %d", name, got, want)
			}
		}
		if got := r.sum("futureio.client.connection.losses", "futureio.reason", redis.ReasonServerClosed); got != 1 {
			t.Errorf("losses by %s = %d; want 1", redis.ReasonServerClosed, got)
		}
		if got := r.observations("db.client.connection.create_time", "", ""); got != 2 {
			t.Errorf("create_time has %d; want 2", got)
		}
	})
}

func TestGaugesTellWhatIsUnderWayAndReturnToZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		srv := redistest.NewServer(t)
		opts := srv.Options()
		client := redis.New(opts)
		defer client.Close()
		registered, err := redisotel.Gauges(client, opts, r.options)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		srv.Reply("GET", redistest.Bulk("v").After(time.Second))
		client.Get("k")
		client.Get("k")
		synctest.Wait()
		if got := r.sum("futureio.client.commands", "futureio.state", "in_flight"); got != 2 {
			t.Errorf("in flight = %d; want 2", got)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if got := r.sum("futureio.client.commands", "", ""); got != 0 {
			t.Errorf("commands = %d when all are answered; want 0", got)
		}
		if err := registered.Unregister(); err != nil {
			t.Fatal(err)
		}
		if data := r.metric("futureio.client.commands"); data != nil {
			t.Errorf("after Unregister: %v; want nothing", data)
		}
	})
}
