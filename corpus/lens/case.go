package lens

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Case is what both sides say about one place: the mentions of both that belong
// together. Every mention is in exactly one case. A person goes through the cases
// of a class as through a queue.
type Case struct {
	Doc    string           `json:"doc"`
	Class  score.Class      `json:"class"`
	Causes []Cause          `json:"causes"` // of any of its mentions, in the order of Causes
	Gold   []corpus.Mention `json:"gold"`   // in the order of the text; empty for spurious ones
	Pred   []corpus.Mention `json:"pred"`
	Links  []LinkCase       `json:"links,omitempty"` // of the gold mentions that have links

	goldCauses, predCauses [][]Cause
	text                   corpus.Text // of the document
}

// Hull is the smallest span around all mentions of the case.
func (c Case) Hull() corpus.Span {
	var all corpus.Spans
	for _, m := range slices.Concat(c.Gold, c.Pred) {
		all = append(all, m.Spans...)
	}
	return all.Hull()
}

// Wrong tells whether something is: the mentions, or where they are right, a link.
func (c Case) Wrong() bool {
	return c.Class != score.Exact || slices.ContainsFunc(c.Links, func(l LinkCase) bool { return l.Stage != Linked })
}

// Ended tells whether a link of the case ended at a stage.
func (c Case) Ended(at Stage) bool {
	return slices.ContainsFunc(c.Links, func(l LinkCase) bool { return l.Stage == at })
}

// each calls fn for every mention of the case.
func (c Case) each(fn func(m corpus.Mention, causes []Cause, gold bool)) {
	for i, m := range c.Gold {
		fn(m, c.goldCauses[i], true)
	}
	for i, m := range c.Pred {
		fn(m, c.predCauses[i], false)
	}
}

// cases are all cases of all documents, by document and place.
func cases(pairs map[string]score.Pair, why *causes) []Case {
	var all []Case
	for doc, p := range pairs {
		for _, g := range score.Groups(p) {
			all = append(all, newCase(doc, p, g, why))
		}
	}
	slices.SortStableFunc(all, func(a, b Case) int {
		return cmp.Or(cmp.Compare(a.Doc, b.Doc), inText(a.Hull(), b.Hull()), cmp.Compare(a.Class, b.Class), cmp.Compare(a.label(), b.label()))
	})
	return all
}

// label is that of the first mention.
func (c Case) label() string { return slices.Concat(c.Gold, c.Pred)[0].Label }

func newCase(doc string, p score.Pair, g score.Group, why *causes) Case {
	c := Case{Doc: doc, Class: g.Class, Gold: pick(p.Gold, g.Gold), Pred: pick(p.Pred, g.Pred), Causes: []Cause{}, text: p.Text}
	var both []Cause
	if pieces(c.Gold, c.Pred) {
		both = append(both, Fragmented)
	}
	if offsetOnly(c.Class, c.Gold, c.Pred) {
		both = append(both, OffsetOnly)
	}
	for _, m := range c.Gold {
		c.goldCauses = append(c.goldCauses, append(why.of(m, p.Gold), both...))
	}
	for _, m := range c.Pred {
		c.predCauses = append(c.predCauses, append(why.of(m, p.Pred), both...))
	}
	for _, cause := range Causes() {
		has := func(list []Cause) bool { return slices.Contains(list, cause) }
		if slices.ContainsFunc(c.goldCauses, has) || slices.ContainsFunc(c.predCauses, has) {
			c.Causes = append(c.Causes, cause)
		}
	}
	return c
}

// pick are the mentions at some places of a list, in the order of the text.
func pick(mentions []corpus.Mention, places []int) []corpus.Mention {
	picked := make([]corpus.Mention, len(places))
	for i, at := range places {
		picked[i] = mentions[at]
	}
	slices.SortStableFunc(picked, func(a, b corpus.Mention) int { return inText(a.Spans.Hull(), b.Spans.Hull()) })
	return picked
}

// inText orders spans by where they begin, longer ones first.
func inText(a, b corpus.Span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
}

// Segment is a piece of a document's text that both sides mark alike.
type Segment struct {
	Text       string
	Gold, Pred bool // whether a mention of that side covers it
}

// Context is the text around a case, cut where a mention of either side begins or
// ends, with at most width code points before and after; empty where the text of
// the document is not known.
func (c Case) Context(width corpus.Off) []Segment {
	if c.text.Len() == 0 {
		return nil
	}
	h := c.Hull()
	from, to := max(0, h.Start-width), min(c.text.Len(), h.End+width)
	cuts := []corpus.Off{from, to}
	for _, m := range slices.Concat(c.Gold, c.Pred) {
		for _, s := range m.Spans {
			cuts = append(cuts, s.Start, s.End)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []Segment
	for i := range len(cuts) - 1 {
		at := corpus.Spans{{Start: cuts[i], End: cuts[i+1]}}
		marks := func(m corpus.Mention) bool { return m.Spans.Overlaps(at) }
		out = append(out, Segment{c.text.Slice(at[0]), slices.ContainsFunc(c.Gold, marks), slices.ContainsFunc(c.Pred, marks)})
	}
	return out
}
