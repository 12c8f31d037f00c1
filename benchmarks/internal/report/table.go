package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/gate"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Spread is a median with the extremes it comes from.
type Spread struct {
	Median, Low, High float64
	Count             int
}

// spreadOf is the spread of some values; the zero Spread of none.
func spreadOf(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return Spread{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Low: sorted[0], High: sorted[n-1], Count: n}
}

// table arranges the samples of a run by row and client.
type table struct {
	run   *result.Run
	rows  []workload.Row
	cells map[cellName][]result.Sample
}

type cellName struct{ row, client string }

func arrange(run *result.Run) *table {
	t := &table{run: run, cells: map[cellName][]result.Sample{}}
	for _, s := range run.Samples {
		row, err := workload.Parse(s.Row)
		if err != nil {
			continue // of an older version
		}
		if !slices.Contains(t.rows, row) {
			t.rows = append(t.rows, row)
		}
		name := cellName{s.Row, s.Client}
		t.cells[name] = append(t.cells[name], s)
	}
	commands := []workload.Command{workload.Get, workload.Set, workload.Incr, workload.MGet, workload.HGetAll, workload.LRange,
		workload.Pipeline, workload.Tx, workload.BLPop, workload.PoolGet, workload.Message}
	slices.SortFunc(t.rows, func(a, b workload.Row) int {
		return cmp.Or(cmp.Compare(a.Delay, b.Delay), cmp.Compare(slices.Index(commands, a.Command), slices.Index(commands, b.Command)),
			cmp.Compare(a.Size, b.Size), cmp.Compare(a.Window, b.Window), cmp.Compare(a.Callers, b.Callers))
	})
	return t
}

// clients lists who was measured in a row, in the order of client.Kinds.
func (t *table) clients(row string) []client.Kind {
	var kinds []client.Kind
	for _, k := range client.Kinds() {
		if len(t.cells[cellName{row, k.ID}]) > 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// of is the spread of a figure of a cell over its rounds, without those that were disturbed, if there are others.
func (t *table) of(row, id string, figure func(result.Sample) float64) Spread {
	var quiet, all []float64
	for _, s := range t.cells[cellName{row, id}] {
		all = append(all, figure(s))
		if !s.Disturbed {
			quiet = append(quiet, figure(s))
		}
	}
	return preferred(quiet, all)
}

func preferred(quiet, all []float64) Spread {
	if len(quiet) > 0 {
		return spreadOf(quiet)
	}
	return spreadOf(all)
}

// ratio is the spread of ours divided by a peer's, each taken within a round: what the machine did differently from round to round
// is in both and falls out. A round in which one of the two was disturbed does not count, if there are others.
func (t *table) ratio(row, peer string, figure func(result.Sample) float64) Spread {
	var quiet, all []float64
	for _, ours := range t.cells[cellName{row, client.Ours}] {
		for _, theirs := range t.cells[cellName{row, peer}] {
			if by := figure(theirs); ours.Round == theirs.Round && by > 0 {
				all = append(all, figure(ours)/by)
				if !ours.Disturbed && !theirs.Disturbed {
					quiet = append(quiet, figure(ours)/by)
				}
			}
		}
	}
	return preferred(quiet, all)
}

// figures are what the gates compare.
var figures = map[gate.Metric]func(result.Sample) float64{
	gate.Rate:      result.Sample.Rate,
	gate.ClientCPU: result.Sample.CPUPerOp,
	gate.P99:       func(s result.Sample) float64 { return float64(s.P99) },
}

// verdict is a gate with what was measured. Ratio.Count is 0 when it was not.
type verdict struct {
	gate.Gate
	Ratio Spread
}

func (v verdict) must() bool { return v.Ratio.Count > 0 && v.Passes(v.Ratio.Median, v.Must) }
func (v verdict) aim() bool  { return v.Ratio.Count > 0 && v.Passes(v.Ratio.Median, v.Aim) }

func (t *table) verdicts() []verdict {
	var all []verdict
	for _, g := range gate.All() {
		all = append(all, verdict{g, t.ratio(g.Row, g.Peer, figures[g.Metric])})
	}
	return all
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
