package load

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
)

// serving runs a worker and gives the two ends that its parent has. The worker has ended when the test has.
func serving(t *testing.T, kind client.Kind) (*json.Encoder, *json.Decoder) {
	t.Helper()
	fromParent, toWorker := io.Pipe()
	fromWorker, toParent := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(kind, fromParent, toParent)
		toParent.Close()
	}()
	t.Cleanup(func() {
		toWorker.Close()
		io.Copy(io.Discard, fromWorker)
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v; want nil at the end of its orders", err)
		}
	})
	return json.NewEncoder(toWorker), json.NewDecoder(fromWorker)
}

func exchange(t *testing.T, orders *json.Encoder, reports *json.Decoder, order Order) Report {
	t.Helper()
	if err := orders.Encode(order); err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := reports.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAWorkerTakesTheTurnsThatItIsTold(t *testing.T) {
	orders, reports := serving(t, client.Kind{Open: func(client.Config) (client.Client, error) { return &fake{bytes: 16}, nil }})
	if r := exchange(t, orders, reports, Order{Row: "get16@4", Warmup: time.Millisecond}); !r.Warm || r.Latency <= 0 {
		t.Fatalf("report = %+v; want warm, with a latency", r)
	}
	for range 2 {
		if r := exchange(t, orders, reports, Order{Lead: time.Millisecond, Time: 5 * time.Millisecond}); !r.Turned {
			t.Fatalf("report = %+v; want a turn", r)
		}
	}
	if r := exchange(t, orders, reports, Order{End: true}); r.Measured == nil || r.Measured.Ops == 0 || r.Measured.Elapsed < 10*time.Millisecond {
		t.Fatalf("report = %+v; want both turns measured", r)
	}
}

func TestAWorkerReportsWhatFails(t *testing.T) {
	refused := client.Kind{Open: func(client.Config) (client.Client, error) { return nil, errors.New("refused") }}
	orders, reports := serving(t, refused)
	if r := exchange(t, orders, reports, Order{Row: "get16@4"}); r.Error != "refused" {
		t.Errorf("report = %+v; want the error", r)
	}
	orders, reports = serving(t, refused)
	if r := exchange(t, orders, reports, Order{Row: "nonsense"}); r.Error == "" {
		t.Errorf("report = %+v; want an error for the row", r)
	}
	orders, reports = serving(t, client.Kind{Open: func(client.Config) (client.Client, error) {
		return &failsLater{after: 1000, err: errors.New("broken")}, nil
	}})
	if r := exchange(t, orders, reports, Order{Row: "incr@4", Warmup: time.Second}); !strings.Contains(r.Error, "broken") {
		t.Errorf("report = %+v; want the caller's error", r)
	}
}
