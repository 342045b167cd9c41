package ner

import (
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// overlap is how many pieces two parts of a sentence that is too long share.
const overlap = 16

// window is a run of whole sentences that the model reads together.
type window struct {
	text      int // index of its input
	from, to  int // its bytes of the text
	ids       []int64
	chars     [][]int64 // of each word, for a model that reads words
	spans     []span    // of its pieces, in bytes of the text
	continues []bool    // which pieces go on with a word; nil where that does not matter
}

// span is a range of bytes of a text.
type span struct{ start, end int }

// windows cuts sentences into windows of at most m.limit pieces. A sentence of more
// pieces is a window of its own, which runs in parts.
func (m *Model) windows(text int, t corpus.Text, sentences []corpus.Span) ([]*window, error) {
	for _, s := range sentences {
		if !t.In(s) {
			return nil, fmt.Errorf("sentence [%d,%d) lies outside of a text of %d characters", s.Start, s.End, t.Len())
		}
	}
	switch {
	case len(sentences) == 0:
		return nil, nil
	case m.by == "text":
		return m.strideWindows(text, t.String(), t.Byte(sentences[0].Start), t.Byte(sentences[len(sentences)-1].End))
	}
	var found []*window
	var w *window
	for _, s := range sentences {
		piece, err := m.read(text, t.String(), t.Byte(s.Start), t.Byte(s.End))
		if err != nil {
			return nil, err
		}
		if len(piece.ids) == 0 {
			continue
		}
		if w == nil || len(w.ids)+len(piece.ids) > m.limit || m.apart(t.String()[w.to:piece.from]) {
			w = &window{text: text, from: piece.from}
			found = append(found, w)
		}
		w.to = piece.to
		w.ids = append(w.ids, piece.ids...)
		w.chars = append(w.chars, piece.chars...)
		w.spans = append(w.spans, piece.spans...)
		w.continues = append(w.continues, piece.continues...)
	}
	if !m.plain || !m.steps.None() { // models of cleaned text know each sentence by itself
		return found, nil
	}
	// What stands between sentences is a piece of its own for some tokenizers, and
	// models that know it were trained to see it.
	for i, w := range found {
		joint, err := m.read(text, t.String(), w.from, w.to)
		if err != nil {
			return nil, err
		}
		found[i] = joint
	}
	return found, nil
}

// apart tells whether what stands between two sentences keeps them from sharing a
// window.
func (m *Model) apart(between string) bool {
	return m.by == "single" || m.by == "line" && strings.Contains(between, "\n")
}

// read makes bytes [from, to) of a text a window, whatever its length.
func (m *Model) read(text int, whole string, from, to int) (*window, error) {
	part := m.steps.Clean(whole[from:to])
	w := &window{text: text, from: from, to: to}
	if m.words != nil {
		w.ids, w.chars, w.spans = m.words.read(part.String)
	} else if err := m.readPieces(w, part.String); err != nil {
		return nil, err
	}
	for i, s := range w.spans {
		start, end := part.Source(s.start, s.end)
		w.spans[i] = span{from + start, from + end}
	}
	return w, nil
}

// readPieces cuts a text into pieces, whose spans are bytes of that text.
func (m *Model) readPieces(w *window, part string) error {
	e, err := m.tokenizer.Encode(part, false)
	if err != nil {
		return err
	}
	w.ids, w.spans = e.IDs, make([]span, e.Len())
	for i, b := range e.Spans {
		w.spans[i] = span{b.Start, b.End}
	}
	switch m.aggregation {
	case aggregateFirst, aggregateAverage, aggregateMax:
		w.continues = m.tokenizer.Subwords(part, e)
	case "":
		if m.plain {
			w.continues = m.tokenizer.Continues(part, e)
		}
	}
	return nil
}

// strideWindows cuts bytes [from, to) of a text as transformers does with a stride:
// windows of m.limit pieces, each of which shares m.stride with the one before.
func (m *Model) strideWindows(text int, whole string, from, to int) ([]*window, error) {
	all, err := m.read(text, whole, from, to)
	if err != nil {
		return nil, err
	}
	var found []*window
	for start := 0; start < len(all.ids); start += m.limit - m.stride {
		end := min(start+m.limit, len(all.ids))
		w := &window{text: text, from: from, to: to, ids: all.ids[start:end], spans: all.spans[start:end]}
		if all.chars != nil {
			w.chars = all.chars[start:end]
		}
		if all.continues != nil {
			w.continues = all.continues[start:end]
		}
		found = append(found, w)
		if end == len(all.ids) {
			break
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
