package load

import (
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
)

// serve runs a worker and gives the two ends that its parent has. The worker has ended when the test has.
func serve(t *testing.T, kind client.Kind) (*json.Encoder, *json.Decoder) {
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

func TestAWorkerRunsCellAfterCellAsItIsTold(t *testing.T) {
	orders, reports := serve(t, client.Kind{Open: func(client.Config) (client.Client, error) { return &fake{bytes: 16}, nil }})
	for range 2 {
		cell := Order{Row: "get16@4", Warmup: time.Millisecond, Time: 5 * time.Millisecond}
		if r := exchange(t, orders, reports, cell); !r.Warm {
			t.Fatalf("report = %+v; want warm", r)
		}
		if r := exchange(t, orders, reports, Order{Go: true}); r.Measured == nil || r.Measured.Ops == 0 {
			t.Fatalf("report = %+v; want a measurement", r)
		}
		if r := exchange(t, orders, reports, Order{Go: true}); !r.Stopped {
			t.Fatalf("report = %+v; want stopped", r)
		}
	}
}

func TestAWorkerOutlivesACellThatFails(t *testing.T) {
	refuse := true
	orders, reports := serve(t, client.Kind{Open: func(client.Config) (client.Client, error) {
		if refuse {
			return nil, errors.New("refused")
		}
		return &fake{bytes: 16}, nil
	}})
	cell := Order{Row: "get16@4", Time: time.Millisecond}
	if r := exchange(t, orders, reports, cell); r.Error != "refused" {
		t.Errorf("report = %+v; want the error", r)
	}
	if r := exchange(t, orders, reports, Order{Row: "nonsense"}); r.Error == "" {
		t.Errorf("report = %+v; want an error for the row", r)
	}
	refuse = false
	if r := exchange(t, orders, reports, cell); !r.Warm {
		t.Errorf("report = %+v; want warm", r)
	}
}
