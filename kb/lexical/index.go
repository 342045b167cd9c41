package lexical

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
)

// Index holds names by row, from 0, in the order in which they were given. Its
// parts share one vocabulary: word identifiers are ranks in byte order, so that
// names compare as sequences of integers and a word prefix is a range of them.
type Index struct {
	names  texts
	vocab  []string // distinct folded words, sorted
	byWord csr      // word -> rows that hold it, once for each occurrence
	words  csr      // row -> words in order
	sorted []int32  // rows in the order of their words, ties by row
	keys   []keyed  // word-order keys, by hash
	seed   maphash.Seed
	grams  grams
}

// keyed is the hash of a row's word-order key.
type keyed struct {
	hash uint64
	row  int32
}

// New indexes names, which are kept as given. An index of n names of average
// length takes about 120 n bytes.
func New(names []string) *Index {
	x := &Index{seed: maphash.MakeSeed()}
	x.names = newTexts(names)
	x.addWords(names)
	x.sorted = make([]int32, len(names))
	x.keys = make([]keyed, len(names))
	for row := range names {
		x.sorted[row] = int32(row)
		x.keys[row] = keyed{maphash.String(x.seed, x.key(int32(row))), int32(row)}
	}
	slices.SortFunc(x.sorted, func(a, b int32) int {
		return cmp.Or(slices.Compare(x.words.at(a), x.words.at(b)), cmp.Compare(a, b))
	})
	slices.SortFunc(x.keys, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
	})
	x.grams = newGrams(x)
	return x
}

// Len is the number of names.
func (x *Index) Len() int { return x.names.len() }

// Name is the name of a row as it was given.
func (x *Index) Name(row int32) string { return x.names.at(row) }

// addWords fills the vocabulary and both directions between words and rows.
func (x *Index) addWords(names []string) {
	id := map[string]int32{}
	x.words.off = make([]int32, 1, len(names)+1)
	for _, name := range names {
		for _, w := range words(name) {
			i, ok := id[w]
			if !ok {
				w = strings.Clone(w)
				i = int32(len(x.vocab))
				id[w] = i
				x.vocab = append(x.vocab, w)
			}
			x.words.val = append(x.words.val, i)
		}
		x.words.off = append(x.words.off, int32(len(x.words.val)))
	}
	first := slices.Clone(x.vocab)
	slices.Sort(x.vocab)
	rank := make([]int32, len(first))
	for i, w := range x.vocab {
		rank[id[w]] = int32(i)
	}
	for i, w := range x.words.val {
		x.words.val[i] = rank[w]
	}
	x.byWord = x.words.transpose(len(x.vocab))
}

// key is the word-order key of a row.
func (x *Index) key(row int32) string {
	ids := x.words.at(row)
	ws := make([]string, len(ids))
	for i, id := range ids {
		ws[i] = x.vocab[id]
	}
	return keyOf(ws)
}

// wordID is the identifier of a folded word, or -1.
func (x *Index) wordID(w string) int32 {
	i, ok := slices.BinarySearch(x.vocab, w)
	if !ok {
		return -1
	}
	return int32(i)
}

// prefixRange is the range of identifiers of the words that begin with p.
func (x *Index) prefixRange(p string) (lo, hi int32) {
	i, _ := slices.BinarySearch(x.vocab, p)
	j := i
	if n := len(p); n > 0 {
		rest := x.vocab[i:]
		k, _ := slices.BinarySearchFunc(rest, p, func(w, p string) int {
			if strings.HasPrefix(w, p) {
				return -1
			}
			return 1
		})
		j = i + k
	}
	return int32(i), int32(j)
}

// csr maps 0..n-1 to lists of integers, one after the other in one slice.
type csr struct {
	off []int32 // n+1 bounds into val
	val []int32
}

func (c csr) len() int           { return len(c.off) - 1 }
func (c csr) at(i int32) []int32 { return c.val[c.off[i]:c.off[i+1]] }
func (c csr) size(i int32) int   { return int(c.off[i+1] - c.off[i]) }

// transpose turns row -> value into value -> rows, rows ascending.
func (c csr) transpose(size int) csr {
	t := csr{off: make([]int32, size+1), val: make([]int32, len(c.val))}
	for _, v := range c.val {
		t.off[v+1]++
	}
	for i := range size {
		t.off[i+1] += t.off[i]
	}
	next := slices.Clone(t.off)
	for i := range c.len() {
		for _, v := range c.at(int32(i)) {
			t.val[next[v]] = int32(i)
			next[v]++
		}
	}
	return t
}

// texts are strings in one piece of memory, which spares a million headers.
type texts struct {
	all string
	off []uint32
}

func newTexts(list []string) texts {
	var b strings.Builder
	t := texts{off: make([]uint32, 1, len(list)+1)}
	for _, s := range list {
		b.WriteString(s)
		t.off = append(t.off, uint32(b.Len()))
	}
	t.all = b.String()
	return t
}

func (t texts) len() int            { return len(t.off) - 1 }
func (t texts) at(row int32) string { return t.all[t.off[row]:t.off[row+1]] }
