package lexical

import (
	"cmp"
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
func (x *Index) Search(query string, k int) []Found {
	ws := words(query)
	if len(ws) == 0 || k <= 0 {
		return nil
	}
	var out []Found
	seen := map[int32]bool{}
	add := func(tier Tier, score func(i int) float32, rows ...int32) {
		for i, row := range rows {
			if !seen[row] && len(out) < k {
				seen[row] = true
				out = append(out, Found{Row: row, Tier: tier, Score: score(i)})
			}
		}
	}
	for _, m := range x.Exact(query) {
		add(ExactTier, func(int) float32 { return 1 - 0.01*float32(m.Level) }, m.Row)
	}
	length := len(strings.Join(ws, " "))
	cover := func(base float32, rows []int32) func(int) float32 {
		return func(i int) float32 {
			return base + 0.1*min(1, float32(length)/float32(max(1, len(x.Name(rows[i])))))
		}
	}
	if len(out) < k {
		rows := x.prefixed(ws, k+len(out))
		add(PrefixTier, cover(0.8, rows), rows...)
	}
	if len(out) < k {
		rows := x.allWords(ws, k+len(out))
		add(WordsTier, cover(0.6, rows), rows...)
	}
	if len(out) < k {
		for _, h := range x.NGram(query, k+len(out)) {
			add(FuzzyTier, func(int) float32 { return 0.5 * h.Score }, h.Row)
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

// prefixed are the k shortest rows that begin with the words, the last a prefix.
func (x *Index) prefixed(ws []string, k int) []int32 {
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
	return x.shortest(slices.Values(x.sorted[r.lo:r.hi]), k)
}

// allWords are the k shortest rows in which every word begins some word.
func (x *Index) allWords(ws []string, k int) []int32 {
	type idRange struct{ lo, hi int32 }
	ranges := make([]idRange, len(ws))
	rarest, least := 0, -1
	for i, w := range ws {
		lo, hi := x.prefixRange(w)
		ranges[i] = idRange{lo, hi}
		size := int(x.byWord.off[hi] - x.byWord.off[lo])
		if least < 0 || size < least {
			rarest, least = i, size
		}
	}
	holds := func(row int32) bool {
		ids := x.words.at(row)
		for _, r := range ranges {
			if !slices.ContainsFunc(ids, func(id int32) bool { return r.lo <= id && id < r.hi }) {
				return false
			}
		}
		return true
	}
	return x.shortest(func(yield func(int32) bool) {
		for id := ranges[rarest].lo; id < ranges[rarest].hi; id++ {
			last := int32(-1)
			for _, row := range x.byWord.at(id) {
				// A word may occur twice in a name; its rows ascend.
				if row != last && holds(row) && !yield(row) {
					return
				}
				last = row
			}
		}
	}, k)
}

// shortest are the k rows with the shortest names, ties by row, repeats dropped.
func (x *Index) shortest(rows func(func(int32) bool), k int) []int32 {
	top := best.Top{K: 2 * k, Floor: -1 << 30} // room for repeats: a name may hold two words of one prefix
	for row := range rows {
		top.Add(kb.Hit{Row: row, Score: -float32(len(x.Name(row)))})
	}
	var out []int32
	for _, h := range top.Sorted() {
		if (len(out) == 0 || out[len(out)-1] != h.Row) && len(out) < k {
			out = append(out, h.Row)
		}
	}
	return out
}
