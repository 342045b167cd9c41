package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	if aside, err := learn.Aside(p.o.Learned, b.Hash()); err == nil && aside && !p.o.Strict {
		p.m.Aside = true
		return nil
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
