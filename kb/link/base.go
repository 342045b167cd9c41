package link

import (
	"slices"
	"strings"
	"sync"

	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// base is a knowledge base with what some strategies need to know of it. That is
// computed when it is first asked for.
type base struct {
	*store.KB
	rows     func() rowsOf
	labelled func() []int32
	style    func() codeStyle
	composer func() *composer
}

func newBase(k *store.KB) *base {
	b := &base{
		KB:       k,
		rows:     sync.OnceValue(func() rowsOf { return groupRows(k) }),
		labelled: sync.OnceValue(func() []int32 { return labelledRows(k) }),
		style:    sync.OnceValue(func() codeStyle { return styleOf(k.IDs()) }),
	}
	b.composer = sync.OnceValue(func() *composer { return newComposer(b) })
	return b
}

// rowsOf leads from a concept to the rows of its names.
type rowsOf struct{ from, rows []int32 }

func groupRows(k *store.KB) rowsOf {
	names, concepts := k.Meta().Names, k.Meta().Concepts
	r := rowsOf{make([]int32, concepts+1), make([]int32, names)}
	for row := range names {
		r.from[k.ConceptOf(int32(row))+1]++
	}
	for i := range concepts {
		r.from[i+1] += r.from[i]
	}
	next := slices.Clone(r.from)
	for row := range names {
		c := k.ConceptOf(int32(row))
		r.rows[next[c]] = int32(row)
		next[c]++
	}
	return r
}

// of are the rows of a concept, ascending.
func (r rowsOf) of(concept int32) []int32 { return r.rows[r.from[concept]:r.from[concept+1]] }

// labelledRows are the names that annotated corpora wrote, each for the concept only
// that they chose for it most often; of equally frequent ones the first.
func labelledRows(k *store.KB) []int32 {
	best := map[string]int32{}
	for row := range int32(k.Meta().Names) {
		if k.Count(row) == 0 || !k.Keeps(row) {
			continue
		}
		name := lexical.Fold(k.Index().Name(row))
		if have, ok := best[name]; !ok || k.Count(row) > k.Count(have) {
			best[name] = row
		}
	}
	rows := make([]int32, 0, len(best))
	for _, row := range best {
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return rows
}

// codeStyle is how a knowledge base writes codes that are made of others.
type codeStyle struct {
	join    string // between parts; empty: it has no such codes
	general string // after a code that is broader than the mention; empty: it has no such codes
}

// generals are the marks of a broader code that are known.
var generals = []string{"|H", "/H"}

// styleOf learns the style from the codes that there are.
func styleOf(ids []string) codeStyle {
	var s codeStyle
	for _, id := range ids {
		for _, g := range generals {
			if strings.HasSuffix(id, g) && len(id) > len(g) {
				id = strings.TrimSuffix(id, g)
				if s.general == "" {
					s.general = g
				}
			}
		}
		if at := strings.IndexAny(id, "+|"); s.join == "" && at > 0 && at < len(id)-1 {
			s.join = id[at : at+1]
		}
	}
	return s
}
