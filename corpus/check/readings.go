package check

import (
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// reading is a way of counting that some tool uses for offsets. convert turns
// its offsets into code points; false where one falls inside a character or
// outside the text.
type reading struct {
	name    string
	convert func(corpus.Off) (corpus.Off, bool)
}

func identity(o corpus.Off) (corpus.Off, bool) { return o, true }

// readings lists those that differ from code points on this text.
func readings(text corpus.Text) []reading {
	s := text.String()
	var out []reading
	if strings.Contains(s, "\r\n") {
		out = append(out, reading{"characters with CRLF as one", table(s, func(prev, r rune, _ int) int {
			if prev == '\r' && r == '\n' {
				return 0
			}
			return 1
		})})
	}
	if strings.HasPrefix(s, "\ufeff") {
		out = append(out, reading{"characters after the byte order mark", func(o corpus.Off) (corpus.Off, bool) { return o + 1, true }})
	}
	if int(text.Len()) == len(s) {
		return out
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r > 0xffff }) {
		out = append(out, reading{"UTF-16 units", table(s, func(_, r rune, _ int) int {
			if r > 0xffff {
				return 2
			}
			return 1
		})})
	}
	return append(out, reading{"UTF-8 bytes", table(s, func(_, _ rune, size int) int { return size })})
}

// table makes the conversion for a counting in which each character has the
// width that the function gives, 0 to 4.
func table(s string, width func(prev, r rune, size int) int) func(corpus.Off) (corpus.Off, bool) {
	to := make([]corpus.Off, 0, len(s)+1) // by foreign offset; -1 inside a character
	n, prev := corpus.Off(0), rune(-1)
	for _, r := range s {
		w := width(prev, r, utf8.RuneLen(r))
		for i := range w {
			if i == 0 {
				to = append(to, n)
			} else {
				to = append(to, -1)
			}
		}
		n++
		prev = r
	}
	to = append(to, n)
	return func(o corpus.Off) (corpus.Off, bool) {
		if o < 0 || int(o) >= len(to) || to[o] < 0 {
			return 0, false
		}
		return to[o], true
	}
}
