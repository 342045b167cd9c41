// Package learn fits layers of a recognizer to finished documents, in the program and
// in seconds: a linear layer over the states of the model's encoder and a chain over
// its tags (Lafferty, McCallum and Pereira 2001), either from where the model's own
// layer stands or, for labels that it does not know, from nothing. What is fitted is
// scored on documents that it was not fitted to before it is used.
package learn

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// Encoder is the part of a recognizer that is not learnt here.
type Encoder interface {
	// States are what its encoder says of a text's pieces, window by window.
	States(ctx context.Context, text corpus.Text, sentences []corpus.Span) ([]ner.States, error)
	// Head is a layer of the model as it was trained; false where it has none.
	Head(layer string) (ner.Head, bool)
}

// What keeps a layer from being learnt.
var (
	ErrFew      = errors.New("too few documents")  // fewer than two: nothing could be scored on what was not learnt from
	ErrNone     = errors.New("no mentions")        // of its labels, in fewer than two documents
	ErrNotSound = errors.New("unsound annotation") // a mention lies outside of its text
)

// Layer is what to learn: a layer of the model where it has one of this name, else
// one of these labels that begins from nothing.
type Layer struct {
	Name   string   `json:"name"`
	Labels []string `json:"labels"` // nil: those that the model's layer has
}

// Options say how to learn. The zero value is fine.
type Options struct {
	Settings *Settings // nil: Defaults
	Folds    int       // parts that the documents are scored in, by heads fitted to the others; 0: five, for many documents three
	Memory   int64     // bytes of states that are kept; 0: 256 MiB
}

// Seconds are what a layer took, on one thread but for the encoder.
type Seconds struct {
	Encode   float64 `json:"encode"`   // of documents whose states were not kept
	Evaluate float64 `json:"evaluate"` // the folds
	Fit      float64 `json:"fit"`      // the head itself
}

// Result is a layer that was learnt, and how good it is.
type Result struct {
	Layer     string            `json:"layer"`
	Labels    []string          `json:"labels"`
	Documents int               `json:"documents"` // finished ones
	Used      int               `json:"used"`      // of these, those that it was fitted to: more do not fit into memory
	Mentions  int               `json:"mentions"`
	Lost      int               `json:"lost"` // mentions in or across others, which a layer cannot hold
	Folds     int               `json:"folds"`
	New       score.Counts      `json:"new"`    // each document scored by a head that was fitted without it
	Old       *score.Difference `json:"old"`    // the model's own layer on the same documents, and how much better the new one is; nil where it has none
	Better    bool              `json:"better"` // by more than chance: the interval of the difference lies above 0
	Seconds   Seconds           `json:"seconds"`

	Head ner.Head `json:"-"`
}

// Learner learns layers, and keeps the states of the documents that it has seen. It
// is safe for concurrent use; one call of Learn waits for another.
type Learner struct {
	encoder  Encoder
	o        Options
	settings Settings
	turn     chan struct{} // holds one token
	states   *states
}

// New makes a learner over an encoder.
func New(e Encoder, o Options) *Learner {
	s := Defaults()
	if o.Settings != nil {
		s = *o.Settings
	}
	if o.Memory == 0 {
		o.Memory = 256 << 20
	}
	l := &Learner{encoder: e, o: o, settings: s, turn: make(chan struct{}, 1), states: newStates(e, o.Memory)}
	l.turn <- struct{}{}
	return l
}

// Learn fits a layer to finished documents, as LearnParts does to documents of which
// some stretches are finished.
func (l *Learner) Learn(ctx context.Context, docs []corpus.Document, layer Layer, current *ner.Head) (*Result, error) {
	return l.LearnParts(ctx, whole(docs), layer, current)
}

// LearnParts fits a layer to what is finished of documents: what has no mention there
// is taken as free of them, and nothing is taken from the rest. current is the head that was learnt before, from which the fit begins;
// nil where there is none. The error wraps ErrFew or ErrNone where there is nothing to
// learn from, ctx's where it was cancelled.
func (l *Learner) LearnParts(ctx context.Context, docs []Part, layer Layer, current *ner.Head) (*Result, error) {
	select {
	case <-l.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()
	origin, known, err := l.origin(layer)
	if err != nil {
		return nil, err
	}
	r := &Result{Layer: layer.Name, Labels: labelsOf(origin), Documents: len(docs)}
	if len(docs) < 2 {
		return nil, fmt.Errorf("learn layer %q: %w: %d finished, two are the least", layer.Name, ErrFew, len(docs))
	}
	items, err := l.items(docs, r)
	if err != nil {
		return nil, fmt.Errorf("learn layer %q: %w", layer.Name, err)
	}
	started := time.Now()
	if err := l.encode(ctx, items); err != nil {
		return nil, fmt.Errorf("learn layer %q: %w", layer.Name, err)
	}
	r.Seconds.Encode = time.Since(started).Seconds()
	for _, d := range items {
		if d.windows != nil {
			r.Used++
		}
	}

	started = time.Now()
	sure, err := l.evaluate(ctx, items, origin, known, r)
	if err != nil {
		return nil, err
	}
	r.Seconds.Evaluate = time.Since(started).Seconds()

	started = time.Now()
	from := origin
	if current != nil && slices.Equal(current.Labels, origin.Labels) && len(current.Weights) > 0 && current.First == origin.First {
		from = *current
	}
	r.Head, err = newFitter(origin, from, l.states.width, l.settings).fit(ctx, examples(items))
	if err != nil {
		return nil, err
	}
	r.Head.Calibration = calibrate(sure)
	r.Seconds.Fit = time.Since(started).Seconds()
	r.Better = r.New.TP > 0 && (r.Old == nil || r.Old.Diff95[0] > 0)
	return r, nil
}

// origin is the head that a layer begins from.
func (l *Learner) origin(layer Layer) (h ner.Head, known bool, err error) {
	if layer.Name == "" {
		return h, false, errors.New("learn a layer: it has no name")
	}
	if h, known := l.encoder.Head(layer.Name); known {
		if layer.Labels == nil || sameLabels(layer.Labels, labelsOf(h)) {
			return h, true, nil
		}
		return h, false, fmt.Errorf("learn layer %q: the model has a layer of this name, for %v: name the new one otherwise", layer.Name, labelsOf(h))
	}
	if len(layer.Labels) == 0 {
		return h, false, fmt.Errorf("learn layer %q: the model has no layer of this name that can be learnt further; name the labels of a new one", layer.Name)
	}
	return fresh(layer.Name, layer.Labels), false, nil
}

// fresh is a head that knows nothing but the scheme.
func fresh(name string, labels []string) ner.Head {
	tags := tagNames(labels)
	rules := legalFlat(len(tags))
	for i, ok := range rules {
		rules[i] = forbidden * (1 - ok)
	}
	return ner.Head{Name: name, First: -1, Labels: tags, CRF: newChain(rules, len(tags)).arrays()}
}

// labelsOf are the labels of a head's tags, in their order; nil where the tags do not
// stand as tagNames gives them.
func labelsOf(h ner.Head) []string {
	var labels []string
	for i := 1; i+3 < len(h.Labels); i += 4 {
		_, label, _ := strings.Cut(h.Labels[i], "-")
		labels = append(labels, label)
	}
	if !slices.Equal(tagNames(labels), h.Labels) {
		return nil
	}
	return labels
}

func sameLabels(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// encode brings the states of the documents along, of as many as there is memory for:
// those with mentions first, else in an order that their names decide.
func (l *Learner) encode(ctx context.Context, items []*item) error {
	order := slices.Clone(items)
	random := rand.New(rand.NewPCG(l.settings.Seed, 2))
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	slices.SortStableFunc(order, func(a, b *item) int { return min(1, len(b.marks)) - min(1, len(a.marks)) })
	l.states.begin()
	for _, d := range order {
		windows, kept, err := l.states.of(ctx, d.Text, d.known)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		if !kept {
			break
		}
		d.windows = windows
	}
	return nil
}
