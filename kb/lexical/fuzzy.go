package lexical

import (
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// fuzzyLooked is among how many of the names most similar by n-grams, for each
// name asked for, Fuzzy looks for the nearest.
const fuzzyLooked = 8

// Fuzzy finds names by edit distance: the k names whose similarity to a text is at
// least threshold, best first, ties by row. Similarity is 1 - d/n, where d is the
// Levenshtein distance of both after Fold and n the length of the longer one in code
// points. It looks at the names most similar by n-grams only, at least 100: of these
// the result is exact, and a name with a few wrong letters is among them.
func (x *Index) Fuzzy(text string, threshold float32, k int) []kb.Hit {
	folded := Fold(text)
	if folded == "" || k <= 0 {
		return nil
	}
	p := newPattern(folded)
	top := best.Top{K: k, Floor: threshold}
	for _, h := range x.NGram(text, max(100, fuzzyLooked*k)) {
		if s := p.similarity(Fold(x.names.View(h.Row))); s >= threshold {
			top.Add(kb.Hit{Row: h.Row, Score: s})
		}
	}
	return top.Sorted()
}

// Distance is the Levenshtein distance of two texts in code points: how many must be
// put in, taken out or replaced to make one of the other.
func Distance(a, b string) int { return newPattern(a).distance(b) }

// Similarity prepares a text for many comparisons: the function that it returns gives
// 1 - Distance/length of the longer, in [0, 1]. It may be called from several goroutines.
func Similarity(text string) func(string) float32 { return newPattern(text).similarity }

// pattern is a text prepared for many comparisons, by the bit-parallel algorithm of
// Myers (1999) as Hyyrö gave it for patterns of several words (2003): bit i of a word
// tells how column i of the matrix of distances differs from the one above it.
type pattern struct {
	n    int               // code points
	at   map[rune][]uint64 // where each character stands
	none []uint64          // where a character stands that does not occur
}

func newPattern(s string) *pattern {
	p := &pattern{n: utf8.RuneCountInString(s), at: map[rune][]uint64{}}
	blocks := (p.n + 63) / 64
	p.none = make([]uint64, blocks)
	i := 0
	for _, r := range s {
		if p.at[r] == nil {
			p.at[r] = make([]uint64, blocks)
		}
		p.at[r][i/64] |= 1 << (i % 64)
		i++
	}
	return p
}

// similarity is 1 - distance/length of the longer, in [0, 1].
func (p *pattern) similarity(s string) float32 {
	n := max(p.n, utf8.RuneCountInString(s))
	if n == 0 {
		return 1
	}
	return 1 - float32(p.distance(s))/float32(n)
}

func (p *pattern) distance(s string) int {
	if p.n == 0 {
		return utf8.RuneCountInString(s)
	}
	blocks := len(p.none)
	up, down := make([]uint64, blocks), make([]uint64, blocks) // +1 and -1 to the row above
	for i := range up {
		up[i] = ^uint64(0)
	}
	last := uint64(1) << ((p.n - 1) % 64)
	d := p.n
	for _, r := range s {
		eq := p.at[r]
		if eq == nil {
			eq = p.none
		}
		// The row above the first counts up with every character of s.
		inUp, inDown := uint64(1), uint64(0)
		for b := range blocks {
			pv, mv, e := up[b], down[b], eq[b]
			xv := e | mv
			e |= inDown
			xh := (((e & pv) + pv) ^ pv) | e
			ph, mh := mv|^(xh|pv), pv&xh
			if b == blocks-1 {
				if ph&last != 0 {
					d++
				}
				if mh&last != 0 {
					d--
				}
			}
			outUp, outDown := ph>>63, mh>>63
			ph, mh = ph<<1|inUp, mh<<1|inDown
			up[b], down[b] = mh|^(xv|ph), ph&xv
			inUp, inDown = outUp, outDown
		}
	}
	return d
}
