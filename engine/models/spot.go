package models

import (
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb/store"
)

// spotter finds names of the KBs in a text; each KB gives the label that it serves.
type spotter struct{ byLabel map[string][]*store.KB }

// Spot returns the names that lie within a part of the text. Where several KBs
// have names at a place, the longest is taken, of equals that of the label
// first in the alphabet; a KB that serves every label gives none.
func (s spotter) Spot(text corpus.Text, within corpus.Span) []corpus.Mention {
	part := corpus.NewText(text.Slice(within))
	var found []corpus.Mention
	done := map[*store.KB]bool{}
	labels := make([]string, 0, len(s.byLabel))
	for label := range s.byLabel {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	for _, label := range labels {
		for _, k := range s.byLabel[label] {
			if label == "" || done[k] {
				continue
			}
			done[k] = true
			for _, hit := range k.Spot(part) {
				span := corpus.Span{Start: hit.Span.Start + within.Start, End: hit.Span.End + within.Start}
				found = append(found, corpus.Mention{
					Label: label, Spans: corpus.Spans{span}, Text: text.Slice(span), Score: corpus.NoScore,
				})
			}
		}
	}
	return longest(found)
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
