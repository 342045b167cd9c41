package lexical

import (
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/gloss-nlp/gloss/kb/internal/sections"
)

// An index file is of this kind and version. The version changes with the layout and
// with everything that makes other words or n-grams of a name.
const (
	fileKind    = "GLOSSLEX"
	fileVersion = 1
)

// Index holds names by row, from 0, in the order in which they were given. Its
// parts share one vocabulary: word identifiers are ranks in byte order, so that
// names compare as sequences of integers and a word prefix is a range of them.
//
// Its arrays lie in memory (New) or in a file that is mapped (Build, Open), and are the
// same in both.
type Index struct {
	set    *sections.Set
	names  sections.Texts
	vocab  sections.Texts // distinct folded words, sorted
	words  csr            // row -> words in order
	byWord csr            // word -> rows that hold it, once for each occurrence, the shortest names first
	sorted []int32        // rows in the order of their words, ties by row
	length []uint16       // beside sorted: bytes of the name, at most 65535
	keys   []uint64       // hashes of word-order keys, sorted
	keyed  []int32        // beside keys: the row
	grams  grams
	pool   *sync.Pool           // of *scratch
	keep   func(row int32) bool // what may be found; nil: every row
}

// New indexes names in memory. An index of n names of average length takes about
// 120 n bytes.
func New(names []string) *Index {
	set := sections.InMemory()
	err := build(set, func(yield func(string, error) bool) {
		for _, name := range names {
			if !yield(name, nil) {
				return
			}
		}
	})
	var x *Index
	if err == nil {
		x, err = load(set)
	}
	if err != nil {
		panic(err) // only more than 4 GiB of text, or 2^31 words
	}
	return x
}

// Build writes an index of names, which it ranges over twice, to a file. Beside the
// mapped file it needs memory for the distinct words and their n-grams only.
func Build(path string, names iter.Seq2[string, error]) error {
	set, err := sections.Create(path, fileKind, fileVersion)
	if err != nil {
		return err
	}
	if err := build(set, names); err != nil {
		set.Close() // the error of build is the one to tell
		return err
	}
	return set.Finish()
}

// Open maps the index in a file, in a time that does not depend on its size; it takes
// memory only where it is looked at, which the system may take back. A file that is cut
// off or of another version is an error, what else is wrong only Verify finds.
func Open(path string) (*Index, error) {
	set, err := sections.Open(path, fileKind, fileVersion)
	if err != nil {
		return nil, err
	}
	x, err := load(set)
	if err != nil {
		set.Close() // the error of load is the one to tell
		return nil, err
	}
	return x, nil
}

// Close releases the file; no method may be running or be called afterwards.
func (x *Index) Close() error { return x.set.Close() }

// Sum identifies the content of an opened file.
func (x *Index) Sum() string { return x.set.Sum() }

// Verify reads all of an opened file and compares its checksums.
func (x *Index) Verify() error { return x.set.Verify() }

// load takes the arrays out of a set.
func load(set *sections.Set) (*Index, error) {
	x := &Index{set: set}
	get := &getter{set: set}
	x.names = get.texts("names", -1)
	x.vocab = get.texts("vocab", -1)
	rows, vocab := x.names.Len(), x.vocab.Len()
	x.words = get.csr("words", rows)
	x.byWord = get.csr("rows", vocab)
	x.sorted = array[int32](get, "sorted", rows)
	x.length = array[uint16](get, "sorted.length", rows)
	x.keys = array[uint64](get, "keys", rows)
	x.keyed = array[int32](get, "keys.row", rows)
	x.grams.load(get, rows, vocab)
	x.pool = &sync.Pool{New: func() any {
		return &scratch{word: make([]float32, vocab), seen: make([]uint64, (rows+63)/64)}
	}}
	return x, get.err
}

// getter reads arrays until one is wrong.
type getter struct {
	set *sections.Set
	err error
}

func array[T sections.Number](g *getter, name string, n int) []T {
	if g.err != nil {
		return nil
	}
	var out []T
	out, g.err = sections.Get[T](g.set, name, n)
	return out
}

func (g *getter) texts(name string, n int) (t sections.Texts) {
	if g.err == nil {
		t, g.err = sections.GetTexts(g.set, name, n)
	}
	return t
}

func (g *getter) csr(name string, n int) csr {
	off := array[int32](g, name+".off", n+1)
	if g.err != nil {
		return csr{}
	}
	return csr{off, array[int32](g, name, int(off[n]))}
}

// Len is the number of names.
func (x *Index) Len() int { return x.names.Len() }

// Name is the name of a row as it was given.
func (x *Index) Name(row int32) string { return x.names.At(row) }

// key is the word-order key of a row.
func (x *Index) key(row int32) string {
	ids := x.words.at(row)
	ws := make([]string, len(ids))
	for i, id := range ids {
		ws[i] = x.vocab.View(id)
	}
	return keyOf(ws)
}

// hashKey is how word-order keys are found: FNV-1a.
func hashKey(key string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(key); i++ {
		h = (h ^ uint64(key[i])) * 1099511628211
	}
	return h
}

// wordID is the identifier of a folded word, or -1.
func (x *Index) wordID(w string) int32 {
	i := x.vocab.Search(func(t string) bool { return t >= w })
	if int(i) == x.vocab.Len() || x.vocab.View(i) != w {
		return -1
	}
	return i
}

// prefixRange is the range of identifiers of the words that begin with p.
func (x *Index) prefixRange(p string) (lo, hi int32) {
	lo = x.vocab.Search(func(t string) bool { return t >= p })
	return lo, x.vocab.Search(func(t string) bool { return t >= p && !strings.HasPrefix(t, p) })
}

// csr maps 0..n-1 to lists of integers, one after the other in one slice.
type csr struct {
	off []int32 // n+1 bounds into val
	val []int32
}

func (c csr) len() int           { return max(0, len(c.off)-1) }
func (c csr) at(i int32) []int32 { return c.val[c.off[i]:c.off[i+1]] }
func (c csr) size(i int32) int   { return int(c.off[i+1] - c.off[i]) }

// transpose fills t, whose arrays are zero and of the right length, with value -> lists
// that hold it, in the order given (nil: ascending).
func (c csr) transpose(t csr, order []int32) {
	for _, v := range c.val {
		t.off[v+1]++
	}
	for i := 1; i < len(t.off); i++ {
		t.off[i] += t.off[i-1]
	}
	next := slices.Clone(t.off)
	for i := range c.len() {
		row := int32(i)
		if order != nil {
			row = order[i]
		}
		for _, v := range c.at(row) {
			t.val[next[v]] = row
			next[v]++
		}
	}
}
