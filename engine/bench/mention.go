package bench

import (
	"cmp"
	"encoding/json"
	"slices"
	"unicode"
)

// mention is what either side found, in code points.
type mention struct {
	label      string
	start, end int
}

// MarshalJSON writes [label, start, end].
func (m mention) MarshalJSON() ([]byte, error) { return json.Marshal([]any{m.label, m.start, m.end}) }

// UnmarshalJSON reads what MarshalJSON writes.
func (m *mention) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&m.label, &m.start, &m.end})
}

// settle makes the mentions of both sides comparable: without white space at their
// edges, which the pipeline leaves where a tokenizer puts it, in order, once each.
func settle(text string, mentions []mention) []mention {
	runes := []rune(text)
	var out []mention
	for _, m := range mentions {
		for m.start < m.end && unicode.IsSpace(runes[m.start]) {
			m.start++
		}
		for m.end > m.start && unicode.IsSpace(runes[m.end-1]) {
			m.end--
		}
		if m.start < m.end {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, compareMentions)
	return slices.Compact(out)
}

func compareMentions(a, b mention) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.label, b.label))
}

// differ counts the mentions that only one side has. Both are settled.
func differ(a, b []mention) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch c := compareMentions(a[0], b[0]); {
		case c == 0:
			a, b = a[1:], b[1:]
		case c < 0:
			a, n = a[1:], n+1
		default:
			b, n = b[1:], n+1
		}
	}
	return n + len(a) + len(b)
}
