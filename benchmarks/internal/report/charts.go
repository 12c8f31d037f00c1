package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
)

// chartPlan says what a chart shows.
type chartPlan struct {
	file, title string
	rows        []string
	figure      func(result.Sample) float64
	write       func(float64) string
	less        bool // a smaller value is better
}

var chartPlans = []chartPlan{
	{file: "get.svg", title: "GET 16 B: commands per second", rows: []string{"get16@1", "get16@16", "get16@128", "get16@1024", "get16@window1000"}, figure: result.Sample.Rate, write: kilo},
	{file: "cpu.svg", title: "GET 16 B: client CPU per command", rows: []string{"get16@1", "get16@16", "get16@128", "get16@1024", "get16@window1000"}, figure: result.Sample.CPUPerOp, write: micros, less: true},
	{file: "commands.svg", title: "Other commands: commands per second", rows: []string{
		"set16@128", "incr@128", "get1k@128", "mget100@128", "hgetall100@128", "lrange1000@128", "get64k@1024",
	}, figure: result.Sample.Rate, write: kilo},
	{file: "network.svg", title: "GET 16 B over a network: commands per second", rows: []string{
		"get16@128+5ms", "get16@1024+5ms", "get16@128+40ms", "get16@1024+40ms",
	}, figure: result.Sample.Rate, write: kilo},
}

func kilo(v float64) string {
	if v < 100_000 {
		return fmt.Sprintf("%.1f k", v/1000)
	}
	return fmt.Sprintf("%.0f k", v/1000)
}

func micros(v float64) string { return fmt.Sprintf("%.2f µs", v) }

// charts draws what there are results for.
func (t *table) charts() []chart {
	var charts []chart
	for _, plan := range chartPlans {
		c := chart{file: plan.file, title: plan.title, note: "Median of the rounds; the line goes from the lowest to the highest. More is better. Grey: no client, but what the server can do."}
		if plan.less {
			c.note = "Median of the rounds; the line goes from the lowest to the highest. Less is better."
		}
		for _, row := range plan.rows {
			if bars := t.bars(plan, row); len(bars) > 0 {
				c.panels = append(c.panels, panel{t.title(row), bars})
			}
		}
		if len(c.panels) > 0 {
			charts = append(charts, c)
		}
	}
	return charts
}

// bars are the clients of a row, the best one first, and behind them what is no client.
func (t *table) bars(plan chartPlan, row string) []bar {
	var bars []bar
	for _, k := range t.clients(row) {
		b := bar{label: k.Label, value: t.of(row, k.ID, plan.figure)}
		b.text = plan.write(b.value.Median)
		switch {
		case k.Tool && plan.less:
			continue
		case k.Tool:
			b.kind = toolBar
		case k.ID == client.Ours:
			b.kind = oursBar
		}
		bars = append(bars, b)
	}
	slices.SortStableFunc(bars, func(a, b bar) int {
		if tools := cmp.Compare(a.kind/toolBar, b.kind/toolBar); tools != 0 {
			return tools
		}
		if plan.less {
			return cmp.Compare(a.value.Median, b.value.Median)
		}
		return cmp.Compare(b.value.Median, a.value.Median)
	})
	return bars
}
