package ner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func open(t testing.TB, b *onnx.Bundle) *ner.Model {
	t.Helper()
	m, err := ner.Open(onnxtest.Runtime(t), b, ner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(m.Close(), m.Close()); err != nil {
			t.Error(err)
		}
	})
	return m
}

// show writes mentions as "label start-end text".
func show(mentions []corpus.Mention) string {
	var out []string
	for _, m := range mentions {
		out = append(out, fmt.Sprintf("%s %d-%d %s", m.Label, m.Spans[0].Start, m.Spans[0].End, m.Text))
	}
	return strings.Join(out, "; ")
}

func TestAnnotateLayers(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "layers"))
	if got := fmt.Sprint(m.Name(), m.Layers(), m.Languages(), m.Labels(), m.Labels("symptom")); got != "test-layers[disease symptom] [es] [ENFERMEDAD SINTOMA] [SINTOMA]" {
		t.Error(got)
	}
	for _, c := range []struct{ text, layers, want string }{
		{"Tumor hepático. Fiebre", "", "ENFERMEDAD 0-14 Tumor hepático; SINTOMA 16-22 Fiebre"},
		{"Tumor hepático. Fiebre", "symptom", "SINTOMA 16-22 Fiebre"},
		// The table alone would tag E, which the transitions forbid without a B.
		{"sin mama y sin", "", ""},
		// "de" alone prefers O by one, but between B and E the way through I is better.
		{"tumores de mama, dolor agudo", "", "ENFERMEDAD 0-15 tumores de mama; SINTOMA 17-28 dolor agudo"},
		// Offsets are code points: the emoji is one, the ideographs two.
		{"😀 niño con 世界\n\nfiebre", "", "SINTOMA 2-6 niño; SINTOMA 11-13 世界; SINTOMA 15-21 fiebre"},
		{"", "", ""},
		{" \n\t ", "", ""},
	} {
		got, err := m.Annotate(t.Context(), corpus.NewText(c.text), nil, strings.Fields(c.layers))
		if err != nil || show(got) != c.want {
			t.Errorf("%q: %s, want %s; %v", c.text, show(got), c.want, err)
		}
		for _, mention := range got {
			if mention.ID != "" || mention.Links != nil || !(mention.Score > 0.5 && mention.Score <= 1) {
				t.Errorf("%q: %+v", c.text, mention)
			}
		}
	}
	_, err := m.Annotate(t.Context(), corpus.NewText("x"), nil, []string{"diseases"})
	if err == nil || !strings.Contains(err.Error(), "disease, symptom") {
		t.Errorf("unknown layer: %v", err)
	}
}

// A letter and its accent are one, written as one code point or as two.
func TestMentionsKeepTheirLastAccent(t *testing.T) {
	m := exported(t, "unigram", "")
	for _, text := range []string{"dolor de cafe\u0301, y", "cafe\u0301"} {
		got, err := m.Annotate(t.Context(), corpus.NewText(text), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, x := range got {
			end := x.Spans[0].End
			if r := []rune(text); int(end) < len(r) && r[end] == '\u0301' {
				t.Errorf("%q of %q lost its accent", x.Text, text)
			}
			found = found || strings.HasSuffix(x.Text, "\u0301")
		}
		if !found {
			t.Errorf("%q: %s: no mention ends in the accent", text, show(got))
		}
	}
}

func TestAnnotatePartOfAText(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "layers"))
	text := corpus.NewText("Niño. Fiebre. Tumor hepático.")
	got, err := m.Annotate(t.Context(), text, []corpus.Span{{Start: 6, End: 13}}, nil)
	if err != nil || show(got) != "SINTOMA 6-12 Fiebre" {
		t.Errorf("%s, %v", show(got), err)
	}
	if got, err := m.Annotate(t.Context(), text, []corpus.Span{}, nil); err != nil || len(got) != 0 {
		t.Errorf("no sentences: %s, %v", show(got), err)
	}
	if _, err := m.Annotate(t.Context(), text, []corpus.Span{{Start: 6, End: 99}}, nil); err == nil {
		t.Error("a sentence outside of the text")
	}
}

// A sentence of many windows gives what its pieces give, without doubles.
func TestAnnotateALongSentence(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "layers")) // windows of 12 pieces
	for n := 1; n < 60; n++ {
		sentence := strings.Repeat("y, ", n) + "tumor hepático " + strings.Repeat("y ", n) + "fiebre"
		got, err := m.Annotate(t.Context(), corpus.NewText(sentence), nil, nil)
		want := fmt.Sprintf("ENFERMEDAD %d-%d tumor hepático; SINTOMA %d-%d fiebre", 3*n, 3*n+14, 5*n+15, 5*n+21)
		if err != nil || show(got) != want {
			t.Fatalf("%d words before: %s, want %s; %v", n, show(got), want, err)
		}
	}
}

// A text gives the same alone and in company.
func TestAnnotateAll(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "layers"))
	words := []string{"tumores", "de", "mama", "dolor", "agudo", "y", "fiebre.", "Niño", "hepático"}
	var inputs []ner.Input
	for i := range 40 {
		var text []string
		for j := range i % 30 {
			text = append(text, words[(i*7+j*j)%len(words)])
		}
		inputs = append(inputs, ner.Input{Text: corpus.NewText(strings.Join(text, " "))})
	}
	all, err := m.AnnotateAll(t.Context(), inputs, nil)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for i, in := range inputs {
		alone, err := m.Annotate(t.Context(), in.Text, nil, nil)
		if err != nil || show(alone) != show(all[i]) {
			t.Errorf("text %d: alone %s, with others %s; %v", i, show(alone), show(all[i]), err)
		}
		total += len(alone)
	}
	if total < 50 {
		t.Errorf("only %d mentions: the test tests little", total)
	}
}

// A plain export: labels of config.json, specials around windows, and the tag of a
// word is that of its first piece.
func TestAnnotatePlainExport(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "plain"))
	for text, want := range map[string]string{
		"tumores hepático y fiebre alta, tumor": "DIS 0-16 tumores hepático; DIS 19-30 fiebre alta; DIS 32-37 tumor",
		"sin alta":                              "DIS 4-8 alta",
		strings.Repeat("y ", 30) + "tumores":    "DIS 60-67 tumores",
	} {
		got, err := m.Annotate(t.Context(), corpus.NewText(text), nil, nil)
		if err != nil || show(got) != want {
			t.Errorf("%q: %s, want %s; %v", text, show(got), want, err)
		}
		for _, mention := range got {
			if p := 1 / (1 + 2*math.Exp(-4)); math.Abs(float64(mention.Score)-p) > 1e-6 {
				t.Errorf("%q: score %v, want %v", text, mention.Score, p)
			}
		}
	}
	if m.Languages() != nil || fmt.Sprint(m.Layers()) != "[ner]" {
		t.Errorf("languages %v, layers %v", m.Languages(), m.Layers())
	}
}

func TestOpenErrors(t *testing.T) {
	rt := onnxtest.Runtime(t)
	broken := func(name, file, old, new string) *onnx.Bundle { return edited(t, name, file, old, new) }
	for what, c := range map[string]struct {
		bundle *onnx.Bundle
		want   string
	}{
		"truncated model":   {cut(t, "model.onnx", "model.onnx", 2), "ends in the middle"},
		"no weights":        {cut(t, "model_external.onnx", "model_external.onnx_data", 0), "model_external.onnx_data"},
		"truncated weights": {cut(t, "model_external.onnx", "model_external.onnx_data", 2), "model_external.onnx"},
		"one row a text": {broken("names", "config.json", `"model_type": "bert"`,
			`"model_type": "bert", "id2label": {"0": "O", "1": "B-X"}`), `no output "logits"`},
		"a tag a text": {perText(t), "no token classifier"},
		"task":         {broken("layers", "gloss.json", `"task": "ner"`, `"task": "encode"`), `the task "encode"`},
		"columns":      {broken("layers", "gloss.json", `"first": 5`, `"first": 6`), "10 columns a piece, its labels need 11"},
		"output":       {broken("layers", "gloss.json", `"logits": "logits"`, `"logits": "scores"`), `no output "scores"`},
		"scheme":       {broken("layers", "gloss.json", `"scheme": "bioes"`, `"scheme": "iob2"`), "does not belong to the scheme iob2"},
		"no labels":    {broken("plain", "config.json", "id2label", "id2lable"), "no token classifier"},
		"too few labels": {broken("plain", "config.json", `,
  "2": "I-DIS"`, ""), "3 columns a piece, its labels need 2"},
		"short window":     {broken("plain", "config.json", `"max_position_embeddings": 12`, `"max_position_embeddings": 3`), "windows of 1 pieces"},
		"unknown op":       {broken("layers", "model.onnx", "Gather", "Gother"), "Gother"},
		"tokenizer":        {broken("layers", "tokenizer.json", `"type": "WordPiece"`, `"type": "Nonsense"`), "tokenizer.json"},
		"not a recogniser": {onnxtest.Bundle(t, "names"), "no token classifier"},
	} {
		m, err := ner.Open(rt, c.bundle, ner.Options{})
		if m != nil || !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "unusable") != 1 {
			t.Errorf("%s: error %v does not say %q", what, err, c.want)
		}
	}
}

// perText opens a text classifier whose config.json has labels of tokens.
func perText(t *testing.T) *onnx.Bundle {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(onnxtest.Testdata("whole.onnx"))
	if err := errors.Join(err, os.CopyFS(dir, os.DirFS(onnxtest.Testdata("plain"))),
		os.WriteFile(filepath.Join(dir, "onnx", "model.onnx"), data, 0o600)); err != nil {
		t.Fatal(err)
	}
	b, err := onnx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cut opens a model of testdata/pipeline of which a file is cut to a part; 0 takes it away.
func cut(t *testing.T, model, file string, parts int) *onnx.Bundle {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/pipeline/wordpiece")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if parts == 0 {
		err = os.Remove(path)
	} else {
		err = os.Truncate(path, info.Size()/int64(parts))
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := onnx.OpenDir(filepath.Join(dir, model))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A calibration changes scores, and nothing else.
func TestCalibratedScores(t *testing.T) {
	b := edited(t, "layers", "gloss.json", `"name": "symptom"`, `"name": "symptom", "calibration": {"slope": 0.5, "offset": -1}`)
	text := corpus.NewText("Tumor hepático. Fiebre")
	raw, err1 := open(t, onnxtest.Bundle(t, "layers")).Annotate(t.Context(), text, nil, nil)
	got, err2 := open(t, b).Annotate(t.Context(), text, nil, nil)
	if err1 != nil || err2 != nil || show(got) != show(raw) || len(got) != 2 {
		t.Fatalf("%s, before %s; %v, %v", show(got), show(raw), err1, err2)
	}
	if got[0].Score != raw[0].Score {
		t.Errorf("another layer's score went from %v to %v", raw[0].Score, got[0].Score)
	}
	p := float64(raw[1].Score)
	want := 1 / (1 + math.Exp(1)*math.Pow((1-p)/p, 0.5))
	if math.Abs(float64(got[1].Score)-want) > 1e-6 || want > p-0.05 {
		t.Errorf("score %v, want %v instead of %v", got[1].Score, want, p)
	}
}

func TestAnnotateStops(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "layers"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Annotate(ctx, corpus.NewText("fiebre"), nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Annotate(t.Context(), corpus.NewText("fiebre"), nil, nil); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// golden is what the trainer's reference implementation says of the shipped model.
type golden struct {
	Cases []struct {
		Text   string
		Layers map[string][]struct {
			Start, End corpus.Off
			Label      string
			Text       string
			Score      float64
		}
	}
}

func TestShippedModelMatchesItsTrainer(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("testdata/golden.json is not there; the trainer writes it")
	}
	var g golden
	if err := errors.Join(err, json.Unmarshal(data, &g)); err != nil {
		t.Fatal(err)
	}
	// A row a batch: weights of 8 bits make logits depend a little on the company.
	m, err := ner.Open(onnxtest.Runtime(t), onnxtest.Shipped(t, "ner"), ner.Options{BatchTokens: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, c := range g.Cases {
		for layer, want := range c.Layers {
			got, err := m.Annotate(t.Context(), corpus.NewText(c.Text), nil, []string{layer})
			if err != nil {
				t.Fatal(err)
			}
			var expected []corpus.Mention
			for _, w := range want {
				expected = append(expected, corpus.Mention{Label: w.Label, Spans: corpus.One(w.Start, w.End), Text: w.Text})
			}
			if show(got) != show(expected) {
				t.Errorf("%.40q, %s: %s, want %s", c.Text, layer, show(got), show(expected))
				continue
			}
			for i, w := range want {
				if math.Abs(float64(got[i].Score)-w.Score) > 0.03 {
					t.Errorf("%.40q, %s, %s: score %v, want %v", c.Text, layer, w.Text, got[i].Score, w.Score)
				}
			}
		}
	}
}

func BenchmarkAnnotate(b *testing.B) {
	m := open(b, onnxtest.Shipped(b, "ner"))
	data, err := os.ReadFile("testdata/golden.json")
	var g golden
	if err := errors.Join(err, json.Unmarshal(data, &g)); err != nil {
		b.Skip(err)
	}
	var whole []string
	for _, c := range g.Cases {
		whole = append(whole, c.Text)
	}
	text := corpus.NewText(strings.Join(whole, "\n"))
	for b.Loop() {
		if _, err := m.Annotate(b.Context(), text, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "docs/s")
	b.ReportMetric(float64(b.N)*float64(text.Len())/b.Elapsed().Seconds(), "chars/s")
}
