package train

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/encode"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/kb"
)

// TestRecipesOfCrossEncoder trains a tiny cross-encoder and compares what gloss scores with the
// recipe's own scores; the right name of a mention it has learnt comes before wrong ones.
func TestRecipesOfCrossEncoder(t *testing.T) {
	python := trainer(t)
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.jsonl")
	write(t, rows, crossRows())
	config := filepath.Join(dir, "cross.toml")
	write(t, config, fmt.Sprintf("recipe = \"gloss-cross\"\n[data]\nrows = [%q]\n[tokenizer]\npieces = 200\nlongest = 32\n[model]\nwidth = 32\nfeed_forward = 32\n"+
		"layers = 1\nheads = 2\n[train]\nepochs = 8\nrate = 5e-3\nmentions = 8\nnegatives = 3\n", rows))
	o := Options{Task: "reranker", Python: python}
	report, err := call(t.Context(), o, []string{"check", config}, nil)
	if err != nil || !strings.Contains(string(report.Report), `"with the right candidate": 60`) {
		t.Fatalf("%s, %v", report.Report, err)
	}
	run := filepath.Join(dir, "run")
	if _, err := call(t.Context(), o, []string{"train", config, "--out", run}, nil); err != nil {
		t.Fatal(err)
	}
	b, err := onnx.OpenDir(filepath.Join(run, "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := encode.OpenCross(onnxtest.Runtime(t), b, encode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	pairs := []kb.Pair{{Mention: "Fiebre alta", Name: "fiebre"}, {Mention: "Fiebre alta", Name: "disnea"}, {Mention: "Dolor de pié", Name: "DOLOR"},
		{Mention: "tos", Name: strings.Repeat("un nombre demasiado largo ", 20)}}
	got, err := m.Score(t.Context(), pairs)
	if err != nil {
		t.Fatal(err)
	}
	if got[0] <= got[1] {
		t.Errorf("the right name scores %v, a wrong one %v", got[0], got[1])
	}
	texts, err := json.Marshal(pairs)
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	if err := json.Unmarshal(runPython(t, python, "-c", crossScores, filepath.Join(run, "bundle"), string(texts)), &want); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if math.Abs(want[i]-float64(got[i])) > 1e-5 {
			t.Errorf("%v: gloss scores %v, the recipe's tokenizer and graph %v", pairs[i], got[i], want[i])
		}
	}
}

// crossRows are mentions of four concepts, the name of which is their first word.
func crossRows() string {
	names := []string{"fiebre", "tos", "disnea", "dolor"}
	var out strings.Builder
	out.WriteString(`{"features":["exact"]}` + "\n")
	for i := range 60 {
		right := i % len(names)
		line := map[string]any{"doc": fmt.Sprint("d", i/2), "text": names[right] + []string{" alta", " de pie", " seca"}[i%3], "context": "", "gold": []string{fmt.Sprint(right)}}
		var candidates []map[string]any
		for n := range names {
			c := (n + i) % len(names)
			candidates = append(candidates, map[string]any{"id": fmt.Sprint(c), "name": names[c], "x": []float64{0}})
		}
		line["candidates"] = candidates
		text, _ := json.Marshal(line)
		out.Write(append(text, '\n'))
	}
	return out.String()
}

// crossScores reads a bundle with the libraries that made it.
const crossScores = `
import json, sys
import numpy, onnxruntime
from pathlib import Path
from tokenizers import Tokenizer
folder = Path(sys.argv[1])
tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
tokenizer.enable_truncation(json.loads((folder / "gloss.json").read_text())["max_length"])
session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
out = []
for p in json.loads(sys.argv[2]):
    e = tokenizer.encode(p["Mention"], p["Name"])
    feed = {"input_ids": e.ids, "attention_mask": e.attention_mask, "token_type_ids": e.type_ids}
    logit = session.run(["logits"], {k: numpy.array([v], numpy.int64) for k, v in feed.items()})[0][0, 0]
    out.append(float(1 / (1 + numpy.exp(-logit))))
print(json.dumps(out))`
