package lexical

import (
	"cmp"
	"slices"
	"sort"
)

// Level says how much had to be ignored for two names to be equal.
type Level uint8

// The levels of equality, the strictest first.
const (
	AsIs      Level = iota // the same characters
	CaseOnly               // the same but for case
	Folded                 // the same but for case, accents and punctuation
	WordOrder              // the same words but for order, plural and fillers
)

// String names the level.
func (l Level) String() string {
	return [...]string{"as is", "case", "folded", "word order"}[l]
}

// Match is a row whose name equals the text at a level.
type Match struct {
	Row   int32
	Level Level
}

// Exact finds the names that equal the text, the strictest level first, ties by row.
func (x *Index) Exact(text string) []Match {
	ws := words(text)
	if len(ws) == 0 {
		return nil
	}
	var out []Match
	seen := map[int32]bool{}
	asIs, lower := Clean(text), Lower(text)
	for _, row := range x.foldedRows(ws) {
		seen[row] = true
		if !x.keeps(row) {
			continue
		}
		level := Folded
		if name := Clean(x.names.View(row)); name == asIs {
			level = AsIs
		} else if Lower(name) == lower {
			level = CaseOnly
		}
		out = append(out, Match{row, level})
	}
	for _, row := range x.keyRows(keyOf(ws)) {
		if !seen[row] && x.keeps(row) {
			out = append(out, Match{row, WordOrder})
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Row, b.Row))
	})
	return out
}

// foldedRows are the rows with exactly these words.
func (x *Index) foldedRows(ws []string) []int32 {
	r := span{0, len(x.sorted)}
	for depth, w := range ws {
		id := x.wordID(w)
		if id < 0 {
			return nil
		}
		if r = x.narrow(r, depth, id, id+1); r.empty() {
			return nil
		}
	}
	return x.ending(r, len(ws))
}

// keyRows are the rows with this word-order key.
func (x *Index) keyRows(key string) []int32 {
	hash := hashKey(key)
	i, _ := slices.BinarySearch(x.keys, hash)
	var out []int32
	for ; i < len(x.keys) && x.keys[i] == hash; i++ {
		if row := x.keyed[i]; x.key(row) == key {
			out = append(out, row)
		}
	}
	return out
}

// span is a range of Index.sorted, half-open.
type span struct{ lo, hi int }

func (s span) empty() bool { return s.lo >= s.hi }

// narrow keeps the rows of s whose word at depth lies in [lo, hi). The rows of s
// agree on all words before depth.
func (x *Index) narrow(s span, depth int, lo, hi int32) span {
	part := x.sorted[s.lo:s.hi]
	below := func(limit int32) int {
		return sort.Search(len(part), func(i int) bool {
			ids := x.words.at(part[i])
			return len(ids) > depth && ids[depth] >= limit
		})
	}
	return span{s.lo + below(lo), s.lo + below(hi)}
}

// ending are the rows of s that have no word after depth; they come first in s.
func (x *Index) ending(s span, depth int) []int32 {
	part := x.sorted[s.lo:s.hi]
	n := sort.Search(len(part), func(i int) bool { return x.words.size(part[i]) > depth })
	return part[:n]
}
