package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Lens are the places where two sides differ, to be stepped through in queues.
type Lens struct {
	Sides  [2]string // what they are called, the one that is corrected first; five letters at most
	Models []string  // the other sides, where there are several: A, B and so on stand for them
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
	Models     []int    // of Lens.Models that make this error
	Gold, Pred []corpus.Mention
}

// LensQueue are the cases that have something in common.
type LensQueue struct {
	Name, About string
	At          []int // places in Lens.Cases
}

// LensOf are the wrong cases of a report: a queue for all, for each class, cause
// and stage of linking.
func LensOf(cases []lens.Case) *Lens { return LensOfModels([]string{""}, [][]lens.Case{cases}) }

// LensOfModels are the wrong cases of several models on the same gold. An error that some
// of them make alike is one case, which names them; besides those of LensOf there is a queue
// for each model, and one for what all of them get wrong.
func LensOfModels(names []string, cases [][]lens.Case) *Lens {
	l := &Lens{Sides: [2]string{"gold", "pred"}}
	if len(names) > 1 {
		l.Models = names
	}
	at := map[string]int{}
	for i, of := range cases {
		for _, c := range of {
			if !c.Wrong() {
				continue
			}
			one := lensCase(c)
			same := one.identity()
			if k, known := at[same]; known && l.Models != nil {
				l.Cases[k].Models = append(l.Cases[k].Models, i)
				continue
			}
			at[same] = len(l.Cases)
			if l.Models != nil {
				one.Models = []int{i}
			}
			l.Cases = append(l.Cases, one)
		}
	}
	if l.Models != nil {
		slices.SortStableFunc(l.Cases, func(a, b LensCase) int {
			return cmp.Or(brat.CompareNames(a.Doc, b.Doc), cmp.Compare(a.hull().Start, b.hull().Start))
		})
	}
	order, about := errorQueues()
	return l.queue("every error", order, about)
}

// lensCase is a wrong case as it is stepped through.
func lensCase(c lens.Case) LensCase {
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
	return one
}

// identity is the same for an error that two models make alike.
func (c *LensCase) identity() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q", c.Doc, c.Class, c.About)
	for _, m := range slices.Concat(c.Gold, []corpus.Mention{{}}, c.Pred) {
		fmt.Fprintf(&b, " %q %v", m.Label, m.Spans)
	}
	return b.String()
}

// errorQueues are the queues of errors in their order, and what each holds.
func errorQueues() (order []string, about map[string]string) {
	about = map[string]string{}
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
	return order, about
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
	l.Queues = append([]LensQueue{{Name: "all", About: all, At: whole}}, l.modelQueues()...)
	for _, name := range order {
		if len(of[name]) > 0 {
			l.Queues = append(l.Queues, LensQueue{name, about[name], of[name]})
		}
	}
	return l
}

// modelQueues are what all models get wrong, and what each does.
func (l *Lens) modelQueues() []LensQueue {
	if l.Models == nil {
		return nil
	}
	shared := LensQueue{Name: "every_model", About: "what all models get wrong alike"}
	own := make([]LensQueue, len(l.Models))
	for i, name := range l.Models {
		own[i] = LensQueue{Name: "model_" + letter(i), About: name}
	}
	for at, c := range l.Cases {
		for _, i := range c.Models {
			own[i].At = append(own[i].At, at)
		}
		if len(c.Models) == len(l.Models) {
			shared.At = append(shared.At, at)
		}
	}
	return slices.DeleteFunc(append([]LensQueue{shared}, own...), func(q LensQueue) bool { return len(q.At) == 0 })
}

// letter stands for a model, as in the report.
func letter(i int) string { return string(rune('A' + i)) }

// other names the other side of a case: the models that say so, where there are several.
func (l *Lens) other(c *LensCase) string {
	if l.Models == nil {
		return l.Sides[1]
	}
	var names []string
	for _, i := range c.Models {
		names = append(names, letter(i))
	}
	return strings.Join(names, " ")
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
