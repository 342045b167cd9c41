// Package corpus holds the nouns of the whole program: text with code-point
// offsets, spans, mentions, links, documents and decisions. It does no I/O.
package corpus

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Off is an offset into a document's text in Unicode code points, from 0.
type Off int

// Span is one contiguous, half-open range [Start, End) of code points.
type Span struct{ Start, End Off }

// Len is the number of code points that the span covers.
func (s Span) Len() Off { return s.End - s.Start }

// Contains tells whether t lies inside s, the equal span included.
func (s Span) Contains(t Span) bool { return s.Start <= t.Start && t.End <= s.End }

// Overlaps tells whether both spans share at least one code point.
func (s Span) Overlaps(t Span) bool { return s.Start < t.End && t.Start < s.End }

// MarshalJSON writes the span as [start, end].
func (s Span) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%d,%d]", s.Start, s.End), nil
}

// UnmarshalJSON reads [start, end].
func (s *Span) UnmarshalJSON(b []byte) error {
	var pair [2]Off
	if err := json.Unmarshal(b, &pair); err != nil {
		return fmt.Errorf("span: want [start, end]: %w", err)
	}
	s.Start, s.End = pair[0], pair[1]
	return nil
}

// Spans are the fragments of one mention, in the order in which its file gives
// them. A contiguous mention has one; a discontinuous one has two or more.
type Spans []Span

// One makes the fragments of a contiguous mention.
func One(start, end Off) Spans { return Spans{{start, end}} }

// Hull is the smallest span that covers every fragment; zero for no fragments.
func (f Spans) Hull() Span {
	if len(f) == 0 {
		return Span{}
	}
	h := f[0]
	for _, s := range f[1:] {
		h.Start, h.End = min(h.Start, s.Start), max(h.End, s.End)
	}
	return h
}

// Equal tells whether both have the same fragments in the same order.
func (f Spans) Equal(g Spans) bool {
	if len(f) != len(g) {
		return false
	}
	for i := range f {
		if f[i] != g[i] {
			return false
		}
	}
	return true
}

// Overlaps tells whether some fragment of f shares a code point with one of g.
func (f Spans) Overlaps(g Spans) bool {
	for _, s := range f {
		for _, t := range g {
			if s.Overlaps(t) {
				return true
			}
		}
	}
	return false
}

// Clone returns a copy that shares no memory with f.
func (f Spans) Clone() Spans { return append(Spans(nil), f...) }

// String writes the fragments as brat does: "0 5;7 9".
func (f Spans) String() string {
	var b strings.Builder
	for i, s := range f {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(strconv.Itoa(int(s.Start)))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(int(s.End)))
	}
	return b.String()
}
