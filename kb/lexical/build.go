package lexical

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb/internal/sections"
)

// builder makes the arrays of an index, one after the other, in a set.
type builder struct {
	set    *sections.Set
	names  iter.Seq2[string, error]
	rows   int
	bytes  int              // of all names
	tokens int              // words of all names
	id     map[string]int32 // word -> identifier
	x      Index            // what is made so far
}

// build ranges over the names twice: first for the vocabulary and the sizes of the
// arrays, then to fill them. All but the vocabulary and its n-grams lies in the set.
func build(set *sections.Set, names iter.Seq2[string, error]) error {
	b := &builder{set: set, names: names, id: map[string]int32{}}
	for _, step := range []func() error{b.count, b.vocabulary, b.fill, b.invert, b.sort, b.key, b.grams} {
		if err := step(); err != nil {
			return fmt.Errorf("index names: %w", err)
		}
	}
	return nil
}

var errOtherNames = errors.New("the names are others when they are read again")

func (b *builder) count() error {
	for name, err := range b.names {
		if err != nil {
			return err
		}
		b.rows++
		b.bytes += len(name)
		for _, w := range words(name) {
			b.tokens++
			if _, ok := b.id[w]; !ok {
				b.id[strings.Clone(w)] = 0
			}
		}
	}
	if b.rows > math.MaxInt32-1 || b.tokens > math.MaxInt32 {
		return fmt.Errorf("%d names of %d words are too many", b.rows, b.tokens)
	}
	return nil
}

func (b *builder) vocabulary() (err error) {
	vocab := slices.Sorted(maps.Keys(b.id))
	size := 0
	for i, w := range vocab {
		b.id[w] = int32(i)
		size += len(w)
	}
	b.x.vocab, err = sections.MakeTexts(b.set, "vocab", len(vocab), size, slices.Values(vocab))
	return err
}

// fill stores the names and their words.
func (b *builder) fill() (err error) {
	if b.x.words, err = makeCSR(b.set, "words", b.rows, b.tokens); err != nil {
		return err
	}
	row, token := 0, 0
	var broken error
	b.x.names, err = sections.MakeTexts(b.set, "names", b.rows, b.bytes, func(yield func(string) bool) {
		for name, err := range b.names {
			if err != nil {
				broken = err
				return
			}
			ws := words(name)
			if row == b.rows || token+len(ws) > b.tokens {
				broken = errOtherNames
				return
			}
			for _, w := range ws {
				id, ok := b.id[w]
				if !ok {
					broken = errOtherNames
					return
				}
				b.x.words.val[token] = id
				token++
			}
			row++
			b.x.words.off[row] = int32(token)
			if !yield(name) {
				return
			}
		}
	})
	if broken != nil {
		return broken
	}
	return err
}

// invert makes word -> rows, the shortest names first.
func (b *builder) invert() (err error) {
	bySize := make([]uint64, b.rows)
	for row := range bySize {
		bySize[row] = uint64(b.x.names.Size(int32(row)))<<32 | uint64(row)
	}
	slices.Sort(bySize)
	order := make([]int32, b.rows)
	for i, v := range bySize {
		order[i] = int32(v & math.MaxUint32)
	}
	if b.x.byWord, err = makeCSR(b.set, "rows", b.x.vocab.Len(), b.tokens); err != nil {
		return err
	}
	b.x.words.transpose(b.x.byWord, order)
	return nil
}

// sort orders the rows by their words.
func (b *builder) sort() (err error) {
	if b.x.sorted, err = sections.Make[int32](b.set, "sorted", b.rows); err != nil {
		return err
	}
	if b.x.length, err = sections.Make[uint16](b.set, "sorted.length", b.rows); err != nil {
		return err
	}
	for row := range b.x.sorted {
		b.x.sorted[row] = int32(row)
	}
	ws := b.x.words
	slices.SortFunc(b.x.sorted, func(i, j int32) int {
		return cmp.Or(slices.Compare(ws.at(i), ws.at(j)), cmp.Compare(i, j))
	})
	for i, row := range b.x.sorted {
		b.x.length[i] = uint16(min(b.x.names.Size(row), math.MaxUint16))
	}
	return nil
}

// key sorts the rows by the hash of their word-order key, ties by row.
func (b *builder) key() error {
	keys, err := sections.Make[uint64](b.set, "keys", b.rows)
	if err != nil {
		return err
	}
	rows, err := sections.Make[int32](b.set, "keys.row", b.rows)
	if err != nil {
		return err
	}
	hash := make([]uint64, b.rows)
	for row := range rows {
		rows[row] = int32(row)
		hash[row] = hashKey(b.x.key(int32(row)))
	}
	slices.SortFunc(rows, func(i, j int32) int { return cmp.Or(cmp.Compare(hash[i], hash[j]), cmp.Compare(i, j)) })
	for i, row := range rows {
		keys[i] = hash[row]
	}
	return nil
}

func makeCSR(set *sections.Set, name string, n, values int) (c csr, err error) {
	if c.off, err = sections.Make[int32](set, name+".off", n+1); err != nil {
		return c, err
	}
	c.val, err = sections.Make[int32](set, name, values)
	return c, err
}
