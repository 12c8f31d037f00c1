package load

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Order is what the parent tells a worker, one JSON object after the other: a Row with its times starts a cell, Go lets the
// measurement begin and, afterwards, the load end.
type Order struct {
	Row    string        `json:"row,omitempty"`
	Addr   string        `json:"addr,omitempty"`
	Warmup time.Duration `json:"warmup,omitempty"`
	Time   time.Duration `json:"time,omitempty"`
	Go     bool          `json:"go,omitempty"`
}

// Report is what a worker answers to each Order: warm, measured, stopped; or, at any point, an error, after which the cell is over.
type Report struct {
	Warm     bool     `json:"warm,omitempty"`
	Measured *Measure `json:"measured,omitempty"`
	Stopped  bool     `json:"stopped,omitempty"`
	Error    string   `json:"error,omitempty"`
}

// Serve is the life of a worker: cells of one kind of client until in ends. Every cell opens a client of its own, so that none
// inherits what an earlier load has done to it.
func Serve(kind client.Kind, in io.Reader, out io.Writer) error {
	orders, reports := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var order Order
		switch err := orders.Decode(&order); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading an order: %w", err)
		}
		report := Report{Stopped: true}
		if err := serveCell(kind, order, orders, reports); err != nil {
			report = Report{Error: err.Error()}
		}
		if err := reports.Encode(report); err != nil {
			return err
		}
	}
}

func serveCell(kind client.Kind, order Order, orders *json.Decoder, reports *json.Encoder) error {
	row, err := workload.Parse(order.Row)
	if err != nil {
		return err
	}
	c, err := kind.Open(client.Config{Addr: order.Addr, Callers: row.Callers, Feeders: row.Feeders()})
	if err != nil {
		return err
	}
	defer c.Close()
	load, err := Start(row, c, order.Addr)
	if err != nil {
		return err
	}
	defer load.Stop()
	time.Sleep(order.Warmup)
	// The heap of the cell before is no part of this one.
	runtime.GC()
	if err := answer(Report{Warm: true}, orders, reports); err != nil {
		return err
	}
	measured, err := load.Measure(order.Time)
	if err != nil {
		return err
	}
	return answer(Report{Measured: &measured}, orders, reports)
}

// answer sends a report and waits for the order to go on.
func answer(report Report, orders *json.Decoder, reports *json.Encoder) error {
	if err := reports.Encode(report); err != nil {
		return err
	}
	var next Order
	return orders.Decode(&next)
}
