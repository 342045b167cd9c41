package segment

import (
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// Words returns the words of a text in order. A word is a longest run of
// letters, numbers and combining marks; every other visible code point is a
// word of its own, so that a label may begin or end beside any sign. White
// space and control characters belong to no word.
func Words(t corpus.Text) []corpus.Span {
	s := t.String()
	found := make([]corpus.Span, 0, int(t.Len())/5) // clinical prose has a word every five or six code points
	var start, p pos
	inside := false
	for p.b < len(s) {
		r, size := rune(s[p.b]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[p.b:])
		}
		in := isWordRune(r)
		if inside && !in {
			found = append(found, corpus.Span{Start: start.o, End: p.o})
		} else if in && !inside {
			start = p
		}
		if !in && !unicode.IsSpace(r) && !unicode.IsControl(r) {
			found = append(found, corpus.Span{Start: p.o, End: p.o + 1})
		}
		inside = in
		p = p.next(size)
	}
	if inside {
		found = append(found, corpus.Span{Start: start.o, End: p.o})
	}
	return found
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}
