package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/gloss-nlp/gloss/corpus"
)

// reading is a way of counting that some tool uses for offsets. convert turns
// its offsets into code points; false where one falls inside a character or
// outside the text.
type reading struct {
	name    string
	convert func(corpus.Off) (corpus.Off, bool)
	fitted  bool // it has a number that was chosen to fit, so that it needs more evidence
}

func identity(o corpus.Off) (corpus.Off, bool) { return o, true }

// readings lists those that differ from code points on this text.
func readings(text corpus.Text) []reading {
	s := text.String()
	var out []reading
	add := func(name string, convert func(corpus.Off) (corpus.Off, bool)) {
		out = append(out, reading{name: name, convert: convert})
	}
	if strings.Contains(s, "\r\n") {
		add("characters with CRLF as one", table(s, func(prev, r rune, _ int) int {
			if prev == '\r' && r == '\n' {
				return 0
			}
			return 1
		}))
	}
	if strings.HasPrefix(s, "\ufeff") {
		add("characters after the byte order mark", func(o corpus.Off) (corpus.Off, bool) { return o + 1, true })
	}
	if int(text.Len()) == len(s) {
		return out
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r > 0xffff }) {
		add("UTF-16 units", table(s, func(_, r rune, _ int) int {
			if r > 0xffff {
				return 2
			}
			return 1
		}))
	}
	add("UTF-8 bytes", table(s, func(_, _ rune, size int) int { return size }))
	for _, form := range []struct {
		name string
		norm.Form
	}{{"NFC", norm.NFC}, {"NFD", norm.NFD}} {
		if !form.IsNormalString(s) {
			add("characters of the text in "+form.name, normalized(s, form.Form))
		}
	}
	return out
}

// table makes the conversion for a counting in which each character has the
// width that the function gives, 0 to 4.
func table(s string, width func(prev, r rune, size int) int) func(corpus.Off) (corpus.Off, bool) {
	to := make([]corpus.Off, 0, len(s)+1) // by foreign offset; -1 inside a character
	n, prev := corpus.Off(0), rune(-1)
	for _, r := range s {
		to = appendWidth(to, n, width(prev, r, utf8.RuneLen(r)))
		n++
		prev = r
	}
	return lookup(append(to, n))
}

// normalized is the conversion from offsets into another normalization form of
// the text, which agree where a sequence of combining characters begins.
func normalized(s string, form norm.Form) func(corpus.Off) (corpus.Off, bool) {
	to := make([]corpus.Off, 0, len(s)+1)
	n, at := corpus.Off(0), 0
	var it norm.Iter
	it.InitString(form, s)
	for !it.Done() {
		to = appendWidth(to, n, utf8.RuneCount(it.Next()))
		n += corpus.Off(utf8.RuneCountInString(s[at:it.Pos()]))
		at = it.Pos()
	}
	return lookup(append(to, n))
}

// appendWidth adds a character of the text, at offset n, that is width wide.
func appendWidth(to []corpus.Off, n corpus.Off, width int) []corpus.Off {
	for i := range width {
		if i == 0 {
			to = append(to, n)
		} else {
			to = append(to, -1)
		}
	}
	return to
}

func lookup(to []corpus.Off) func(corpus.Off) (corpus.Off, bool) {
	return func(o corpus.Off) (corpus.Off, bool) {
		if o < 0 || int(o) >= len(to) || to[o] < 0 {
			return 0, false
		}
		return to[o], true
	}
}

// shift looks for a number of characters by which all offsets from some place
// on are wrong, as after a heading was cut off or a word put in; ok is false
// where there is none, or more than one.
func shift(fields, wrong []field, text corpus.Text) (r reading, from, by corpus.Off, ok bool) {
	if len(wrong) < 2 {
		return r, 0, 0, false
	}
	from = wrong[0].spans.Hull().Start
	for _, f := range wrong {
		from = min(from, f.spans.Hull().Start)
	}
	if len(wrong) == len(fields) {
		from = -1 << 30 // the whole document
	}
	// What shifts all must shift the rarest.
	rare, places := wrong[0], []corpus.Off(nil)
	for i, f := range wrong[:min(len(wrong), 16)] {
		if p := f.places(text); i == 0 || len(p) < len(places) {
			rare, places = f, p
		}
	}
	found := 0
	for _, p := range places {
		k := p - rare.spans[0].Start
		try := reading{convert: shifted(from, k), fitted: true}
		if k != 0 && !slices.ContainsFunc(fields, func(f field) bool { return !f.matches(text, try.convert) }) {
			r, by, found = try, k, found+1
		}
	}
	return r, from, by, found == 1
}

func shifted(from, by corpus.Off) func(corpus.Off) (corpus.Off, bool) {
	return func(o corpus.Off) (corpus.Off, bool) {
		if o < from {
			return o, true
		}
		return o + by, true
	}
}
