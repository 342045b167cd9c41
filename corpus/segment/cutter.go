package segment

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// Cutter cuts into sentences for readers and for training data. Sentences is
// the rule that the shipped model knows; Cutter begins with it and joins what it
// parts wrongly elsewhere:
//
//   - after an English abbreviation ("Mr. Smith", "No. 5"), in English texts;
//   - after the number of a list item that shares its line ("1. Fever. 2. Cough");
//   - at a line break inside a sentence of a text with hard-wrapped lines: the
//     line is long and does not end as a sentence or a heading does, and the next
//     begins with a lower-case letter.
//
// Its sentences are therefore unions of those that Sentences gives, and may hold
// single line breaks. The zero Cutter finds the language by itself.
type Cutter struct {
	Language string // "es", "en", or empty to look at the words of each text
}

// wrapped is how many code points a line has at least that was broken because
// the margin was reached; shorter ones are headings and list items.
const wrapped = 50

// Sentences returns the sentences of a text in order, trimmed of white space.
func (c Cutter) Sentences(t corpus.Text) []corpus.Span {
	pieces := Sentences(t)
	english := c.Language == "en" || c.Language == "" && looksEnglish(t.String())
	out := pieces[:0:0]
	for i, p := range pieces {
		if i > 0 && c.join(t, out[len(out)-1], pieces[i-1], p, english) {
			out[len(out)-1].End = p.End
			continue
		}
		out = append(out, p)
	}
	return out
}

// join tells whether the piece next goes on with the sentence so far, which
// ends with the piece last.
func (c Cutter) join(t corpus.Text, sentence, last, next corpus.Span, english bool) bool {
	before, after := t.Slice(last), t.Slice(next)
	gap := t.Slice(corpus.Span{Start: last.End, End: next.Start})
	if breaks := strings.Count(strings.ReplaceAll(gap, "\r\n", "\n"), "\n") + strings.Count(strings.ReplaceAll(gap, "\r\n", ""), "\r"); breaks > 0 {
		first, _ := utf8.DecodeRuneInString(after)
		return breaks == 1 && utf8.RuneCountInString(before) >= wrapped && goesOn(before) && unicode.IsLower(first)
	}
	return sentence == last && isItemNumber(before) || english && isEnglishAbbreviation(before, after)
}

// goesOn tells whether a line stops without an end: no full stop, colon or
// semicolon, with or without closing marks.
func goesOn(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(line, isCloser))
	return !isEnder(last) && last != ':' && last != ';'
}

// isItemNumber tells whether a piece is nothing but the number of a list item:
// "1.", "12.", "(3).", "2.1.".
func isItemNumber(s string) bool {
	s, dot := strings.CutSuffix(s, ".")
	s = strings.Trim(s, "()-")
	return dot && s != "" && len(s) <= 5 && strings.Trim(s, "0123456789.") == ""
}

// isEnglishAbbreviation tells whether the full stop at the end of a piece is
// that of an English abbreviation.
func isEnglishAbbreviation(before, after string) bool {
	word, dot := strings.CutSuffix(before, ".")
	if !dot || strings.HasSuffix(word, ".") {
		return false
	}
	if i := strings.LastIndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != '.' }); i >= 0 {
		_, size := utf8.DecodeRuneInString(word[i:])
		word = word[i+size:]
	}
	word = strings.ToLower(word)
	if slices.Contains(englishAbbreviations, word) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(after)
	return unicode.IsDigit(first) && slices.Contains(englishBeforeNumber, word)
}

// englishAbbreviations are those of English clinical prose that seldom end a
// sentence; Spanish has some of these words with another meaning.
var englishAbbreviations = strings.Fields(`
	mr mrs ms messrs prof rev hon capt col gen lt sgt st mt ft jr sr ph.d m.d
	dept univ assoc assn inc ltd corp co hosp
	approx appt ca cf viz incl excl esp resp est max min temp wt ht
	pt pts hx dx tx rx fx sx h/o s/p r/o c/o y/o yo neg pos bilat lat med inf sup
	jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri`)

// englishBeforeNumber are abbreviations only where a number follows.
var englishBeforeNumber = strings.Fields(`no nos fig figs vol vols ch chap sec p pp para art ref refs eq tab grade gr stage`)

// looksEnglish counts the commonest words of both languages at the beginning
// of a text; Spanish wins a tie.
func looksEnglish(s string) bool {
	const enough = 20000
	if len(s) > enough {
		s = s[:enough]
	}
	count := 0
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch strings.ToLower(w) {
		case "the", "of", "and", "with", "was", "to", "is", "for", "on", "at", "she", "his", "her":
			count++
		case "de", "la", "el", "que", "con", "se", "y", "en", "los", "las", "por", "del", "una":
			count--
		}
	}
	return count > 0
}
