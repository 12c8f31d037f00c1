package load

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Order is what the parent tells a worker, one JSON object after the other: first a Row and where its server is, then the Time of each
// turn, at last End.
type Order struct {
	Row    string        `json:"row,omitempty"`
	Addr   string        `json:"addr,omitempty"`
	Warmup time.Duration `json:"warmup,omitempty"` // load before the first turn
	Lead   time.Duration `json:"lead,omitempty"`   // load at the start of a turn that is not measured
	Time   time.Duration `json:"time,omitempty"`   // of a turn, measured
	End    bool          `json:"end,omitempty"`
}

// Report is what a worker answers to each Order; between two of them it does nothing. After an error it ends.
type Report struct {
	Warm     bool          `json:"warm,omitempty"`     // it is ready for its turns
	Latency  time.Duration `json:"latency,omitempty"`  // of a command in the warm-up, the median; 0: not known
	Turned   bool          `json:"turned,omitempty"`   // the turn is over
	Measured *Measure      `json:"measured,omitempty"` // of all turns
	Error    string        `json:"error,omitempty"`
}

// Serve is the life of a worker: one kind of client at one row, until it is told to end, or in does.
func Serve(kind client.Kind, in io.Reader, out io.Writer) error {
	orders, reports := json.NewDecoder(in), json.NewEncoder(out)
	measured, err := serve(kind, orders, reports)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return reports.Encode(Report{Error: err.Error()})
	}
	return reports.Encode(Report{Measured: &measured})
}

func serve(kind client.Kind, orders *json.Decoder, reports *json.Encoder) (m Measure, err error) {
	var order Order
	if err := orders.Decode(&order); err != nil {
		return m, err
	}
	row, err := workload.Parse(order.Row)
	if err != nil {
		return m, err
	}
	c, err := kind.Open(client.Config{Addr: order.Addr, Callers: row.Callers, Feeders: row.Feeders()})
	if err != nil {
		return m, err
	}
	load, err := Start(row, c, order.Addr)
	if err != nil {
		c.Close()
		return m, err
	}
	// In this order: after a failure there may be callers whom only the end of the client ends.
	defer load.Close()
	defer c.Close()
	if err := load.Turn(order.Warmup, 0); err != nil {
		return m, err
	}
	report := Report{Warm: true, Latency: load.Latency()}
	for {
		if err := reports.Encode(report); err != nil {
			return m, err
		}
		var next Order
		if err := orders.Decode(&next); err != nil {
			return m, err
		}
		if next.End {
			return load.Measured(), nil
		}
		if err := load.Turn(next.Lead, next.Time); err != nil {
			return m, err
		}
		report = Report{Turned: true}
	}
}
