package encode_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/encode"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func open(t testing.TB, b *onnx.Bundle) *encode.Encoder {
	t.Helper()
	e, err := encode.Open(onnxtest.Runtime(t), b, encode.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(e.Close(), e.Close()); err != nil {
			t.Error(err)
		}
	})
	return e
}

// unit scales numbers to length one.
func unit(v ...float64) []float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	for i := range v {
		v[i] /= math.Sqrt(sum)
	}
	return v
}

func near(got []float32, want []float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		if math.Abs(float64(got[i])-want[i]) > 1e-6 {
			return false
		}
	}
	return true
}

// In the test model piece i points along axis i modulo 4, and [CLS] and [SEP] give
// a half to each axis: a sum of both adds 1 everywhere.
func TestEmbed(t *testing.T) {
	e := open(t, onnxtest.Bundle(t, "names"))
	texts := []string{"tumor", "tumores", "dolor agudo y fiebre alta", "", "TUMOR"}
	want := [][]float64{
		unit(2, 1, 1, 1),
		unit(2, 2, 1, 1),
		unit(1, 2, 2, 3), // six pieces with the special ones: "alta" is cut off, [SEP] is not
		unit(1, 1, 1, 1),
		unit(2, 1, 1, 1),
	}
	got, err := e.Embed(t.Context(), texts)
	if err != nil || e.Dimensions() != 4 {
		t.Fatal(e.Dimensions(), err)
	}
	for i := range texts {
		if !near(got[i], want[i]) {
			t.Errorf("%q: %v, want %v", texts[i], got[i], want[i])
		}
	}
	if none, err := e.Embed(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no texts: %v, %v", none, err)
	}
	if _, err := e.Embed(t.Context(), []string{"\xff"}); !errors.Is(err, onnx.ErrNotUTF8) {
		t.Errorf("invalid UTF-8: %v", err)
	}
}

// A name gives the same alone and in a batch of many lengths.
func TestEmbedInCompany(t *testing.T) {
	e := open(t, onnxtest.Bundle(t, "names"))
	words := strings.Fields("tumores de mama dolor agudo y fiebre alta niño")
	var texts []string
	for i := range 500 {
		texts = append(texts, strings.Join(words[i%7:i%7+i%3], " "))
	}
	all, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		alone, err := e.Embed(t.Context(), []string{text})
		if err != nil || !slices.Equal(alone[0], all[i]) {
			t.Fatalf("%q: alone %v, with others %v; %v", text, alone, all[i], err)
		}
	}
}

func TestEmbedStops(t *testing.T) {
	e := open(t, onnxtest.Bundle(t, "names"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Embed(ctx, []string{"tumor"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Embed(t.Context(), []string{"tumor"}); !errors.Is(err, onnx.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// changed copies a bundle with some files replaced; an empty one is removed.
func changed(t *testing.T, files map[string]string) *onnx.Bundle {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(onnxtest.Testdata("names"))); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		err := os.Remove(path)
		if content != "" {
			err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := onnx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSettings(t *testing.T) {
	none := map[string]string{"modules.json": "", "1_Pooling/config.json": "", "sentence_bert_config.json": ""}
	with := func(name, content string) map[string]string {
		files := map[string]string{name: content}
		for k, v := range none {
			files[k] = v
		}
		files[name] = content
		return files
	}
	hashes := map[string]string{}
	for what, c := range map[string]struct {
		files map[string]string
		want  []float64 // of "fiebre alta": axes 3 and 0
	}{
		"sentence-transformers": {nil, unit(2, 1, 1, 2)},
		"new pooling name":      {map[string]string{"1_Pooling/config.json": `{"pooling_mode": "max"}`}, unit(1, .5, .5, 1)},
		"other folder": {map[string]string{"modules.json": `[{"path": "pool", "type": "a.Pooling"}]`,
			"pool/config.json": `{"pooling_mode_lasttoken": true}`}, unit(1, 1, 1, 1)},
		"short":       {map[string]string{"sentence_bert_config.json": `{"max_seq_length": 3}`}, unit(1, 1, 1, 2)},
		"lower case":  {map[string]string{"sentence_bert_config.json": `{"max_seq_length": 6, "do_lower_case": true}`}, unit(2, 1, 1, 2)},
		"plain":       {none, unit(2, 1, 1, 2)},
		"gloss.json":  {with("gloss.json", `{"version": 1, "task": "encode", "pooling": "cls", "add_special_tokens": false}`), unit(0, 0, 0, 1)},
		"gloss first": {map[string]string{"gloss.json": `{"version": 1, "max_length": 3, "dimensions": 4}`}, unit(1, 1, 1, 2)},
	} {
		b := changed(t, c.files)
		e := open(t, b)
		got, err := e.Embed(t.Context(), []string{"fiebre alta"})
		if err != nil || !near(got[0], c.want) {
			t.Errorf("%s: %v, want %v; %v", what, got, c.want, err)
		}
		hash, err := encode.Hash(b)
		if err != nil || hash != e.Hash() || len(hash) != 64 {
			t.Errorf("%s: hash %s without loading, %s loaded; %v", what, hash, e.Hash(), err)
		}
		hashes[what] = hash
	}
	if hashes["short"] != hashes["gloss first"] {
		t.Error("the same settings in another file make another hash")
	}
	if hashes["sentence-transformers"] == hashes["short"] || hashes["sentence-transformers"] == hashes["lower case"] || hashes["plain"] == hashes["gloss.json"] {
		t.Error("other settings do not make another hash")
	}
}

// do_lower_case counts where the tokenizer itself keeps capitals.
func TestLowerCase(t *testing.T) {
	data, err := os.ReadFile(onnxtest.Testdata("names/tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	tokenizer := strings.Replace(string(data), `"lowercase": true`, `"lowercase": false`, 1)
	for lower, want := range map[string][]float64{"true": unit(2, 1, 1, 1), "false": unit(1, 2, 1, 1)} { // tumor, [UNK]
		e := open(t, changed(t, map[string]string{"tokenizer.json": tokenizer, "sentence_bert_config.json": `{"do_lower_case": ` + lower + `}`}))
		got, err := e.Embed(t.Context(), []string{"Tumor"})
		if err != nil || !near(got[0], want) {
			t.Errorf("do_lower_case %s: %v, want %v; %v", lower, got, want, err)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	rt := onnxtest.Runtime(t)
	for what, c := range map[string]struct {
		bundle *onnx.Bundle
		want   string
	}{
		"task":         {changed(t, map[string]string{"gloss.json": `{"version": 1, "task": "ner"}`}), `the task "ner"`},
		"pooling":      {changed(t, map[string]string{"gloss.json": `{"version": 1, "pooling": "sum"}`}), `pooling "sum" is unknown`},
		"two poolings": {changed(t, map[string]string{"1_Pooling/config.json": `{"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true}`}), "2 kinds of pooling"},
		"module":       {changed(t, map[string]string{"modules.json": `[{"type": "models.WordWeights"}]`}), "WordWeights"},
		"dense":        {changed(t, map[string]string{"modules.json": `[{"type": "models.Dense"}]`}), `["sentence_embedding"]`},
		"dimensions":   {changed(t, map[string]string{"gloss.json": `{"version": 1, "dimensions": 8}`}), "4 dimensions, gloss.json says 8"},
		"no JSON":      {changed(t, map[string]string{"sentence_bert_config.json": "{"}), "sentence_bert_config.json"},
		"other model":  {onnxtest.Bundle(t, "layers"), `the task "ner"`},
		"plain tagger": {onnxtest.Bundle(t, "plain"), `gives ["logits"]`},
	} {
		e, err := encode.Open(rt, c.bundle, encode.Options{})
		if e != nil || !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), "unusable") != 1 {
			t.Errorf("%s: error %v does not say %q", what, err, c.want)
		}
	}
}

// golden is what the trainer says of the shipped model.
type golden struct {
	Tolerance float64
	Names     []struct {
		Text  string
		First []float64 // the first numbers of the row
	}
	Cosines []struct {
		A, B   string
		Cosine float64
	}
}

func readGolden(t testing.TB) golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("testdata/golden.json is not there; the trainer writes it")
	}
	var g golden
	if err := errors.Join(err, json.Unmarshal(data, &g)); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestShippedModelMatchesItsTrainer(t *testing.T) {
	g := readGolden(t)
	e := open(t, onnxtest.Shipped(t, "names"))
	rows := map[string][]float32{}
	var texts []string
	for _, n := range g.Names {
		texts = append(texts, n.Text)
	}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range g.Names {
		rows[n.Text] = vectors[i]
		for j, want := range n.First {
			if got := float64(vectors[i][j]); math.Abs(got-want) > g.Tolerance {
				t.Errorf("%q: number %d is %v, want %v", n.Text, j, got, want)
			}
		}
	}
	for _, c := range g.Cosines {
		sum := 0.0
		for i, x := range rows[c.A] {
			sum += float64(x) * float64(rows[c.B][i])
		}
		if math.Abs(sum-c.Cosine) > g.Tolerance {
			t.Errorf("%q and %q: cosine %v, want %v", c.A, c.B, sum, c.Cosine)
		}
	}
}

func BenchmarkEmbed(b *testing.B) {
	g := readGolden(b)
	e := open(b, onnxtest.Shipped(b, "names"))
	var texts []string
	for i := range 4096 {
		texts = append(texts, fmt.Sprint(g.Names[i%len(g.Names)].Text, " ", i))
	}
	for b.Loop() {
		if _, err := e.Embed(b.Context(), texts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(texts))/b.Elapsed().Seconds(), "names/s")
}
