package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/futureio/futureio-go/redis"
)

// load is one of the loads. It returns its figures, as rows of a table: what, figure.
type load struct {
	name string
	run  func(ctx context.Context, s settings, at redis.Options) (r *rig, figures []figure, err error)
}

type figure struct{ what, value string }

var loads = []load{
	{"fanout", fanOut},
	{"rooms", rooms},
	{"churn", churn},
	{"stalled", stalled},
	{"killed", killed},
}

func loadNames() (names []string) {
	for _, l := range loads {
		names = append(names, l.name)
	}
	return names
}

// putLoad runs the loads, prints their figures as a table, and tells by the exit code whether all has held.
func putLoad(ctx context.Context, s settings, at redis.Options, out io.Writer) int {
	fmt.Fprintf(out, "\nmessages of %d bytes\n\n| load | | |\n| --- | --- | ---: |\n", payload)
	code := exitHeld
	var faults []string
	for _, l := range loads {
		if s.only != "" && !slices.Contains(strings.Split(s.only, ","), l.name) {
			continue
		}
		start := time.Now()
		r, figures, err := l.run(ctx, s, at)
		if r != nil {
			r.close()
			for _, f := range r.faults {
				faults = append(faults, l.name+": "+f)
			}
			if r.broken > 0 {
				faults = append(faults, fmt.Sprintf("%s: %d faults in all", l.name, r.broken))
			}
		}
		if err != nil {
			faults = append(faults, l.name+": "+err.Error())
		}
		figures = append(figures, figure{"took", time.Since(start).Round(100 * time.Millisecond).String()})
		for _, f := range figures {
			fmt.Fprintf(out, "| %s | %s | %s |\n", l.name, f.what, f.value)
		}
		if ctx.Err() != nil {
			faults = append(faults, "interrupted")
			break
		}
	}
	fmt.Fprintln(out)
	for _, f := range faults {
		fmt.Fprintln(out, "FAULT", f)
		code = exitBroken
	}
	if code == exitHeld {
		fmt.Fprintln(out, "all of it held")
	}
	return code
}

// round shows a time as people read it.
func round(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}
