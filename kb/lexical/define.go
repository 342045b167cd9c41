package lexical

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// Definition is an abbreviation that a text itself explains.
type Definition struct {
	Short, Long         string      // as the text writes them
	ShortSpan, LongSpan corpus.Span // code points of the text
}

// Bounds of a short form, in code points and words.
const (
	minShort      = 2
	maxShort      = 10
	shortWords    = 2
	extraWords    = 5 // a long form has at most min(|short|+5, 2|short|) words
	sentenceBreak = ";:!?()[]{}|•\n"
)

// Defined finds the abbreviations that a text defines, written "long form (SHORT)" or
// "SHORT (long form)", in their order. It follows Schwartz and Hearst, "A simple
// algorithm for identifying abbreviation definitions in biomedical text" (2003): the
// shortest run of words before the parenthesis in which the short form's characters
// occur from right to left, its first one at the beginning of a word. Accents and case
// are ignored.
func Defined(text string) []Definition {
	var out []Definition
	t := corpus.NewText(text)
	for at := 0; at < len(text); {
		open := strings.IndexByte(text[at:], '(')
		if open < 0 {
			break
		}
		open += at
		at = open + 1
		shut := closing(text, open)
		if shut < 0 {
			continue
		}
		if short, long, ok := define(text, open, shut); ok {
			out = append(out, Definition{
				Short: text[short.lo:short.hi], Long: text[long.lo:long.hi],
				ShortSpan: corpus.Span{Start: t.Off(short.lo), End: t.Off(short.hi)},
				LongSpan:  corpus.Span{Start: t.Off(long.lo), End: t.Off(long.hi)},
			})
			at = shut
		}
	}
	return out
}

// closing is where the parenthesis that opens is closed, in the same paragraph; -1
// where it is not.
func closing(text string, open int) int {
	depth := 0
	for i := open; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		case '\n':
			if strings.HasPrefix(text[i:], "\n\n") {
				return -1
			}
		}
	}
	return -1
}

// define reads one parenthesis either way.
func define(text string, open, shut int) (short, long span, ok bool) {
	inside := trim(text, span{open + 1, shut})
	// "(VIH, por sus siglas en inglés)": what follows a comma or semicolon is a remark.
	first := inside
	if i := strings.IndexAny(text[first.lo:first.hi], ",;"); i >= 0 {
		first = trim(text, span{first.lo, first.lo + i})
	}
	before := clause(text, open)
	if isShort(text[first.lo:first.hi]) {
		if long, ok := longForm(text, first, before); ok {
			return first, long, true
		}
	}
	short = lastWord(text, before)
	if !short.empty() && isShort(text[short.lo:short.hi]) && strings.IndexFunc(text[short.lo:short.hi], unicode.IsUpper) >= 0 {
		for _, within := range []span{first, inside} {
			if long, ok := longForm(text, short, within); ok && long.lo == inside.lo {
				return short, long, true
			}
		}
	}
	return span{}, span{}, false
}

// clause is what stands before a parenthesis in the same sentence.
func clause(text string, open int) span {
	lo := strings.LastIndexAny(text[:open], sentenceBreak) + 1
	for i := open - 1; i > lo; i-- {
		if text[i] == ' ' && text[i-1] == '.' {
			lo = i
			break
		}
	}
	return trim(text, span{lo, open})
}

func trim(text string, s span) span {
	part := text[s.lo:s.hi]
	s.lo += len(part) - len(strings.TrimLeftFunc(part, unicode.IsSpace))
	s.hi -= len(part) - len(strings.TrimRightFunc(part, unicode.IsSpace))
	if s.empty() {
		return span{s.lo, s.lo}
	}
	return s
}

func lastWord(text string, s span) span {
	if i := strings.LastIndexFunc(text[s.lo:s.hi], unicode.IsSpace); i >= 0 {
		_, size := utf8.DecodeRuneInString(text[s.lo+i:])
		s.lo += i + size
	}
	return s
}

// isShort tells whether a text may be an abbreviation: two to ten characters in at
// most two words, the first a letter or a digit, with a letter, and a capital somewhere.
func isShort(s string) bool {
	n := utf8.RuneCountInString(s)
	first, _ := utf8.DecodeRuneInString(s)
	return n >= minShort && n <= maxShort && len(strings.Fields(s)) <= shortWords &&
		(unicode.IsLetter(first) || unicode.IsDigit(first)) &&
		strings.ContainsFunc(s, unicode.IsLetter) && strings.ContainsFunc(s, unicode.IsUpper)
}

// longForm finds the shortest end of within that spells the short form.
func longForm(text string, short, within span) (span, bool) {
	abbr := letters(text, short)
	pool := lastWords(text, within, min(len(abbr)+extraWords, 2*len(abbr)))
	chars := letters(text, pool)
	at := len(chars) - 1
	for i := len(abbr) - 1; i >= 0; i-- {
		for at >= 0 && (chars[at].r != abbr[i].r || i == 0 && !chars[at].begins) {
			at--
		}
		if at < 0 {
			return span{}, false
		}
		at--
	}
	long := span{chars[at+1].at, pool.hi}
	return long, acceptable(text[short.lo:short.hi], text[long.lo:long.hi])
}

// acceptable refuses what is no long form of a short one: it must be longer and must
// not hold the short form as a word.
func acceptable(short, long string) bool {
	if utf8.RuneCountInString(long) <= utf8.RuneCountInString(short) {
		return false
	}
	for _, w := range strings.Fields(long) {
		if strings.EqualFold(strings.Trim(w, ",.-"), short) {
			return false
		}
	}
	return true
}

// lastWords keeps the last n words of a span.
func lastWords(text string, s span, n int) span {
	at := s.hi
	for range n {
		at = s.lo + len(strings.TrimRightFunc(text[s.lo:at], unicode.IsSpace))
		i := strings.LastIndexFunc(text[s.lo:at], unicode.IsSpace)
		if i < 0 {
			return s
		}
		at = s.lo + i
	}
	return trim(text, span{at, s.hi})
}

// letter is a letter or digit of a text without accent and case.
type letter struct {
	r      rune
	at     int  // byte in the text
	begins bool // a word
}

func letters(text string, s span) []letter {
	var out []letter
	inside := false
	for i, r := range text[s.lo:s.hi] {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			inside = inside && unicode.IsMark(r)
			continue
		}
		for n, f := range foldRun(string(r)) {
			out = append(out, letter{f, s.lo + i, n == 0 && !inside})
		}
		inside = true
	}
	return out
}
