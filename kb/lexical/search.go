package lexical

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// Tier says how a type-ahead result matches its query.
type Tier uint8

// The tiers, the best first.
const (
	ExactTier  Tier = iota // the query is the name, at some Level
	PrefixTier             // the name begins with the query
	WordsTier              // every word of the query begins a word of the name
	FuzzyTier              // similar by character n-grams
)

// String is the tier's name in a candidate's evidence.
func (t Tier) String() string { return [...]string{"exact", "prefix", "words", "ngram"}[t] }

// Found is a row that answers a type-ahead query. Score is in (0, 1]; a better
// tier always scores higher, and within the middle tiers the name of which the query
// covers more.
type Found struct {
	Row     int32
	Tier    Tier
	Score   float32
	Lexical float32 // n-gram cosine, [0, 1]
}

// Search answers a query as it is being typed: exact names, then names that begin
// with it, then names with all its words (the last may be unfinished), then similar
// ones. At most k rows, best first, ties by row.
func (x *Index) Search(query string, k int) []Found { return x.SearchWhere(query, k, nil) }

// SearchWhere is Search among the rows that keep accepts; nil accepts all.
func (x *Index) SearchWhere(query string, k int, keep func(row int32) bool) []Found {
	ws := words(query)
	if len(ws) == 0 || k <= 0 {
		return nil
	}
	keep = x.both(keep)
	var out []Found
	seen := map[int32]bool{}
	add := func(tier Tier, score float32, row int32) {
		if !seen[row] && len(out) < k {
			seen[row] = true
			out = append(out, Found{Row: row, Tier: tier, Score: score})
		}
	}
	for _, m := range x.Exact(query) {
		if keep == nil || keep(m.Row) {
			add(ExactTier, 1-0.01*float32(m.Level), m.Row)
		}
	}
	length := len(strings.Join(ws, " "))
	cover := func(row int32) float32 {
		return 0.1 * min(1, float32(length)/float32(max(1, x.names.Size(row))))
	}
	if len(out) < k {
		for _, row := range x.prefixed(ws, k+len(out), keep) {
			add(PrefixTier, 0.8+cover(row), row)
		}
	}
	if len(out) < k {
		for _, row := range x.allWords(ws, k+len(out), keep) {
			add(WordsTier, 0.6+cover(row), row)
		}
	}
	if len(out) < k {
		for _, h := range x.NGramWhere(query, k+len(out), keep) {
			add(FuzzyTier, 0.5*h.Score, h.Row)
		}
	}
	return x.withCosines(query, out)
}

// withCosines fills in how similar each result is and puts ties in order.
func (x *Index) withCosines(query string, found []Found) []Found {
	rows := make([]int32, len(found))
	for i, f := range found {
		rows[i] = f.Row
	}
	for i, c := range x.Cosines(query, rows) {
		found[i].Lexical = c
	}
	slices.SortStableFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(b.Score, a.Score),
			cmp.Compare(b.Lexical, a.Lexical), cmp.Compare(a.Row, b.Row))
	})
	return found
}

// shortest keeps the k rows with the shortest names, ties by row.
type shortest struct {
	top  best.Top
	keep func(row int32) bool
}

func newShortest(k int, keep func(row int32) bool) *shortest {
	return &shortest{best.Top{K: k, Floor: -math.MaxInt32}, keep}
}

// full tells whether names of this length are too long to be kept.
func (s *shortest) full(length int) bool { return -float32(length) < s.top.Bound() }

func (s *shortest) add(row int32, length int) {
	if s.keep == nil || s.keep(row) {
		s.top.Add(kb.Hit{Row: row, Score: -float32(length)})
	}
}

func (s *shortest) rows() []int32 {
	var out []int32
	for _, h := range s.top.Sorted() {
		out = append(out, h.Row)
	}
	return out
}

// prefixed are the k shortest rows that begin with the words, the last a prefix.
func (x *Index) prefixed(ws []string, k int, keep func(row int32) bool) []int32 {
	r := span{0, len(x.sorted)}
	for depth, w := range ws[:len(ws)-1] {
		id := x.wordID(w)
		if id < 0 {
			return nil
		}
		r = x.narrow(r, depth, id, id+1)
	}
	lo, hi := x.prefixRange(ws[len(ws)-1])
	r = x.narrow(r, len(ws)-1, lo, hi)
	short := newShortest(k, keep)
	for i := r.lo; i < r.hi; i++ {
		if n := int(x.length[i]); !short.full(n) {
			short.add(x.sorted[i], n)
		}
	}
	return short.rows()
}

// idRange is a range of word identifiers, half-open.
type idRange struct{ lo, hi int32 }

func (r idRange) has(id int32) bool { return r.lo <= id && id < r.hi }

// allWords are the k shortest rows in which every word begins some word.
func (x *Index) allWords(ws []string, k int, keep func(row int32) bool) []int32 {
	ranges := make([]idRange, len(ws))
	rarest, least := 0, -1
	for i, w := range ws {
		lo, hi := x.prefixRange(w)
		ranges[i] = idRange{lo, hi}
		if size := int(x.byWord.off[hi] - x.byWord.off[lo]); least < 0 || size < least {
			rarest, least = i, size
		}
	}
	short := newShortest(k, keep)
	for id := ranges[rarest].lo; id < ranges[rarest].hi; id++ {
		last := int32(-1)
		for _, row := range x.byWord.at(id) {
			n := x.names.Size(row)
			if short.full(n) {
				break // those that follow are no shorter
			}
			// A word may occur twice in a name; its rows stand together.
			if row != last && holdsAll(x.words.at(row), ranges, rarest, id) {
				short.add(row, n)
			}
			last = row
		}
	}
	return short.rows()
}

// holdsAll tells whether words lie in all ranges, and the first that lies in the range
// called rarest is this word: so a row comes up once for all its words.
func holdsAll(ids []int32, ranges []idRange, rarest int, word int32) bool {
	for i, r := range ranges {
		at := slices.IndexFunc(ids, r.has)
		if at < 0 || i == rarest && ids[at] != word {
			return false
		}
	}
	return true
}
