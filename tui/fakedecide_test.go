package tui

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

func (f *fake) Attributes(_, label string) []brat.AttributeType {
	if label != "ENFERMEDAD" {
		return nil
	}
	return []brat.AttributeType{{Name: "Negation"}, {Name: "Certainty", Values: []string{"low", "high"}}}
}

// decideMore are the actions that are not about one link.
func (f *fake) decideMore(a workbench.Action) (workbench.Result, error) {
	switch a := a.(type) {
	case workbench.Bulk:
		return f.bulk(a)
	case workbench.Grow:
		return f.reshape(a.At, "grow", segment.Grow)
	case workbench.Shrink:
		return f.reshape(a.At, "shrink", segment.Shrink)
	case workbench.Split:
		return f.apply(a.Doc, a.Key, a.Key, fmt.Sprintf("split before %d", a.Before), func(d *workbench.Doc, it *workbench.Item) {
			f.fresh++
			second := *it
			second.Key, second.State, second.Spans = fmt.Sprintf("new/%d", f.fresh), workbench.Pending, corpus.One(a.Before, it.Spans[0].End)
			second.Text = d.Text.Join(second.Spans)
			it.State, it.Spans = workbench.Pending, corpus.Spans{trim(d.Text, corpus.Span{Start: it.Spans[0].Start, End: a.Before})}
			it.Text = d.Text.Join(it.Spans)
			_, i := d.Item(it.Key)
			d.Items = slices.Insert(d.Items, i+1, second)
		})
	case workbench.ChooseParts:
		return f.apply(a.Doc, a.Key, a.Key, "parts of "+a.Candidate.ID, func(_ *workbench.Doc, it *workbench.Item) { it.State = workbench.Linked })
	case workbench.Join:
		return f.apply(a.Doc, a.Key, a.Key, "join with "+a.With, func(d *workbench.Doc, it *workbench.Item) {
			other, _ := d.Item(a.With)
			it.Spans = corpus.One(it.Spans.Hull().Start, other.Spans.Hull().End)
			it.Text = d.Text.Join(it.Spans)
			d.Items = slices.DeleteFunc(d.Items, func(it workbench.Item) bool { return it.Key == a.With })
		})
	case workbench.ToggleFragment:
		return f.apply(a.Doc, a.Key, a.Key, fmt.Sprintf("fragment %d-%d", a.Span.Start, a.Span.End), func(d *workbench.Doc, it *workbench.Item) {
			it.Spans = append(it.Spans.Clone(), a.Span)
			it.Text = d.Text.Join(it.Spans)
		})
	case workbench.ToggleAttribute:
		return f.apply(a.Doc, a.Key, a.Key, "attribute "+a.Name+" "+a.Value, func(_ *workbench.Doc, it *workbench.Item) {
			it.Attributes = append(slices.Clone(it.Attributes), a.Name)
		})
	case workbench.Flag:
		return f.apply(a.Doc, a.Key, a.Key, "flag", func(_ *workbench.Doc, it *workbench.Item) { it.Flag = workbench.DefaultFlag })
	case workbench.Unflag:
		return f.apply(a.Doc, a.Key, a.Key, "unflag", func(_ *workbench.Doc, it *workbench.Item) { it.Flag = "" })
	case workbench.Repeat:
		if len(f.log) == 0 {
			return workbench.Result{}, errors.New("nothing to repeat")
		}
		return f.apply(a.Doc, a.Key, a.Key, "repeat", func(_ *workbench.Doc, it *workbench.Item) { it.State = workbench.Linked })
	case workbench.Apply:
		f.log = append(f.log, fmt.Sprintf("apply %d: %s", len(a.Places), a.What))
		f.status.Saved++
		return workbench.Result{Doc: a.Places[0].Doc, Message: fmt.Sprintf("%d places", len(a.Places))}, nil
	case workbench.Resolve:
		return f.apply(a.Doc, "", "", fmt.Sprintf("resolve %d", a.How), func(d *workbench.Doc, _ *workbench.Item) { d.ReadOnly, d.Conflict = "", false })
	case workbench.Propose:
		return f.apply(a.Doc, a.Key, a.Key, fmt.Sprintf("propose %+v", a.Concept), func(_ *workbench.Doc, it *workbench.Item) { it.State = workbench.Linked })
	}
	return workbench.Result{}, fmt.Errorf("the fake does not know %T", a)
}

// reshape gives a mention the span that to makes of its first one.
func (f *fake) reshape(at workbench.At, log string, to func(corpus.Text, corpus.Span) corpus.Span) (workbench.Result, error) {
	return f.apply(at.Doc, at.Key, at.Key, log, func(d *workbench.Doc, it *workbench.Item) {
		it.Spans = corpus.Spans{to(d.Text, it.Spans[0])}
		it.Text = d.Text.Join(it.Spans)
	})
}

// Occurrences finds every place of the text in one document or all, on items or beside them.
func (f *fake) Occurrences(_ context.Context, p workbench.Pattern) (workbench.Preview, error) {
	rx, err := regexp.Compile(p.Regexp)
	if p.Regexp == "" {
		rx = regexp.MustCompile(regexp.QuoteMeta(p.Text))
	}
	if err != nil {
		return workbench.Preview{}, err
	}
	var out workbench.Preview
	for _, name := range f.names {
		if p.Scope == workbench.InDocument && name != p.Doc {
			continue
		}
		out.Documents++
		d := f.docs[name]
		for _, at := range rx.FindAllStringIndex(d.Text.String(), -1) {
			spans := corpus.One(d.Text.Off(at[0]), d.Text.Off(at[1]))
			place := f.placeOf(name, p.Label, spans)
			place.Do = workbench.Action(workbench.Create{At: workbench.At{Doc: name}, Spans: spans, Label: p.Label})
			if i := slices.IndexFunc(d.Items, func(it workbench.Item) bool { return it.Spans.Equal(spans) }); i >= 0 {
				place.Key = d.Items[i].Key
				if l := d.Items[i].Links; len(l) > 0 {
					out.LeftOut = append(out.LeftOut, workbench.LeftOut{Doc: name, Place: &place, Why: "linked to " + l[0].ID})
					continue
				}
				place.Do = workbench.Accept{At: workbench.At{Doc: name, Key: place.Key}}
				if p.Candidate != nil {
					place.Do = workbench.Choose{At: workbench.At{Doc: name, Key: place.Key}, Candidate: *p.Candidate}
				}
			}
			out.Places = append(out.Places, place)
		}
	}
	f.log = append(f.log, fmt.Sprintf("occurrences of %q %q in %d", p.Text, p.Regexp, p.Scope))
	return out, nil
}

func (f *fake) placeOf(name, label string, spans corpus.Spans) workbench.Place {
	t := f.docs[name].Text
	h := spans.Hull()
	from := max(h.Start-20, 0)
	return workbench.Place{
		Doc: name, Spans: spans, Label: label, Text: t.Join(spans), Line: t.Slice(corpus.Span{Start: from, End: min(h.End+20, t.Len())}),
		In: corpus.Span{Start: h.Start - from, End: h.End - from},
	}
}

// Acceptable finds the suggestions of one document that pass.
func (f *fake) Acceptable(_ context.Context, q workbench.Filter) (workbench.Preview, error) {
	f.log = append(f.log, fmt.Sprintf("acceptable %.2f %v exact %v link %v in %d", q.MinScore, q.Labels, q.Exact, q.Link, q.Scope))
	out := workbench.Preview{Documents: 1, Unknown: 2}
	for _, it := range f.docs[q.Doc].Items {
		if it.State == workbench.Suggested && float64(it.Score) >= q.MinScore && (len(q.Labels) == 0 || slices.Contains(q.Labels, it.Label)) {
			p := f.placeOf(q.Doc, it.Label, it.Spans)
			p.Key, p.Do = it.Key, workbench.Choose{At: workbench.At{Doc: q.Doc, Key: it.Key}, Candidate: it.Candidates[0]}
			out.Places = append(out.Places, p)
		}
	}
	return out, nil
}

func (f *fake) Concept(_ context.Context, label, db, id string) (workbench.Concept, error) {
	f.log = append(f.log, "concept "+id)
	if id == "8046/3" {
		return workbench.Concept{}, errors.New("the KB cannot be read")
	}
	c := workbench.Concept{DB: db, Broader: []corpus.Link{{ID: "8010/3", Name: "carcinoma, SAI"}}}
	c.Concept = kb.Concept{ID: id, Name: "name of " + id, Definition: "what it means", Names: []kb.Name{{Text: "another name"}}}
	if id == "8140/3" {
		c.Chosen = []link.Used{{Label: label, Name: "adenoca", Count: 14}}
		c.Places = []workbench.Use{{Doc: "onco1", Text: "adenoca."}}
	}
	return c, nil
}

func (f *fake) History(context.Context, workbench.HistoryQuery) ([]workbench.Entry, error) {
	var out []workbench.Entry
	for i, s := range slices.Backward(f.undo) {
		out = append(out, workbench.Entry{Seq: int64(i + 1), Time: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Kind: corpus.Accept, Doc: s.doc, Documents: 1, Decisions: 1, Text: s.key})
	}
	return out, nil
}

// WouldDecide counts the undecided mentions of the document that read alike.
func (f *fake) WouldDecide(at workbench.At) int {
	it, _ := f.docs[at.Doc].Item(at.Key)
	n := 0
	for i := range f.docs[at.Doc].Items {
		if o := &f.docs[at.Doc].Items[i]; o.Key != at.Key && o.Label == it.Label && o.State.Undecided() && o.Text == it.Text {
			n++
		}
	}
	return n
}

// bulk does actions in one document as one step.
func (f *fake) bulk(b workbench.Bulk) (workbench.Result, error) {
	steps, lines := len(f.undo), len(f.log)
	for _, a := range b.Actions {
		if _, err := f.Do(context.Background(), a); err != nil {
			return workbench.Result{}, err
		}
	}
	one := f.undo[steps]
	one.after = f.docs[one.doc]
	f.undo = append(f.undo[:steps], one)
	f.log = append(f.log[:lines], fmt.Sprintf("bulk of %d", len(b.Actions)))
	return workbench.Result{Doc: one.doc, Message: fmt.Sprintf("%d decisions", len(b.Actions))}, nil
}
