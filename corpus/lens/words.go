package lens

import (
	"cmp"
	"encoding/json"
	"slices"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// Word is a word of the texts and how often it was won or lost.
type Word struct {
	Text  string
	Count int
}

// MarshalJSON writes a pair: ["aguda",42].
func (w Word) MarshalJSON() ([]byte, error) { return json.Marshal([]any{w.Text, w.Count}) }

// words sorts counts by side, the most frequent words first, then by the alphabet.
func words(counts map[string]map[string]int) map[string][]Word {
	sides := make(map[string][]Word, len(counts))
	for side, byWord := range counts {
		list := make([]Word, 0, len(byWord))
		for text, n := range byWord {
			list = append(list, Word{text, n})
		}
		slices.SortFunc(list, func(a, b Word) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text)) })
		sides[side] = list
	}
	return sides
}

// Length is a Tally of mentions with a number of words; signs are words of their own.
type Length struct {
	Words string `json:"words"` // "1" or a range such as "6–8"
	Tally
}

// lengths are the rows of the report, each up to a number of words.
var lengths = []struct {
	upTo int
	name string
}{{1, "1"}, {2, "2"}, {3, "3"}, {4, "4"}, {5, "5"}, {8, "6–8"}, {12, "9–12"}, {1 << 30, "13 and more"}}

// lengthOf is the row of a mention.
func lengthOf(m corpus.Mention) int {
	n := len(wordsOf(m.Text))
	return slices.IndexFunc(lengths, func(l struct {
		upTo int
		name string
	}) bool {
		return n <= l.upTo
	})
}

// wordsOf cuts a text into its words.
func wordsOf(s string) []string {
	text := corpus.NewText(s)
	spans := segment.Words(text)
	out := make([]string, len(spans))
	for i, span := range spans {
		out[i] = text.Slice(span)
	}
	return out
}

// letters counts the letters of a word.
func letters(word string) int {
	n := 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
