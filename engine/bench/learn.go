package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// LearnOptions say what to learn, and on what to judge it.
type LearnOptions struct {
	Encoder learn.Encoder     // of a model that does not know the layer
	Train   []corpus.Document // from which finished documents are drawn
	Test    []corpus.Document // on which everything is scored
	Layer   learn.Layer
	Full    *ner.Model // one that was trained on the layer, for comparison; nil: none
	Sizes   []int      // numbers of finished documents, rising
	More    int        // documents that are finished after the largest size, for the time of a refit; 0: none
	Draws   int        // orders of Train
	Seed    uint64
	Say     func(format string, args ...any) // hears what is being done
}

// LearnReport is how good a layer becomes with more documents.
type LearnReport struct {
	Labels        []string      `json:"labels"`
	TestDocuments int           `json:"test_documents"`
	TestMentions  int           `json:"test_mentions"`
	Sizes         []LearnSize   `json:"sizes"`
	Refit         []float64     `json:"refit_seconds"` // of each draw: More documents encoded, all scored and fitted
	Full          *score.Counts `json:"full"`          // of the model that was trained on the layer
}

// LearnSize is what so many documents teach, in several draws.
type LearnSize struct {
	Documents int         `json:"documents"`
	Draws     []LearnDraw `json:"draws"`
}

// LearnDraw is what the documents of one draw teach.
type LearnDraw struct {
	Mentions   int           `json:"mentions"`
	Learnt     score.Counts  `json:"learnt"`     // on the test documents
	Told       score.Counts  `json:"told"`       // what was told without them: each document scored by a layer fitted to the others
	Dictionary score.Counts  `json:"dictionary"` // strings that are annotated in the documents, on the test documents
	Seconds    learn.Seconds `json:"seconds"`
}

// Learn measures learning from few documents: the documents of a size are the first
// ones of a draw, so that larger ones hold smaller ones. The states of the documents
// of smaller sizes are kept, as they are while somebody works.
func Learn(ctx context.Context, o LearnOptions) (*LearnReport, error) {
	largest := slices.Max(append([]int{0}, o.Sizes...))
	if largest == 0 || o.Draws < 1 {
		return nil, errors.New("name sizes above 0, and one draw at least")
	}
	if largest+o.More > len(o.Train) {
		return nil, fmt.Errorf("%d documents are wanted and %d to be had: name smaller sizes", largest+o.More, len(o.Train))
	}
	b := &learnBench{o: o, gold: map[string][]corpus.Mention{}}
	if err := b.encode(ctx); err != nil {
		return nil, err
	}
	r := &LearnReport{Labels: b.labels, TestDocuments: len(o.Test), Sizes: make([]LearnSize, len(o.Sizes)), Refit: []float64{}}
	for _, d := range o.Test {
		for _, m := range d.Mentions {
			if slices.Contains(b.labels, m.Label) {
				r.TestMentions++
			}
		}
	}
	for draw := range o.Draws {
		if err := b.draw(ctx, draw, r); err != nil {
			return nil, err
		}
	}
	if o.Full != nil {
		full, err := b.score(func(_ int, d corpus.Document) ([]corpus.Mention, error) {
			return o.Full.Annotate(ctx, d.Text, nil, nil)
		})
		if err != nil {
			return nil, err
		}
		r.Full = &full
	}
	return r, nil
}

type learnBench struct {
	o      LearnOptions
	labels []string
	gold   map[string][]corpus.Mention
	states [][]ner.States // of the test documents
}

func (b *learnBench) encode(ctx context.Context) error {
	b.labels = b.o.Layer.Labels
	for _, d := range b.o.Test {
		b.gold[d.Name] = d.Mentions
		windows, err := b.o.Encoder.States(ctx, d.Text, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		b.states = append(b.states, windows)
	}
	return nil
}

// draw learns from documents in one order.
func (b *learnBench) draw(ctx context.Context, draw int, r *LearnReport) error {
	docs := slices.Clone(b.o.Train)
	rand.New(rand.NewPCG(b.o.Seed, uint64(draw))).Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	l := learn.New(b.o.Encoder, learn.Options{})
	var current *ner.Head
	for i, n := range b.o.Sizes {
		b.o.Say("draw %d: %d documents", draw+1, n)
		one, head, err := b.learn(ctx, l, docs[:n], current)
		if err != nil {
			return err
		}
		current = head
		r.Sizes[i].Documents = n
		r.Sizes[i].Draws = append(r.Sizes[i].Draws, one)
	}
	if b.o.More == 0 {
		return nil
	}
	started := time.Now()
	if _, err := l.Learn(ctx, docs[:b.o.Sizes[len(b.o.Sizes)-1]+b.o.More], b.o.Layer, current); err != nil {
		return err
	}
	r.Refit = append(r.Refit, time.Since(started).Seconds())
	return nil
}

func (b *learnBench) learn(ctx context.Context, l *learn.Learner, docs []corpus.Document, current *ner.Head) (LearnDraw, *ner.Head, error) {
	found, err := l.Learn(ctx, docs, b.o.Layer, current)
	if err != nil {
		return LearnDraw{}, nil, err
	}
	one := LearnDraw{Mentions: found.Mentions, Told: found.New, Seconds: found.Seconds}
	if one.Learnt, err = b.score(func(i int, d corpus.Document) ([]corpus.Mention, error) {
		return found.Head.Find(ctx, d.Text, b.states[i])
	}); err != nil {
		return LearnDraw{}, nil, err
	}
	known := newDictionary(docs, b.labels)
	one.Dictionary, err = b.score(func(_ int, d corpus.Document) ([]corpus.Mention, error) { return known.find(d.Text), nil })
	return one, &found.Head, err
}

// score scores what find finds in the test documents.
func (b *learnBench) score(find func(i int, d corpus.Document) ([]corpus.Mention, error)) (score.Counts, error) {
	pred := map[string][]corpus.Mention{}
	for i, d := range b.o.Test {
		var err error
		if pred[d.Name], err = find(i, d); err != nil {
			return score.Counts{}, fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	r, err := score.Score(b.gold, pred, score.Options{Labels: b.labels})
	if err != nil {
		return score.Counts{}, err
	}
	return r.Counts, nil
}
