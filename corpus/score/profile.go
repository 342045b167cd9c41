package score

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// profile says where scorers differ.
type profile struct {
	key        func(corpus.Mention) string // mentions of one document with the same key are the same
	duplicates duplicates
	missing    missing
}

// duplicates says what happens to further mentions with the key of an earlier one.
type duplicates uint8

const (
	mergeAll  duplicates = iota // their codes join those of the first
	keepFirst                   // they are dropped
)

// missing says what happens to gold documents for which nothing was predicted.
type missing uint8

const (
	missingCounts  missing = iota // all of their mentions were missed
	missingSkipped                // they are not scored
)

// profiles are the scorers by name.
var profiles = map[string]profile{
	"clean": {key: keyPlace, duplicates: mergeAll, missing: missingCounts},
}

// Profiles are the names of the profiles, sorted.
func Profiles() []string { return slices.Sorted(maps.Keys(profiles)) }

// keyPlace is label and fragments, in the order of the text.
func keyPlace(m corpus.Mention) string {
	spans := m.Spans
	if len(spans) > 1 {
		spans = spans.Clone()
		slices.SortFunc(spans, func(a, b corpus.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	}
	return m.Label + "\x00" + spans.String()
}

// keyText also asks for the same text, letter by letter.
func keyText(m corpus.Mention) string { return keyPlace(m) + "\x00" + m.Text }

// item is a mention as far as it is compared.
type item struct {
	label int      // its place among the scored labels
	codes []string // sorted, without repeats
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
		key := s.profile.key(m)
		earlier, again := found[key]
		if again {
			*repeated++
			if s.profile.duplicates == keepFirst {
				continue
			}
			codes = sorted(append(codes, earlier.codes...))
		}
		found[key] = item{label, codes}
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
