package score

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// UAlpha is Krippendorff's alpha for unitising one category: the u-alpha of
// K. Krippendorff, "On the Reliability of Unitizing Continuous Data",
// Sociological Methodology 25 (1995), 47-76. units are the marked stretches of
// each of at least two observers in one continuum of the given length; those
// of one observer are joined where they overlap, as the definition knows none
// that do. It is 1 for perfect agreement and about 0 for chance, and
// not-a-number where nobody marked anything.
func UAlpha(units [][]corpus.Span, length corpus.Off) corpus.Score {
	joined := make([][]corpus.Span, len(units))
	for i, u := range units {
		joined[i] = join(u)
	}
	return unitised(joined, length).alpha()
}

// continuum sums the disagreements of one category or several.
type continuum struct{ observed, expected float64 }

func (c *continuum) add(o continuum) {
	c.observed += o.observed
	c.expected += o.expected
}

func (c continuum) alpha() corpus.Score {
	if c.expected == 0 {
		return corpus.NoScore
	}
	return corpus.Score(1 - c.observed/c.expected)
}

// continuum lays the documents one after the other, and marks what each
// annotator gave the label.
func (a *agreer) continuum(label string) continuum {
	units := make([][]corpus.Span, len(a.by))
	start := corpus.Off(0)
	for _, doc := range a.docs {
		length := a.texts[doc].Len()
		for i, one := range a.by {
			var here []corpus.Span
			for _, m := range one.Docs[doc] {
				if m.Label == label {
					here = append(here, m.Spans...)
				}
			}
			for _, s := range join(here) {
				length = max(length, s.End)
				units[i] = append(units[i], corpus.Span{Start: start + s.Start, End: start + s.End})
			}
		}
		start += length
	}
	return unitised(units, start)
}

// join sorts spans and makes one of those that overlap; empty ones are no units.
func join(spans []corpus.Span) []corpus.Span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s corpus.Span) bool { return s.Len() <= 0 })
	slices.SortFunc(spans, func(a, b corpus.Span) int { return cmp.Compare(a.Start, b.Start) })
	var joined []corpus.Span
	for _, s := range spans {
		if n := len(joined); n > 0 && s.Start < joined[n-1].End {
			joined[n-1].End = max(joined[n-1].End, s.End)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// unitised computes both disagreements of a category. units are sorted and do
// not overlap within one observer.
func unitised(units [][]corpus.Span, length corpus.Off) continuum {
	m, l := float64(len(units)), float64(length)
	if length == 0 || len(units) < 2 {
		return continuum{}
	}
	observed := 0.0
	for i := range units {
		for j := range i {
			observed += 2 * difference(units[i], units[j]) // of i from j, and of j from i
		}
	}
	var gaps []float64
	for _, u := range units {
		gaps = append(gaps, gapsOf(u, length)...)
	}
	expected, sameUnit := 0.0, 0.0
	fits := newFitting(gaps)
	for _, u := range units {
		for _, s := range u {
			b := float64(s.Len())
			expected += (b-1)/3*(2*b*b-3*b+1) + b*b*fits.places(b)
			sameUnit += b * (b - 1)
		}
	}
	if expected == 0 {
		return continuum{}
	}
	return continuum{
		observed: observed / (m * (m - 1) * l * l),
		expected: 2 / l * expected / (m*l*(m*l-1) - sameUnit),
	}
}

// difference sums over the units of two observers: squared differences of both
// edges where units overlap, and the squared length of a unit that lies in a
// gap of the other.
func difference(a, b []corpus.Span) float64 {
	sum := 0.0
	met := make([]bool, len(b))
	first := 0
	for _, s := range a {
		for first < len(b) && b[first].End <= s.Start {
			first++
		}
		alone := true
		for j := first; j < len(b) && b[j].Start < s.End; j++ {
			alone, met[j] = false, true
			sum += square(s.Start-b[j].Start) + square(s.End-b[j].End)
		}
		if alone {
			sum += square(s.Len())
		}
	}
	for j, t := range b {
		if !met[j] {
			sum += square(t.Len())
		}
	}
	return sum
}

func square(n corpus.Off) float64 { return float64(n) * float64(n) }

// gapsOf are the lengths of what lies between units.
func gapsOf(units []corpus.Span, length corpus.Off) []float64 {
	var gaps []float64
	at := corpus.Off(0)
	for _, u := range units {
		if u.Start > at {
			gaps = append(gaps, float64(u.Start-at))
		}
		at = u.End
	}
	if length > at {
		gaps = append(gaps, float64(length-at))
	}
	return gaps
}

// fitting answers in how many places of all gaps a unit fits.
type fitting struct {
	gaps []float64 // sorted
	sums []float64 // of the gaps from each on
}

func newFitting(gaps []float64) fitting {
	slices.Sort(gaps)
	f := fitting{gaps, make([]float64, len(gaps)+1)}
	for i := len(gaps) - 1; i >= 0; i-- {
		f.sums[i] = f.sums[i+1] + gaps[i]
	}
	return f
}

func (f fitting) places(b float64) float64 {
	i, _ := slices.BinarySearch(f.gaps, b)
	return f.sums[i] - float64(len(f.gaps)-i)*(b-1)
}
