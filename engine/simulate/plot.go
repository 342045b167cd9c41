package simulate

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/engine/order"
)

// Plot draws F1 over hours of work as SVG: the mean of the seeds as a line, each seed as
// dots; dashed without suggestions.
func (r *Report) Plot(w io.Writer) error {
	c := chart{
		title: "F1 of " + strings.Join(r.Labels, ", ") + " by hours of annotation",
		x:     "hours of annotation", y: fmt.Sprintf("F1, %s, %d test documents", strings.Join(r.Labels, ", "), r.TestDocuments),
		level: r.goal(), levelName: fmt.Sprintf("··· %.0f %% of F1 %.3f", 100*r.Target, value(r.Full.F1)),
	}
	sentences := slices.ContainsFunc(r.Curves, func(c Curve) bool { return c.Unit == Sentence })
	if sentences {
		c.y += "; sentences asked"
	}
	lowest := 1.0
	for _, l := range r.lines() {
		s := series{name: string(l.mode), dashed: !l.suggestions}
		if sentences && l.unit == Document {
			s.name += ", documents"
		}
		if !l.suggestions {
			s.name += ", from scratch"
		}
		for i, m := range order.Modes() {
			if m == l.mode {
				s.colour = i
			}
		}
		s.points, s.dots = r.points(l)
		for _, p := range s.dots {
			lowest = min(lowest, p[1])
		}
		c.series = append(c.series, s)
	}
	c.from = math.Floor(10*lowest) / 10
	return c.svg(w)
}

// points are the means of the curves of a line at each update that all came to, and each
// curve's own. The whole pool, where a curve that came to no target ends, lies far away.
func (r *Report) points(l line) (means, dots [][2]float64) {
	for i := 0; ; i++ {
		var hours, f1 []float64
		for _, c := range l.curves {
			if i < len(c.Points) && !r.whole(c.Points[i]) {
				hours = append(hours, r.seconds(c.Points[i], l.suggestions)/3600)
				f1 = append(f1, value(c.Points[i].Test.F1))
				dots = append(dots, [2]float64{hours[len(hours)-1], f1[len(f1)-1]})
			}
		}
		if len(hours) < len(l.curves) {
			if len(hours) == 0 {
				return means, dots
			}
			continue
		}
		means = append(means, [2]float64{mean(hours), mean(f1)})
	}
}

// whole tells whether a point is that of the whole pool. Ratios and intervals may be
// not-a-number, which equals nothing.
func (r *Report) whole(p Point) bool {
	t, f := p.Test, r.Full
	return t.TP == f.TP && t.FP == f.FP && t.FN == f.FN && value(t.F1) == value(f.F1)
}
