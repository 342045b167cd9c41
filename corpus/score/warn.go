package score

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

func (s *scorer) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

// warnOthers tells what is not compared: labels and documents that only one side has.
func (s *scorer) warnOthers(gold, pred map[string][]corpus.Mention) {
	others, unscored := map[string]int{}, map[string]int{} // label: mentions
	var strange, missed []string                           // documents
	strays := 0
	for doc, mentions := range pred {
		if _, ok := gold[doc]; !ok {
			strange = append(strange, doc)
			strays += len(mentions)
			continue
		}
		s.countOthers(others, mentions)
	}
	for doc, mentions := range gold {
		s.countOthers(unscored, mentions)
		if _, ok := pred[doc]; !ok {
			missed = append(missed, doc)
		}
	}
	if len(others) > 0 {
		s.warn("predicted labels that are not scored: %s", withCounts(others))
	}
	if len(unscored) > 0 {
		s.warn("gold labels that are not scored: %s", withCounts(unscored))
	}
	if len(strange) > 0 {
		s.warn("%d predicted documents with %d mentions are not in gold and not scored: %s", len(strange), strays, some(strange))
	}
	if len(missed) > 0 {
		s.warn("%d gold documents have no predictions, all of their mentions count as missed: %s", len(missed), some(missed))
	}
}

// countOthers counts mentions whose label is not scored.
func (s *scorer) countOthers(counts map[string]int, mentions []corpus.Mention) {
	for _, m := range mentions {
		if _, ok := s.place[m.Label]; !ok {
			counts[m.Label]++
		}
	}
}

// warnCounts tells what the comparison came across.
func (s *scorer) warnCounts() {
	if n := s.repeated; n != (sides{}) {
		s.warn("mentions that repeat another: %d in gold, %d predicted; each counts once", n.gold, n.pred)
	}
	if n := s.invalid; n != (sides{}) {
		s.warn("mentions whose code is not in the list: %d in gold, %d predicted; they are left out", n.gold, n.pred)
	}
	if n := s.unlinked; s.task == Norm && n != (sides{}) {
		s.warn("mentions without a code: %d in gold, %d predicted; they are right where the other side has none either", n.gold, n.pred)
	}
}

func withCounts(labels map[string]int) string {
	parts := make([]string, 0, len(labels))
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, fmt.Sprintf("%s (%d)", label, labels[label]))
	}
	return strings.Join(parts, ", ")
}

// some names the first few.
func some(names []string) string {
	const few = 3
	slices.Sort(names)
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
