package report

import (
	"fmt"
	"html"
	"strings"
)

// chart is panels of horizontal bars, drawn as SVG.
type chart struct {
	file   string
	title  string
	note   string
	panels []panel
}

// panel has a scale of its own: its longest bar fills it.
type panel struct {
	title string
	bars  []bar
}

type bar struct {
	label string
	value Spread
	text  string // the value as it is written behind the bar
	kind  barKind
}

type barKind int

const (
	peerBar barKind = iota
	oursBar
	toolBar // not a client: what the server can do
)

// The measures of a chart in pixels.
const (
	chartWidth  = 1000
	margin      = 24
	labelWidth  = 310
	valueWidth  = 74
	barHeight   = 16
	barStep     = 22
	panelHead   = 30
	panelGap    = 22
	headHeight  = 74
	barFull     = chartWidth - 2*margin - labelWidth - valueWidth
	fontFamily  = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
	inkColor    = "#1f2933"
	faintColor  = "#616e7c"
	lineColor   = "#d5dbe1"
	spreadColor = "#3e4c59"
)

var barColors = map[barKind]string{oursBar: "#d9480f", peerBar: "#7b9fc4", toolBar: "#cbd2d9"}

// svg draws the chart. The background is white, so that it can be read on dark pages as well.
func (c chart) svg() string {
	height := headHeight + margin
	for _, p := range c.panels {
		height += panelHead + len(p.bars)*barStep + panelGap
	}
	var w strings.Builder
	fmt.Fprintf(&w, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"%s\" font-size=\"13\" fill=\"%s\">\n",
		chartWidth, height, chartWidth, height, fontFamily, inkColor)
	fmt.Fprintf(&w, "<title>%s</title>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", html.EscapeString(c.title), chartWidth, height)
	text(&w, margin, 34, "font-size=\"20\" font-weight=\"600\"", c.title)
	text(&w, margin, 56, "fill=\""+faintColor+"\"", c.note)
	y := headHeight
	for _, p := range c.panels {
		y = p.draw(&w, y)
	}
	w.WriteString("</svg>\n")
	return w.String()
}

// draw puts a panel below y and gives where the next one starts.
func (p panel) draw(w *strings.Builder, y int) int {
	text(w, margin, y+16, "font-size=\"15\" font-weight=\"600\"", p.title)
	fmt.Fprintf(w, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"/>\n", margin, y+panelHead-7, chartWidth-margin, y+panelHead-7, lineColor)
	y += panelHead
	longest := 0.0
	for _, b := range p.bars {
		longest = max(longest, b.value.High)
	}
	scale := func(v float64) float64 {
		if longest == 0 {
			return 0
		}
		return v / longest * barFull
	}
	left := float64(margin + labelWidth)
	for _, b := range p.bars {
		weight := ""
		if b.kind == oursBar {
			weight = " font-weight=\"600\""
		}
		text(w, margin+labelWidth-8, y+12, "text-anchor=\"end\""+weight, b.label)
		fmt.Fprintf(w, "<rect x=\"%.0f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n", left, y, max(scale(b.value.Median), 1), barHeight, barColors[b.kind])
		low, high := left+scale(b.value.Low), left+scale(b.value.High)
		if b.value.Count > 1 {
			fmt.Fprintf(w, "<path d=\"M%.1f %dV%dM%.1f %dH%.1fM%.1f %dV%d\" stroke=\"%s\" fill=\"none\"/>\n",
				low, y+5, y+11, low, y+8, high, high, y+5, y+11, spreadColor)
		}
		text(w, int(max(high, left+scale(b.value.Median)))+8, y+12, weight, b.text)
		y += barStep
	}
	return y + panelGap
}

func text(w *strings.Builder, x, y int, attributes, content string) {
	if attributes = strings.TrimSpace(attributes); attributes != "" {
		attributes = " " + attributes
	}
	fmt.Fprintf(w, "<text x=\"%d\" y=\"%d\"%s>%s</text>\n", x, y, attributes, html.EscapeString(content))
}
