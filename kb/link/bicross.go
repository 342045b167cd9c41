package link

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
)

// biCross is the strategy BiCross, after the ClinLinker paper: a bi-encoder finds the k
// nearest concepts, and a cross-encoder, which reads the mention and a name at once, ranks
// them. With context it reads the mention's sentence too.
var biCross = Strategy{
	Name:  BiCross,
	About: "nearest by meaning, ranked again by a cross-encoder",
	Params: []Param{
		{Name: "k", About: "concepts that are ranked again", Default: 25, Min: 1, Max: rowsLooked},
		{Name: "context", About: "whether the sentence is read, 0 or 1", Max: 1},
	},
	Vectors:  true,
	Reranker: true,
	context:  func(p Params) bool { return p["context"] > 0 },
	measure:  measureCross,
	score:    scoreCross,
}

// PairText is what a cross-encoder gets to read of a mention; with a sentence where it
// reads that. Training has to write it in the same way.
func PairText(mention, sentence string) string {
	if sentence == "" {
		return mention
	}
	return mention + " | " + sentence
}

func measureCross(ctx context.Context, l *Linker, jobs []*job) error {
	if err := measureBoth(ctx, l, jobs); err != nil {
		return err
	}
	var pairs []kb.Pair
	var of []*found
	for _, j := range jobs {
		j.found = slices.DeleteFunc(j.found, func(f *found) bool { return f.dense != f.dense })
		slices.SortStableFunc(j.found, func(a, b *found) int { return cmp.Or(cmp.Compare(b.dense, a.dense), cmp.Compare(b.count, a.count)) })
		for _, f := range j.found[:min(len(j.found), int(j.p["k"]))] {
			pairs = append(pairs, kb.Pair{Mention: PairText(j.text, j.context), Name: j.kbs[f.kb].Index().Name(f.row)})
			of = append(of, f)
		}
	}
	scores, err := l.o.Reranker.Score(ctx, pairs)
	if err != nil {
		return fmt.Errorf("rank again: %w", err)
	}
	if len(scores) != len(pairs) {
		return fmt.Errorf("rank again: %d scores for %d pairs", len(scores), len(pairs))
	}
	for i, f := range of {
		f.match = "cross"
		f.parts = []kb.Part{{What: "bi", Score: corpus.Score(f.dense)}, {What: "cross", Score: corpus.Score(scores[i]), Text: pairs[i].Name}}
	}
	return nil
}

// scoreCross leaves what was not ranked again below what was.
func scoreCross(_ *Linker, j *job) {
	least := 1.0
	for _, f := range j.found {
		if f.match == "cross" {
			f.score = known(float32(f.parts[1].Score))
			f.other = float64(f.dense) // decides between equals
			least = min(least, f.score)
		}
	}
	for _, f := range j.found {
		if f.match != "cross" {
			f.score, f.other, f.match = least*0.99*known(f.dense), -1, "dense"
		}
	}
}
