package order

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// weighed is a question with what is expected of its answer.
type weighed struct {
	Question
	unsure []float64 // bits of each guess
	gain   float64
	cost   float64
}

func (o *Order) weigh(q Question) *weighed {
	w := &weighed{Question: q, cost: o.o.Costs.Expected(q, o.missing(), o.o.Bare)}
	for _, g := range q.Guesses {
		w.unsure = append(w.unsure, unsure(g))
	}
	return w
}

// value adds up what a question teaches: the bits of its guesses, less for texts that
// were answered or picked before, and one bit for each mention that the guesses are
// expected to miss. Those stand where others do: there are as many for each guess that
// is right as there were so far.
func (o *Order) value(w *weighed, batch map[string]int) {
	w.gain = 0
	for i, g := range w.Guesses {
		t := fold(g.Text)
		w.gain += w.unsure[i]/float64(1+o.seen[t]+batch[t]) + o.missing()*likely(g)
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

// unsure is how little a model knows of a place, in bits: the entropy of its score, or
// how near the first two candidates are, whichever is more.
func unsure(g Guess) float64 {
	bits := 1.0
	if g.Score.Known() {
		bits = entropy(float64(g.Score))
	}
	if g.Margin.Known() {
		bits = max(bits, 1-min(1, max(0, float64(g.Margin))))
	}
	return bits
}

func entropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}

// doubtful is from where a guess is named in a reason.
const doubtful = 0.5

// reason tells in words why a question is asked.
func (o *Order) reason(w *weighed, chance bool) string {
	switch {
	case chance && o.o.Mode == Random:
		return "drawn by chance"
	case chance && !o.guessed:
		return "drawn by chance: nothing is known yet"
	case chance:
		return "drawn by chance, to tell how good the model is"
	case o.o.Mode == File:
		return "next in the collection"
	}
	var names []string
	doubts, fresh := 0, 0
	order := make([]int, len(w.Guesses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w.unsure[b], w.unsure[a]) })
	for _, i := range order {
		t := w.Guesses[i].Text
		if o.seen[fold(t)] == 0 {
			fresh++
		}
		if w.unsure[i] < doubtful {
			continue
		}
		if doubts++; len(names) < 2 && !slices.Contains(names, t) {
			names = append(names, t)
		}
	}
	text := fmt.Sprintf("%d of %d suggestions unsure", doubts, len(w.Guesses))
	if len(names) > 0 {
		text += " (“" + strings.Join(names, "”, “") + "”)"
	}
	text += fmt.Sprintf(", %d with a name not seen before", fresh)
	if o.o.Mode == Value {
		text += fmt.Sprintf("; about %.0f s of work", w.cost)
	}
	return text
}

func fold(s string) string { return strings.ToLower(s) }
