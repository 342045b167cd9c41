package lexical

import (
	"math"
	"slices"

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
	hash    []uint64  // of the n-grams, sorted; an n-gram's identifier is its place
	idf     []float32 // n-gram -> idf
	words   csr       // n-gram -> words that hold it, once for each occurrence
	length  []float32 // word -> length of its vector
	inverse []float32 // row -> 1 / length of its vector
	spread  []uint8   // row -> (sum of its words' lengths) / (its length) * spreadUnit, rounded up
	noIDF   float32   // idf of an n-gram that no name has
	widest  float32   // the greatest spread
}

// spreadUnit is 1 in grams.spread. A spread beyond 255/32 is the square root of more
// words than names have; such rows are never ruled out by it.
const spreadUnit = 32

func (g *grams) load(get *getter, rows, vocab int) {
	g.hash = array[uint64](get, "gram.hash", -1)
	g.idf = array[float32](get, "gram.idf", len(g.hash))
	g.words = get.csr("gram.words", len(g.hash))
	g.length = array[float32](get, "word.length", vocab)
	g.inverse = array[float32](get, "row.inverse", rows)
	g.spread = array[uint8](get, "row.spread", rows)
	if s := array[float32](get, "scalars", 2); get.err == nil {
		g.noIDF, g.widest = s[0], s[1]
	}
	if g.widest*spreadUnit >= math.MaxUint8 {
		g.widest = float32(math.Inf(1))
	}
}

// id is the identifier of an n-gram, or -1.
func (g *grams) id(hash uint64) int32 {
	i, ok := slices.BinarySearch(g.hash, hash)
	if !ok {
		return -1
	}
	return int32(i)
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

// query is a text as its n-grams, in the order of their first occurrence, so that
// sums are the same in every run.
type query struct {
	hash   []uint64
	id     []int32   // -1: no name has it
	weight []float32 // what each occurrence in a word adds to dot(query, word)
	place  map[uint64]int
	cost   int // postings of all n-grams
}

// query makes a text a vector of unit length; ok is false for one without n-grams.
func (g *grams) query(text string) (q query, ok bool) {
	q.place = map[uint64]int{}
	var buf []rune
	for _, w := range words(text) {
		buf = eachGram(w, buf, func(h uint64) {
			i, ok := q.place[h]
			if !ok {
				i = len(q.hash)
				q.place[h] = i
				q.hash, q.weight = append(q.hash, h), append(q.weight, 0)
			}
			q.weight[i]++
		})
	}
	var sum float64
	q.id = make([]int32, len(q.hash))
	for i, h := range q.hash {
		idf := g.noIDF
		if q.id[i] = g.id(h); q.id[i] >= 0 {
			idf = g.idf[q.id[i]]
			q.cost += g.words.size(q.id[i])
		}
		v := float64(q.weight[i]) * float64(idf)
		sum += v * v
		q.weight[i] *= idf * idf
	}
	if sum == 0 || q.cost == 0 {
		return q, false
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range q.weight {
		q.weight[i] *= scale
	}
	return q, true
}

// scratch is the memory of one query; its slices are all zero between queries.
type scratch struct {
	word  []float32 // word -> dot(query, word)
	seen  []uint64  // a bit a row: it was looked at
	found []int32   // words of one pass
	class []uint8   // beside found
	order []int32   // found, by class
	batch batch
}

func (x *Index) get() *scratch { return x.pool.Get().(*scratch) }

func (x *Index) put(s *scratch) {
	clear(s.word)
	clear(s.seen)
	x.pool.Put(s)
}

// scoreWords fills s.word with the dot product of the query with every word.
func (g *grams) scoreWords(q query, s *scratch) {
	for i, id := range q.id {
		if id < 0 {
			continue
		}
		weight := q.weight[i]
		for _, w := range g.words.at(id) {
			s.word[w] += weight
		}
	}
}

// scoreWord is what scoreWords computes for one word, bit for bit.
func (x *Index) scoreWord(q query, w int32, counts []uint8, buf []rune) (float32, []rune) {
	clear(counts)
	buf = eachGram(x.vocab.View(w), buf, func(h uint64) {
		if i, ok := q.place[h]; ok {
			counts[i]++
		}
	})
	var sum float32
	for i, n := range counts {
		for range n {
			sum += q.weight[i]
		}
	}
	return sum, buf
}

// cosine makes a similarity of the sum of a row's words.
func (g *grams) cosine(row int32, sum float32) float32 { return cosine(sum, g.inverse[row]) }

func cosine(sum, inverse float32) float32 {
	c := sum * inverse
	if c > 1-rounding/100 {
		return 1 // equal but for rounding
	}
	return c
}

// gramsPerWord is about how many n-grams a word has: what one costs to be scored alone.
const gramsPerWord = 32

// Cosines are the n-gram similarities, in [0, 1], of a text to the names of rows.
func (x *Index) Cosines(text string, rows []int32) []float32 {
	out := make([]float32, len(rows))
	q, ok := x.grams.query(text)
	if !ok {
		return out
	}
	scores := map[int32]float32{}
	for _, row := range rows {
		for _, w := range x.words.at(row) {
			scores[w] = 0
		}
	}
	if len(scores)*gramsPerWord > q.cost {
		s := x.get()
		defer x.put(s)
		x.grams.scoreWords(q, s)
		for w := range scores {
			scores[w] = s.word[w]
		}
	} else {
		counts := make([]uint8, len(q.hash))
		var buf []rune
		for w := range scores {
			scores[w], buf = x.scoreWord(q, w, counts, buf)
		}
	}
	for i, row := range rows {
		var sum float32
		for _, w := range x.words.at(row) {
			sum += scores[w]
		}
		out[i] = x.grams.cosine(row, sum)
	}
	return out
}

// NGram finds the k names with the greatest n-gram similarity to a text, best
// first, ties by row; names below 0.1 are left out. The result is exact.
func (x *Index) NGram(text string, k int) []kb.Hit { return x.NGramWhere(text, k, nil) }

// NGramWhere is NGram among the rows that keep accepts; nil accepts all. keep is
// called while the index is searched, once for a row at most.
func (x *Index) NGramWhere(text string, k int, keep func(row int32) bool) []kb.Hit {
	if k <= 0 {
		return nil
	}
	keep = x.both(keep)
	q, ok := x.grams.query(text)
	if !ok {
		return nil
	}
	s := x.get()
	defer x.put(s)
	x.grams.scoreWords(q, s)
	top := &best.Top{K: k, Floor: floorCosine}
	for hi := float32(math.Inf(1)); x.grams.reach(hi, top); {
		lo := hi / 3
		if math.IsInf(float64(hi), 1) {
			lo = 0.15
		}
		x.pass(s, lo, hi, top, keep)
		hi = lo
	}
	return top.Sorted()
}

// reach tells whether a row made of words of similarity less than hi alone can be
// among the best: it cannot exceed hi times its spread.
func (g *grams) reach(hi float32, top *best.Top) bool { return hi*g.widest+rounding >= top.Bound() }

// classes is into how many classes the words of a pass are sorted by similarity.
const classes = 64

// pass looks at the rows of the words whose similarity to the query lies in [lo, hi),
// the most similar words first. All words above were looked at before, so a row that
// comes up with a word has no unseen word of greater similarity.
func (x *Index) pass(s *scratch, lo, hi float32, top *best.Top, keep func(row int32) bool) {
	g := &x.grams
	width := (min(hi, 1+rounding) - lo) / classes
	start := g.classify(s, lo, hi, width)
	for c := classes - 1; c >= 0; c-- {
		limit := lo + float32(c+1)*width + rounding
		if !g.reach(limit, top) {
			return
		}
		for _, w := range s.order[start[c]:start[c+1]] {
			x.look(s, x.byWord.at(w), limit, top, keep)
		}
	}
}

// classify lists the words of a pass by class: class c is s.order[start[c]:start[c+1]].
func (g *grams) classify(s *scratch, lo, hi, width float32) (start [classes + 1]int) {
	s.found, s.class = s.found[:0], s.class[:0]
	for w, score := range s.word {
		if score == 0 {
			continue
		}
		length := g.length[w]
		if score < lo*length || score >= hi*length {
			continue
		}
		c := min(int((score/length-lo)/width), classes-1)
		s.found, s.class = append(s.found, int32(w)), append(s.class, uint8(max(0, c)))
		start[max(0, c)+1]++
	}
	for c := range classes {
		start[c+1] += start[c]
	}
	s.order = slices.Grow(s.order[:0], len(s.found))[:len(s.found)]
	next := start
	for i, w := range s.found {
		c := s.class[i]
		s.order[next[c]] = w
		next[c]++
	}
	return start
}

// lookBatch is how many rows are fetched from memory at once.
const lookBatch = 32

// batch are rows that are looked at together: the processor waits for the memory of all of
// them at the same time.
type batch struct {
	row, from, to [lookBatch]int32
	inverse       [lookBatch]float32
	n             int
	touched       int32 // so that what is read ahead is not left out
}

// look scores the rows that can be among the best though they hold no unseen word of
// similarity greater than limit.
func (x *Index) look(s *scratch, rows []int32, limit float32, top *best.Top, keep func(row int32) bool) {
	g, b := &x.grams, &s.batch
	for len(rows) > 0 {
		need := g.need(limit, top)
		b.n = 0
		for len(rows) > 0 && b.n < lookBatch {
			row := rows[0]
			rows = rows[1:]
			if g.spread[row] < need {
				continue
			}
			if bit := uint64(1) << (row & 63); s.seen[row>>6]&bit == 0 {
				s.seen[row>>6] |= bit
				if keep == nil || keep(row) {
					b.row[b.n] = row
					b.n++
				}
			}
		}
		x.score(s, b, top)
	}
}

// score adds the rows of a batch to the best.
func (x *Index) score(s *scratch, b *batch, top *best.Top) {
	words := x.words.val
	for i, row := range b.row[:b.n] {
		b.from[i], b.to[i] = x.words.off[row], x.words.off[row+1]
		b.inverse[i] = x.grams.inverse[row]
	}
	for _, from := range b.from[:b.n] {
		b.touched += words[min(int(from), len(words)-1)]
	}
	for i, row := range b.row[:b.n] {
		var sum float32
		for _, w := range words[b.from[i]:b.to[i]] {
			sum += s.word[w]
		}
		if c := cosine(sum, b.inverse[i]); c >= top.Bound() {
			top.Add(kb.Hit{Row: row, Score: c})
		}
	}
}

// need is the least spread of a row that can be among the best with words of
// similarity up to limit.
func (g *grams) need(limit float32, top *best.Top) uint8 {
	return uint8(min(math.MaxUint8, (top.Bound()-rounding)/limit*spreadUnit))
}
