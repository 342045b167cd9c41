package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// lessons are suggest.Models.Learn and Switch over a recognizer. The file of what was
// learnt is all that they remember, so that another program may write it meanwhile.
type lessons struct {
	trained *ner.Model
	bundle  *onnx.Bundle
	o       Options
	learner *learn.Learner
	cached  func(*ner.Model) suggest.Recognizer
	turn    sync.Mutex
	now     *switching // the recognizer that is asked
	with    *ner.Model // it, without the cache
	aside   bool       // it is the one without what was learnt
}

func (p *parts) newLessons(b *onnx.Bundle, now *switching) *lessons {
	return &lessons{
		trained: p.trained, bundle: b, o: p.o, cached: p.cached, now: now, with: p.ner, aside: p.m.Aside,
		learner: learn.New(p.trained, learn.Options{}),
	}
}

// learn is suggest.Models.Learn.
func (l *lessons) learn(ctx context.Context, docs []corpus.Document, reached func(done, total int)) (suggest.Learnt, error) {
	l.turn.Lock()
	defer l.turn.Unlock()
	if len(docs) < 2 {
		return suggest.Learnt{}, fmt.Errorf("%w: %d finished, two are the least", learn.ErrFew, len(docs))
	}
	before := l.o.learned(l.bundle)
	layers := learn.Choose(docs, l.trained.Layers(), func(name string) []string { return l.trained.Labels(name) })
	if len(layers) == 0 {
		return suggest.Learnt{Report: fmt.Sprintf("nothing to learn: the %d finished documents have no mentions", len(docs))}, nil
	}
	var better []learn.Learned
	var verdicts []string
	for i, layer := range layers {
		reached(i, len(layers))
		r, err := l.learner.Learn(ctx, docs, layer, learn.HeadOf(before, layer.Name))
		if errors.Is(err, learn.ErrNone) {
			continue
		}
		if err != nil {
			return suggest.Learnt{}, err
		}
		verdicts = append(verdicts, verdict(r))
		if r.Better {
			better = append(better, r.Learned())
		}
	}
	report := fmt.Sprintf("%d documents, cross-validated: %s", len(docs), strings.Join(verdicts, "; "))
	if len(better) == 0 {
		return suggest.Learnt{Report: "nothing better was learnt from " + report}, nil
	}
	if err := ctx.Err(); err != nil {
		return suggest.Learnt{}, err
	}
	if err := learn.Save(l.o.Learned, l.bundle.Hash(), better); err != nil {
		return suggest.Learnt{}, err
	}
	return l.use(false, "learnt from "+report)
}

// verdict says what became of a layer, and why.
func verdict(r *learn.Result) string {
	said := fmt.Sprintf("%s F1 %.2f", strings.Join(r.Labels, "/"), float64(r.New.F1))
	if r.Old == nil {
		said += fmt.Sprintf(" (%.2f to %.2f), new", float64(r.New.CI95[0]), float64(r.New.CI95[1]))
	} else {
		said += fmt.Sprintf(", as shipped %.2f (difference %+.2f to %+.2f)", float64(r.Old.F1), float64(r.Old.Diff95[0]), float64(r.Old.Diff95[1]))
	}
	if r.Better {
		return said + ": used"
	}
	return said + ": not used"
}

// change is suggest.Models.Switch.
func (l *lessons) change() (suggest.Learnt, error) {
	l.turn.Lock()
	defer l.turn.Unlock()
	layers, err := learn.Load(l.o.Learned, l.bundle.Hash())
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(layers) == 0 {
		return suggest.Learnt{}, errors.New("nothing was learnt here yet")
	}
	if err != nil {
		return suggest.Learnt{}, err
	}
	aside, report := !l.aside, "what was learnt is used again"
	if aside {
		report = "what was learnt is laid aside: the model suggests as it was shipped"
		if err := layersIn(l.bundle, l.o.Layers, nil); err != nil {
			return suggest.Learnt{}, fmt.Errorf("lay aside what was learnt: %w", err)
		}
	}
	done, err := l.use(aside, report)
	if err != nil {
		return suggest.Learnt{}, err
	}
	if err := learn.SetAside(l.o.Learned, l.bundle.Hash(), aside); err != nil {
		done.Report += fmt.Sprintf(", until you leave (%v)", err)
	}
	return done, nil
}

// use asks the recognizer with all that was learnt from now on, or without.
func (l *lessons) use(aside bool, report string) (suggest.Learnt, error) {
	with := l.trained
	if !aside {
		layers, err := learn.Load(l.o.Learned, l.bundle.Hash())
		if err != nil {
			return suggest.Learnt{}, err
		}
		if with, err = l.trained.WithHeads(heads(layers)...); err != nil {
			return suggest.Learnt{}, fmt.Errorf("use what was learnt in %s: %w", l.o.Learned, err)
		}
	}
	l.now.use(l.cached(with))
	l.with, l.aside = with, aside
	return suggest.Learnt{Changed: true, Aside: aside, Hash: with.Hash(), Labels: with.Labels(), Report: report}, nil
}
