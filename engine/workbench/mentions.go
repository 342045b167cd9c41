package workbench

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// annotate makes sure that the item is an annotation of the file: a suggestion
// is added to it. It returns the annotation and the lines that changed. The
// lock is held.
func (w *Workbench) annotate(d *document, it Item) (corpus.Mention, []corpus.LineEdit, error) {
	if it.State != Suggested {
		return it.Mention.Clone(), nil, nil
	}
	m := it.Mention.Clone()
	m.Links = nil
	id, edit, err := d.file.Add(m, d.file.LinkStyle())
	if err != nil {
		return m, nil, fmt.Errorf("add %q to %s: %w", m.Text, d.name, err)
	}
	m.ID = id
	return m, edit, nil
}

// accept takes an item as it is, without a link. An annotation with links keeps them.
func (w *Workbench) accept(a Accept) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	before := it.Mention.Clone()
	after, edit, err := w.annotate(d, it)
	if err != nil {
		return Result{}, err
	}
	seq := w.record(corpus.Decision{
		Doc: d.name, Kind: corpus.Accept, Before: &before, After: &after, Edit: edit, Offer: w.offer(it, it.Candidates),
	})
	return Result{Doc: d.name, Key: after.ID, Seq: seq}, nil
}

// reject refuses a suggestion, and deletes an annotation.
func (w *Workbench) reject(a Reject) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	before := it.Mention.Clone()
	c := corpus.Decision{Doc: d.name, Kind: corpus.Reject, Before: &before, Offer: w.offer(it, it.Candidates)}
	if it.State != Suggested {
		c.Kind = corpus.Delete
		if c.Edit, err = d.file.Delete(it.ID); err != nil {
			return Result{}, fmt.Errorf("delete %s from %s: %w", it.ID, d.name, err)
		}
	}
	return Result{Doc: d.name, Seq: w.record(c)}, nil
}

// create writes a new annotation. One that stands there already is returned as it is.
func (w *Workbench) create(a Create) (Result, error) {
	d, err := w.loaded(a.Doc)
	if err != nil {
		return Result{}, err
	}
	spans, err := w.usable(d, a.Spans)
	if err != nil {
		return Result{}, err
	}
	m := corpus.Mention{Label: a.Label, Spans: spans, Text: d.text.Join(spans), Score: corpus.NoScore}
	for _, it := range d.picture.Items {
		if it.State != Suggested && it.Same(m) {
			return Result{Doc: d.name, Key: it.Key, Message: "annotated already"}, nil
		}
	}
	id, edit, err := d.file.Add(m, d.file.LinkStyle())
	if err != nil {
		return Result{}, fmt.Errorf("add %q to %s: %w", m.Text, d.name, err)
	}
	m.ID = id
	seq := w.record(corpus.Decision{Doc: d.name, Kind: corpus.Create, After: &m, Edit: edit})
	return Result{Doc: d.name, Key: id, Seq: seq}, nil
}

// createLinked writes a new annotation with a link.
func (w *Workbench) createLinked(a CreateLinked) (Result, error) {
	d, err := w.loaded(a.Doc)
	if err != nil {
		return Result{}, err
	}
	spans, err := w.usable(d, a.Spans)
	if err != nil {
		return Result{}, err
	}
	c := a.Candidate
	m := corpus.Mention{Label: a.Label, Spans: spans, Text: d.text.Join(spans), Score: corpus.NoScore, Links: []corpus.Link{{DB: c.DB, ID: c.ID, Name: c.Name}}}
	kind := corpus.SetLink
	if c.NIL() {
		kind, m.Links = corpus.NIL, nil
	}
	id, edit, err := d.file.Add(m, d.file.LinkStyle())
	if err != nil {
		return Result{}, fmt.Errorf("add %q to %s: %w", m.Text, d.name, err)
	}
	m.ID = id
	seq := w.record(corpus.Decision{Doc: d.name, Kind: kind, After: &m, Edit: edit})
	return Result{Doc: d.name, Key: id, Seq: seq, Message: fmt.Sprintf("%q → %s %s", m.Text, c.ID, c.Name)}, nil
}

// moveSpan gives an item other boundaries. A suggestion becomes an annotation.
func (w *Workbench) moveSpan(a MoveSpan) (Result, error) {
	return w.alter(a.At, corpus.SetSpan, func(d *document, m *corpus.Mention) ([]corpus.LineEdit, error) {
		spans, err := w.usable(d, a.Spans)
		if err != nil || spans.Equal(m.Spans) {
			return nil, err
		}
		m.Spans, m.Text = spans, d.text.Join(spans)
		return d.file.SetSpans(m.ID, spans)
	})
}

// setLabel gives an item another label. A suggestion becomes an annotation.
func (w *Workbench) setLabel(a SetLabel) (Result, error) {
	return w.alter(a.At, corpus.SetLabel, func(d *document, m *corpus.Mention) ([]corpus.LineEdit, error) {
		if m.Label == a.Label {
			return nil, nil
		}
		m.Label = a.Label
		return d.file.SetLabel(m.ID, a.Label)
	})
}

// setNote writes the free note of an annotation.
func (w *Workbench) setNote(a SetNote) (Result, error) {
	return w.alter(a.At, corpus.Note, func(d *document, m *corpus.Mention) ([]corpus.LineEdit, error) {
		return d.file.SetNote(m.ID, a.Text)
	})
}

// alter changes one annotation by change, which edits the file and the mention
// alike. Where it fails, what was done to the file before is taken back.
func (w *Workbench) alter(at At, kind corpus.Kind, change func(*document, *corpus.Mention) ([]corpus.LineEdit, error)) (Result, error) {
	d, it, err := w.target(at)
	if err != nil {
		return Result{}, err
	}
	before := it.Mention.Clone()
	after, added, err := w.annotate(d, it)
	if err != nil {
		return Result{}, err
	}
	changed, err := change(d, &after)
	if err == nil && len(changed) == 0 && len(added) == 0 {
		return Result{Doc: d.name, Key: it.Key, Message: "nothing changed"}, nil
	}
	if err != nil {
		if undo := d.file.Revert(added); undo != nil {
			err = fmt.Errorf("%w (and taking it back failed: %w)", err, undo)
		}
		return Result{}, fmt.Errorf("change %q in %s: %w", before.Text, d.name, err)
	}
	seq := w.record(corpus.Decision{
		Doc: d.name, Kind: kind, Before: &before, After: &after, Edit: append(added, changed...), Offer: w.offer(it, nil),
	})
	return Result{Doc: d.name, Key: after.ID, Seq: seq}, nil
}

// usable checks spans that a person chose: inside the text, not blank, without
// overlap. It returns them in order.
func (w *Workbench) usable(d *document, spans corpus.Spans) (corpus.Spans, error) {
	spans = spans.Clone()
	slices.SortFunc(spans, func(a, b corpus.Span) int { return int(a.Start - b.Start) })
	if len(spans) == 0 {
		return nil, fmt.Errorf("no text is selected in %s", d.name)
	}
	var whole corpus.Spans
	for i, s := range spans {
		if !d.text.In(s) || s.Len() == 0 {
			return nil, fmt.Errorf("span %d-%d does not lie in %s, which has %d characters", s.Start, s.End, d.name, d.text.Len())
		}
		if i > 0 && spans[i-1].End > s.Start {
			return nil, fmt.Errorf("fragments %s overlap", spans)
		}
		if strings.TrimSpace(d.text.Slice(s)) == "" {
			return nil, fmt.Errorf("span %d-%d of %s holds white space alone", s.Start, s.End, d.name)
		}
		whole = append(whole, brat.Fragments(d.text, s)...) // a text field cannot hold a line break
	}
	return whole, nil
}
