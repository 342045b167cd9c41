package bench

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/score"
)

// The places of a plot, in its own units.
const (
	plotWide, plotHigh = 640.0, 380.0
	plotLeft, plotTop  = 60.0, 36.0
	plotRight          = plotWide - 150
	plotBottom         = plotHigh - 68
)

const plotStyle = `text{font:12px sans-serif;fill:#333}.axis{stroke:#888;fill:none}.grid{stroke:#ddd}
path{fill:none;stroke-width:2}.learnt{stroke:#0b6;fill:#0b6}.told{stroke:#36c;fill:#36c}.dictionary{stroke:#c60;fill:#c60}.full{stroke:#666;fill:#666}
path.learnt,path.told,path.dictionary,path.full{fill:none}path.told{stroke-dasharray:5 4}path.full{stroke-dasharray:2 4}
@media (prefers-color-scheme:dark){svg{background:#111}text{fill:#ddd}.grid{stroke:#333}}`

// Plot draws a report as SVG that needs nothing beside itself: F1 over the number of
// documents, the mean of the draws as a line and each draw as a dot.
func (r *LearnReport) Plot(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img"><title>F1 of %s by the number of finished documents</title><style>%s</style>`,
		plotWide, plotHigh, html.EscapeString(strings.Join(r.Labels, ", ")), plotStyle)
	r.axes(&b)
	var names []lineName
	type line struct {
		class, name string
		of          func(LearnDraw) score.Counts
	}
	for _, l := range []line{
		{"learnt", "learnt", func(d LearnDraw) score.Counts { return d.Learnt }},
		{"told", "what it says of itself", func(d LearnDraw) score.Counts { return d.Told }},
		{"dictionary", "dictionary", func(d LearnDraw) score.Counts { return d.Dictionary }},
	} {
		var path strings.Builder
		y := 0.0
		for i, s := range r.Sizes {
			x, sum := r.x(s.Documents), 0.0
			for _, d := range s.Draws {
				f1 := f1Of(l.of(d))
				sum += f1
				fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="2.5" class="%s" opacity="0.5"/>`, x, plotY(f1), l.class)
			}
			y = plotY(sum / float64(len(s.Draws)))
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
		}
		fmt.Fprintf(&b, `<path d="%s" class="%s"/>`, path.String(), l.class)
		names = append(names, lineName{y, l.name})
	}
	if r.Full != nil {
		y := plotY(f1Of(*r.Full))
		fmt.Fprintf(&b, `<path d="M%.1f %.1fL%.1f %.1f" class="full"/>`, plotLeft, y, plotRight, y)
		names = append(names, lineName{y, "full training"})
	}
	writeNames(&b, names)
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// lineName is the name of a line, beside where it ends.
type lineName struct {
	y    float64
	name string
}

// writeNames writes names from the top, none over another.
func writeNames(b *strings.Builder, names []lineName) {
	slices.SortFunc(names, func(a, b lineName) int { return cmp.Compare(a.y, b.y) })
	for i, n := range names {
		if i > 0 {
			n.y = max(n.y, names[i-1].y+15)
			names[i] = n
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f">%s</text>`, plotRight+8, n.y+4, n.name)
	}
}

func (r *LearnReport) axes(b *strings.Builder) {
	for tenth := range 9 {
		f1 := float64(tenth) / 10
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="grid"/><text x="%.1f" y="%.1f" text-anchor="end">.%d</text>`,
			plotLeft, plotY(f1), plotRight, plotY(f1), plotLeft-8, plotY(f1)+4, tenth)
	}
	for _, s := range r.Sizes {
		seconds := 0.0
		for _, d := range s.Draws {
			seconds += (d.Seconds.Encode + d.Seconds.Evaluate + d.Seconds.Fit) / float64(len(s.Draws))
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle">%d</text><text x="%.1f" y="%.1f" text-anchor="middle">%.1f s</text>`,
			r.x(s.Documents), plotBottom+18, s.Documents, r.x(s.Documents), plotBottom+34, seconds)
	}
	fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1fH%.1f" class="axis"/><text x="%.1f" y="%.1f" text-anchor="middle">finished documents; seconds to learn from them and to score what was learnt</text><text x="%.1f" y="%.1f">F1, %s, %d test documents</text>`,
		plotLeft, plotTop, plotBottom, plotRight, (plotLeft+plotRight)/2, plotBottom+56, plotLeft-30, plotTop-14, html.EscapeString(strings.Join(r.Labels, ", ")), r.TestDocuments)
}

// x is the place of a number of documents, on a logarithmic scale.
func (r *LearnReport) x(documents int) float64 {
	low, high := math.Log(float64(r.Sizes[0].Documents)), math.Log(float64(r.Sizes[len(r.Sizes)-1].Documents))
	if high == low {
		return (plotLeft + plotRight) / 2
	}
	return plotLeft + 20 + (math.Log(float64(documents))-low)/(high-low)*(plotRight-plotLeft-40)
}

// plotY is the place of an F1; the axis ends at 0.8.
func plotY(f1 float64) float64 { return plotBottom - min(f1, 0.85)/0.8*(plotBottom-plotTop) }

// f1Of is 0 where nothing was found.
func f1Of(c score.Counts) float64 {
	if !c.F1.Known() {
		return 0
	}
	return float64(c.F1)
}
