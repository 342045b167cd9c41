package lexical

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/gloss-nlp/gloss/kb"
)

// top keeps the k best hits, ties by row.
type top struct {
	k     int
	floor float32 // hits below are not kept
	hits  hitHeap
}

func newTop(k int) *top { return &top{k: k} }

// bound is the score below which a hit cannot be kept.
func (t *top) bound() float32 {
	if len(t.hits) < t.k {
		return t.floor
	}
	return max(t.floor, t.hits[0].Score)
}

func (t *top) add(h kb.Hit) {
	switch {
	case h.Score < t.floor:
	case len(t.hits) < t.k:
		heap.Push(&t.hits, h)
	case better(h, t.hits[0]) < 0:
		t.hits[0] = h
		heap.Fix(&t.hits, 0)
	}
}

// sorted empties t and returns its hits, best first.
func (t *top) sorted() []kb.Hit {
	slices.SortFunc(t.hits, better)
	return t.hits
}

// better orders hits: the greater score first, then the smaller row.
func better(a, b kb.Hit) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row))
}

// hitHeap has the worst hit on top.
type hitHeap []kb.Hit

func (h hitHeap) Len() int           { return len(h) }
func (h hitHeap) Less(i, j int) bool { return better(h[i], h[j]) > 0 }
func (h hitHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hitHeap) Push(v any)        { *h = append(*h, v.(kb.Hit)) }
func (h *hitHeap) Pop() any {
	old := *h
	v := old[len(old)-1]
	*h = old[:len(old)-1]
	return v
}
