package link

import (
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// Ranker is a ranking learnt from annotated mentions. Safe for concurrent use.
type Ranker interface {
	// Rank returns how likely each candidate of a mention is right, in [0, 1], from rows of
	// FeatureNames; the greater, the better it ranks.
	Rank(rows [][]float32) []float64
}

// ranked is how many of the best candidates a learnt ranking reads.
const ranked = 50

// learns tells whether a learnt ranking is asked about candidates of a job: only of the strategy
// Gloss, and only where every knowledge base was searched by meaning, as in its training.
func (l *Linker) learns(j *job) bool {
	if l.o.Ranker == nil || l.strategy != &gloss || j.p["learnt"] == 0 {
		return false
	}
	return !slices.ContainsFunc(j.kbs, func(k *base) bool { return !l.dense(k.KB) })
}

// rank scores the best of the candidates, best first, by a learnt ranking; the others stay
// below them in their order.
func (l *Linker) rank(a *ask, all []*found) {
	best := all[:min(ranked, len(all))]
	if len(best) == 0 {
		return
	}
	least := 1.0
	scores := l.o.Ranker.Rank(tableOf(a, best))
	for i, f := range best {
		f.parts = append(slices.Clone(f.parts), kb.Part{What: "similarity", Score: corpus.Score(f.score)}, kb.Part{What: "learnt", Score: corpus.Score(scores[i])})
		f.other, f.score = f.score, scores[i]
		least = min(least, f.score)
	}
	for _, f := range all[len(best):] {
		f.other, f.score = f.score, f.score*least
	}
	order(all)
}
