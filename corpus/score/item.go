package score

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// keyPlace is label and fragments, in the order of the text: mentions of one
// document with the same key are the same, and their codes are joined.
func keyPlace(m corpus.Mention) string {
	spans := m.Spans
	if len(spans) > 1 {
		spans = spans.Clone()
		slices.SortFunc(spans, func(a, b corpus.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	}
	return m.Label + "\x00" + spans.String()
}

// item is a mention as far as it is compared.
type item struct {
	label int          // its place among the scored labels
	codes []string     // sorted, without repeats
	score corpus.Score // the highest of repeated ones; not above 0 where there is none
}

// items are the mentions of a document that are scored, by key. It counts
// those that repeat an earlier one, have an invalid code, or no code.
func (s *scorer) items(mentions []corpus.Mention, repeated, invalid, unlinked *int) map[string]item {
	found := make(map[string]item, len(mentions))
	for _, m := range mentions {
		label, ok := s.place[m.Label]
		if !ok {
			continue
		}
		codes := codesOf(m)
		if s.task == Norm && !s.allValid(codes) {
			*invalid++
			continue
		}
		key := keyPlace(m)
		earlier, again := found[key]
		if again {
			*repeated++
			codes = sorted(append(codes, earlier.codes...))
			if earlier.score > m.Score || !m.Score.Known() {
				m.Score = earlier.score
			}
		}
		found[key] = item{label, codes, m.Score}
	}
	for _, it := range found {
		if len(it.codes) == 0 {
			*unlinked++
		}
	}
	return found
}

// codesOf are the identifiers of a mention's links; the knowledge base has no part in them.
func codesOf(m corpus.Mention) []string {
	codes := make([]string, 0, len(m.Links))
	for _, l := range m.Links {
		codes = append(codes, l.ID)
	}
	return sorted(codes)
}

func sorted(codes []string) []string {
	slices.Sort(codes)
	return slices.Compact(codes)
}

// allValid takes a composite code for valid where it is listed, or each of its
// parts is; the mark H ("more general than the code") is no part.
func (s *scorer) allValid(codes []string) bool {
	if s.valid == nil {
		return true
	}
	for _, code := range codes {
		if s.valid[code] {
			continue
		}
		for _, part := range strings.FieldsFunc(code, func(r rune) bool { return r == '+' || r == '|' }) {
			if part != "H" && !s.valid[part] {
				return false
			}
		}
	}
	return true
}
