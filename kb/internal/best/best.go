// Package best keeps the best hits of a search.
package best

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
)

// Top keeps the K best hits that score at least Floor, ties by row. It is for one goroutine.
type Top struct {
	K     int // at least 1
	Floor float32
	hits  worstFirst
}

// Bound is the score below which a hit cannot be kept.
func (t *Top) Bound() float32 {
	if len(t.hits) < t.K {
		return t.Floor
	}
	return max(t.Floor, t.hits[0].Score)
}

// Add offers a hit.
func (t *Top) Add(h kb.Hit) {
	switch {
	case h.Score < t.Floor:
	case len(t.hits) < t.K:
		heap.Push(&t.hits, h)
	case Compare(h, t.hits[0]) < 0:
		t.hits[0] = h
		heap.Fix(&t.hits, 0)
	}
}

// AddRun offers the scores of the rows first, first+1, ...
func (t *Top) AddRun(first int32, scores []float32) {
	bound := t.Bound()
	for i, s := range scores {
		if s >= bound {
			t.Add(kb.Hit{Row: first + int32(i), Score: s})
			bound = t.Bound()
		}
	}
}

// Sorted returns the hits, best first. The Top must not be used afterwards.
func (t *Top) Sorted() []kb.Hit {
	slices.SortFunc(t.hits, Compare)
	return t.hits
}

// Compare orders hits: the greater score first, then the smaller row.
func Compare(a, b kb.Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row))
}

// worstFirst is a heap with the worst hit on top.
type worstFirst []kb.Hit

func (h worstFirst) Len() int           { return len(h) }
func (h worstFirst) Less(i, j int) bool { return Compare(h[i], h[j]) > 0 }
func (h worstFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *worstFirst) Push(v any)        { *h = append(*h, v.(kb.Hit)) }
func (h *worstFirst) Pop() any {
	old := *h
	v := old[len(old)-1]
	*h = old[:len(old)-1]
	return v
}
