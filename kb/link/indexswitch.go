package link

import (
	"context"
	"errors"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// indexSwitch is the strategy IndexSwitch, after the LivingNER paper: the names that
// annotated corpora wrote, each for its most frequent code, are searched first. The nearest of
// them wins where it is within the switch threshold; else the nearer one of it and of the
// nearest of all names. What is farther than t goes through the n-gram loop.
var indexSwitch = Strategy{
	Name:  IndexSwitch,
	About: "annotated names first, then all names, then parts of the mention",
	Params: []Param{
		{Name: "switch", About: "distance up to which an annotated name wins outright", Max: 2, Grid: steps(0, 1.2, 25), Tuned: true},
		threshold,
	},
	Vectors: true,
	parts:   true,
	valid: func(p Params) error {
		if p["switch"] > p["t"] {
			return errors.New("switch is greater than t")
		}
		return nil
	},
	widest:  Params{"switch": 0, "t": 0},
	measure: func(ctx context.Context, l *Linker, jobs []*job) error { return measureGrams(ctx, l, jobs, true) },
	score:   func(_ *Linker, j *job) { j.byParts(j.switched) },
	alike:   func(_ *job, f *found) float64 { return known(f.dense) },
}

// switched are the names near a text. An annotated name within the switch threshold is
// first, whatever else is nearer.
func (j *job) switched(text string) (list []near, first bool) {
	small, large := j.grams.labelled[text], j.grams.all[text]
	if within(small, j.p["switch"]) {
		return append([]near{small[0]}, large...), true
	}
	if len(small) == 0 {
		return large, false
	}
	// The annotated names are among all names, but there they may stand for a rarer code too.
	if len(large) > 0 && large[0].cosine > small[0].cosine {
		return large, false
	}
	return append([]near{small[0]}, large...), true
}

// nearestLabelled are the nearest of the names that annotated corpora wrote.
func (k *base) nearestLabelled(query []float32) []kb.Hit {
	top := best.Top{K: 1, Floor: -2}
	for _, row := range k.labelled() {
		top.Add(kb.Hit{Row: row, Score: vec.Dot(query, k.Vectors().Row(row))})
	}
	return top.Sorted()
}
