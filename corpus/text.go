package corpus

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// stride is how many code points lie between two entries of a Text's index.
const stride = 64

// Text is an immutable document text that is addressed in code points.
// It is safe for concurrent use. The zero value is the empty text.
type Text struct {
	s     string
	n     Off
	index []int32 // byte offset of every stride-th code point; nil for ASCII
}

// NewText indexes s, which must be valid UTF-8 (an invalid byte counts as one code point).
func NewText(s string) Text {
	t := Text{s: s, n: Off(utf8.RuneCountInString(s))}
	if int(t.n) == len(s) {
		return t
	}
	t.index = make([]int32, 0, int(t.n)/stride+1)
	i := 0
	for b := range s {
		if i%stride == 0 {
			t.index = append(t.index, int32(b))
		}
		i++
	}
	return t
}

// String is the whole text.
func (t Text) String() string { return t.s }

// Len is the length in code points.
func (t Text) Len() Off { return t.n }

// Byte converts a code-point offset to a byte offset. Offsets outside the text
// are clamped to its ends.
func (t Text) Byte(o Off) int {
	switch {
	case o <= 0:
		return 0
	case o >= t.n:
		return len(t.s)
	case t.index == nil:
		return int(o)
	}
	b := int(t.index[o/stride])
	for range o % stride {
		_, size := utf8.DecodeRuneInString(t.s[b:])
		b += size
	}
	return b
}

// Off converts a byte offset to a code-point offset. A byte inside a code point
// counts as its start; bytes outside the text are clamped.
func (t Text) Off(b int) Off {
	switch {
	case b <= 0:
		return 0
	case b >= len(t.s):
		return t.n
	case t.index == nil:
		return Off(b)
	}
	i := sort.Search(len(t.index), func(i int) bool { return int(t.index[i]) > b }) - 1
	o, at := Off(i*stride), int(t.index[i])
	for at < b {
		_, size := utf8.DecodeRuneInString(t.s[at:])
		if at+size > b {
			break
		}
		at += size
		o++
	}
	return o
}

// In tells whether the span is well formed and lies inside the text.
func (t Text) In(s Span) bool { return 0 <= s.Start && s.Start <= s.End && s.End <= t.n }

// Slice is the text of a span, clamped to the text.
func (t Text) Slice(s Span) string {
	if s.End <= s.Start {
		return ""
	}
	return t.s[t.Byte(s.Start):t.Byte(s.End)]
}

// Join is what brat calls the text of a mention: its fragments joined by one space.
func (t Text) Join(f Spans) string {
	if len(f) == 1 {
		return t.Slice(f[0])
	}
	parts := make([]string, len(f))
	for i, s := range f {
		parts[i] = t.Slice(s)
	}
	return strings.Join(parts, " ")
}
