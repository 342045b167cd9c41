package store

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// Within is the part of the knowledge base with the concepts of some semantic types: its
// Index, its Scanner and its searches find their names alone, looking at nothing else. No
// types is all of it. Concepts are still read and looked up by their identifiers, whatever
// their type; rows and numbers are the same. It lies in the same memory, and needs no Close.
func (k *KB) Within(types ...string) *KB {
	if len(types) == 0 {
		return k
	}
	types = slices.Compact(slices.Sorted(slices.Values(types)))
	part := *k
	part.whole, part.types = k, types
	part.meta.Hash += " " + strings.Join(types, "|") // what was computed with all of it is not that of the part
	rows := k.RowsOfTypes(types...)
	part.index = k.index.Within(rows.Has)
	if k.scanner != nil {
		f, ok := k.scanner.(kb.Filterer)
		if !ok { // on a GPU, for example
			f = vec.NewExact(k.vectors, 0)
		}
		part.scanner = f.Within(rows)
	}
	return &part
}

// Keeps tells whether a name belongs to the part of the knowledge base that this is.
func (k *KB) Keeps(row int32) bool {
	return k.whole == nil || slices.Contains(k.types, k.table.typeOf(k.table.concept[row]))
}
