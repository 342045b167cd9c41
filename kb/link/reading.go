package link

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/kb/lexical"
)

// reading is a text of a mention, as names are compared with it.
type reading struct {
	text      string
	list      []string // its folded words in order
	words     map[string]bool
	edit      func(folded string) float32 // similarity by edit distance
	shortForm float32
}

func newReading(text string) reading {
	folded := lexical.Fold(text)
	return reading{text, strings.Fields(folded), wordSet(text), lexical.Similarity(folded), shortForm(text)}
}

// wordSet are the folded words of a text.
func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(lexical.Fold(text)) {
		out[w] = true
	}
	return out
}

// trigrams are those of the folded words, bounds included.
func trigrams(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(lexical.Fold(text)) {
		eachTrigram(w, func(g string) { out[g] = true })
	}
	return out
}

// distinctWords are those of a list, each once; lists are short.
func distinctWords(list []string) []string {
	var out []string
	for _, w := range list {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// share is how many of some words a set has.
func share(of []string, in map[string]bool) float32 {
	n := 0
	for _, x := range of {
		if in[x] {
			n++
		}
	}
	return float32(n) / float32(max(1, len(of)))
}

// eachTrigram calls f with the trigrams of a word, bounds included.
func eachTrigram(word string, f func(string)) {
	padded := " " + word + " "
	var ends [3]int // where the last three characters begin
	n := 0
	for at, r := range padded {
		ends[0], ends[1], ends[2] = ends[1], ends[2], at
		if n++; n >= 3 {
			f(padded[ends[0] : at+utf8.RuneLen(r)])
		}
	}
}

// shortForm is 1 for what looks like an abbreviation.
func shortForm(text string) float32 {
	capitals := 0
	for _, r := range text {
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	if capitals >= 2 && utf8.RuneCountInString(text) <= 6 && !strings.Contains(text, " ") {
		return 1
	}
	return 0
}
