// Package draw shows what the lens saw: as tables of plain text, and as a page of
// HTML that needs nothing beside itself.
package draw

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// View is one model, or several side by side; all reports are of the same gold
// side and options.
type View struct {
	Reports []*lens.Report // at least one
	Top     int            // how many words of each side of an edge are shown
}

func (v View) first() *lens.Report { return v.Reports[0] }

// labels are those of all reports, sorted.
func (v View) labels() []string {
	all := map[string]bool{}
	for _, r := range v.Reports {
		for label := range r.PerLabel {
			all[label] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// letter names a model in the head of a table: A, B, ...
func letter(i int) string { return string(rune('A' + i%26)) }

// sideCounts are the mentions of gold and of predictions in a class.
func sideCounts(r *lens.Report) (gold, pred map[score.Class]int) {
	gold, pred = map[score.Class]int{}, map[score.Class]int{}
	for _, c := range r.Cases {
		gold[c.Class] += len(c.Gold)
		pred[c.Class] += len(c.Pred)
	}
	return gold, pred
}

// without is the tally of the mentions that are not in t.
func without(r *lens.Report, t lens.Tally) (recall, precision corpus.Score) {
	return share(r.Totals.TP-t.GoldRight, r.Totals.Gold-t.Gold), share(r.Totals.TP-t.PredRight, r.Totals.Pred-t.Pred)
}

func share(part, whole int) corpus.Score {
	if whole == 0 {
		return corpus.NoScore
	}
	return corpus.Score(part) / corpus.Score(whole)
}

// decimal writes a share as ".923"; "–" where there is none.
func decimal(s corpus.Score) string {
	if !s.Known() {
		return "–"
	}
	return strings.Replace(fmt.Sprintf("%.3f", float64(s)), "0.", ".", 1)
}

// edges are the sides of edges with their signs, as tables show them.
var edges = []struct{ side, title, sign string }{
	{score.LeftLost, "lost at the left", "−"}, {score.LeftGained, "gained at the left", "+"},
	{score.RightLost, "lost at the right", "−"}, {score.RightGained, "gained at the right", "+"},
}

// causes are those that some mention has, in order.
func (v View) causes() []lens.Cause {
	return slices.DeleteFunc(lens.Causes(), func(c lens.Cause) bool {
		return !slices.ContainsFunc(v.Reports, func(r *lens.Report) bool { return r.Causes[c].Gold+r.Causes[c].Pred > 0 })
	})
}

// ranked tells whether ranks are known of some mention.
func ranked(l *lens.Linking) bool {
	return l != nil && slices.ContainsFunc(l.Ranks, func(r lens.Rank) bool { return r.Count > 0 })
}
