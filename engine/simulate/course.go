package simulate

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/order"
)

// course goes on with a curve from where it was left, to its end.
func (s *simulation) course(ctx context.Context, c Curve) (Curve, error) {
	a, err := s.annotator(c)
	if err != nil {
		return c, err
	}
	for !a.done() {
		p, err := a.update(ctx)
		if err != nil {
			return c, err
		}
		a.at.Points = append(a.at.Points, p)
		a.at.Order = a.order.State()
		if err := s.save(fileOf(c), a.at); err != nil {
			return c, err
		}
	}
	c.Points = a.at.Points
	return c, a.judge()
}

// progress is where an annotator stands: what is kept of a curve that is not done.
type progress struct {
	Points    []Point       `json:"points"`
	Documents []string      `json:"documents"` // annotated so far
	Work      order.Work    `json:"work"`
	Order     order.State   `json:"order"`
	Trials    []order.Trial `json:"trials"`
	Head      *ner.Head     `json:"head"`
}

// annotator is gold with a clock.
type annotator struct {
	s       *simulation
	at      progress
	order   *order.Order
	learner *learn.Learner
	docs    map[string]corpus.Document
}

func (s *simulation) annotator(c Curve) (*annotator, error) {
	a := &annotator{s: s, learner: s.learner(c.Seed), docs: map[string]corpus.Document{}}
	for _, d := range s.o.Pool {
		a.docs[d.Name] = d
	}
	if _, err := s.load(fileOf(c), &a.at); err != nil {
		return nil, err
	}
	options := order.Options{Mode: c.Order, Share: s.o.Share, Seed: c.Seed, Costs: s.o.Costs, Bare: c.Bare}
	if c.Order == order.File {
		options.Share = 0
	}
	var err error
	a.order, err = order.Resume(options, a.at.Order)
	return a, err
}

// learner learns as the program does, in two parts: how good it is is seen on the test
// documents.
func (s *simulation) learner(seed uint64) *learn.Learner {
	settings := learn.Defaults()
	settings.Seed = seed
	return learn.New(s.states, learn.Options{Settings: &settings, Folds: 2, Memory: 1 << 40})
}

// annotate answers so many more questions, with the suggestions of now.
func (a *annotator) annotate(ctx context.Context, n int) error {
	found, questions := map[string][]corpus.Mention{}, []order.Question{}
	for _, d := range a.s.o.Pool {
		mentions, err := a.s.find(ctx, a.at.Head, d)
		if err != nil {
			return err
		}
		found[d.Name] = mentions
		q := order.Question{Name: d.Name, Words: a.s.words[d.Name]}
		for _, m := range mentions {
			q.Guesses = append(q.Guesses, order.Guess{Text: m.Text, Score: m.Score, Margin: corpus.NoScore})
		}
		questions = append(questions, q)
	}
	for _, p := range a.order.Next(questions, n) {
		a.answer(a.docs[p.Name], found[p.Name])
	}
	return nil
}

// done tells whether the curve has come to its end: the target, or the whole pool.
func (a *annotator) done() bool {
	n := len(a.at.Points)
	return n > len(a.s.o.Sizes) || n > 0 && value(a.at.Points[n-1].Test.F1) >= a.s.report.goal()
}

// update annotates up to the next size, and learns; what the whole pool teaches is known.
func (a *annotator) update(ctx context.Context) (Point, error) {
	n := len(a.at.Points)
	if n < len(a.s.o.Sizes) {
		if err := a.annotate(ctx, a.s.o.Sizes[n]-a.at.Work.Documents); err != nil {
			return Point{}, err
		}
		return a.learn(ctx)
	}
	if err := a.annotate(ctx, len(a.s.o.Pool)); err != nil {
		return Point{}, err
	}
	return Point{Work: a.at.Work, Test: a.s.report.Full}, nil
}

// judge tells at each point how good the model was that was asked before it. The first
// documents are asked of none.
func (a *annotator) judge() error {
	asked := slices.DeleteFunc(slices.Clone(a.at.Trials), func(t order.Trial) bool { return t.Round == 0 })
	for i := range a.at.Points {
		until := slices.IndexFunc(asked, func(t order.Trial) bool { return t.Round > i })
		if until < 0 {
			until = len(asked)
		}
		var err error
		if a.at.Points[i].Told, err = order.Judge(asked[:until], a.s.o.Labels); err != nil {
			return err
		}
	}
	return nil
}

// answer annotates a document.
func (a *annotator) answer(d corpus.Document, found []corpus.Mention) {
	gold := a.s.mentions(d)
	work := compare(gold, found)
	work.Documents, work.Words = 1, a.s.words[d.Name]
	a.at.Work = a.at.Work.Plus(work)
	a.at.Documents = append(a.at.Documents, d.Name)
	if a.order.Sampled(d.Name) {
		a.at.Trials = append(a.at.Trials, order.Trial{Name: d.Name, Round: len(a.at.Points), Gold: gold, Found: found})
	}
	answer := order.Answer{Name: d.Name, Missed: work.Added}
	for _, m := range gold {
		answer.Texts = append(answer.Texts, m.Text)
	}
	a.order.Answered(answer)
}

// learn fits the layer to what is annotated, and scores it.
func (a *annotator) learn(ctx context.Context) (Point, error) {
	docs := make([]corpus.Document, len(a.at.Documents))
	for i, name := range a.at.Documents {
		docs[i] = a.docs[name]
	}
	started := time.Now()
	r, err := a.learner.Learn(ctx, docs, learn.Layer{Name: layer, Labels: a.s.o.Labels}, a.at.Head)
	switch {
	case errors.Is(err, learn.ErrFew) || errors.Is(err, learn.ErrNone): // not yet
	case err != nil:
		return Point{}, err
	default:
		r.Head.Calibration = nil // orders go by the chain's own probabilities, which need no other documents to be told
		a.at.Head = &r.Head
	}
	p := Point{Work: a.at.Work, Fit: time.Since(started).Seconds()}
	p.Test, err = a.s.score(ctx, a.at.Head)
	return p, err
}

// compare counts what it takes to make gold of what was found: equal mentions are
// accepted; each other one that overlaps a mention of its label is fixed to it, the
// rest is rejected; gold that is left is marked by hand.
func compare(gold, found []corpus.Mention) order.Work {
	w := order.Work{}
	done, used := make([]bool, len(gold)), make([]bool, len(found))
	pair := func(match func(g, f corpus.Mention) bool, count *int) {
		for i, f := range found {
			for k, g := range gold {
				if !used[i] && !done[k] && match(g, f) {
					used[i], done[k] = true, true
					*count++
				}
			}
		}
	}
	pair(func(g, f corpus.Mention) bool { return g.Same(f) }, &w.Accepted)
	pair(func(g, f corpus.Mention) bool { return g.Label == f.Label && g.Spans.Overlaps(f.Spans) }, &w.Fixed)
	for i := range found {
		if !used[i] {
			w.Rejected++
		}
	}
	for k, g := range gold {
		if !done[k] {
			w.Added++
		}
		w.Linked += min(1, len(g.Links))
	}
	return w
}
