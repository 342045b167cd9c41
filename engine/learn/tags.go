package learn

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// outside is the tag of what lies in no mention; those of label k are four in a row
// after it, see tagNames.
const outside = 0

// The places of a tag in a mention.
const (
	begin = iota
	inside
	end
	single
)

// tagNames are the tags of labels by the scheme BIOES: O, then B-, I-, E- and S- of
// each.
func tagNames(labels []string) []string {
	names := []string{"O"}
	for _, l := range labels {
		names = append(names, "B-"+l, "I-"+l, "E-"+l, "S-"+l)
	}
	return names
}

func tagOf(label, place int) uint8 { return uint8(1 + 4*label + place) }

// mark is a mention as a layer can learn it: what lies between its ends, labelled by
// the place of its label.
type mark struct {
	corpus.Span
	label int
}

// marks are the mentions of these labels, outermost ones only: a layer gives each
// piece one tag. lost is how many were left out because they lie in or across others.
func marks(mentions []corpus.Mention, labels []string) (kept []mark, lost int) {
	var all []mark
	for _, m := range mentions {
		if k := slices.Index(labels, m.Label); k >= 0 && m.Spans.Hull().Len() > 0 {
			all = append(all, mark{m.Spans.Hull(), k})
		}
	}
	slices.SortFunc(all, func(a, b mark) int {
		return cmp.Or(cmp.Compare(b.Len(), a.Len()), cmp.Compare(a.Start, b.Start), cmp.Compare(a.label, b.label))
	})
	for _, m := range slices.Compact(all) {
		if slices.ContainsFunc(kept, func(k mark) bool { return k.Overlaps(m.Span) }) {
			lost++
			continue
		}
		kept = append(kept, m)
	}
	slices.SortFunc(kept, func(a, b mark) int { return cmp.Compare(a.Start, b.Start) })
	return kept, lost
}

// tagPieces tags the pieces of a window by the marks of its text, both in order. A
// mark gets no tags where its first piece belongs to the mark before.
func tagPieces(pieces []corpus.Span, marks []mark) (tags []uint8, marked bool) {
	tags = make([]uint8, len(pieces))
	free := 0 // the first piece that no mark has
	for _, m := range marks {
		first := free
		for first < len(pieces) && pieces[first].End <= m.Start {
			first++
		}
		last := first
		for last < len(pieces) && pieces[last].Start < m.End {
			last++
		}
		last--
		if last < first || first == free && free > 0 && pieces[free-1].End > m.Start {
			continue
		}
		marked, free = true, last+1
		if first == last {
			tags[first] = tagOf(m.label, single)
			continue
		}
		for i := first; i <= last; i++ {
			tags[i] = tagOf(m.label, inside)
		}
		tags[first], tags[last] = tagOf(m.label, begin), tagOf(m.label, end)
	}
	return tags, marked
}
