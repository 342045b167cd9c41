package simulate

import (
	"fmt"
	"html"
	"io"
	"math"
	"strings"
)

// The places of a chart, in its own units.
const (
	wide, high          = 760.0, 420.0
	left, right         = 60.0, 550.0
	top, bottom         = 36.0, 364.0
	lineHeight, ticks   = 18.0, 6
	legendX, legendFrom = right + 16, top + 12
)

var colours = []string{"#777", "#36c", "#c60", "#0a7"}

// chart is a picture of lines.
type chart struct {
	title, x, y string
	from        float64 // where the y axis begins; it ends at the largest value
	level       float64 // a line across, named; 0: none
	levelName   string
	series      []series
}

// series is one line, with dots where what it is the mean of lies.
type series struct {
	name   string
	colour int
	dashed bool
	points [][2]float64
	dots   [][2]float64
}

// svg writes the chart as SVG that needs nothing beside itself.
func (c chart) svg(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img"><title>%s</title><style>`+
		`text{font:12px sans-serif;fill:#333}.axis{stroke:#888;fill:none}.grid{stroke:#ddd}path{fill:none;stroke-width:2}`+
		`@media (prefers-color-scheme:dark){svg{background:#111}text{fill:#ddd}.grid{stroke:#333}}</style>`, wide, high, html.EscapeString(c.title))
	maxX, maxY := 0.0, c.level
	for _, s := range c.series {
		for _, p := range append(s.points[:len(s.points):len(s.points)], s.dots...) {
			maxX, maxY = max(maxX, p[0]), max(maxY, p[1])
		}
	}
	stepX, stepY := round(maxX/ticks), round((maxY-c.from)/ticks)
	endX, endY := max(1, math.Ceil(maxX/stepX))*stepX, c.from+max(1, math.Ceil((maxY-c.from)/stepY))*stepY
	x := func(v float64) float64 { return left + v/endX*(right-left) }
	y := func(v float64) float64 { return bottom - (max(v, c.from)-c.from)/(endY-c.from)*(bottom-top) }
	for v := c.from; v <= endY+stepY/2; v += stepY {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="grid"/><text x="%.1f" y="%.1f" text-anchor="end">%.4g</text>`, left, y(v), right, y(v), left-8, y(v)+4, v)
	}
	for v := 0.0; v <= maxX+stepX; v += stepX {
		if x(v) <= right+1 {
			fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%.4g</text>`, x(v), bottom+18, v)
		}
	}
	fmt.Fprintf(&b, `<path d="M%.1f %.1fV%.1fH%.1f" class="axis"/><text x="%.1f" y="%.1f" text-anchor="middle">%s</text><text x="%.1f" y="%.1f">%s</text>`,
		left, top, bottom, right, (left+right)/2, bottom+40, html.EscapeString(c.x), left-30, top-14, html.EscapeString(c.y))
	if c.level > 0 {
		fmt.Fprintf(&b, `<path d="M%.1f %.1fH%.1f" stroke="#888" stroke-dasharray="2 4"/><text x="%.1f" y="%.1f">%s</text>`,
			left, y(c.level), right, legendX, legendFrom-lineHeight, html.EscapeString(c.levelName))
	}
	for i, s := range c.series {
		s.draw(&b, x, y, legendFrom+float64(i)*lineHeight)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (s series) draw(b *strings.Builder, x, y func(float64) float64, legend float64) {
	colour, dash := colours[s.colour%len(colours)], ""
	if s.dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	for _, p := range s.dots {
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="2" fill="%s" opacity="0.45"/>`, x(p[0]), y(p[1]), colour)
	}
	var path strings.Builder
	for i, p := range s.points {
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x(p[0]), y(p[1]))
	}
	fmt.Fprintf(b, `<path d="%s" stroke="%s"%s/><path d="M%.1f %.1fh24" stroke="%s"%s/><text x="%.1f" y="%.1f">%s</text>`,
		path.String(), colour, dash, legendX, legend, colour, dash, legendX+30, legend+4, html.EscapeString(s.name))
}

// round is a round number near v, for the steps of an axis.
func round(v float64) float64 {
	if !(v > 0) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{1, 2, 5} {
		if v <= f*unit {
			return f * unit
		}
	}
	return 10 * unit
}
