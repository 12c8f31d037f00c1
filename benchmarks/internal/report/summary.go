package report

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/futureio/futureio-go/benchmarks/internal/client"
	"github.com/futureio/futureio-go/benchmarks/internal/result"
)

// The markers between which the summary stands in a file.
const (
	beginMarker = "<!-- benchmarks:begin -->"
	endMarker   = "<!-- benchmarks:end -->"
)

// summaryRows are the rows of the summary, as far as they were measured.
var summaryRows = []string{
	"get16@1", "get16@16", "get16@128", "get16@1024", "get16@window1000", "set16@128", "incr@128", "get1k@128", "get64k@1024",
	"mget100@128", "hgetall100@128", "lrange1000@128", "get16@1024+5ms",
}

// summary is a table of the libraries, each by the best of its configurations.
func (t *table) summary() string {
	libraries := t.libraries()
	var w strings.Builder
	fmt.Fprintf(&w, "Thousand commands per second, each library by the best of its configurations; bold is the fastest. %s, %d CPUs shared with the server (%s).\n\n",
		t.run.Machine.CPU, t.run.Machine.CPUs, t.run.Machine.Server)
	fmt.Fprintf(&w, "| | %s |\n| --- |%s\n", strings.Join(libraries, " | "), strings.Repeat(" ---: |", len(libraries)))
	for _, row := range summaryRows {
		best, fastest := map[string]float64{}, ""
		for _, k := range t.clients(row) {
			if rate := t.of(row, k.ID, result.Sample.Rate).Median; !k.Tool && rate > best[k.Library] {
				if best[k.Library] = rate; rate > best[fastest] {
					fastest = k.Library
				}
			}
		}
		if len(best) == 0 {
			continue
		}
		fmt.Fprintf(&w, "| %s |", t.title(row))
		for _, library := range libraries {
			cell := "–"
			if rate := best[library]; rate > 0 {
				cell = strings.TrimSuffix(kilo(rate), " k")
			}
			if library == fastest {
				cell = "**" + cell + "**"
			}
			fmt.Fprintf(&w, " %s |", cell)
		}
		w.WriteString("\n")
	}
	return w.String()
}

// libraries lists whose clients were measured, ours first.
func (t *table) libraries() []string {
	var libraries []string
	for _, k := range client.Kinds() {
		measured := slices.ContainsFunc(summaryRows, func(row string) bool { return len(t.cells[cellName{row, k.ID}]) > 0 })
		if measured && !k.Tool && !slices.Contains(libraries, k.Library) {
			libraries = append(libraries, k.Library)
		}
	}
	return libraries
}

// writeBetweenMarkers replaces what stands between the markers of a file.
func writeBetweenMarkers(path, content string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(raw), beginMarker)
	_, after, ends := strings.Cut(rest, endMarker)
	if !begins || !ends {
		return errors.New(path + " has no " + beginMarker + " … " + endMarker)
	}
	return os.WriteFile(path, []byte(before+beginMarker+"\n"+content+endMarker+after), 0o644)
}
