package models

import (
	"context"
	"errors"
	"sync"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// others are the recognizers of a session: the one that it began with, and those that
// were used in its place. They stay open, since what asks one of them goes on to the end
// while another is used.
type others struct {
	seat *switching // the recognizer of now, whichever it is
	mu   sync.Mutex
	now  *parts
	all  []*parts // but for the first
}

// exchangeable lets other recognizers take the place of the one that was opened.
func (p *parts) exchangeable(context.Context) error {
	if p.m.Recognizer == nil {
		return nil
	}
	o := &others{seat: &switching{}, now: p}
	o.seat.use(p.m.Recognizer)
	p.m.Recognizer, p.others = o.seat, o
	p.m.Use = func(ctx context.Context, dir, learned string) (suggest.Learnt, error) {
		return o.use(ctx, p, dir, learned)
	}
	if p.m.Learn != nil {
		p.m.Learn, p.m.Switch = o.learn, o.change
	}
	return nil
}

// use is suggest.Models.Use. first is the recognizer that the session began with.
func (o *others) use(ctx context.Context, first *parts, dir, learned string) (suggest.Learnt, error) {
	q := &parts{o: first.o, rt: first.rt, cache: first.cache, m: &suggest.Models{}}
	q.o.Model, q.o.Learned = dir, learned
	b, err := q.o.recognizer()
	if err != nil {
		return suggest.Learnt{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, known := range append(o.all, first) {
		if known.lessons.bundle.Hash() == b.Hash() && known.o.Learned == learned {
			o.now = known
			return o.seated(), nil
		}
	}
	if err := q.recognizer(ctx); err != nil {
		if q.ner != nil {
			err = errors.Join(err, q.ner.Close())
		}
		return suggest.Learnt{}, err
	}
	o.all, o.now = append(o.all, q), q
	return o.seated(), nil
}

// seated asks the recognizer of now. The lock is held.
func (o *others) seated() suggest.Learnt {
	l := o.now.lessons
	o.seat.use(l.now)
	l.turn.Lock()
	defer l.turn.Unlock()
	return suggest.Learnt{
		Changed: true, Name: l.trained.Name(), Languages: l.trained.Languages(), Aside: l.aside, Hash: l.with.Hash(), Labels: l.with.Labels(),
	}
}

// teachable tells whether the recognizer learns.
func (p *parts) teachable() bool {
	m := p.lessons.bundle.Manifest()
	return m != nil && m.Outputs["states"] != "" && p.o.Learned != ""
}

// lessons are those of the recognizer of now.
func (o *others) lessons() (*lessons, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.now.teachable() {
		return nil, errors.New("the model in use cannot learn")
	}
	return o.now.lessons, nil
}

func (o *others) learn(ctx context.Context, docs []corpus.Document, reached func(done, total int)) (suggest.Learnt, error) {
	l, err := o.lessons()
	if err != nil {
		return suggest.Learnt{}, err
	}
	return l.learn(ctx, docs, reached)
}

func (o *others) change() (suggest.Learnt, error) {
	l, err := o.lessons()
	if err != nil {
		return suggest.Learnt{}, err
	}
	return l.change()
}

// close frees the recognizers but for the first. o may be nil.
func (o *others) close() error {
	if o == nil {
		return nil
	}
	var errs []error
	for _, p := range o.all {
		errs = append(errs, p.ner.Close())
	}
	return errors.Join(errs...)
}
