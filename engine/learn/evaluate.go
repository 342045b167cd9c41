package learn

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// many is the number of documents from which on three folds do: they are scored
// nearly as well, and in less time.
const many = 40

func (l *Learner) folds(documents int) int {
	k := l.o.Folds
	switch {
	case k == 0 && documents >= many:
		k = 3
	case k == 0:
		k = 5
	}
	return min(max(2, k), documents)
}

// evaluate scores every document by a head that was fitted without it, and by the
// model's own layer where it is known. It returns how sure these heads were of what
// they found, and whether it was right.
func (l *Learner) evaluate(ctx context.Context, items []*item, origin ner.Head, known bool, r *Result) ([]judged, error) {
	r.Folds = l.folds(len(items))
	fold := deal(items, r.Folds, l.settings.Seed)
	gold, found, old := byDoc{}, byDoc{}, byDoc{}
	for k := range r.Folds {
		var others []*item
		for i, d := range items {
			if fold[i] != k {
				others = append(others, d)
			}
		}
		head, err := newFitter(origin, origin, l.states.width, l.settings).fit(ctx, examples(others))
		if err != nil {
			return nil, err
		}
		head.Calibration = nil
		for i, d := range items {
			if fold[i] != k {
				continue
			}
			gold[d.Name] = d.Mentions
			if err := l.find(ctx, head, d, found); err != nil {
				return nil, err
			}
			if known {
				if err := l.find(ctx, origin, d, old); err != nil {
					return nil, err
				}
			}
		}
	}
	scored, err := score.Score(gold, found, score.Options{Labels: r.Labels})
	if err != nil {
		return nil, err
	}
	r.New = scored.Counts
	if known {
		own, err := score.Score(gold, old, score.Options{Labels: r.Labels})
		if err != nil {
			return nil, err
		}
		d := scored.Against(own)
		r.Old = &d
	}
	return judge(gold, found), nil
}

// byDoc are mentions by document.
type byDoc = map[string][]corpus.Mention

// deal gives each document a fold. Those with mentions are dealt first, so that every
// fold has its share of them.
func deal(items []*item, folds int, seed uint64) []int {
	order := rand.New(rand.NewPCG(seed, 3)).Perm(len(items))
	slices.SortStableFunc(order, func(a, b int) int { return min(1, len(items[b].marks)) - min(1, len(items[a].marks)) })
	fold := make([]int, len(items))
	for k, i := range order {
		fold[i] = k % folds
	}
	return fold
}

// find adds what a head finds in a document, whose states are computed anew where
// they were not kept.
func (l *Learner) find(ctx context.Context, head ner.Head, d *item, into byDoc) error {
	windows := d.windows
	if windows == nil {
		var err error
		if windows, _, err = l.states.of(ctx, d.Text, d.known); err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	mentions, err := head.Find(ctx, d.Text, windows)
	if err != nil {
		return fmt.Errorf("%s: %w", d.Name, err)
	}
	into[d.Name] = d.finished(mentions)
	return nil
}
