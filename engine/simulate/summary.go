package simulate

import (
	"math"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/order"
)

// Summary is what an order takes to reach the target, with or without suggestions:
// means of the seeds.
type Summary struct {
	Order       order.Mode   `json:"order"`
	Unit        Unit         `json:"unit"`
	Suggestions bool         `json:"suggestions"`
	Seeds       int          `json:"seeds"`
	Reached     int          `json:"reached"` // of the seeds; the rest is of these
	Asked       corpus.Score `json:"asked"`   // documents or sentences
	Seconds     corpus.Score `json:"seconds"`
	Least       corpus.Score `json:"least_seconds"`
	Most        corpus.Score `json:"most_seconds"`
	Saved       corpus.Score `json:"saved"` // share of the seconds of file order without suggestions
	// Told is how many times enough was drawn by chance to tell how good the layer is, and
	// True how many of the intervals that were told then hold what the test documents say.
	Told int `json:"told"`
	True int `json:"true"`
}

// line are the curves of one order.
type line struct {
	mode        order.Mode
	unit        Unit
	suggestions bool
	curves      []Curve
}

// lines are the curves of the report by order, with and without suggestions.
func (r *Report) lines() []line {
	var all []line
	for _, mode := range order.Modes() {
		for _, suggestions := range []bool{false, true} {
			var own []Curve
			for _, c := range r.Curves {
				if c.Order == mode && (mode != order.Value || c.Bare != suggestions) {
					own = append(own, c)
				}
			}
			if len(own) > 0 {
				all = append(all, line{mode, own[0].Unit, suggestions, own})
			}
		}
	}
	return all
}

// seconds is how long the work of a point takes.
func (r *Report) seconds(p Point, suggestions bool) float64 {
	if !suggestions {
		return r.Costs.Seconds(p.Work.Bare())
	}
	return r.Costs.Seconds(p.Work)
}

// goal is the F1 to be reached.
func (r *Report) goal() float64 { return r.Target * value(r.Full.F1) }

// reach is where a curve first comes to the target, in a straight line from the point
// before; NaN where it does not.
func (r *Report) reach(c Curve, suggestions bool) (asked, seconds float64) {
	goal := r.goal()
	var f1, count, secs float64
	for _, p := range c.Points {
		f, n, s := value(p.Test.F1), float64(p.Work.Documents), r.seconds(p, suggestions)
		if c.Unit == Sentence {
			n = float64(p.Work.Sentences)
		}
		if f >= goal {
			share := 1.0
			if f > f1 {
				share = (goal - f1) / (f - f1)
			}
			return count + share*(n-count), secs + share*(s-secs)
		}
		f1, count, secs = f, n, s
	}
	return math.NaN(), math.NaN()
}

func (r *Report) summary() []Summary {
	all := []Summary{}
	base := math.NaN()
	for _, l := range r.lines() {
		var asked, secs []float64
		for _, c := range l.curves {
			if n, s := r.reach(c, l.suggestions); !math.IsNaN(s) {
				asked, secs = append(asked, n), append(secs, s)
			}
		}
		one := Summary{
			Order: l.mode, Unit: l.unit, Suggestions: l.suggestions, Seeds: len(l.curves), Reached: len(secs),
			Asked: corpus.NoScore, Seconds: corpus.NoScore, Least: corpus.NoScore, Most: corpus.NoScore, Saved: corpus.NoScore,
		}
		one.Told, one.True = told(l.curves)
		if len(secs) > 0 {
			one.Asked, one.Seconds = corpus.Score(mean(asked)), corpus.Score(mean(secs))
			one.Least, one.Most = corpus.Score(slices.Min(secs)), corpus.Score(slices.Max(secs))
			if l.mode == order.File && !l.suggestions {
				base = mean(secs)
			}
			one.Saved = corpus.Score(1 - mean(secs)/base)
		}
		all = append(all, one)
	}
	return all
}

// told counts estimates, and those that hold.
func told(curves []Curve) (n, right int) {
	for _, c := range curves {
		for i, p := range c.Points {
			if i == 0 || !p.Told.Tells() {
				continue
			}
			n++
			if f1 := c.Points[i-1].Test.F1; p.Told.CI95[0] <= f1 && f1 <= p.Told.CI95[1] {
				right++
			}
		}
	}
	return n, right
}

func mean(of []float64) float64 {
	sum := 0.0
	for _, v := range of {
		sum += v
	}
	return sum / float64(len(of))
}
