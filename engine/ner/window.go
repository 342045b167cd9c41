package ner

import (
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
)

// overlap is how many pieces two parts of a sentence that is too long share.
const overlap = 16

// window is a run of whole sentences that the model reads together.
type window struct {
	text      int // index of its input
	ids       []int64
	spans     []span // of its pieces, in bytes of the text
	continues []bool // which pieces go on with a word; nil where that does not matter
}

// span is a range of bytes of a text.
type span struct{ start, end int }

// windows cuts sentences into windows of at most m.limit pieces. A sentence of more
// pieces is a window of its own, which runs in parts.
func (m *Model) windows(text int, t corpus.Text, sentences []corpus.Span) ([]*window, error) {
	var found []*window
	var w *window
	whole := t.String()
	for _, s := range sentences {
		if !t.In(s) {
			return nil, fmt.Errorf("sentence [%d,%d) lies outside of a text of %d characters", s.Start, s.End, t.Len())
		}
		from := t.Byte(s.Start)
		piece := whole[from:t.Byte(s.End)]
		e, err := m.tokenizer.Encode(piece, false)
		if err != nil {
			return nil, err
		}
		if e.Len() == 0 {
			continue
		}
		if w == nil || len(w.ids)+e.Len() > m.limit {
			w = &window{text: text}
			found = append(found, w)
		}
		w.ids = append(w.ids, e.IDs...)
		for _, b := range e.Spans {
			w.spans = append(w.spans, span{from + b.Start, from + b.End})
		}
		if m.words {
			w.continues = append(w.continues, m.tokenizer.Continues(piece, e)...)
		}
	}
	return found, nil
}

// part is a piece of a window that fits the model: pieces [start, end), of which
// the results of [from, to) count.
type part struct {
	start, end int
	from, to   int
}

// parts cuts size pieces. Two parts share pieces, of which the first half counts in
// the earlier part, so that every piece has what stands around it.
func parts(size, limit int) []part {
	shared := min(overlap, limit/2)
	var found []part
	start, from := 0, 0
	for {
		end := min(start+limit, size)
		if end == size {
			return append(found, part{start, end, from, size})
		}
		to := end - shared + shared/2
		found = append(found, part{start, end, from, to})
		start, from = end-shared, to
	}
}
