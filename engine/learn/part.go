package learn

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// Part is a document of which some stretches are finished, sentences say. Nothing is
// known of the rest, whatever mentions stand there.
type Part struct {
	corpus.Document
	Finished []corpus.Span // in any order; nil: all of the document
}

// whole are documents that are finished from end to end.
func whole(docs []corpus.Document) []Part {
	parts := make([]Part, len(docs))
	for i, d := range docs {
		parts[i].Document = d
	}
	return parts
}

// item is a document while a layer is learnt.
type item struct {
	corpus.Document               // its mentions are those of what is finished
	known           []corpus.Span // what is finished, in order and apart from each other; nil: all of it
	marks           []mark
	windows         []ner.States // nil: not kept, for want of memory
}

// items are the documents with what the layer can learn of them.
func (l *Learner) items(docs []Part, r *Result) ([]*item, error) {
	items, with := make([]*item, len(docs)), 0
	for i, d := range docs {
		for _, s := range d.Finished {
			if !d.Text.In(s) {
				return nil, fmt.Errorf("%w: %s: what is finished, [%d,%d), lies outside of a text of %d characters", ErrNotSound, d.Name, s.Start, s.End, d.Text.Len())
			}
		}
		for _, m := range d.Mentions {
			if !d.Text.In(m.Spans.Hull()) {
				return nil, fmt.Errorf("%w: %s: %s %v lies outside of the text: see gloss check", ErrNotSound, d.Name, m.Label, m.Spans)
			}
		}
		items[i] = newItem(d, r.Labels)
		var lost int
		items[i].marks, lost = marks(items[i].Mentions, r.Labels)
		r.Lost += lost
		r.Mentions += len(items[i].marks) + lost
		with += min(1, len(items[i].marks))
	}
	if with < 2 {
		return nil, fmt.Errorf("%w of %v in more than %d of %d finished documents: two are the least", ErrNone, r.Labels, with, len(docs))
	}
	return items, nil
}

// newItem leaves of a document what is finished. A mention that goes on beyond that is
// known to its ends, too: who marked it read them.
func newItem(d Part, labels []string) *item {
	if d.Finished == nil {
		return &item{Document: d.Document}
	}
	known, rest, mentions := joined(d.Finished), d.Mentions, []corpus.Mention(nil)
	for grown := true; grown; { // one mention may lead to another that lies across it
		grown = false
		var beyond []corpus.Mention
		for _, m := range rest {
			switch h := m.Spans.Hull(); {
			case !slices.Contains(labels, m.Label):
			case touches(known, h):
				known, mentions, grown = joined(append(known, h)), append(mentions, m), true
			default:
				beyond = append(beyond, m)
			}
		}
		rest = beyond
	}
	d.Mentions = mentions
	return &item{Document: d.Document, known: known}
}

// joined are spans in order, those that overlap as one.
func joined(spans []corpus.Span) []corpus.Span {
	out := []corpus.Span{}
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b corpus.Span) int { return cmp.Compare(a.Start, b.Start) }) {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

func touches(spans []corpus.Span, s corpus.Span) bool {
	return slices.ContainsFunc(spans, s.Overlaps)
}

// finished are those of the mentions that what is finished can tell of.
func (d *item) finished(mentions []corpus.Mention) []corpus.Mention {
	if d.known == nil {
		return mentions
	}
	return slices.DeleteFunc(mentions, func(m corpus.Mention) bool { return !touches(d.known, m.Spans.Hull()) })
}

// examples are the windows of documents, of those that are finished in part the
// stretches that are.
func examples(items []*item) []example {
	var all []example
	for _, d := range items {
		for _, w := range d.windows {
			for _, w := range d.stretches(w) {
				tags, marked := tagPieces(w.Spans, near(d.marks, w.Spans))
				all = append(all, example{w, tags, marked})
			}
		}
	}
	return all
}

// stretches are the runs of pieces of a window that lie in what is finished. They share
// its memory. Their states know the whole window; only what was answered is learnt from.
func (d *item) stretches(w ner.States) []ner.States {
	if d.known == nil {
		if len(w.Spans) == 0 {
			return nil
		}
		return []ner.States{w}
	}
	var found []ner.States
	first := 0
	for i := 0; i <= len(w.Spans); i++ {
		if i < len(w.Spans) && slices.ContainsFunc(d.known, func(k corpus.Span) bool { return k.Contains(w.Spans[i]) }) {
			continue
		}
		if i > first {
			found = append(found, ner.States{
				Spans: w.Spans[first:i], Width: w.Width, Values: w.Values[first*w.Width : i*w.Width],
				Columns: w.Columns, Logits: w.Logits[first*w.Columns : i*w.Columns],
			})
		}
		first = i + 1
	}
	return found
}

// near are the marks that touch pieces.
func near(marks []mark, pieces []corpus.Span) []mark {
	within := corpus.Span{Start: pieces[0].Start, End: pieces[len(pieces)-1].End}
	var found []mark
	for _, m := range marks {
		if m.Overlaps(within) {
			found = append(found, m)
		}
	}
	return found
}
