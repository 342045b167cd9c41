package ner

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func TestWindowsPackWholeSentences(t *testing.T) {
	data, err := os.ReadFile(onnxtest.Testdata("layers/tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	tokenizer, err := onnx.NewTokenizer(data)
	if err != nil {
		t.Fatal(err)
	}
	defer tokenizer.Close()
	var sentences []corpus.Span
	var text strings.Builder
	for _, n := range []int{2, 4, 1, 3, 3, 9, 1, 6} {
		start := corpus.Off(text.Len())
		text.WriteString(strings.TrimSpace(strings.Repeat("y ", n)))
		sentences = append(sentences, corpus.Span{Start: start, End: corpus.Off(text.Len())})
		text.WriteString(map[bool]string{true: "\n", false: " "}[n > 1])
	}
	for by, want := range map[string][]int{
		"":       {6, 4, 3, 9, 1, 6},
		"line":   {2, 4, 4, 3, 9, 1, 6}, // two sentences of a line are together
		"single": {2, 4, 1, 3, 3, 9, 1, 6},
	} {
		m := &Model{tokenizer: tokenizer, limit: 6, by: by}
		windows, err := m.windows(0, corpus.NewText(text.String()), sentences)
		if err != nil {
			t.Fatal(err)
		}
		var sizes []int
		for _, w := range windows {
			sizes = append(sizes, len(w.ids))
		}
		if !slices.Equal(sizes, want) {
			t.Errorf("by %q: windows of %v pieces, want %v", by, sizes, want)
		}
	}
}

// Of the pieces that two parts share, each comes from the part in which it stands
// further from the edge. The model tells where in its row a piece stands.
func TestPartsAreJoined(t *testing.T) {
	s, err := onnxtest.Runtime(t).NewSession(onnx.Source{Path: onnxtest.Testdata("places.onnx")}, onnx.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, before := range [][]int64{nil, {101}} {
		m := &Model{session: s, limit: 64, width: 1, before: before, after: before}
		called := 0
		err := m.runWindows(t.Context(), graph{s, 1}, []*window{{ids: make([]int64, 100)}}, func(_ int, values []float32, width int) {
			called++
			for i, v := range values {
				want := i
				if i >= 56 {
					want = i - 48
				}
				if len(values) != 100 || int(v) != want+len(before) {
					t.Fatalf("piece %d of %d was at place %v of its part, want %d", i, len(values), v, want+len(before))
				}
			}
		})
		if err != nil || called != 1 {
			t.Errorf("called %d times, %v", called, err)
		}
	}
}
