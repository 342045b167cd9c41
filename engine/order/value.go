package order

import (
	"math"
	"strings"
)

// weighed is a question with what is expected of its answer.
type weighed struct {
	Question
	unsure []float64 // bits of each guess
	texts  []string  // of each guess, folded
	own    float64   // bits that it teaches by itself
	work   float64   // seconds of an answer, of a sentence without reading
	gain   float64   // bits and seconds in the round as it stands, with what is answered beside it
	cost   float64
}

func (o *Order) weigh(q Question) *weighed {
	w := &weighed{Question: q}
	if q.Doc != "" {
		q.Words = 0
	}
	w.work = o.o.Costs.Expected(q, o.missing(), o.o.Bare)
	for _, g := range q.Guesses {
		w.unsure, w.texts = append(w.unsure, g.Bits()), append(w.texts, fold(g.Text))
	}
	return w
}

// value adds up what a question teaches by itself: the bits of its guesses, less for
// texts that were answered or picked before, and one bit for each mention that the guesses
// are expected to miss. Those stand where others do: there are as many for each guess that
// is right as there were so far.
func (o *Order) value(w *weighed, batch map[string]int) {
	w.own = 0
	for i, g := range w.Guesses {
		t := w.texts[i]
		w.own += w.unsure[i]*harmonic(1+g.Alike)/float64(1+o.seen[t]+batch[t]) + o.missing()*likely(g)
	}
}

// missing is how many mentions guesses miss for each that they touch, as far as is known.
func (o *Order) missing() float64 {
	return float64(o.missed) / float64(1+o.touched)
}

// likely is how likely a guess is right.
func likely(g Guess) float64 {
	if !g.Score.Known() {
		return 0.5
	}
	return float64(g.Score)
}

// Bits is how little a model knows of a place: the entropy of its score, or how near the
// first two candidates are, whichever is more, from 0 to 1. A guess without a score is one
// that the models know nothing of.
func (g Guess) Bits() float64 {
	bits := 1.0
	if g.Score.Known() {
		bits = entropy(float64(g.Score))
	}
	if g.Margin.Known() {
		bits = max(bits, 1-min(1, max(0, float64(g.Margin))))
	}
	return bits
}

// harmonic is 1 + 1/2 + ... + 1/n: each further place that reads the same adds less.
func harmonic(n int) float64 {
	sum := 0.0
	for i := min(n, 1000); i > 0; i-- {
		sum += 1 / float64(i)
	}
	return sum
}

func entropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}

func fold(s string) string { return strings.ToLower(s) }
