package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/gate"
	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// Entry is one row of a plan and who is measured in it: Clients in each round, Guests in every other one. Guests are there for the
// charts, and no gate is about them.
type Entry struct {
	Row     workload.Row
	Clients []client.Kind
	Guests  []client.Kind
}

// in gives who is measured in a round, the first of which is 1.
func (e Entry) in(round int) []client.Kind {
	if round%2 == 0 {
		return e.Clients
	}
	return slices.Concat(e.Clients, e.Guests)
}

// field is the rows in which everybody is measured, not only whom the gates name: the charts are made of them.
var field = []string{
	"get16@1", "get16@16", "get16@128", "get16@1024", "get16@window1000", "get1k@128", "get64k@1024",
	"mget100@128", "hgetall100@128", "lrange1000@128",
}

// core is what a quick run measures.
var core = []string{
	"get16@1", "get16@16", "get16@128", "get16@1024", "get16@window1000", "set16@128", "incr@128",
	"mget100@128", "hgetall100@128", "lrange1000@128", "get64k@1024",
}

// everyRow is all that there is to measure.
func everyRow() []string {
	var ids []string
	for _, what := range []string{"get16", "set16", "incr", "get1k", "set1k", "get64k", "set64k", "mget100", "hgetall100", "lrange1000"} {
		for _, callers := range []string{"1", "16", "128", "1024"} {
			ids = append(ids, what+"@"+callers)
		}
	}
	return append(ids, "get16@window1000", "get16@128+5ms", "get16@1024+5ms", "get16@128+40ms", "get16@1024+40ms",
		"pipeline100@1", "pipeline100@16", "pipeline1000@1", "tx10@1", "tx10@16", "tx10@128", "blpop@100", "poolget16@1", "poolget16@16", "poolget16@128", "message16@1", "message200@1")
}

// NewPlan reads what a command line selects. rows is a list of row IDs and of the words gates (every row that has a gate), core (a few
// of them) and all. clients is a list of client IDs and of the words gates (ours and whom the gates of the row name), field (the same, and in
// the rows of the charts everybody as a guest) and all.
func NewPlan(rows, clients string) ([]Entry, error) {
	var ids []string
	for _, word := range strings.Split(rows, ",") {
		switch word = strings.TrimSpace(word); word {
		case "":
		case "gates":
			ids = append(ids, gate.Rows()...)
		case "core":
			ids = append(ids, core...)
		case "all":
			ids = append(ids, everyRow()...)
		default:
			ids = append(ids, word)
		}
	}
	var plan []Entry
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		row, err := workload.Parse(id)
		if err != nil {
			return nil, err
		}
		e, err := selectClients(row, clients)
		if err != nil {
			return nil, err
		}
		if len(e.Clients) > 0 {
			plan = append(plan, e)
		}
	}
	if len(plan) == 0 {
		return nil, fmt.Errorf("rows %q and clients %q select nothing", rows, clients)
	}
	return plan, nil
}

func selectClients(row workload.Row, clients string) (Entry, error) {
	e := Entry{Row: row}
	add := func(to *[]client.Kind, k client.Kind) {
		same := func(other client.Kind) bool { return other.ID == k.ID }
		if fits(k, row) && !slices.ContainsFunc(e.Clients, same) && !slices.ContainsFunc(e.Guests, same) {
			*to = append(*to, k)
		}
	}
	for _, word := range strings.Split(clients, ",") {
		word = strings.TrimSpace(word)
		ids := []string{word}
		switch word {
		case "":
			continue
		case "all":
			ids = nil
			for _, k := range client.Kinds() {
				ids = append(ids, k.ID)
			}
		case "gates", "field":
			ids = gate.Clients(row.ID())
		}
		for _, id := range ids {
			k, err := client.Find(id)
			if err != nil {
				return e, err
			}
			add(&e.Clients, k)
		}
		if word == "field" && slices.Contains(field, row.ID()) {
			for _, k := range client.Kinds() {
				add(&e.Guests, k)
			}
		}
	}
	return e, nil
}

// fits tells whether a client has something to show in a row.
func fits(k client.Kind, row workload.Row) bool {
	special := row.Command.Special()
	switch {
	case special && !slices.Contains(k.Also, string(row.Command)), !special && k.Only:
		return false
	case k.OneCaller && (row.Callers > 1 || row.Window > 0):
		return false
	case k.Tool && k.Pipeline > 1 && (row.Window > 0 || row.Callers == 1):
		return false
	case k.Tool && k.Pipeline*row.Callers*row.Size > 256<<20:
		// The server would keep that many bytes of replies, and the tool would get none of them in time.
		return false
	}
	return true
}
