package journal

import (
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

// Interleave makes one list of what several annotators decided, by time. Within
// a journal the order is that of Seq even where a clock went back: a decision
// counts as no earlier than the one before it.
func Interleave(journals ...[]corpus.Decision) []corpus.Decision {
	type entry struct {
		at time.Time
		corpus.Decision
	}
	var entries []entry
	for _, decisions := range journals {
		var at time.Time
		for _, d := range decisions {
			if d.Time.After(at) {
				at = d.Time
			}
			entries = append(entries, entry{at, d})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return a.at.Compare(b.at) })
	all := make([]corpus.Decision, len(entries))
	for i, e := range entries {
		all[i] = e.Decision
	}
	return all
}
