package ner_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// edited opens a model of testdata of which one file is changed.
func edited(t *testing.T, name, file, old, new string) *onnx.Bundle {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(onnxtest.Testdata(name))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q: %v", path, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := onnx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The output of tags stands for that of states: each piece has its row of the table,
// in a text of many windows, whose third sentence runs in parts.
func TestStates(t *testing.T) {
	m := open(t, edited(t, "layers", "gloss.json", `"logits": "logits"`, `"logits": "logits", "states": "logits"`))
	words := strings.Repeat("y dolor ", 20)
	text := corpus.NewText("😀 niño. Tumores. " + words + "fiebre. Dolor.")
	rows := map[string]int{"niño": 9, "fiebre": 9, "dolor": 6, "y": 0} // the column that has a 4
	for _, sentences := range [][]corpus.Span{nil, {{Start: 8, End: 16}}, {}} {
		windows, err := m.States(t.Context(), text, sentences)
		if err != nil {
			t.Fatal(err)
		}
		var pieces []string
		for _, w := range windows {
			if w.Width != 10 || len(w.Values) != 10*len(w.Spans) {
				t.Fatalf("%d values of width %d for %d pieces", len(w.Values), w.Width, len(w.Spans))
			}
			for i, s := range w.Spans {
				piece := text.Slice(s)
				pieces = append(pieces, piece)
				if column, ok := rows[piece]; ok && w.Row(i)[column] != 4 {
					t.Errorf("%q: %v", piece, w.Row(i))
				}
			}
		}
		want := "😀 niño . Tumor es . " + words + "fiebre . Dolor ."
		if sentences != nil {
			want = strings.Join(strings.Fields("Tumor es .")[:3*len(sentences)], " ")
		}
		if got := strings.Join(pieces, " "); got != want {
			t.Errorf("sentences %v: %q, want %q", sentences, got, want)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.States(t.Context(), text, nil); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestNoStates(t *testing.T) {
	for what, b := range map[string]*onnx.Bundle{"none named": onnxtest.Bundle(t, "layers"), "no gloss.json": onnxtest.Bundle(t, "plain")} {
		if _, err := open(t, b).States(t.Context(), corpus.NewText("tos"), nil); !errors.Is(err, ner.ErrNoStates) {
			t.Errorf("%s: %v", what, err)
		}
	}
	m := open(t, edited(t, "layers", "gloss.json", `"logits": "logits"`, `"logits": "logits", "states": "hidden"`))
	if _, err := m.States(t.Context(), corpus.NewText("tos"), nil); err == nil || !strings.Contains(err.Error(), `no output "hidden"`) {
		t.Errorf("a graph without the output: %v", err)
	}
}

func TestStatesMatchTheTrainer(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	var g struct {
		States []struct {
			Text   string
			Spans  [][2]corpus.Off
			Width  int
			Values [][]float32 // the first ones of each row
		}
	}
	if err := errors.Join(err, json.Unmarshal(data, &g)); err != nil {
		t.Fatal(err)
	}
	if len(g.States) == 0 {
		t.Skip("testdata/golden.json has no states: write it anew with the trainer")
	}
	m, err := ner.Open(onnxtest.Runtime(t), onnxtest.Shipped(t, "ner"), ner.Options{BatchTokens: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, c := range g.States {
		windows, err := m.States(t.Context(), corpus.NewText(c.Text), nil)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for _, w := range windows {
			for k, s := range w.Spans {
				if w.Width != c.Width || i >= len(c.Spans) || s != (corpus.Span{Start: c.Spans[i][0], End: c.Spans[i][1]}) {
					t.Fatalf("%.40q: piece %d at %v, %d numbers", c.Text, i, s, w.Width)
				}
				for j, v := range c.Values[i] {
					if math.Abs(float64(w.Row(k)[j]-v)) > 0.02 {
						t.Errorf("%.40q: piece %d: %v, want %v", c.Text, i, w.Row(k)[:len(c.Values[i])], c.Values[i])
						break
					}
				}
				i++
			}
		}
		if i != len(c.Spans) {
			t.Errorf("%.40q: %d pieces, want %d", c.Text, i, len(c.Spans))
		}
	}
}

// States are of the same pieces, in the same windows, that tags are of, from several
// goroutines at once.
func TestStatesAreShared(t *testing.T) {
	m := open(t, edited(t, "layers", "gloss.json", `"logits": "logits"`, `"logits": "logits", "states": "logits"`))
	text := corpus.NewText("Tumores de mama. Fiebre alta, dolor agudo y tos.")
	found := make([][]ner.States, 6)
	done := make(chan error)
	for i := range found {
		go func() {
			var err error
			found[i], err = m.States(t.Context(), text, nil)
			done <- err
		}()
	}
	for range found {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, f := range found[1:] {
		if fmt.Sprint(f) != fmt.Sprint(found[0]) || len(f) == 0 || !slices.IsSortedFunc(f[0].Spans, func(a, b corpus.Span) int { return int(a.Start - b.Start) }) {
			t.Errorf("%v, want %v", f, found[0])
		}
	}
}
