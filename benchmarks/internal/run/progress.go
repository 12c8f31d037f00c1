package run

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/futureio/futureio-go/benchmarks/internal/workload"
)

// progress tells how far a run is: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	began    time.Time
	limit    time.Duration
	all      int
	behind   int
	lastLine time.Time
}

func newProgress(out io.Writer, cells int, limit time.Duration) *progress {
	p := &progress{out: out, began: time.Now(), limit: limit, all: cells}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

const (
	barWidth  = 30
	lineEvery = 15 * time.Second // where there is no terminal
)

func (p *progress) start(round int, row workload.Row) {
	if !p.terminal && time.Since(p.lastLine) < lineEvery {
		return
	}
	p.lastLine = time.Now()
	full := barWidth * p.behind / p.all
	left := "?"
	if p.behind > 0 {
		left = (time.Duration(p.all-p.behind) * p.perCell()).Round(time.Second).String()
	}
	line := fmt.Sprintf("[%s%s] %3d %%, %s left; round %d, %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		100*p.behind/p.all, left, round, row.ID())
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%s", line)
	} else {
		fmt.Fprintln(p.out, line)
	}
}

func (p *progress) done(cells int) { p.behind += cells }

func (p *progress) perCell() time.Duration { return time.Since(p.began) / time.Duration(p.behind) }

// late tells whether so many cells more would take longer than the limit.
func (p *progress) late(cells int) bool {
	if p.limit == 0 || p.behind == 0 {
		return false
	}
	return time.Since(p.began)+time.Duration(cells)*p.perCell() > p.limit
}

// note writes a line of its own.
func (p *progress) note(text string) {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	fmt.Fprintln(p.out, text)
}

func (p *progress) finish() {
	p.note(fmt.Sprintf("%d cells in %v", p.behind, time.Since(p.began).Round(time.Second)))
}
