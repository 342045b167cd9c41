package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// learned are the layers that were learnt over a model; none where their file cannot
// be used, which opening tells.
func (o Options) learned(b *onnx.Bundle) []learn.Learned {
	if o.Learned == "" {
		return nil
	}
	layers, err := learn.Load(o.Learned, b.Hash())
	if err != nil {
		return nil
	}
	return layers
}

// learned gives the recognizer the layers that were learnt over it.
func (p *parts) learned(b *onnx.Bundle) error {
	if p.o.Learned == "" {
		return nil
	}
	layers, err := learn.Load(p.o.Learned, b.Hash())
	switch {
	case errors.Is(err, fs.ErrNotExist) && !p.o.Strict || err == nil && len(layers) == 0:
		return nil
	case err != nil:
		return fmt.Errorf("use what was learnt: %w", err)
	}
	with, err := p.ner.WithHeads(heads(layers)...)
	if err != nil {
		return fmt.Errorf("use what was learnt in %s: %w", p.o.Learned, err)
	}
	p.ner = with
	return nil
}

func heads(layers []learn.Learned) []ner.Head {
	all := make([]ner.Head, len(layers))
	for i, l := range layers {
		all[i] = l.Head
	}
	return all
}

// switching is a recognizer in whose place another may come at any time.
type switching struct {
	now atomic.Pointer[suggest.Recognizer]
}

func (s *switching) use(r suggest.Recognizer) { s.now.Store(&r) }

// Annotate asks the recognizer of now.
func (s *switching) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	return (*s.now.Load()).Annotate(ctx, text, sentences, layers)
}

// cached puts the cache before a model, where there is one.
func (p *parts) cached(m *ner.Model) suggest.Recognizer {
	if p.cache == nil {
		return m
	}
	return p.cache.Recognizer(m, m.Hash())
}

// learning is suggest.Models.Learn over the recognizer, which is told in now.
func (p *parts) learning(b *onnx.Bundle, now *switching) func(context.Context, []corpus.Document) (suggest.Learnt, error) {
	trained, model := p.trained, p.ner
	learner := learn.New(trained, learn.Options{})
	var turn sync.Mutex
	return func(ctx context.Context, docs []corpus.Document) (suggest.Learnt, error) {
		turn.Lock()
		defer turn.Unlock()
		before := p.o.learned(b)
		var better []learn.Learned
		var report []string
		for _, layer := range learn.Choose(docs, trained.Layers(), func(l string) []string { return trained.Labels(l) }) {
			r, err := learner.Learn(ctx, docs, layer, learn.HeadOf(before, layer.Name))
			if errors.Is(err, learn.ErrNone) {
				continue
			}
			if err != nil {
				return suggest.Learnt{}, err
			}
			if r.Better {
				better = append(better, r.Learned())
				report = append(report, fmt.Sprintf("%s F1 %.2f", strings.Join(r.Labels, "/"), float64(r.New.F1)))
			}
		}
		if len(better) == 0 {
			return suggest.Learnt{Report: fmt.Sprintf("nothing better was learnt from %d documents", len(docs))}, nil
		}
		if err := learn.Save(p.o.Learned, b.Hash(), better); err != nil {
			return suggest.Learnt{}, err
		}
		with, err := model.WithHeads(heads(better)...)
		if err != nil {
			return suggest.Learnt{}, err
		}
		model = with
		now.use(p.cached(with))
		return suggest.Learnt{
			Better: true, Hash: with.Hash(), Labels: with.Labels(),
			Report: fmt.Sprintf("learnt from %d documents: %s", len(docs), strings.Join(report, ", ")),
		}, nil
	}
}
