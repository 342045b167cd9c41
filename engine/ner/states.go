package ner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/onnx"
)

// ErrNoStates means that a model gives tags alone: its gloss.json names no output
// for the states of its encoder.
var ErrNoStates = errors.New("no encoder states")

// States are what a model's encoder says of a window: what the layers' heads read.
// Row i of Values, Width numbers, is the state of the piece at Spans[i]; row i of
// Logits, Columns numbers, are the scores that the model itself gives its tags there.
type States struct {
	Spans   []corpus.Span // of the pieces, in the order of the text
	Width   int
	Values  []float32 // len(Spans) rows of Width numbers
	Columns int
	Logits  []float32 // len(Spans) rows of Columns numbers
}

// Row is the state of piece i; it shares memory with Values.
func (s States) Row(i int) []float32 { return s.Values[i*s.Width : (i+1)*s.Width] }

// States returns the states of a text's pieces, or of those of some consecutive
// sentences of it, window by window as Annotate cuts them; nil sentences are all of
// the text. The graph with both outputs is loaded by the first call, beside that of
// tags, and freed by Close. The error wraps ErrNoStates where there is none.
func (m *Model) States(ctx context.Context, text corpus.Text, sentences []corpus.Span) ([]States, error) {
	g, err := m.states.open()
	if err != nil {
		return nil, fmt.Errorf("states of model %s: %w", m.Name(), err)
	}
	if sentences == nil {
		sentences = segment.Sentences(text)
	}
	windows, err := m.windows(0, text, sentences)
	if err != nil {
		return nil, fmt.Errorf("states of model %s: %w", m.Name(), err)
	}
	found := make([]States, len(windows))
	err = m.runWindows(ctx, g, windows, func(w int, values []float32, width int) {
		found[w] = m.split(values, width)
	})
	if err != nil {
		return nil, fmt.Errorf("states of model %s: %w", m.Name(), err)
	}
	for i, w := range windows {
		for _, s := range w.spans {
			found[i].Spans = append(found[i].Spans, corpus.Span{Start: text.Off(s.start), End: text.Off(s.end)})
		}
	}
	return found, nil
}

// split parts the scores of tags from the states, which follow them in each row.
func (m *Model) split(values []float32, width int) States {
	n := len(values) / width
	s := States{Width: width - m.width, Columns: m.width}
	s.Values, s.Logits = make([]float32, 0, n*s.Width), make([]float32, 0, n*s.Columns)
	for row := range slices.Chunk(values, width) {
		s.Logits = append(s.Logits, row[:m.width]...)
		s.Values = append(s.Values, row[m.width:]...)
	}
	return s
}

// graph is a model loaded for some of its outputs: width numbers a piece.
type graph struct {
	session *onnx.Session
	width   int
}

// lazyGraph is loaded when it is first asked for. Its zero value belongs to a model
// that has no such output.
type lazyGraph struct {
	load func() (graph, error)

	mu     sync.Mutex
	graph  graph
	closed bool
}

func (l *lazyGraph) open() (graph, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return graph{}, onnx.ErrClosed
	case l.load == nil:
		return graph{}, ErrNoStates
	case l.graph.session == nil:
		g, err := l.load()
		if err != nil {
			return graph{}, err
		}
		l.graph = g
	}
	return l.graph, nil
}

func (l *lazyGraph) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.graph.session == nil {
		return nil
	}
	return l.graph.session.Close()
}
