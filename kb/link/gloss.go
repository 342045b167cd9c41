package link

import (
	"context"

	"github.com/gloss-nlp/gloss/kb/lexical"
)

const (
	// exactBonus is what equality adds to a fused similarity, before the sum is scaled
	// back to [0, 1]: an equal name beats one that is merely very near.
	exactBonus = 0.1
	// orderShare is how much of the bonus equality but for word order and plural gets.
	orderShare = 0.7

	// Shares of meaning by whether the KB holds mentions; names alone teach an encoder little.
	weightMentions = 0.95
	weightNames    = 0.4
	// mentionShare is the share of names written by a corpus from which on a KB counts as holding mentions.
	mentionShare = 0.05
)

// gloss is the strategy Gloss.
var gloss = Strategy{
	Name:  Gloss,
	About: "similarity by meaning and by letters together, equal names first",
	Params: []Param{
		{Name: "weight", About: "share of meaning; 0: as the knowledge base suggests", Max: 1, Grid: steps(0, 1, 21)},
		{Name: "learnt", About: "1: a learnt ranking has the last word, where there is one; 0: it is not asked", Default: 1, Max: 1},
	},
	measure: measureBoth,
	score: func(_ *Linker, j *job) {
		for _, f := range j.found {
			w := j.weight(f.kb)
			f.score, f.match = scoreFused(f, w), strongest(f, w)
		}
	},
	alike: func(j *job, f *found) float64 { return scoreFused(f, j.weight(f.kb)) },
}

// measureBoth looks by letters, and by meaning where there are vectors.
func measureBoth(ctx context.Context, l *Linker, jobs []*job) error {
	hits, err := l.hits(ctx, jobs)
	if err != nil {
		return err
	}
	return parallel(ctx, len(jobs), func(i int) {
		j := jobs[i]
		for n, k := range j.kbs {
			if hits[i][n] != nil {
				j.found = append(j.found, collect(n, k, j.text, hits[i][n], j.weight(n))...)
			} else {
				j.found = append(j.found, collect(n, k, j.text, nil, 0)...)
			}
		}
	})
}

// weight is the share of meaning for the KB of a number. It counts only where the KB was
// searched by meaning.
func (j *job) weight(n int) float64 {
	if w := j.p["weight"]; w > 0 {
		return w
	}
	if m := j.kbs[n].Meta(); float64(m.Mentions) >= mentionShare*float64(m.Names) {
		return weightMentions
	}
	return weightNames
}

// scoreFused adds up the parts. A part that did not look at all leaves its share to the other.
func scoreFused(f *found, weight float64) float64 {
	if f.dense != f.dense {
		weight = 0
	}
	s := weight*known(f.dense) + (1-weight)*known(f.lex)
	if f.exact {
		bonus := exactBonus
		if f.level == lexical.WordOrder {
			bonus *= orderShare
		}
		s += bonus
	}
	return s / (1 + exactBonus)
}

// strongest names the part that counts most for a concept.
func strongest(f *found, weight float64) string {
	switch {
	case f.exact:
		return "exact"
	case f.dense == f.dense && weight*known(f.dense) > (1-weight)*known(f.lex):
		return "dense"
	}
	return "ngram"
}
