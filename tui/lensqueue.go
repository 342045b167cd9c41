package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Lens are the places where two sides differ, to be stepped through in queues.
type Lens struct {
	Sides  [2]string // what they are called, the one that is corrected first; five letters at most
	Cases  []LensCase
	Queues []LensQueue // the first has all cases
	Begin  string      // the queue that is shown first; empty, or not one of them: the first
}

// LensCase is a place where the sides differ.
type LensCase struct {
	Doc        string
	Class      string   // of error, or the kind of opinion
	About      string   // what the class means here
	Marks      []string // further queues that the case is in: causes, and where its links ended
	Gold, Pred []corpus.Mention
}

// LensQueue are the cases that have something in common.
type LensQueue struct {
	Name, About string
	At          []int // places in Lens.Cases
}

// LensOf are the wrong cases of a report: a queue for all, for each class, cause
// and stage of linking.
func LensOf(cases []lens.Case) *Lens {
	l := &Lens{Sides: [2]string{"gold", "pred"}}
	about := map[string]string{}
	for _, c := range cases {
		if !c.Wrong() {
			continue
		}
		one := LensCase{Doc: c.Doc, Class: string(c.Class), About: lens.ClassAbout(c.Class), Gold: c.Gold, Pred: c.Pred}
		if c.Class == score.LabelOnly {
			one.About = c.Pred[0].Label + ", not " + c.Gold[0].Label
		}
		for _, cause := range c.Causes {
			one.Marks = append(one.Marks, string(cause))
		}
		for _, link := range c.Links {
			if link.Stage == lens.Linked || link.Stage == lens.WrongSpan {
				continue
			}
			if !slices.Contains(one.Marks, string(link.Stage)) {
				one.Marks = append(one.Marks, string(link.Stage))
			}
			one.About = fmt.Sprintf("linked to %s, not %s", cmp.Or(strings.Join(link.Pred, " "), "nothing"), strings.Join(link.Gold, " or "))
		}
		l.Cases = append(l.Cases, one)
	}
	order := []string{}
	add := func(name, what string) { order, about[name] = append(order, name), what }
	for _, c := range score.Classes() {
		add(string(c), lens.ClassAbout(c))
	}
	about[string(score.Exact)] = "only the link is wrong"
	for _, c := range lens.Causes() {
		add(string(c), c.About())
	}
	for _, s := range lens.Stages() {
		add(string(s), s.About())
	}
	return l.queue("every error", order, about)
}

// LensOfOpinions are second opinions: a queue for all and for each kind.
func LensOfOpinions(opinions []lens.Opinion) *Lens {
	l := &Lens{Sides: [2]string{"human", "model"}}
	for _, o := range opinions {
		why := o.Why
		if o.Confidence.Known() {
			why = fmt.Sprintf("%s (%.2f)", why, float64(o.Confidence))
		}
		l.Cases = append(l.Cases, LensCase{Doc: o.Doc, Class: string(o.Kind), About: why, Gold: o.Human, Pred: o.Model})
	}
	about := map[string]string{
		string(lens.SpanOpinion): "a mention where nothing is annotated", string(lens.BoundaryOpinion): "other edges",
		string(lens.LabelOpinion): "another label", string(lens.LinkOpinion): "another concept",
		string(lens.UnevenOpinion): "annotated in one place and not in another",
	}
	var order []string
	for _, kind := range lens.OpinionKinds() {
		order = append(order, string(kind))
	}
	return l.queue("every opinion, the surest first", order, about)
}

// queue fills in the queues, without those that would be empty.
func (l *Lens) queue(all string, order []string, about map[string]string) *Lens {
	of := map[string][]int{}
	whole := make([]int, len(l.Cases))
	for i, c := range l.Cases {
		whole[i] = i
		for _, name := range append([]string{c.Class}, c.Marks...) {
			of[name] = append(of[name], i)
		}
	}
	l.Queues = []LensQueue{{Name: "all", About: all, At: whole}}
	for _, name := range order {
		if len(of[name]) > 0 {
			l.Queues = append(l.Queues, LensQueue{name, about[name], of[name]})
		}
	}
	return l
}

// hull is the smallest span around all mentions of the case.
func (c *LensCase) hull() corpus.Span {
	var all corpus.Spans
	for _, m := range slices.Concat(c.Gold, c.Pred) {
		all = append(all, m.Spans...)
	}
	return all.Hull()
}

// holds tells whether a mention of the case overlaps the spans.
func (c *LensCase) holds(spans corpus.Spans) bool {
	return slices.ContainsFunc(slices.Concat(c.Gold, c.Pred), func(m corpus.Mention) bool { return m.Spans.Overlaps(spans) })
}
