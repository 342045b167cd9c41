package lens

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// When a word is taken for misspelt. The numbers keep out what is rare but right:
// inflections, which differ in their last two letters, and opposites, which differ
// in their first.
const (
	minMisspelt = 6 // letters
	maxRare     = 2 // documents or fewer that have the word: an author repeats a mistake
	minRight    = 5 // times as many have its neighbour
	keepStart   = 1 // letters that must agree
	keepEnd     = 2
)

// spelling knows in how many documents words stand. It is a guess without a
// dictionary: a rare word that is one letter away (put in, left out, changed, or two
// exchanged; an accent counts) from a frequent one is misspelt.
type spelling struct {
	documents map[string]int      // by lower-cased word
	small     map[string]int      // by lower-cased word: how often it stands in small letters, less how often otherwise
	near      map[string][]string // frequent words, by what is left when a letter is left out, or none
}

func newSpelling() *spelling {
	return &spelling{documents: map[string]int{}, small: map[string]int{}}
}

// add counts the words of a document.
func (s *spelling) add(text string) {
	seen := map[string]bool{}
	for _, w := range wordsOf(text) {
		lower := strings.ToLower(w)
		if w == lower {
			s.small[lower]++
		} else {
			s.small[lower]--
		}
		if !seen[lower] {
			seen[lower] = true
			s.documents[lower]++
		}
	}
}

// ready must be called after the last document.
func (s *spelling) ready() {
	s.near = map[string][]string{}
	for w, n := range s.documents {
		if n < minRight || !spellable(w) {
			continue
		}
		for _, key := range shortened(w) {
			s.near[key] = append(s.near[key], w)
		}
	}
}

func spellable(w string) bool {
	return utf8.RuneCountInString(w) >= minMisspelt-1 && strings.IndexFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

// wrong tells whether a word of one of the documents is misspelt.
func (s *spelling) wrong(word string) bool {
	w := strings.ToLower(word)
	n := s.documents[w]
	if n == 0 || n > maxRare || !spellable(w) || utf8.RuneCountInString(w) < minMisspelt {
		return false
	}
	for _, key := range shortened(w) {
		if slices.ContainsFunc(s.near[key], func(o string) bool { return s.documents[o] >= minRight*n && mistyped(w, o) }) {
			return true
		}
	}
	return false
}

// shortened are a word and what is left of it without one of its letters.
func shortened(w string) []string {
	r := []rune(w)
	out := []string{w}
	for i := range r {
		out = append(out, string(r[:i])+string(r[i+1:]))
	}
	return out
}

// mistyped tells whether one change leads from a word to another, and not at their ends.
func mistyped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	start := 0
	for start < min(len(x), len(y)) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < min(len(x), len(y))-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	if start < keepStart || end < keepEnd {
		return false
	}
	x, y = x[start:len(x)-end], y[start:len(y)-end]
	switch {
	case len(x)+len(y) == 1, len(x) == 1 && len(y) == 1:
		return true
	}
	return len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}
