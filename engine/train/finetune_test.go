package train

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRecipesGlossFinetune goes on from the shipped model over a few documents, of which
// one label is new and one known, and compares as TestRecipes does. A run that was stopped
// in the middle goes on to the same bundle.
func TestRecipesGlossFinetune(t *testing.T) {
	python := trainer(t)
	dir := t.TempDir()
	writeCorpus(t, dir)
	texts := filepath.Join(dir, "brat")
	rows, config := filepath.Join(dir, "rows.jsonl"), filepath.Join(dir, "config.toml")
	writeRows(t, texts, rows, 8)
	write(t, config, fmt.Sprintf("recipe = \"gloss-finetune\"\n[data]\nrows = [%q]\n[train]\ndevice = \"cpu\"\nepochs = 3\n[export]\nint8 = false\n", rows))
	o := Options{Task: "ner", Python: python, Background: true}
	whole, halves := filepath.Join(dir, "whole"), filepath.Join(dir, "halves")
	if _, err := call(t.Context(), o, []string{"train", config, "--out", whole}, nil); err != nil {
		t.Fatal(err)
	}
	bundle := filepath.Join(whole, "bundle")
	compare(t, bundle, predicted(t, python, bundle, texts), texts)

	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(e Event) {
		if e.Kind == "batch" && e.Epoch == 2 {
			cancel()
		}
	}
	if _, err := call(ctx, o, []string{"train", config, "--out", halves}, nil); !errors.Is(err, ErrStopped) || !strings.Contains(err.Error(), "goes on from there") {
		t.Fatalf("stopped: %v", err)
	}
	resumed := false
	o.Progress = func(e Event) { resumed = resumed || e.Kind == "resume" }
	if _, err := call(t.Context(), o, []string{"train", config, "--out", halves}, nil); err != nil || !resumed {
		t.Fatalf("resumed: %v, %v", resumed, err)
	}
	if a, b := readFile(t, filepath.Join(bundle, "model.onnx")), readFile(t, filepath.Join(halves, "bundle", "model.onnx")); a != b {
		t.Error("a run in two halves leaves another model than a whole one")
	}
}

// writeRows writes the first n documents of a brat folder as gloss export --for ner does.
func writeRows(t *testing.T, texts, path string, n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(texts, "*.txt"))
	if err != nil || len(files) < n {
		t.Fatal(len(files), err)
	}
	var out bytes.Buffer
	for _, file := range files[:n] {
		spans := []any{}
		lines := bufio.NewScanner(strings.NewReader(readFile(t, strings.TrimSuffix(file, ".txt")+".ann")))
		for lines.Scan() {
			var label string
			var start, end int
			if k, err := fmt.Sscanf(strings.Split(lines.Text(), "\t")[1], "%s %d %d", &label, &start, &end); k == 3 && err == nil {
				spans = append(spans, map[string]any{"label": label, "spans": [][2]int{{start, end}}})
			}
		}
		row := map[string]any{"doc": filepath.Base(file), "text": readFile(t, file), "finished": true, "split": "train", "spans": spans}
		if err := json.NewEncoder(&out).Encode(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
