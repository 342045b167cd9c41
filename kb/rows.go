package kb

import "math/bits"

// Rows is a set of rows of an index, such as the names of some semantic types. The
// zero value is empty. It is safe for concurrent use while nothing is added.
type Rows struct{ words []uint64 }

// Add puts a row, at least 0, into the set.
func (r *Rows) Add(row int32) {
	at := int(row / 64)
	if at >= len(r.words) {
		r.words = append(r.words, make([]uint64, at+1-len(r.words))...)
	}
	r.words[at] |= 1 << (row % 64)
}

// Has tells whether the set holds a row.
func (r *Rows) Has(row int32) bool { return r.Block(int(row/64))>>(row%64)&1 == 1 }

// Block is the rows 64*i to 64*i+63 as bits, the first the lowest.
func (r *Rows) Block(i int) uint64 {
	if i >= len(r.words) {
		return 0
	}
	return r.words[i]
}

// Len is how many rows the set holds.
func (r *Rows) Len() int {
	n := 0
	for _, w := range r.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Filterer is a Scanner that can look at some rows alone, at no more cost than at all.
type Filterer interface {
	Scanner
	// Within is the same scanner over the rows of a set, nil for all, which must not be
	// added to afterwards; rows beyond the index are ignored.
	Within(rows *Rows) Scanner
}
