package replay

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

// ConflictKind says what two journals disagree on. The names are part of the
// output of gloss journal merge.
type ConflictKind string

// The kinds of conflicts.
const (
	Differently ConflictKind = "decision" // one mention was decided differently
	Overlap     ConflictKind = "overlap"  // annotations of one label that overlap
	SameLines   ConflictKind = "edit"     // both changed the same lines
	OtherBegin  ConflictKind = "begun"    // a document was begun from other bytes, or on another text
)

// Conflict is one thing that two journals disagree on.
type Conflict struct {
	Doc     string       `json:"doc"`
	Kind    ConflictKind `json:"kind"`
	Message string       `json:"message"`
	A       *Side        `json:"a"`
	B       *Side        `json:"b"`
}

// Side is what one journal says; After is nil where the mention is gone.
type Side struct {
	Seq    int64           `json:"seq"` // in its own journal
	Who    string          `json:"who"`
	Time   time.Time       `json:"time"`
	Kind   corpus.Kind     `json:"kind"`
	Before *corpus.Mention `json:"before"`
	After  *corpus.Mention `json:"after"`
}

func side(d corpus.Decision) *Side {
	return &Side{Seq: d.Seq, Who: d.Who, Time: d.Time, Kind: d.Kind, Before: d.Before, After: d.After}
}

func (m *merger) conflict(c Conflict) { m.report.Conflicts = append(m.report.Conflicts, c) }

func compareConflicts(x, y Conflict) int {
	at := func(c Conflict) (a, b int64) {
		if c.A != nil {
			a = c.A.Seq
		}
		if c.B != nil {
			b = c.B.Seq
		}
		return a, b
	}
	xa, xb := at(x)
	ya, yb := at(y)
	return cmp.Or(cmp.Compare(x.Doc, y.Doc), cmp.Compare(x.Kind, y.Kind), cmp.Compare(xa, ya), cmp.Compare(xb, yb))
}

// outcome is what one journal made of a mention.
type outcome struct {
	Side
	none bool // no concept fits
}

// outcomes are the mentions that one side alone decided on, as its last
// decisions in force leave them, by document and by what the mention was when
// both began: an annotation by its id, anything else by its place.
func outcomes(steps []*step) map[string]map[string]*outcome {
	undone := map[int64]bool{}
	for _, s := range steps {
		for _, d := range s.decisions {
			if d.Kind == corpus.Undo || d.Kind == corpus.Redo {
				undone[d.Of] = d.Kind == corpus.Undo
			}
		}
	}
	docs := map[string]map[string]*outcome{}
	came := map[string]string{} // document and id of an annotation that was made: its key
	for _, s := range steps {
		for _, d := range s.decisions {
			if s.common || undone[d.Step] || d.Of != 0 || d.Before == nil && d.After == nil {
				continue
			}
			if docs[d.Doc] == nil {
				docs[d.Doc] = map[string]*outcome{}
			}
			key := keyOf(d, came)
			o := docs[d.Doc][key]
			if o == nil {
				o = &outcome{Side: Side{Before: d.Before}}
				docs[d.Doc][key] = o
			}
			before := o.Before
			o.Side = *side(d)
			o.Before = before
			if d.Kind == corpus.NIL || d.Kind == corpus.SetLink || d.Kind == corpus.Unlink {
				o.none = d.Kind == corpus.NIL
			}
		}
	}
	return docs
}

func keyOf(d corpus.Decision, came map[string]string) string {
	about := d.Before
	if about == nil {
		about = d.After
	}
	key := "place " + about.Label + " " + about.Spans.String()
	if d.Before != nil && d.Before.ID != "" {
		if k, ok := came[d.Doc+"\x00"+d.Before.ID]; ok {
			return k
		}
		key = "id " + d.Before.ID
	}
	if d.After != nil && d.After.ID != "" {
		came[d.Doc+"\x00"+d.After.ID] = key
	}
	return key
}

// compare lists what both decided differently.
func (m *merger) compare() {
	ours, theirs := outcomes(m.a), outcomes(m.b)
	for _, doc := range slices.Sorted(maps.Keys(ours)) {
		if j := m.docs[doc]; j != nil && j.order != apart {
			continue // the later one knew
		}
		for _, key := range slices.Sorted(maps.Keys(ours[doc])) {
			x := ours[doc][key]
			if y := theirs[doc][key]; y != nil {
				if !x.same(y) {
					m.conflict(x.against(y, doc, Differently, "decided differently"))
				}
				continue
			}
			for _, other := range slices.Sorted(maps.Keys(theirs[doc])) {
				if ours[doc][other] == nil {
					m.comparePlaces(doc, x, theirs[doc][other])
				}
			}
		}
	}
}

// comparePlaces compares what was not the same mention at the beginning.
func (m *merger) comparePlaces(doc string, x, y *outcome) {
	if x.After == nil || y.After == nil {
		return
	}
	switch {
	case x.After.Spans.Equal(y.After.Spans):
		if !x.same(y) {
			m.conflict(x.against(y, doc, Differently, "decided differently"))
		}
	case x.After.Label == y.After.Label && x.After.Spans.Overlaps(y.After.Spans):
		m.conflict(x.against(y, doc, Overlap, "overlap"))
	}
}

func (o *outcome) same(p *outcome) bool {
	if o.After == nil || p.After == nil {
		return o.After == nil && p.After == nil
	}
	link := func(l corpus.Link) string { return l.DB + "\x00" + l.ID }
	links := func(m *corpus.Mention) (ids []string) {
		for _, l := range m.Links {
			ids = append(ids, link(l))
		}
		slices.Sort(ids)
		return ids
	}
	return o.After.Same(*p.After) && o.none == p.none && slices.Equal(links(o.After), links(p.After))
}

func (o *outcome) against(p *outcome, doc string, kind ConflictKind, what string) Conflict {
	a, b := o.Side, p.Side
	return Conflict{Doc: doc, Kind: kind, A: &a, B: &b,
		Message: fmt.Sprintf("%s: %s %s (%s), %s %s (%s)", what, o.Kind, describe(o), o.Who, p.Kind, describe(p), p.Who)}
}

func describe(o *outcome) string {
	m := o.After
	if m == nil {
		m = o.Before
	}
	if m == nil {
		return ""
	}
	s := fmt.Sprintf("%s %s %q", m.Label, m.Spans, m.Text)
	for _, l := range m.Links {
		s += " → " + l.ID
	}
	return s
}
