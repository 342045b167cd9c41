package lexical

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// Spotted is a piece of a text that reads as a name of the index.
type Spotted struct {
	Span corpus.Span // code points of the text
	Rows []int32     // the names that it matches, ascending
}

// Spot finds the longest names in a text, from left to right, on word bounds and
// without overlaps. Case, accents and punctuation are ignored, except that a name
// of fewer than three letters, or an abbreviation in capitals, must be written in
// the text exactly as it is. Names of digits alone are not looked for.
func (x *Index) Spot(text corpus.Text) []Spotted {
	s := text.String()
	toks := tokenize(s)
	ids := make([]int32, len(toks))
	for i, t := range toks {
		ids[i] = x.wordID(t.word)
	}
	var out []Spotted
	for i := 0; i < len(toks); {
		rows, end := x.longestAt(s, toks, ids, i)
		if len(rows) == 0 {
			i++
			continue
		}
		stop := toks[end-1].end
		out = append(out, Spotted{corpus.Span{Start: text.Off(toks[i].start), End: text.Off(stop)}, rows})
		// Tokens of scripts without spaces overlap: skip those that began inside.
		for i = end; i < len(toks) && toks[i].start < stop; i++ {
		}
	}
	return out
}

// longestAt finds the rows of the longest name that starts at token i, and the
// token after its last one.
func (x *Index) longestAt(s string, toks []token, ids []int32, i int) (rows []int32, end int) {
	r := span{0, len(x.sorted)}
	for j := i; j < len(toks) && ids[j] >= 0; j++ {
		if j > i && !joined(s, toks[j-1], toks[j]) {
			break
		}
		if r = x.narrow(r, j-i, ids[j], ids[j]+1); r.empty() {
			break
		}
		if j+1 < len(toks) && toks[j+1].start < toks[j].end && toks[j+1].start == toks[j].start {
			continue // a compatibility form gave several words; its end is the last one's
		}
		written := s[toks[i].start:toks[j].end]
		var fit []int32
		for _, row := range x.ending(r, j-i+1) {
			if x.keeps(row) && spottable(x.names.View(row), written) {
				fit = append(fit, row)
			}
		}
		if len(fit) > 0 {
			rows, end = fit, j+1
		}
	}
	return rows, end
}

// joined tells whether two tokens may belong to one name: nothing between them
// that ends a sentence or a clause, and no blank line.
func joined(s string, a, b token) bool {
	if b.start <= a.end {
		return true
	}
	gap := s[a.end:b.start]
	return strings.Count(gap, "\n") <= 1 && utf8.RuneCountInString(gap) <= 3 && !strings.ContainsAny(gap, ".;:!?()[]{}|•")
}

// abbreviationLen is up to how many letters a name in capitals counts as an
// abbreviation, whose lower-case form is likely to be another word.
const abbreviationLen = 5

// spottable tells whether a name that equals the written text but for case,
// accents and punctuation is a safe find there.
func spottable(name, written string) bool {
	letters, capitals, wide := 0, 0, false
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
			wide = wide || unspaced(r)
		}
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	switch {
	case letters == 0:
		return false
	case wide:
		return letters >= 2
	case letters < 3:
		return capitals == letters && name == written
	case capitals == letters && letters <= abbreviationLen:
		return name == written
	}
	return !fillers[written]
}
