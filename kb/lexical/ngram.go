package lexical

import (
	"math"
	"slices"
	"sync"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// Lengths of the character n-grams, word bounds included as a space.
const (
	minGram = 2
	maxGram = 4
)

// floorCosine is the least similarity that NGram reports; names below share
// little but endings with the text.
const floorCosine = 0.1

// rounding is more than the order of a sum of float32 can change a similarity.
const rounding = 1e-4

// grams scores names by the TF-IDF cosine of their word-bounded character
// n-grams (tf: count; idf: ln((1+n)/(1+df)) + 1; unit length).
//
// No n-gram crosses a word, so the vector of a name is the sum of the vectors of
// its words, and dot(query, name) is the sum over its words of dot(query, word).
// Postings are therefore kept for distinct words only, of which even millions of
// names have few, and a query scores each word once.
type grams struct {
	id      map[uint64]int32 // n-gram hash -> identifier
	idf     []float32
	noIDF   float32   // idf of an n-gram that no name has
	words   csr       // n-gram -> words that hold it
	tf      []uint8   // beside words.val
	length  []float32 // word -> length of its vector
	inverse []float32 // row -> 1 / length of its vector
	spread  float32   // greatest over rows of (sum of its words' lengths) / (its length)
	pool    *sync.Pool
}

// eachGram calls f with the hash of every n-gram of a word, repeats included.
func eachGram(word string, buf []rune, f func(hash uint64)) []rune {
	buf = append(buf[:0], ' ')
	for _, r := range word {
		buf = append(buf, r)
	}
	buf = append(buf, ' ')
	for i := range buf {
		h := uint64(14695981039346656037)
		for n := 1; n <= maxGram && i+n <= len(buf); n++ {
			h = (h ^ uint64(buf[i+n-1])) * 1099511628211
			if n >= minGram {
				f(h ^ uint64(n)<<60)
			}
		}
	}
	return buf
}

func newGrams(x *Index) grams {
	g := grams{id: map[uint64]int32{}}
	var buf []rune
	forward := csr{off: make([]int32, 1, len(x.vocab)+1)}
	var counts []uint8
	for _, w := range x.vocab {
		start := len(forward.val)
		buf = eachGram(w, buf, func(h uint64) {
			id, ok := g.id[h]
			if !ok {
				id = int32(len(g.id))
				g.id[h] = id
			}
			if at := slices.Index(forward.val[start:], id); at >= 0 {
				if counts[start+at] < math.MaxUint8 {
					counts[start+at]++
				}
				return
			}
			forward.val, counts = append(forward.val, id), append(counts, 1)
		})
		forward.off = append(forward.off, int32(len(forward.val)))
	}
	g.weigh(x, forward)
	g.measure(x, forward, counts)
	g.post(forward, counts)
	g.pool = &sync.Pool{New: func() any {
		return &scratch{word: make([]float32, len(x.vocab)), row: make([]float32, x.Len())}
	}}
	return g
}

// weigh computes idf: how many names hold each n-gram.
func (g *grams) weigh(x *Index, forward csr) {
	df := make([]int32, len(g.id))
	last := make([]int32, len(g.id)) // row+1 that counted the n-gram last
	for row := range int32(x.Len()) {
		for _, w := range x.words.at(row) {
			for _, id := range forward.at(w) {
				if last[id] != row+1 {
					last[id] = row + 1
					df[id]++
				}
			}
		}
	}
	n := float64(x.Len())
	g.idf = make([]float32, len(df))
	for id, d := range df {
		g.idf[id] = float32(math.Log((1+n)/(1+float64(d))) + 1)
	}
	g.noIDF = float32(math.Log(1+n) + 1)
}

// measure computes the lengths of words and names.
func (g *grams) measure(x *Index, forward csr, counts []uint8) {
	g.length = make([]float32, len(x.vocab))
	for w := range g.length {
		var sum float32
		for i := forward.off[w]; i < forward.off[w+1]; i++ {
			v := float32(counts[i]) * g.idf[forward.val[i]]
			sum += v * v
		}
		g.length[w] = float32(math.Sqrt(float64(sum)))
	}
	g.inverse = make([]float32, x.Len())
	g.spread = 1
	weight := make([]float32, len(g.id))
	for row := range int32(x.Len()) {
		var sum, lengths float32
		for _, w := range x.words.at(row) {
			lengths += g.length[w]
			for i := forward.off[w]; i < forward.off[w+1]; i++ {
				id := forward.val[i]
				// (a+v)^2 - a^2, so that one pass sums the squares of the totals.
				v, a := float32(counts[i])*g.idf[id], weight[id]
				sum += v * (2*a + v)
				weight[id] = a + v
			}
		}
		for _, w := range x.words.at(row) {
			for _, id := range forward.at(w) {
				weight[id] = 0
			}
		}
		if sum > 0 {
			g.inverse[row] = float32(1 / math.Sqrt(float64(sum)))
			g.spread = max(g.spread, lengths*g.inverse[row])
		}
	}
}

// post turns word -> n-grams into n-gram -> words.
func (g *grams) post(forward csr, counts []uint8) {
	g.words = forward.transpose(len(g.id))
	g.tf = make([]uint8, len(counts))
	next := slices.Clone(g.words.off)
	for i, id := range forward.val {
		g.tf[next[id]] = counts[i]
		next[id]++
	}
}

// scratch is the memory of one query; its slices are all zero between queries.
type scratch struct {
	word    []float32 // word -> dot(query, word)
	touched []int32   // words whose score is not zero
	row     []float32 // row -> part of dot(query, name) that has been added up
	rows    []int32   // rows whose part is not zero
}

func (g *grams) get() *scratch { return g.pool.Get().(*scratch) }

func (g *grams) put(s *scratch) {
	for _, w := range s.touched {
		s.word[w] = 0
	}
	for _, r := range s.rows {
		s.row[r] = 0
	}
	s.touched, s.rows = s.touched[:0], s.rows[:0]
	g.pool.Put(s)
}

// scoreWords fills s.word with the dot product of the query, made unit length,
// with every word; it reports whether the query has any n-gram of the index.
func (g *grams) scoreWords(text string, s *scratch) bool {
	count := map[uint64]int{}
	var order []uint64 // of first occurrence: sums are then the same in every run
	var buf []rune
	for _, w := range words(text) {
		buf = eachGram(w, buf, func(h uint64) {
			if count[h]++; count[h] == 1 {
				order = append(order, h)
			}
		})
	}
	var sum float64
	for _, h := range order {
		v := float64(count[h]) * float64(g.weightOf(h))
		sum += v * v
	}
	if sum == 0 {
		return false
	}
	scale := float32(1 / math.Sqrt(sum))
	for _, h := range order {
		id, ok := g.id[h]
		if !ok {
			continue
		}
		q := float32(count[h]) * g.idf[id] * g.idf[id] * scale
		tf := g.tf[g.words.off[id]:g.words.off[id+1]]
		for i, w := range g.words.at(id) {
			if s.word[w] == 0 {
				s.touched = append(s.touched, w)
			}
			s.word[w] += q * float32(tf[i])
		}
	}
	return len(s.touched) > 0
}

func (g *grams) weightOf(hash uint64) float32 {
	if id, ok := g.id[hash]; ok {
		return g.idf[id]
	}
	return g.noIDF
}

// cosine is the similarity of a row to the query that scored s.word.
func (x *Index) cosine(row int32, s *scratch) float32 {
	var sum float32
	for _, w := range x.words.at(row) {
		sum += s.word[w]
	}
	c := sum * x.grams.inverse[row]
	if c > 1-rounding/100 {
		return 1 // equal but for rounding
	}
	return c
}

// Cosines are the n-gram similarities, in [0, 1], of a text to the names of rows.
func (x *Index) Cosines(text string, rows []int32) []float32 {
	out := make([]float32, len(rows))
	s := x.grams.get()
	defer x.grams.put(s)
	if x.grams.scoreWords(text, s) {
		for i, row := range rows {
			out[i] = x.cosine(row, s)
		}
	}
	return out
}

// NGram finds the k names with the greatest n-gram similarity to a text, best
// first, ties by row; names below 0.1 are left out. The result is exact.
func (x *Index) NGram(text string, k int) []kb.Hit {
	if k <= 0 {
		return nil
	}
	s := x.grams.get()
	defer x.grams.put(s)
	if !x.grams.scoreWords(text, s) {
		return nil
	}
	rest := x.addRows(s, k)
	top := best.Top{K: k, Floor: floorCosine}
	for _, row := range s.rows {
		if s.row[row]*x.grams.inverse[row]+rest+rounding >= top.Bound() {
			top.Add(kb.Hit{Row: row, Score: x.cosine(row, s)})
		}
	}
	return top.Sorted()
}

// buckets is into how many classes words and rows are sorted by similarity.
const buckets = 128

// addRows adds word scores to rows, the words most similar to the query first,
// and stops where no name made only of the remaining words can be among the k
// best. It returns the most that the remaining words can add to a similarity:
// for words of similarity at most t, t times the spread of the index.
func (x *Index) addRows(s *scratch, k int) float32 {
	g := &x.grams
	start := sortByBucket(s, g.length)
	var bound float32 = floorCosine
	done := 0
	for b := buckets - 1; b >= 0; b-- {
		rest := float32(b+1) / buckets * g.spread
		if rest < bound {
			return rest
		}
		for _, w := range s.touched[start[b]:start[b+1]] {
			score := s.word[w]
			for _, row := range x.byWord.at(w) {
				if s.row[row] == 0 {
					s.rows = append(s.rows, row)
				}
				s.row[row] += score
			}
			done += x.byWord.size(w)
		}
		if done > len(s.rows)/2 && len(s.rows) >= k {
			bound = max(bound, kthBest(s, g.inverse, k))
			done = 0
		}
	}
	return 0
}

// sortByBucket sorts s.touched by similarity class; class b is touched[start[b]:start[b+1]].
func sortByBucket(s *scratch, length []float32) (start [buckets + 1]int) {
	class := func(w int32) int { return min(int(s.word[w]/length[w]*buckets), buckets-1) }
	for _, w := range s.touched {
		start[class(w)+1]++
	}
	for b := range buckets {
		start[b+1] += start[b]
	}
	next := start
	out := make([]int32, len(s.touched))
	for _, w := range s.touched {
		b := class(w)
		out[next[b]] = w
		next[b]++
	}
	copy(s.touched, out)
	return start
}

// kthBest is a lower bound of the k-th best similarity so far.
func kthBest(s *scratch, inverse []float32, k int) float32 {
	var hist [buckets]int
	for _, row := range s.rows {
		hist[min(int(s.row[row]*inverse[row]*buckets), buckets-1)]++
	}
	n := 0
	for b := buckets - 1; b > 0; b-- {
		if n += hist[b]; n >= k {
			return float32(b) / buckets
		}
	}
	return 0
}
