package main

import (
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"time"
)

// plot is a picture of one or more panels above one axis of time, with the faults across all of them, as SVG.
type plot struct {
	title  string
	span   time.Duration
	panels []panel
	faults []fault
}

// panel is one diagram: curves over time with one axis of values.
type panel struct {
	title  string
	log    bool // a logarithmic axis; values of 0 and less are gaps
	label  func(value float64) string
	curves []curve
}

type curve struct {
	name, color string
	points      []point
}

type point struct {
	at    time.Duration
	value float64
}

// The layout, in pixels.
const (
	plotWidth   = 960
	plotLeft    = 90
	plotRight   = 24
	plotTop     = 64 // title and legend of the faults
	panelHead   = 26
	panelHeight = 210
	panelGap    = 12
	plotBottom  = 46
)

// faultStyles are the colours of the marks.
var faultStyles = map[faultKind]struct{ color, name string }{
	faultKill:    {"#8a8f98", "connection killed"},
	faultPause:   {"#e08a00", "server paused"},
	faultRestart: {"#c62828", "server restarted"},
}

// write draws the plot.
func (p *plot) write(out io.Writer) error {
	var b strings.Builder
	height := plotTop + len(p.panels)*(panelHead+panelHeight+panelGap) + plotBottom
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="DejaVu Sans, Verdana, sans-serif" font-size="12" fill="#222">`+"\n",
		plotWidth, height, plotWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", plotWidth, height)
	fmt.Fprintf(&b, `<text x="%d" y="24" font-size="17" font-weight="bold">%s</text>`+"\n", plotLeft, html.EscapeString(p.title))
	p.writeLegend(&b)
	top := plotTop
	for _, panel := range p.panels {
		p.writePanel(&b, panel, top+panelHead)
		top += panelHead + panelHeight + panelGap
	}
	p.writeTimes(&b, top-panelGap)
	b.WriteString("</svg>\n")
	_, err := io.WriteString(out, b.String())
	return err
}

func (p *plot) x(at time.Duration) float64 {
	share := float64(at) / float64(max(p.span, 1))
	return plotLeft + share*(plotWidth-plotLeft-plotRight)
}

// writeLegend names the marks of the faults there are.
func (p *plot) writeLegend(b *strings.Builder) {
	counts := map[faultKind]int{}
	for _, f := range p.faults {
		counts[f.kind]++
	}
	x := plotLeft
	for _, kind := range []faultKind{faultKill, faultPause, faultRestart} {
		if counts[kind] == 0 {
			continue
		}
		style := faultStyles[kind]
		text := fmt.Sprintf("%s (%d)", style.name, counts[kind])
		fmt.Fprintf(b, `<line x1="%d" x2="%d" y1="40" y2="54" stroke="%s" stroke-width="2"/><text x="%d" y="51">%s</text>`+"\n", x, x, style.color, x+8, text)
		x += 34 + 7*len(text)
	}
}

func (p *plot) writePanel(b *strings.Builder, panel panel, top int) {
	bottom := top + panelHeight
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", plotLeft, top-9, html.EscapeString(panel.title))
	x := plotWidth - plotRight
	for i := len(panel.curves) - 1; i >= 0 && len(panel.curves) > 1; i-- {
		c := panel.curves[i]
		x -= 8 * len(c.name)
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`, x, top-9, html.EscapeString(c.name))
		fmt.Fprintf(b, `<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="%s" stroke-width="2.5"/>`+"\n", x-24, x-6, top-13, top-13, c.color)
		x -= 40
	}
	scale := newScale(panel, top, bottom)
	for _, value := range scale.ticks {
		y := scale.y(value)
		fmt.Fprintf(b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#e4e6ea"/>`, plotLeft, plotWidth-plotRight, y, y)
		fmt.Fprintf(b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", plotLeft-8, y+4, html.EscapeString(panel.label(value)))
	}
	for _, t := range timeTicks(p.span) {
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#eef0f3"/>`+"\n", p.x(t), p.x(t), top, bottom)
	}
	p.writeFaults(b, top)
	for _, c := range panel.curves {
		p.writeCurve(b, c, scale)
	}
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#9aa0a8"/>`+"\n", plotLeft, top, plotWidth-plotLeft-plotRight, panelHeight)
}

// writeFaults marks each fault by a vertical line, and how long it lasted by a band.
func (p *plot) writeFaults(b *strings.Builder, top int) {
	kills := 0
	for _, f := range p.faults {
		if f.kind == faultKill {
			kills++
		}
	}
	for _, f := range p.faults {
		style, width, opacity := faultStyles[f.kind], 1.5, 0.9
		if f.kind == faultKill {
			// There are many of them, which must not hide the curves.
			width, opacity = 1, min(0.4, max(0.12, 30/float64(kills)))
		}
		from, to := p.x(f.from), p.x(min(f.to, p.span))
		title := html.EscapeString(fmt.Sprintf("%s at %s: %s", faultNames[f.kind], clock(f.from), f.note))
		b.WriteString("<g>")
		if f.kind != faultKill && to-from > 1 {
			fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" opacity="0.13"/>`, from, top, to-from, panelHeight, style.color)
		}
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="%s" stroke-width="%.1f" opacity="%.2f"/>`, from, from, top, top+panelHeight, style.color, width, opacity)
		fmt.Fprintf(b, "<title>%s</title></g>\n", title)
	}
}

func (p *plot) writeCurve(b *strings.Builder, c curve, scale scale) {
	pen := "M"
	var path strings.Builder
	for _, point := range c.points {
		if scale.log && point.value <= 0 {
			pen = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, p.x(min(point.at, p.span)), scale.y(point.value))
		pen = "L"
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="1.6" stroke-linejoin="round"/>`+"\n", path.String(), c.color)
}

func (p *plot) writeTimes(b *strings.Builder, bottom int) {
	for _, t := range timeTicks(p.span) {
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", p.x(t), bottom+18, clock(t))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">time since the load began (min:s)</text>`+"\n", (plotLeft+plotWidth-plotRight)/2, bottom+37)
}

// clock shows a time as minutes and seconds.
func clock(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

// timeTicks are about eight round times.
func timeTicks(span time.Duration) (ticks []time.Duration) {
	steps := []time.Duration{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400}
	step := steps[len(steps)-1] * time.Second
	for _, s := range steps {
		if s*time.Second*10 >= span {
			step = s * time.Second
			break
		}
	}
	for t := time.Duration(0); t <= span; t += step {
		ticks = append(ticks, t)
	}
	return ticks
}

// scale maps the values of a panel to pixels.
type scale struct {
	log         bool
	low, high   float64
	top, bottom int
	ticks       []float64
}

func newScale(panel panel, top, bottom int) scale {
	s := scale{log: panel.log, top: top, bottom: bottom}
	smallest, largest := math.Inf(1), 0.0
	for _, c := range panel.curves {
		for _, p := range c.points {
			if p.value > 0 {
				smallest, largest = min(smallest, p.value), max(largest, p.value)
			}
		}
	}
	if largest == 0 {
		smallest, largest = 1, 1
	}
	if s.log {
		s.low, s.high = math.Floor(math.Log10(smallest)), math.Ceil(math.Log10(largest))
		if s.high == s.low {
			s.high++
		}
		for e := s.low; e <= s.high; e++ {
			s.ticks = append(s.ticks, math.Pow(10, e))
		}
		return s
	}
	step := math.Pow(10, math.Floor(math.Log10(largest/5)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if largest/(step*factor) <= 5 {
			step *= factor
			break
		}
	}
	s.high = math.Ceil(largest*1.02/step) * step
	for v := 0.0; v <= s.high+step/2; v += step {
		s.ticks = append(s.ticks, v)
	}
	return s
}

func (s scale) y(value float64) float64 {
	if s.log {
		value = math.Log10(value)
	}
	return float64(s.bottom) - (value-s.low)/(s.high-s.low)*float64(s.bottom-s.top)
}
