package workbench

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// split cuts an item in two.
func (w *Workbench) split(a Split) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	left, right := cut(d.text, it.Spans, a.Before)
	if len(left) == 0 || len(right) == 0 {
		return Result{}, fmt.Errorf("split %q: nothing of it is left on one side of %d", it.Text, a.Before)
	}
	return w.divide(d, it, []part{{spans: left}, {spans: right}}, w.offer(it, nil))
}

// cut divides fragments before an offset, without white space at the cut, nor the word
// or sign that lists the parts there.
func cut(t corpus.Text, spans corpus.Spans, at corpus.Off) (left, right corpus.Spans) {
	for _, s := range spans {
		end, start := at, at
		parts := segment.Parts(t, s)
		for i := 1; i < len(parts); i++ {
			if parts[i-1].End <= at && at <= parts[i].Start {
				end, start = parts[i-1].End, parts[i].Start
			}
		}
		if l := trim(t, corpus.Span{Start: s.Start, End: min(s.End, end)}); l.Len() > 0 {
			left = append(left, l)
		}
		if r := trim(t, corpus.Span{Start: max(s.Start, start), End: s.End}); r.Len() > 0 {
			right = append(right, r)
		}
	}
	return left, right
}

// trim is the span without white space at its ends; empty where it holds nothing else.
func trim(t corpus.Text, s corpus.Span) corpus.Span {
	text := t.Slice(s)
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	s.Start += corpus.Off(utf8.RuneCountInString(text) - utf8.RuneCountInString(rest))
	s.End = s.Start + corpus.Off(utf8.RuneCountInString(strings.TrimRightFunc(rest, unicode.IsSpace)))
	return s
}

// part is one of the mentions that an item is taken apart into.
type part struct {
	spans corpus.Spans
	links []corpus.Link // none: it is pending
}

// divide makes the first part of the item itself and new annotations of the
// others, as one step.
func (w *Workbench) divide(d *document, it Item, parts []part, offer *corpus.Offer) (Result, error) {
	var key string
	seq, err := w.together(d.name, fmt.Sprintf("split of %q", it.Text), func() error {
		for i, p := range parts {
			id, err := w.dividePart(d, it, p, i, offer)
			if err != nil {
				return fmt.Errorf("split %q in %s: %w", it.Text, d.name, err)
			}
			if i == 0 {
				key = id
			}
		}
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	return Result{Doc: d.name, Key: key, Seq: seq, Message: fmt.Sprintf("%q is %d mentions now", it.Text, len(parts))}, nil
}

// dividePart makes the i-th part of an item; it returns the id of its annotation.
func (w *Workbench) dividePart(d *document, it Item, p part, i int, offer *corpus.Offer) (string, error) {
	spans, err := w.usable(d, p.spans)
	if err != nil {
		return "", err
	}
	if i == 0 && it.State != Suggested {
		m, err := w.respan(d, it.Mention, spans)
		if err != nil || sameLinks(m.Links, p.links) {
			return it.ID, err
		}
		return it.ID, w.linkTo(d, m, p.links, offer)
	}
	m := corpus.Mention{Label: it.Label, Spans: spans, Text: d.text.Join(spans), Score: corpus.NoScore, Links: p.links}
	c := corpus.Decision{Doc: d.name, Kind: corpus.Create, After: &m, Offer: offer}
	if i == 0 {
		before := it.Mention.Clone()
		c.Kind, c.Before = corpus.SetSpan, &before // of the suggestion
	}
	if len(p.links) > 0 {
		c.Kind = corpus.SetLink
	}
	if m.ID, c.Edit, err = d.file.Add(m, d.file.LinkStyle()); err != nil {
		return "", err
	}
	w.record(c)
	return m.ID, nil
}

// respan gives an annotation other fragments, and nothing else; it returns it as it is then.
func (w *Workbench) respan(d *document, m corpus.Mention, spans corpus.Spans) (corpus.Mention, error) {
	before, after := m.Clone(), m.Clone()
	after.Spans, after.Text = spans, d.text.Join(spans)
	edit, err := d.file.SetSpans(m.ID, spans)
	if err != nil || len(edit) == 0 {
		return m, err
	}
	w.record(corpus.Decision{Doc: d.name, Kind: corpus.SetSpan, Before: &before, After: &after, Edit: edit})
	return after, nil
}

// relabel gives an annotation another label, and nothing else; it returns it as it is then.
func (w *Workbench) relabel(d *document, m corpus.Mention, label string) (corpus.Mention, error) {
	before, after := m.Clone(), m.Clone()
	after.Label = label
	edit, err := d.file.SetLabel(m.ID, label)
	if err != nil || len(edit) == 0 {
		return m, err
	}
	w.record(corpus.Decision{Doc: d.name, Kind: corpus.SetLabel, Before: &before, After: &after, Edit: edit})
	return after, nil
}

// linkTo gives an annotation other links, none to unlink it, and nothing else.
func (w *Workbench) linkTo(d *document, m corpus.Mention, links []corpus.Link, offer *corpus.Offer) error {
	before, after := m.Clone(), m.Clone()
	after.Links = links
	edit, err := d.file.SetLinks(m.ID, links, d.file.LinkStyle())
	if err != nil {
		return err
	}
	kind := corpus.SetLink
	if len(links) == 0 {
		kind = corpus.Unlink
	}
	w.record(corpus.Decision{Doc: d.name, Kind: kind, Before: &before, After: &after, Edit: edit, Offer: offer})
	return nil
}

// join makes one annotation of two items and what lies between them.
func (w *Workbench) join(a Join) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	_, other, err := w.target(At{a.Doc, a.With})
	if err != nil {
		return Result{}, err
	}
	if it.Key == other.Key {
		return Result{}, errors.New("a mention cannot be joined with itself")
	}
	x, y := it.Spans.Hull(), other.Spans.Hull()
	spans, err := w.usable(d, corpus.One(min(x.Start, y.Start), max(x.End, y.End)))
	if err != nil {
		return Result{}, err
	}
	keep, gone := it, other
	if keep.State == Suggested && other.State != Suggested {
		keep, gone = other, it // the annotation stays, with what hangs on it
	}
	var key string
	what := fmt.Sprintf("join of %q and %q", it.Text, other.Text)
	seq, err := w.together(d.name, what, func() (err error) {
		key, err = w.joinInto(d, keep, gone, spans, it.Label)
		return err
	})
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", what, err)
	}
	return Result{Doc: d.name, Key: key, Seq: seq, Message: fmt.Sprintf("joined: %q", d.text.Join(spans))}, nil
}

// joinInto gives one item the fragments of both, and deletes the other where it
// is an annotation.
func (w *Workbench) joinInto(d *document, keep, gone Item, spans corpus.Spans, label string) (string, error) {
	if gone.State != Suggested {
		before := gone.Mention.Clone()
		edit, err := d.file.Delete(gone.ID)
		if err != nil {
			return "", err
		}
		w.record(corpus.Decision{Doc: d.name, Kind: corpus.Delete, Before: &before, Edit: edit})
	}
	if keep.State == Suggested {
		before := keep.Mention.Clone()
		m := corpus.Mention{Label: label, Spans: spans, Text: d.text.Join(spans), Score: corpus.NoScore}
		id, edit, err := d.file.Add(m, d.file.LinkStyle())
		if err != nil {
			return "", err
		}
		m.ID = id
		w.record(corpus.Decision{Doc: d.name, Kind: corpus.SetSpan, Before: &before, After: &m, Edit: edit})
		return id, nil
	}
	m, err := w.relabel(d, keep.Mention, label)
	if err != nil {
		return "", err
	}
	if m, err = w.respan(d, m, spans); err != nil {
		return "", err
	}
	if len(m.Links) > 0 && gone.State != Suggested && !sameLinks(m.Links, gone.Links) {
		err = w.linkTo(d, m, nil, nil)
	}
	return m.ID, err
}

func sameLinks(a, b []corpus.Link) bool {
	return slices.EqualFunc(a, b, func(x, y corpus.Link) bool { return x.DB == y.DB && x.ID == y.ID })
}

// toggleFragment adds a stretch of text to an item, or takes it out.
func (w *Workbench) toggleFragment(a ToggleFragment) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	s := trim(d.text, a.Span)
	if !d.text.In(a.Span) || s.Len() == 0 {
		return Result{}, fmt.Errorf("span %d-%d of %s holds no text to add to %q", a.Span.Start, a.Span.End, d.name, it.Text)
	}
	spans := toggled(d.text, it.Spans, s)
	if len(spans) == 0 {
		return Result{}, fmt.Errorf("%q would be empty: reject it instead", it.Text)
	}
	return w.moveSpan(MoveSpan{a.At, spans})
}

// toggled takes s out of fragments that cover all of it, or else adds it; fragments
// that touch become one.
func toggled(t corpus.Text, spans corpus.Spans, s corpus.Span) corpus.Spans {
	sorted := spans.Clone()
	slices.SortFunc(sorted, func(a, b corpus.Span) int { return int(a.Start - b.Start) })
	if i := slices.IndexFunc(sorted, func(f corpus.Span) bool { return f.Contains(s) }); i >= 0 {
		var rest corpus.Spans
		for _, half := range []corpus.Span{{Start: sorted[i].Start, End: s.Start}, {Start: s.End, End: sorted[i].End}} {
			if half = trim(t, half); half.Len() > 0 {
				rest = append(rest, half)
			}
		}
		return slices.Replace(sorted, i, i+1, rest...)
	}
	var out corpus.Spans
	for _, f := range sorted {
		if f.Start <= s.End && s.Start <= f.End {
			s = corpus.Span{Start: min(s.Start, f.Start), End: max(s.End, f.End)}
		} else {
			out = append(out, f)
		}
	}
	out = append(out, s)
	slices.SortFunc(out, func(a, b corpus.Span) int { return int(a.Start - b.Start) })
	return out
}

// resize gives an item the boundaries of a wider or narrower phrase.
func (w *Workbench) resize(at At, to func(corpus.Text, Item) corpus.Spans, otherwise string) (Result, error) {
	d, it, err := w.target(at)
	if err != nil {
		return Result{}, err
	}
	if len(it.Spans) != 1 {
		return Result{}, fmt.Errorf("%q is not of one piece: move its edges", it.Text)
	}
	spans := to(d.text, it)
	if spans.Equal(it.Spans) {
		return Result{Doc: d.name, Key: it.Key, Message: otherwise}, nil
	}
	return w.moveSpan(MoveSpan{at, spans})
}

// wider is the next wider boundary of a contiguous item.
func wider(t corpus.Text, it Item) corpus.Spans {
	s := it.Spans[0]
	if p := it.Proposal; p != nil && len(p.Spans) == 1 && p.Spans[0] != s && p.Spans[0].Contains(s) {
		return p.Spans
	}
	return corpus.Spans{segment.Grow(t, s)}
}

// narrower is the next narrower boundary of a contiguous item.
func narrower(t corpus.Text, it Item) corpus.Spans {
	s := it.Spans[0]
	if p := it.Proposal; p != nil && len(p.Spans) == 1 && p.Spans[0] != s && s.Contains(p.Spans[0]) {
		return p.Spans
	}
	return corpus.Spans{segment.Shrink(t, s)}
}
