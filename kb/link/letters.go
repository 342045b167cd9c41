package link

import (
	"context"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// byLetters is the strategy Lexical, after the PharmaCoNER paper: abbreviations are written
// out; names with all the words of the mention are found first, ranked by edit distance; only
// where there are none, names spelled like it, of which those below the threshold do not
// count. It needs no model.
var byLetters = Strategy{
	Name:  Lexical,
	About: "abbreviations written out, names with all words, misspelled names",
	Params: []Param{
		{Name: "threshold", About: "least similarity by edit distance of a misspelled name", Default: 0.7, Max: 1, Grid: steps(0.3, 1, 15)},
	},
	measure: measureLetters,
	score: func(_ *Linker, j *job) {
		for _, f := range j.found {
			f.score = float64(f.parts[0].Score) / 2
			if f.match != "fuzzy" {
				f.score += 0.5
			}
		}
		j.nilAt = j.p["threshold"] / 2
	},
}

// spelled is how many names each search of the strategy looks at.
const spelled = 50

func measureLetters(ctx context.Context, l *Linker, jobs []*job) error {
	return parallel(ctx, len(jobs), func(i int) {
		j := jobs[i]
		texts := append([]string{j.text}, l.o.Abbreviations.Expand(j.text)...)
		for n, k := range j.kbs {
			at := map[int32]*found{}
			for _, text := range texts {
				j.withWords(n, k, text, at)
			}
			if len(at) > 0 {
				continue
			}
			for _, text := range texts {
				for _, h := range k.Index().Fuzzy(text, 0, spelled) {
					j.spell(n, k, text, h.Row, h.Score, "fuzzy", at)
				}
			}
		}
	})
}

// withWords adds the concepts with a name that has every word of a text.
func (j *job) withWords(n int, k *base, text string, at map[int32]*found) {
	folded := lexical.Fold(text)
	for _, h := range k.Index().Search(text, spelled) {
		switch h.Tier {
		case lexical.ExactTier:
			j.spell(n, k, text, h.Row, h.Score, "exact", at)
		case lexical.PrefixTier, lexical.WordsTier:
			name := lexical.Fold(k.Index().Name(h.Row))
			longer := max(len([]rune(folded)), len([]rune(name)))
			j.spell(n, k, text, h.Row, 1-float32(lexical.Distance(folded, name))/float32(longer), "words", at)
		}
	}
}

// spell adds a name; a concept counts by its best.
func (j *job) spell(n int, k *base, text string, row int32, score float32, match string, at map[int32]*found) {
	c := k.ConceptOf(row)
	f := at[c]
	if f == nil {
		f = newFound(n, c)
		at[c] = f
		j.found = append(j.found, f)
	}
	before := f.row
	f.show(row, float64(score), k.Count(row))
	if f.row != before {
		f.lex, f.match = score, match
		f.parts = []kb.Part{{What: "edit distance", Score: corpus.Score(score), Text: text}}
	}
}
