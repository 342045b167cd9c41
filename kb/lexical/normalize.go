// Package lexical finds names by their letters: normalisation, exact lookup,
// character n-gram similarity, edit distance, type-ahead, and names spotted in running
// text. It also writes out abbreviations, known ones and those that a text defines.
//
// An Index is immutable, and every method is safe for concurrent use.
package lexical

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is a piece of a text and the words that it folds to. A run of a script
// that is written without spaces gives one token for each pair of neighbouring
// characters, so that its tokens overlap.
type token struct {
	start, end int // bytes in the text, half-open
	word       string
}

// Clean trims a text, makes its white space single spaces, and composes it (NFC).
func Clean(s string) string {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// Lower is Clean without regard to case.
func Lower(s string) string { return strings.ToLower(Clean(s)) }

// Fold reduces a text to words that are compared without regard to case, accents,
// punctuation and compatibility forms: "Càncer (de mama), HER-2" becomes "cancer de
// mama her 2". Runs of scripts without spaces become pairs of characters. A text
// of punctuation alone stays itself, lower-cased, so that it can still be found.
func Fold(s string) string { return strings.Join(words(s), " ") }

// words are the words of Fold; empty for white space alone.
func words(s string) []string {
	toks := tokenize(s)
	if len(toks) == 0 {
		if s = Lower(s); s == "" {
			return nil
		}
		return []string{s}
	}
	out := make([]string, len(toks))
	for i, t := range toks {
		out[i] = t.word
	}
	return out
}

// tokenize cuts a text at everything that is no letter, digit, mark or plus sign,
// and at the bounds of scripts without spaces.
func tokenize(s string) []token {
	var out []token
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !wordRune(r) {
			at += size
			continue
		}
		start, spaced := at, !unspaced(r)
		for at < len(s) {
			r, size = utf8.DecodeRuneInString(s[at:])
			// A mark belongs to the character before it, whatever the script.
			if !wordRune(r) || unspaced(r) == spaced && !unicode.IsMark(r) {
				break
			}
			at += size
		}
		if spaced {
			out = appendFolded(out, s[start:at], start, at)
		} else {
			out = appendPairs(out, s[start:at], start)
		}
	}
	return out
}

// appendFolded adds the words of a run; compatibility forms may give several ("½").
func appendFolded(out []token, run string, start, end int) []token {
	folded := foldRun(run)
	if !strings.ContainsFunc(folded, notWord) {
		if folded == "" {
			return out
		}
		return append(out, token{start, end, folded})
	}
	for _, w := range strings.FieldsFunc(folded, notWord) {
		out = append(out, token{start, end, w})
	}
	return out
}

// appendPairs adds the overlapping pairs of characters of a run without spaces. A
// character is a code point with the marks that follow it.
func appendPairs(out []token, run string, start int) []token {
	var chars []token
	for at, r := range run {
		size := utf8.RuneLen(r)
		if len(chars) > 0 && (unicode.IsMark(r) || voicing(r)) {
			chars[len(chars)-1].end = start + at + size
			continue
		}
		chars = append(chars, token{start: start + at, end: start + at + size})
	}
	for i := range chars {
		c := &chars[i]
		c.word = norm.NFKC.String(run[c.start-start : c.end-start])
	}
	if len(chars) == 1 {
		return append(out, chars[0])
	}
	for i, c := range chars[1:] {
		out = append(out, token{chars[i].start, c.end, chars[i].word + c.word})
	}
	return out
}

func notWord(r rune) bool { return !wordRune(r) }

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// unspaced tells whether a character belongs to a script that puts no spaces between words.
func unspaced(r rune) bool {
	if r < 0x0E00 {
		return false
	}
	// The lengthening and voicing marks of kana belong to no script.
	return r == 'ー' || r == 'ｰ' || voicing(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// voicing tells the half-width voicing marks of kana, which are no marks to Unicode.
func voicing(r rune) bool { return r == 'ﾞ' || r == 'ﾟ' }

// undecomposed lists letters whose stroke, ligature or final form has no decomposition.
var undecomposed = strings.NewReplacer("ß", "ss", "ς", "σ", "ø", "o", "ł", "l", "đ", "d", "æ", "ae", "œ", "oe", "ı", "i")

func foldRun(s string) string {
	ascii, lower := true, true
	for i := 0; i < len(s); i++ {
		ascii = ascii && s[i] < utf8.RuneSelf
		lower = lower && (s[i] < 'A' || s[i] > 'Z')
	}
	switch {
	case ascii && lower:
		return s
	case ascii:
		return strings.ToLower(s)
	}
	s = norm.NFKD.String(strings.ToLower(norm.NFKC.String(s)))
	// Only the diacritics of European scripts go; vowel signs and voicing marks of others carry the word.
	s = strings.Map(func(r rune) rune {
		if 0x0300 <= r && r <= 0x036F {
			return -1
		}
		return r
	}, s)
	return undecomposed.Replace(norm.NFC.String(s))
}

// stem takes the plural off a folded word, in Spanish and English alike. It makes
// keys, not words: "tumores" and "tumor", "metastases" and "metastasis", "biopsies"
// and "biopsy", "veces" and "vez" meet, and nothing else is promised.
func stem(w string) string {
	if len(w) < 3 || strings.ContainsAny(w, "0123456789+") {
		return w
	}
	if len(w) > 5 && strings.HasSuffix(w, "sis") {
		w = w[:len(w)-2]
	} else if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") &&
		!strings.HasSuffix(w, "is") {
		w = w[:len(w)-1]
	}
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "e")
	}
	switch {
	case strings.HasSuffix(w, "y"):
		w = w[:len(w)-1] + "i"
	case strings.HasSuffix(w, "z"):
		w = w[:len(w)-1] + "c"
	}
	return w
}

// fillers carry no meaning in a name once word order is ignored. Words that negate
// or add ("sin", "con", "without") are not among them.
var fillers = map[string]bool{
	"a": true, "al": true, "de": true, "del": true, "el": true, "en": true, "la": true, "las": true,
	"lo": true, "los": true, "y": true, "an": true, "and": true, "in": true, "of": true, "s": true, "the": true,
}

// Key is the word-order key of a text: its folded words without plural and
// fillers, sorted. "Tumores de la mama" and "mama, tumor" share one.
func Key(s string) string { return keyOf(words(s)) }

func keyOf(ws []string) string {
	stems := make([]string, 0, len(ws))
	for _, w := range ws {
		if !fillers[w] {
			stems = append(stems, stem(w))
		}
	}
	if len(stems) == 0 {
		stems = append(stems, ws...)
	}
	slices.Sort(stems)
	return strings.Join(stems, " ")
}
