package ner

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// The aggregations of onnx.Aggregations. Empty is gloss's own: the first piece of a
// word tags it, where words are what a reader takes for words, so that a comma or a
// bracket is never part of one as it is with pipelines on byte-level and Unigram
// pieces. Where the pieces of each word agree it equals simple.
const (
	aggregateNone    = "none"
	aggregateSimple  = "simple"
	aggregateFirst   = "first"
	aggregateAverage = "average"
	aggregateMax     = "max"
)

// tagged are the units of a window that have a tag each: its pieces, or its words.
type tagged struct {
	path    []int // the tag
	chances []float64
	spans   []span
}

// tagUnits tags the pieces of a window, or its words, one by one.
func (m *Model) tagUnits(l layer, w *window, values []float32, width int) tagged {
	spans := w.spans
	byFirst := m.aggregation == aggregateFirst || m.aggregation == "" && w.continues != nil
	if byFirst {
		values, spans = firstPieces(w, values, width)
	}
	e := emissions{values: values, width: width, first: l.first, n: len(l.tags)}
	if m.aggregation == aggregateAverage || m.aggregation == aggregateMax {
		return tagWords(e, w, m.aggregation)
	}
	path, chances := greedy(e)
	return tagged{path, chances, spans}
}

// firstPieces keeps the logits of each word's first piece, and makes its span that
// of the word.
func firstPieces(w *window, values []float32, width int) ([]float32, []span) {
	kept := make([]float32, 0, len(values))
	var spans []span
	for i, s := range w.spans {
		if w.continues[i] && len(spans) > 0 {
			spans[len(spans)-1].end = max(spans[len(spans)-1].end, s.end)
			continue
		}
		kept = append(kept, values[i*width:(i+1)*width]...)
		spans = append(spans, s)
	}
	return kept, spans
}

// tagWords tags each word by the mean probabilities of its pieces, or by those of
// the piece whose best tag is likeliest; of equal ones the first.
func tagWords(e emissions, w *window, aggregation string) tagged {
	var out tagged
	word, row := make([]float64, e.n), make([]float64, e.n)
	for start := 0; start < len(w.spans); {
		end := start + 1
		for end < len(w.spans) && w.continues[end] {
			end++
		}
		clear(word)
		for i := start; i < end; i++ {
			softmax(row, e.row(i))
			switch {
			case aggregation == aggregateAverage:
				for j, p := range row {
					word[j] += p / float64(end-start)
				}
			case slices.Max(row) > slices.Max(word):
				copy(word, row)
			}
		}
		best := slices.Index(word, slices.Max(word))
		out.path = append(out.path, best)
		out.chances = append(out.chances, word[best])
		out.spans = append(out.spans, span{w.spans[start].start, w.spans[end-1].end})
		start = end
	}
	return out
}

// unitsApart makes a mention of every unit that is tagged, labelled with its tag.
func unitsApart(path []int, tags []tag) []run {
	var found []run
	for i, t := range path {
		if tags[t].place != 'O' {
			found = append(found, run{first: i, last: i, label: tags[t].name})
		}
	}
	return found
}

// hit is a mention of one layer before it becomes part of a text.
type hit struct {
	span
	label string
	score float64
	inner bool // it lies in another of its layer
}

// sweep puts together what windows that share pieces found, as
// TokenClassificationPipeline does: of two that overlap the longer in code points
// stays, of equally long ones the one with the higher score. Mentions that lie in
// others count apart.
func sweep(text string, hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.start, b.start) })
	outer, inner := []hit{}, []hit{}
	for _, h := range hits {
		if h.inner {
			inner = append(inner, h)
		} else {
			outer = append(outer, h)
		}
	}
	return append(sweepApart(text, outer), sweepApart(text, inner)...)
}

func sweepApart(text string, hits []hit) []hit {
	length := func(h hit) int { return utf8.RuneCountInString(text[h.start:h.end]) }
	var kept []hit
	for _, h := range hits {
		last := len(kept) - 1
		if last < 0 || h.start >= kept[last].end {
			kept = append(kept, h)
			continue
		}
		old := kept[last]
		if longer := length(h) - length(old); longer > 0 || longer == 0 && h.score > old.score {
			kept[last] = h
		}
	}
	return kept
}
