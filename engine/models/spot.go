package models

import (
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb/store"
)

// spotter finds names of the KBs in a text. It labels a name by the first
// reference to its KB that takes the concept's type.
type spotter struct {
	refs []KB
	kbs  map[string]*store.KB // by directory
}

// Spot returns the names that lie within a part of the text. Where several KBs
// have names at a place, the longest is taken, of equals that of the KB named
// first; a KB that serves every label gives none.
func (s spotter) Spot(text corpus.Text, within corpus.Span) []corpus.Mention {
	part := corpus.NewText(text.Slice(within))
	var found []corpus.Mention
	done := map[string]bool{}
	for _, ref := range s.refs {
		if done[ref.Dir] {
			continue
		}
		done[ref.Dir] = true
		k := s.kbs[ref.Dir]
		for _, hit := range k.Spot(part) {
			_, _, kind := k.Numbered(hit.Concepts[0])
			label := s.label(ref.Dir, kind)
			if label == "" {
				continue
			}
			span := corpus.Span{Start: hit.Span.Start + within.Start, End: hit.Span.End + within.Start}
			found = append(found, corpus.Mention{
				Label: label, Spans: corpus.Spans{span}, Text: text.Slice(span), Score: corpus.NoScore,
			})
		}
	}
	return longest(found)
}

func (s spotter) label(dir, kind string) string {
	for _, ref := range s.refs {
		if ref.Dir == dir && ref.Label != "" && (len(ref.Types) == 0 || slices.Contains(ref.Types, kind)) {
			return ref.Label
		}
	}
	return ""
}

// longest keeps, of mentions that overlap, the longest.
func longest(all []corpus.Mention) []corpus.Mention {
	slices.SortStableFunc(all, func(a, b corpus.Mention) int {
		return int(b.Spans.Hull().Len() - a.Spans.Hull().Len())
	})
	var kept []corpus.Mention
	for _, m := range all {
		if !slices.ContainsFunc(kept, func(k corpus.Mention) bool { return k.Spans.Overlaps(m.Spans) }) {
			kept = append(kept, m)
		}
	}
	slices.SortStableFunc(kept, func(a, b corpus.Mention) int {
		return int(a.Spans.Hull().Start - b.Spans.Hull().Start)
	})
	return kept
}
