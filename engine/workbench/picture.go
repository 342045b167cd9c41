package workbench

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/kb"
)

// draw makes a new picture of a document and tells the watchers. The item under
// the cursor keeps the candidates that it has in the old picture; without an
// old one nothing is kept. The lock is held.
func (w *Workbench) draw(d *document) { w.redraw(d, d.picture) }

func (w *Workbench) redraw(d *document, kept *Doc) {
	p := &Doc{
		Name: d.name, Text: d.text, Version: 1,
		Problems: d.file.Problems(), ReadOnly: d.readOnly, Conflict: d.sides != nil,
		Finished: w.fold.Finished(d.name), Language: d.language, Letters: d.letters,
		Busy: d.chunks > 0 || w.loading,
	}
	if d.picture != nil {
		p.Version = d.picture.Version + 1
	}
	p.Items, p.Rejected = w.items(d)
	p.counted, p.undecided = true, p.Undecided()
	w.freeze(d, p, kept)
	p.Waiting += w.arriving(d)
	d.picture = p
	w.notify()
}

// items lists the annotations and the suggestions that stand beside them, in
// reading order, and the suggestions that were refused. The lock is held.
func (w *Workbench) items(d *document) (items []Item, rejected []corpus.Mention) {
	annotated := d.file.Mentions()
	notes, attributes := remarks(d.file)
	tied := ties(d.file, notes, attributes)
	items = make([]Item, 0, len(annotated)+len(d.suggestions))
	for _, m := range annotated {
		it := Item{Mention: m, Key: m.ID, State: w.stateOf(d, m), Note: notes[m.ID], Attributes: attributes[m.ID], Flag: w.flagOf(d.name, m), Ties: tied[m.ID]}
		if it.State == NIL {
			it.Reason = w.fold.Reason(d.name, m.ID)
		}
		w.lookUp(d, &it)
		items = append(items, it)
	}
	grid := newGrid(annotated)
	for _, s := range d.suggestions {
		if w.fold.Rejected(d.name, s.Label, s.Spans) {
			rejected = append(rejected, s.Mention)
			continue
		}
		if w.hides(d, s) {
			continue
		}
		if i, equal := grid.find(s.Mention); i >= 0 {
			w.attach(&items[i], s, equal)
			continue
		}
		it := Item{Mention: s.Mention, Key: s.key, State: Suggested, Source: s.source, Flag: w.flagOf(d.name, s.Mention)}
		w.lookUp(d, &it)
		items = append(items, it)
	}
	return inReadingOrder(items), rejected
}

// attach ties a suggestion to the annotation that stands in its place: its score
// where they are equal, else a proposal of another boundary.
func (w *Workbench) attach(it *Item, s suggestion, equal bool) {
	if equal {
		it.Score = s.Score
		return
	}
	if it.Proposal == nil || s.Score > it.Proposal.Score {
		m := s.Mention
		it.Proposal = &m
	}
}

// remarks collects the notes that are not codes, and the attributes, by the
// identifier that they are about.
func remarks(f *brat.File) (notes map[string]string, attributes map[string][]string) {
	notes, attributes = map[string]string{}, map[string][]string{}
	codes := f.LinkStyle() == brat.StyleNote
	for i := range f.Len() {
		switch l := f.Line(i); l.Kind {
		case brat.Note:
			n := brat.NoteLine{ID: l.ID, Type: l.Type, Text: l.Text}
			if n.Type == brat.AnnotatorNotes && notes[l.Target] == "" && !(codes && n.IsCode()) {
				notes[l.Target] = strings.TrimSpace(l.Text)
			}
		case brat.Attribute:
			text := l.Type
			if l.Value != "" {
				text += "=" + l.Value
			}
			attributes[l.Target] = append(attributes[l.Target], text)
		}
	}
	return notes, attributes
}

func (w *Workbench) stateOf(d *document, m corpus.Mention) State {
	if len(m.Links) > 0 {
		return Linked
	}
	switch w.fold.Decided(d.name, m.ID) {
	case corpus.Accept:
		return Accepted
	case corpus.NIL:
		return NIL
	}
	if !w.linkable(m.Label) {
		return Accepted
	}
	return Pending
}

// linkable tells whether a KB serves the label.
func (w *Workbench) linkable(label string) bool {
	return w.opts.Linkable != nil && w.opts.Linkable(label)
}

// candidatesOf returns what the linker found for a mention of d; false where it
// has not looked yet. A label without a KB is ready with none.
func (w *Workbench) candidatesOf(d *document, m corpus.Mention) ([]kb.Candidate, bool) {
	if !w.linkable(m.Label) || w.opts.Blind {
		return nil, true
	}
	r, ok := d.rankings[mentionKey{m.Label, m.Text}]
	return r.candidates, ok
}

// freeze keeps the candidates of the item under the cursor as they were shown:
// what is new about it waits until the cursor moves on. The lock is held.
func (w *Workbench) freeze(d *document, p, old *Doc) {
	key := w.focused(d)
	if key == "" || old == nil {
		return
	}
	was, i := old.Item(key)
	now, j := p.Item(key)
	if i < 0 || j < 0 || !was.Ready || !was.Same(now.Mention) || slices.EqualFunc(was.Candidates, now.Candidates, sameCandidate) {
		return
	}
	p.Items[j].Candidates, p.Items[j].Ranks = was.Candidates, was.Ranks
	p.Waiting++
}

// sameCandidate compares what a person sees of a candidate. Scores may be
// not-a-number, so == on the whole would never hold.
func sameCandidate(a, b kb.Candidate) bool {
	return a.DB == b.DB && a.ID == b.ID && a.Evidence.Chosen == b.Evidence.Chosen
}

func suggestionKey(m corpus.Mention) string { return "?" + m.Label + " " + m.Spans.String() }

// inReadingOrder sorts by start, then the longer first. Items are large and mostly in
// order already, so their places are sorted and each is moved once.
func inReadingOrder(items []Item) []Item {
	type place struct {
		corpus.Span
		at int
	}
	places := make([]place, len(items))
	for i := range items {
		places[i] = place{items[i].Spans.Hull(), i}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.at, b.at))
	})
	sorted := make([]Item, len(items))
	for i, p := range places {
		sorted[i] = items[p.at]
	}
	return sorted
}

// cell is how many code points one cell of the grid covers.
const cell = 64

// grid finds the annotations around a place without looking at all of them.
type grid struct {
	all   []corpus.Mention
	cells map[corpus.Off][]int
}

func newGrid(all []corpus.Mention) grid {
	g := grid{all, map[corpus.Off][]int{}}
	for i, m := range all {
		h := m.Spans.Hull()
		for c := h.Start / cell; c <= h.End/cell; c++ {
			g.cells[c] = append(g.cells[c], i)
		}
	}
	return g
}

// find returns the annotation with m's label that equals m, or else one that
// overlaps it; -1 for none.
func (g grid) find(m corpus.Mention) (at int, equal bool) {
	at = -1
	h := m.Spans.Hull()
	for c := h.Start / cell; c <= h.End/cell; c++ {
		for _, i := range g.cells[c] {
			switch o := g.all[i]; {
			case o.Label != m.Label:
			case o.Spans.Equal(m.Spans):
				return i, true
			case at < 0 && o.Spans.Overlaps(m.Spans):
				at = i
			}
		}
	}
	return at, false
}
