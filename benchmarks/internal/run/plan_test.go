package run

import (
	"slices"
	"strings"
	"testing"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/gate"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

func selected(t *testing.T, rows, clients string) []string {
	t.Helper()
	plan, err := NewPlan(rows, clients)
	if err != nil {
		t.Fatalf("NewPlan(%q, %q) = %v", rows, clients, err)
	}
	var list []string
	for _, e := range plan {
		var ids []string
		for _, k := range e.Clients {
			ids = append(ids, k.ID)
		}
		list = append(list, e.Row.ID()+": "+strings.Join(ids, " "))
	}
	return list
}

func TestACommandLineSelectsRowsAndClients(t *testing.T) {
	for _, c := range []struct {
		rows, clients string
		want          []string
	}{
		{"get16@128", "futureio", []string{"get16@128: futureio"}},
		{" incr@16, get16@128,incr@16", "futureio,rueidis-1,futureio", []string{"incr@16: futureio rueidis-1", "get16@128: futureio rueidis-1"}},
		{"get16@16", "gates", []string{"get16@16: futureio rueidis-1 goredis"}},
		{"set16@16", "field", []string{"set16@16: futureio rueidis-1 goredis"}},
		{"get1k@16", "gates,redigo", []string{"get1k@16: futureio redigo"}},
		// What differs only for a lone caller, and what a window makes of itself, are left out where they say nothing.
		{"get16@1", "rueidis-after", []string{"get16@1: rueidis-after"}},
		{"get16@16,get16@1", "rueidis-after", []string{"get16@1: rueidis-after"}},
		{"get64k@1024", "redis-benchmark,redis-benchmark-p16", []string{"get64k@1024: redis-benchmark"}},
		{"pipeline100@1", "all", []string{"pipeline100@1: futureio rueidis-1 rueidis goredis"}},
		{"blpop@100,get16@16", "goredis-wide", []string{"blpop@100: goredis-wide"}},
		{"get16@window1000", "redis-benchmark,redis-benchmark-p16", []string{"get16@window1000: redis-benchmark"}},
	} {
		if got := selected(t, c.rows, c.clients); !slices.Equal(got, c.want) {
			t.Errorf("NewPlan(%q, %q) = %q; want %q", c.rows, c.clients, got, c.want)
		}
	}
}

func TestGuestsAreMeasuredInEveryOtherRound(t *testing.T) {
	plan, err := NewPlan("get16@128", "field")
	if err != nil {
		t.Fatal(err)
	}
	e := plan[0]
	wanted := gate.Clients("get16@128")
	if len(e.Clients) != len(wanted) || len(e.Guests) < 5 {
		t.Errorf("%d clients, %d guests; want the %d of the gates, and everybody else", len(e.Clients), len(e.Guests), len(wanted))
	}
	for round, want := range map[int]int{1: len(e.Clients) + len(e.Guests), 2: len(e.Clients), 3: len(e.Clients) + len(e.Guests)} {
		if got := len(e.in(round)); got != want {
			t.Errorf("%d are measured in round %d; want %d", got, round, want)
		}
	}
}

func TestAWrongSelectionIsRefused(t *testing.T) {
	for _, c := range [][2]string{{"", "all"}, {"get16@128", ""}, {"nothing", "all"}, {"get16@128", "nobody"}, {"get16@16", "rueidis-after"}} {
		if plan, err := NewPlan(c[0], c[1]); err == nil {
			t.Errorf("NewPlan(%q, %q) = %v; want an error", c[0], c[1], plan)
		}
	}
}

func TestEveryGateNamesARowAndClientsThatAreMeasured(t *testing.T) {
	all := everyRow()
	for _, g := range gate.All() {
		row, err := workload.Parse(g.Row)
		if err != nil || !slices.Contains(all, g.Row) {
			t.Errorf("gate %+v: the row is not one of all: %v", g, err)
		}
		peer, err := client.Find(g.Peer)
		if err != nil || !fits(peer, row) {
			t.Errorf("gate %+v: the peer is not measured in that row: %v", g, err)
		}
		if g.Passes(g.Aim, g.Must) == false || g.Passes(g.Must, g.Aim) && g.Must != g.Aim {
			t.Errorf("gate %+v: the aim is not beyond the must", g)
		}
	}
	for _, id := range slices.Concat(field, core) {
		if !slices.Contains(all, id) {
			t.Errorf("%s is not one of all rows", id)
		}
	}
}
