// Package gate holds what the client has to reach: ratios to its peers, row by row.
package gate

import "github.com/futureio/futureio-go/benchmarks/internal/client"

// Metric is what a gate compares.
type Metric string

// The metrics. Of Rate a higher ratio is better, of the others a lower one.
const (
	Rate      Metric = "ops/s"
	ClientCPU Metric = "client CPU per op"
	P99       Metric = "p99"
)

// Gate is one comparison of ours with a peer in one row: the median over the rounds of ours divided by the peer's.
type Gate struct {
	Row    string
	Peer   string
	Metric Metric
	Must   float64 // at least, for Rate; at most, for the others
	Aim    float64
}

// Passes tells whether a ratio reaches a limit, which is Must or Aim.
func (g Gate) Passes(ratio, limit float64) bool {
	if g.Metric == Rate {
		return ratio >= limit
	}
	return ratio <= limit
}

type peer struct {
	id        string
	must, aim float64
}

// All lists the gates in the order of the design's table.
func All() []Gate {
	var gates []Gate
	rows := func(metric Metric, ids []string, peers ...peer) {
		for _, id := range ids {
			for _, p := range peers {
				gates = append(gates, Gate{id, p.id, metric, p.must, p.aim})
			}
		}
	}
	small := func(callers string) []string {
		return []string{"get16@" + callers, "set16@" + callers, "incr@" + callers}
	}
	rows(Rate, small("128"),
		peer{"rueidis-1", 3.0, 4.5}, peer{"rueidis", 3.5, 5}, peer{"rueidis-tuned", 1.0, 1.3},
		peer{"goredis", 10, 15}, peer{"goredis-auto", 2.0, 3}, peer{"goredis-duplex", 2.5, 4})
	rows(Rate, small("1024"),
		peer{"rueidis-1", 1.1, 1.5}, peer{"rueidis", 1.8, 2.5}, peer{"rueidis-tuned", 1.0, 1.1}, peer{"goredis-auto", 1.1, 1.4})
	rows(Rate, small("16"), peer{"rueidis-1", 1.1, 1.35}, peer{"goredis", 2.0, 3})
	rows(Rate, small("1"), peer{"rueidis-after", 0.85, 1.4}, peer{"goredis", 0.55, 1.0})
	rows(Rate, []string{"get16@window1000"}, peer{"rueidis-1", 0.95, 1.25}, peer{"goredis", 1.1, 1.35})
	arrays := []string{"mget100@16", "hgetall100@16", "lrange1000@16", "mget100@128", "hgetall100@128", "lrange1000@128"}
	rows(Rate, arrays, peer{"rueidis-1", 1.3, 2})
	rows(ClientCPU, arrays, peer{"rueidis-1", 0.65, 0.4})
	rows(Rate, []string{"get1k@128"}, peer{"rueidis-1", 2, 3})
	rows(Rate, []string{"get64k@1024"}, peer{"rueidis-1", 2, 3})
	rows(Rate, []string{"lrange1000@1024"}, peer{"rueidis-1", 1.8, 2.5})
	delayed := []string{"get16@128+5ms", "get16@1024+5ms", "get16@128+40ms", "get16@1024+40ms"}
	rows(Rate, delayed, peer{"rueidis-1", 0.9, 1.0})
	rows(P99, delayed, peer{"rueidis-1", 1.25, 1.05})
	messages := []string{"message16@1", "message200@1"}
	rows(Rate, messages, peer{"rueidis-1", 1.0, 1.1}, peer{"goredis", 1.0, 1.05}) // the server is what bounds all of them
	rows(ClientCPU, messages, peer{"rueidis-1", 1.0, 0.7}, peer{"goredis", 1.0, 0.5})
	rows(ClientCPU, []string{"get16@128"}, peer{"rueidis-1", 0.4, 0.25})
	rows(ClientCPU, []string{"get16@1024"}, peer{"rueidis-1", 0.9, 0.7})
	rows(ClientCPU, []string{"get16@window1000"}, peer{"rueidis-1", 1.0, 0.7})

	// What is for many commands at once, or for a connection of one's own: ahead of each peer, in commands per second and in what they cost the client.
	ahead := func(ids []string, peers ...string) {
		for _, id := range peers {
			rows(Rate, ids, peer{id, 1.0, 1.2})
			rows(ClientCPU, ids, peer{id, 1.0, 0.8})
		}
	}
	ahead([]string{"pipeline100@1", "pipeline100@16", "pipeline1000@1"}, "rueidis-1", "rueidis", "goredis")
	ahead([]string{"tx10@1", "tx10@16", "tx10@128"}, "rueidis-1", "goredis")
	ahead([]string{"blpop@100"}, "rueidis", "goredis-wide")
	ahead([]string{"poolget16@1", "poolget16@16", "poolget16@128"}, "goredis", "redigo")
	return gates
}

// Rows lists the rows that have gates, each once, in the order of All.
func Rows() []string {
	var rows []string
	seen := map[string]bool{}
	for _, g := range All() {
		if !seen[g.Row] {
			seen[g.Row] = true
			rows = append(rows, g.Row)
		}
	}
	return rows
}

// Clients lists who is compared in a row: ours and the peers of its gates, in the order of client.Kinds.
func Clients(row string) []string {
	wanted := map[string]bool{client.Ours: true}
	for _, g := range All() {
		if g.Row == row {
			wanted[g.Peer] = true
		}
	}
	var ids []string
	for _, k := range client.Kinds() {
		if wanted[k.ID] {
			ids = append(ids, k.ID)
		}
	}
	return ids
}
