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
	Points []Point       `json:"points"`
	Asked  []string      `json:"documents"` // names of the questions answered so far
	Work   order.Work    `json:"work"`
	Order  order.State   `json:"order"`
	Trials []order.Trial `json:"trials"`
	Head   *ner.Head     `json:"head"`
}

// annotator is gold with a clock.
type annotator struct {
	s       *simulation
	unit    Unit
	sizes   []int
	at      progress
	order   *order.Order
	learner *learn.Learner
	asks    []ask // all, in the order of the pool
	byName  map[string]ask
}

func (s *simulation) annotator(c Curve) (*annotator, error) {
	a := &annotator{s: s, unit: c.Unit, sizes: s.sizes(c.Unit), learner: s.learner(c.Seed), asks: s.asks(c.Unit), byName: map[string]ask{}}
	for _, q := range a.asks {
		a.byName[q.name] = q
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
	found, questions, err := a.questions(ctx)
	if err != nil {
		return err
	}
	for _, p := range a.order.Next(questions, n) {
		q := a.byName[p.Name]
		read := order.Work{Words: q.words}
		if a.unit == Sentence {
			read = p.Read
			read.Sentences = 1
		}
		a.answer(q, read, found[p.Name])
	}
	return nil
}

// questions are all questions, asked or not, and what the layer of now finds in each.
func (a *annotator) questions(ctx context.Context) (map[string][]corpus.Mention, []order.Question, error) {
	found, questions := map[string][]corpus.Mention{}, []order.Question{}
	var in string
	var mentions []corpus.Mention
	for _, x := range a.asks {
		if x.doc.Name != in {
			var err error
			if mentions, err = a.s.find(ctx, a.at.Head, x.doc); err != nil {
				return nil, nil, err
			}
			in = x.doc.Name
		}
		own := x.own(mentions)
		q := order.Question{Name: x.name, Words: x.words}
		if a.unit == Sentence {
			q.Doc, q.At = x.doc.Name, x.at
		}
		for _, m := range own {
			q.Guesses = append(q.Guesses, order.Guess{Text: m.Text, Score: m.Score, Margin: corpus.NoScore})
		}
		found[x.name] = own
		questions = append(questions, q)
	}
	return found, questions, nil
}

// done tells whether the curve has come to its end: the target, or the whole pool.
func (a *annotator) done() bool {
	n := len(a.at.Points)
	return n > len(a.sizes) || n > 0 && value(a.at.Points[n-1].Test.F1) >= a.s.report.goal()
}

// update annotates up to the next size, and learns; what the whole pool teaches is known.
func (a *annotator) update(ctx context.Context) (Point, error) {
	n := len(a.at.Points)
	if n < len(a.sizes) {
		if err := a.annotate(ctx, a.sizes[n]-len(a.at.Asked)); err != nil {
			return Point{}, err
		}
		return a.learn(ctx)
	}
	if err := a.annotate(ctx, len(a.asks)); err != nil {
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
		if a.at.Points[i].Told, err = order.Judge(asked[:until], a.s.o.Labels, a.unit.sample()); err != nil {
			return err
		}
	}
	return nil
}

// answer annotates what is asked; read is what it takes to have read it.
func (a *annotator) answer(q ask, read order.Work, found []corpus.Mention) {
	gold := q.own(a.s.mentions(q.doc))
	work := compare(gold, found)
	if !slices.ContainsFunc(a.at.Asked, func(name string) bool { return a.byName[name].doc.Name == q.doc.Name }) {
		work.Documents = 1
	}
	a.at.Work = a.at.Work.Plus(work).Plus(read)
	a.at.Asked = append(a.at.Asked, q.name)
	if a.order.Sampled(q.name) {
		a.at.Trials = append(a.at.Trials, order.Trial{Name: q.name, Round: len(a.at.Points), Gold: gold, Found: found})
	}
	answer := order.Answer{Name: q.name, Missed: work.Added}
	for _, m := range gold {
		answer.Texts = append(answer.Texts, m.Text)
	}
	a.order.Answered(answer)
}

// answered is what there is to learn from.
func (a *annotator) answered() []learn.Part {
	var parts []learn.Part
	at := map[string]int{} // of a document among parts
	for _, name := range a.at.Asked {
		q := a.byName[name]
		k, known := at[q.doc.Name]
		if !known {
			k = len(parts)
			at[q.doc.Name], parts = k, append(parts, learn.Part{Document: q.doc})
		}
		if a.unit == Sentence {
			parts[k].Finished = append(parts[k].Finished, q.span)
		}
	}
	return parts
}

// learn fits the layer to what is annotated, and scores it.
func (a *annotator) learn(ctx context.Context) (Point, error) {
	started := time.Now()
	r, err := a.learner.LearnParts(ctx, a.answered(), learn.Layer{Name: layer, Labels: a.s.o.Labels}, a.at.Head)
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
