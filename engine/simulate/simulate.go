// Package simulate tells what an annotator would gain by an order of documents, by
// suggestions, and by what is learnt at once: gold annotations answer the questions,
// and a model of costs says how long each answer takes.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/order"
)

// layer is the name of what is learnt: one that no model has, so that it begins from
// nothing.
const layer = "simulated"

// ErrSettings is the error of a simulation that is to go on with other settings than
// it was begun with.
var ErrSettings = errors.New("begun with other settings")

// Options say what to simulate.
type Options struct {
	Pool, Test []corpus.Document // to annotate, in the order of files; to score on
	Encoder    learn.Encoder
	Labels     []string // of the layer; none: those of Pool
	Orders     []order.Mode
	Seeds      []uint64
	Unit       Unit    // asked at a time; file order, which the others are compared with, asks whole documents; empty: Document
	Sizes      []int   // numbers of documents after which the layer is learnt anew, rising
	Sentences  []int   // the same of sentences, where Unit is Sentence
	Share      float64 // of the documents drawn by chance, in orders that are not random
	Target     float64 // share of the F1 of the whole pool that is to be reached
	Costs      order.Costs
	Dir        string // where what is done is kept, to go on from; empty: nowhere
	Model      string // tells the encoder from others, for Dir
	Say        func(format string, args ...any)
}

// Point is where a curve stands after some documents.
type Point struct {
	Work order.Work     `json:"work"` // with suggestions
	Test score.Counts   `json:"test"`
	Told order.Estimate `json:"told"` // what is known, without the test documents, of the layer before this point
	Fit  float64        `json:"fit_seconds"`
}

// Curve is one course of the work.
type Curve struct {
	Order order.Mode `json:"order"`
	Unit  Unit       `json:"unit"`
	Seed  uint64     `json:"seed"`
	// Bare is a course whose order reckons with work without suggestions. Of other
	// orders than value one course serves both.
	Bare   bool    `json:"bare"`
	Points []Point `json:"points"`
}

// Report is what was simulated.
type Report struct {
	Labels        []string     `json:"labels"`
	Documents     int          `json:"documents"` // of the pool
	Mentions      int          `json:"mentions"`
	TestDocuments int          `json:"test_documents"`
	TestMentions  int          `json:"test_mentions"`
	Costs         order.Costs  `json:"costs"`
	Target        float64      `json:"target"`
	Full          score.Counts `json:"full"` // learnt from the whole pool
	FullFit       float64      `json:"full_fit_seconds"`
	Curves        []Curve      `json:"curves"`
	Summary       []Summary    `json:"summary"`
}

// Run simulates all courses, one after another.
func Run(ctx context.Context, o Options) (*Report, error) {
	s, err := begin(o)
	if err != nil {
		return nil, err
	}
	if err := s.full(ctx); err != nil {
		return nil, err
	}
	courses := s.courses()
	s.o.Say("%d curves with at most %d updates each: about %.2f hours of one processor, if it is as free as now",
		len(courses), max(len(s.o.Sizes), len(s.sizes(s.o.Unit))), s.hours(len(courses)))
	for i, c := range courses {
		if c, err = s.course(ctx, c); err != nil {
			return nil, fmt.Errorf("simulate order %s, seed %d: %w", c.Order, c.Seed, err)
		}
		last := c.Points[len(c.Points)-1]
		s.o.Say("%d of %d: %s, seed %d: %s, F1 %.3f", i+1, len(courses), c.Order, c.Seed, extent(c, last.Work), value(last.Test.F1))
		s.report.Curves = append(s.report.Curves, c)
	}
	s.report.Summary = s.report.summary()
	return s.report, nil
}

// simulation is a run.
type simulation struct {
	o      Options
	states *kept
	gold   map[string][]corpus.Mention // of the test documents
	words  map[string]int              // of the pool's documents
	total  int                         // questions that the pool has
	report *Report
}

func begin(o Options) (*simulation, error) {
	if err := check(&o); err != nil {
		return nil, err
	}
	s := &simulation{o: o, states: newKept(o.Encoder), gold: map[string][]corpus.Mention{}, words: map[string]int{}}
	s.report = &Report{Labels: o.Labels, Documents: len(o.Pool), TestDocuments: len(o.Test), Costs: o.Costs, Target: o.Target, Curves: []Curve{}}
	for _, d := range o.Pool {
		s.words[d.Name] = len(segment.Words(d.Text))
		s.report.Mentions += len(s.mentions(d))
	}
	for _, d := range o.Test {
		s.gold[d.Name] = d.Mentions
		s.report.TestMentions += len(s.mentions(d))
	}
	switch labels := strings.Join(o.Labels, ", "); {
	case len(o.Labels) == 0:
		return nil, errors.New("simulate: the documents to annotate have no mention of anything")
	case s.report.Mentions == 0:
		return nil, fmt.Errorf("simulate: the documents to annotate have no mention of %s", labels)
	case s.report.TestMentions == 0:
		return nil, fmt.Errorf("simulate: the test documents have no mention of %s", labels)
	}
	s.total = len(s.asks(o.Unit))
	s.o.Sentences = slices.DeleteFunc(slices.Clone(o.Sentences), func(n int) bool { return o.Unit != Sentence || n >= s.total })
	if o.Unit == Sentence && (len(s.o.Sentences) == 0 || s.o.Sentences[0] < 1 || !slices.IsSorted(s.o.Sentences)) {
		return nil, fmt.Errorf("simulate: numbers of sentences to learn from rise from 1, and some lie below the %d that there are", s.total)
	}
	return s, s.claim()
}

// check finds what is wrong with options, and fills in what they leave open.
func check(o *Options) error {
	if len(o.Pool) < 2 || len(o.Test) == 0 {
		return fmt.Errorf("simulate: %d documents to annotate and %d to score on: two and one are the least", len(o.Pool), len(o.Test))
	}
	for _, d := range o.Test {
		if d.Text.Len() > 0 && slices.ContainsFunc(o.Pool, func(p corpus.Document) bool { return p.Text.String() == d.Text.String() }) {
			return fmt.Errorf("simulate: the text of test document %s is among those to annotate", d.Name)
		}
	}
	if len(o.Labels) == 0 {
		for _, d := range o.Pool {
			for _, m := range d.Mentions {
				if !slices.Contains(o.Labels, m.Label) {
					o.Labels = append(o.Labels, m.Label)
				}
			}
		}
	}
	slices.Sort(o.Labels)
	if o.Unit == "" {
		o.Unit = Document
	}
	if _, err := ParseUnit(string(o.Unit)); err != nil {
		return err
	}
	o.Sizes = slices.DeleteFunc(slices.Clone(o.Sizes), func(n int) bool { return n >= len(o.Pool) })
	if len(o.Sizes) == 0 || o.Sizes[0] < 1 || !slices.IsSorted(o.Sizes) {
		return fmt.Errorf("simulate: numbers of documents to learn from rise from 1, and some lie below the %d that there are", len(o.Pool))
	}
	if len(o.Orders) == 0 || len(o.Seeds) == 0 || !(o.Target > 0 && o.Target <= 1) {
		return errors.New("simulate: name an order and a seed at least, and a target above 0 and up to 1")
	}
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	_, err := order.New(order.Options{Mode: o.Orders[0], Share: o.Share})
	return err
}

// mentions are those of the layer.
func (s *simulation) mentions(d corpus.Document) []corpus.Mention {
	var out []corpus.Mention
	for _, m := range d.Mentions {
		if slices.Contains(s.o.Labels, m.Label) {
			out = append(out, m)
		}
	}
	return out
}

// courses are the curves to make.
func (s *simulation) courses() []Curve {
	var all []Curve
	for _, mode := range s.o.Orders {
		for i, seed := range s.o.Seeds {
			if mode == order.File && i > 0 {
				break // nothing is drawn
			}
			c := Curve{Order: mode, Unit: s.o.Unit, Seed: seed, Points: []Point{}}
			if mode == order.File {
				c.Unit = Document
			}
			all = append(all, c)
			if mode == order.Value {
				c.Bare, c.Points = true, []Point{}
				all = append(all, c)
			}
		}
	}
	return all
}

// sizes are the numbers of questions after which the layer is learnt anew.
func (s *simulation) sizes(u Unit) []int {
	if u == Sentence {
		return s.o.Sentences
	}
	return s.o.Sizes
}

// hours guesses how long so many curves take.
func (s *simulation) hours(curves int) float64 {
	share := 0.0
	for _, n := range s.sizes(s.o.Unit) {
		share += max(0.15, float64(n)/float64(s.total))
	}
	return float64(curves) * share * s.report.FullFit / 3600
}

// score scores a head on the test documents; nil finds nothing.
func (s *simulation) score(ctx context.Context, head *ner.Head) (score.Counts, error) {
	pred := map[string][]corpus.Mention{}
	for _, d := range s.o.Test {
		var err error
		if pred[d.Name], err = s.find(ctx, head, d); err != nil {
			return score.Counts{}, err
		}
	}
	r, err := score.Score(s.gold, pred, score.Options{Labels: s.o.Labels})
	if err != nil {
		return score.Counts{}, err
	}
	return r.Counts, nil
}

// find is what a head finds in a document.
func (s *simulation) find(ctx context.Context, head *ner.Head, d corpus.Document) ([]corpus.Mention, error) {
	if head == nil {
		return nil, nil
	}
	windows, err := s.states.States(ctx, d.Text, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name, err)
	}
	return head.Find(ctx, d.Text, windows)
}

// value is 0 for a ratio without a denominator.
func value(s corpus.Score) float64 {
	if !s.Known() {
		return 0
	}
	return float64(s)
}
