package lexical

import (
	"maps"
	"math"
	"slices"

	"github.com/gloss-nlp/gloss/kb/internal/sections"
)

// gramBuilder makes the n-gram part of an index.
type gramBuilder struct {
	x       *Index
	forward csr // word -> n-grams, repeats included
	idf     []float32
}

// grams makes the n-gram part of the index.
func (b *builder) grams() error {
	g := &gramBuilder{x: &b.x}
	hashes, err := g.collect(b.set)
	if err != nil {
		return err
	}
	if g.idf, err = sections.Make[float32](b.set, "gram.idf", hashes); err != nil {
		return err
	}
	g.weigh()
	post, err := makeCSR(b.set, "gram.words", hashes, len(g.forward.val))
	if err != nil {
		return err
	}
	g.forward.transpose(post, nil)
	return g.measure(b.set)
}

// collect lists the n-grams of the vocabulary, by hash, and those of each word.
func (g *gramBuilder) collect(set *sections.Set) (n int, err error) {
	id := map[uint64]int32{}
	var buf []rune
	total := 0
	vocab := g.x.vocab
	for w := range int32(vocab.Len()) {
		buf = eachGram(vocab.View(w), buf, func(h uint64) { id[h], total = 0, total+1 })
	}
	sorted := slices.Sorted(maps.Keys(id))
	hashes, err := sections.Make[uint64](set, "gram.hash", len(sorted))
	if err != nil {
		return 0, err
	}
	copy(hashes, sorted)
	for i, h := range sorted {
		id[h] = int32(i)
	}
	g.forward = csr{make([]int32, 1, vocab.Len()+1), make([]int32, 0, total)}
	for w := range int32(vocab.Len()) {
		buf = eachGram(vocab.View(w), buf, func(h uint64) { g.forward.val = append(g.forward.val, id[h]) })
		g.forward.off = append(g.forward.off, int32(len(g.forward.val)))
	}
	return len(sorted), nil
}

// weigh computes idf: how many names hold each n-gram.
func (g *gramBuilder) weigh() {
	df := make([]int32, len(g.idf))
	last := make([]int32, len(g.idf)) // row+1 that counted the n-gram last
	rows := g.x.words.len()
	for row := range int32(rows) {
		for _, w := range g.x.words.at(row) {
			for _, id := range g.forward.at(w) {
				if last[id] != row+1 {
					last[id] = row + 1
					df[id]++
				}
			}
		}
	}
	for id, d := range df {
		g.idf[id] = float32(math.Log((1+float64(rows))/(1+float64(d))) + 1)
	}
}

// measure computes the lengths of words and names.
func (g *gramBuilder) measure(set *sections.Set) error {
	length, err := sections.Make[float32](set, "word.length", g.x.vocab.Len())
	if err != nil {
		return err
	}
	rows := g.x.words.len()
	inverse, err := sections.Make[float32](set, "row.inverse", rows)
	if err != nil {
		return err
	}
	spread, err := sections.Make[uint8](set, "row.spread", rows)
	if err != nil {
		return err
	}
	weight := make([]float32, len(g.idf))
	// square adds the n-grams of a word to weight; it returns by how much the sum of
	// the squares grows: (a+v)^2 - a^2 for each.
	square := func(w int32) (sum float32) {
		for _, id := range g.forward.at(w) {
			v, a := g.idf[id], weight[id]
			sum += v * (2*a + v)
			weight[id] = a + v
		}
		return sum
	}
	forget := func(w int32) {
		for _, id := range g.forward.at(w) {
			weight[id] = 0
		}
	}
	for w := range length {
		length[w] = float32(math.Sqrt(float64(square(int32(w)))))
		forget(int32(w))
	}
	for row := range inverse {
		var sum, lengths float32
		ws := g.x.words.at(int32(row))
		for _, w := range ws {
			lengths += length[w]
			sum += square(w)
		}
		for _, w := range ws {
			forget(w)
		}
		if sum > 0 {
			inverse[row] = float32(1 / math.Sqrt(float64(sum)))
			spread[row] = uint8(min(math.MaxUint8, math.Ceil(float64(lengths*inverse[row])*spreadUnit)))
		}
	}
	scalars, err := sections.Make[float32](set, "scalars", 2)
	if err != nil {
		return err
	}
	scalars[0] = float32(math.Log(1+float64(rows)) + 1)
	for _, s := range spread {
		scalars[1] = max(scalars[1], float32(s)/spreadUnit)
	}
	return nil
}
