package onnx_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// files reads a bundle of testdata into memory, so that a test can break it.
func files(t *testing.T, name string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	dir := os.DirFS(onnxtest.Testdata(name))
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, path)
		out[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpenBundle(t *testing.T) {
	embedded, err := onnx.OpenBundle(files(t, "layers"), "layers")
	if err != nil {
		t.Fatal(err)
	}
	onDisk := onnxtest.Bundle(t, "layers")
	if embedded.Hash() != onDisk.Hash() || len(embedded.Hash()) != 64 {
		t.Errorf("hashes %s and %s", embedded.Hash(), onDisk.Hash())
	}
	if onDisk.Name() != "test-layers" || onDisk.Manifest().Windows.Max != 12 || len(onDisk.Manifest().Layers) != 2 {
		t.Errorf("name %q, manifest %+v", onDisk.Name(), onDisk.Manifest())
	}
	if src, err := embedded.Source(); err != nil || src.Path != "" || len(src.Data) == 0 {
		t.Errorf("source %v, %v", src, err)
	}
	plain := onnxtest.Bundle(t, "plain/onnx/model.onnx")
	if src, err := plain.Source(); err != nil || !strings.HasSuffix(src.Path, "plain/onnx/model.onnx") || plain.Manifest() != nil {
		t.Errorf("source %v, %v", src, err)
	}
	if labels, err := plain.Config().Labels(); err != nil || strings.Join(labels, " ") != "O B-DIS I-DIS" {
		t.Errorf("labels %q, %v", labels, err)
	}
}

// The model is found under every name that Hugging Face's tools give it, the best of
// several, and where a file is named, that one.
func TestLayouts(t *testing.T) {
	for _, c := range []struct{ files, open, want string }{
		{"model.onnx", "", "model.onnx"},
		{"onnx/model.onnx", "", "onnx/model.onnx"},
		{"model_quantized.onnx", "", "model_quantized.onnx"},
		{"onnx/model_quantized.onnx", "", "onnx/model_quantized.onnx"},
		{"model_optimized.onnx", "", "model_optimized.onnx"},
		{"onnx/model_quantized.onnx model_optimized.onnx onnx/model.onnx", "", "onnx/model.onnx"},
		{"onnx/model.onnx onnx/model_fp16.onnx", "onnx/model_fp16.onnx", "onnx/model_fp16.onnx"},
		{"model.onnx model_int8.onnx", "model_int8.onnx", "model_int8.onnx"},
	} {
		dir := t.TempDir()
		f := files(t, "layers")
		for _, name := range strings.Fields(c.files) {
			f[name] = f["model.onnx"]
		}
		if !strings.HasPrefix(c.files, "model.onnx") {
			delete(f, "model.onnx")
		}
		if err := os.CopyFS(dir, f); err != nil {
			t.Fatal(err)
		}
		b, err := onnx.OpenDir(filepath.Join(dir, c.open))
		if err != nil {
			t.Errorf("%s: %v", c.files, err)
			continue
		}
		if src, err := b.Source(); err != nil || src.Path != filepath.Join(dir, c.want) {
			t.Errorf("%s: %v, %v, want %s", c.files, src, err, c.want)
		}
	}
}

func TestHashFollowsContents(t *testing.T) {
	hashes := map[string]string{}
	for name, change := range map[string]func(fstest.MapFS){
		"unchanged": func(fstest.MapFS) {},
		"model":     func(f fstest.MapFS) { f["model.onnx"].Data = append(f["model.onnx"].Data, 0) },
		"tokenizer": func(f fstest.MapFS) { f["tokenizer.json"].Data = append(f["tokenizer.json"].Data, ' ') },
		"manifest":  func(f fstest.MapFS) { f["gloss.json"].Data = append(f["gloss.json"].Data, ' ') },
		"weights":   func(f fstest.MapFS) { f["model.onnx_data"] = &fstest.MapFile{Data: []byte("w")} },
	} {
		f := files(t, "layers")
		change(f)
		b, err := onnx.OpenBundle(f, "x")
		if err != nil {
			t.Fatal(err)
		}
		for other, hash := range hashes {
			if hash == b.Hash() {
				t.Errorf("%s and %s have the same hash", name, other)
			}
		}
		hashes[name] = b.Hash()
		if same := b.HashOf("a") == b.HashOf("b"); same {
			t.Errorf("%s: settings do not count", name)
		}
	}
	f := files(t, "layers")
	f["README.md"] = &fstest.MapFile{Data: []byte("hello")}
	f["model_quantized.onnx"], f["model.onnx"] = f["model.onnx"], nil
	delete(f, "model.onnx")
	b, err := onnx.OpenBundle(f, "x")
	if err != nil || b.Hash() != hashes["unchanged"] {
		t.Errorf("a new name and a readme made another model: %v", err)
	}
}

func TestBrokenBundles(t *testing.T) {
	good := files(t, "layers")
	for name, c := range map[string]struct {
		file, old, new string
		want           string
	}{
		"no model":        {"model.onnx", "", "", "model.onnx"},
		"no tokenizer":    {"tokenizer.json", "", "", "tokenizer.json"},
		"version":         {"gloss.json", `"version": 1`, `"version": 2`, "version 2"},
		"no version":      {"gloss.json", `"version": 1,`, "", "version 0"},
		"no JSON":         {"gloss.json", "{", "", "gloss.json"},
		"config":          {"config.json", "{", "", "config.json"},
		"inputs":          {"gloss.json", `"inputs": "tokenizer"`, `"inputs": "words"`, `inputs "words"`},
		"preprocess":      {"gloss.json", `"preprocess": []`, `"preprocess": ["uper"]`, `step "uper"`},
		"idle words":      {"gloss.json", `"preprocess": []`, `"words": {"unknown": 1}`, `words and chars are for inputs "words+chars"`},
		"negative window": {"gloss.json", `"max": 12`, `"max": -1`, "windows.max"},
		"short crf":       {"gloss.json", `"start": [`, `"start": [1.0,`, "6, 5 and 5 rows for 5 labels"},
		"layer name":      {"gloss.json", `"name": "symptom"`, `"name": "disease"`, `"disease" is empty or taken`},
		"aggregation":     {"gloss.json", `"task": "ner"`, `"task": "ner", "aggregation": "mean"`, `aggregation "mean" is unknown: want one of none, simple`},
		"crf aggregated":  {"gloss.json", `"task": "ner"`, `"task": "ner", "aggregation": "max"`, `layer "disease": it has a crf`},
		"windows by":      {"gloss.json", `"by": "sentence"`, `"by": "page"`, `windows.by "page" is unknown: want "sentence", "line", "single" or "text"`},
		"stride":          {"gloss.json", `"by": "sentence"`, `"by": "text", "stride": 12`, "windows.stride 12"},
		"idle stride":     {"gloss.json", `"by": "sentence"`, `"by": "sentence", "stride": 2`, `windows.stride is for windows by "text"`},
		"crf rows":        {"gloss.json", `"transitions": [`, `"transitions": [[0], `, "6 rows for 5 labels"},
		"labels":          {"gloss.json", `"labels": [`, `"labels": ["X", `, "rows for 6 labels"},
		"first column":    {"gloss.json", `"first": 0`, `"first": -1`, "from column -1"},
	} {
		f := maps.Clone(good)
		if c.old == "" {
			delete(f, c.file)
		} else {
			text := string(f[c.file].Data)
			if !strings.Contains(text, c.old) && !strings.Contains(c.old, "[") {
				t.Fatalf("%s: %s has no %s", name, c.file, c.old)
			}
			f[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		}
		_, err := onnx.OpenBundle(f, "mymodel")
		if !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "mymodel") {
			t.Errorf("%s: error %v does not say %q", name, err, c.want)
		}
	}
	// All that is wrong is told at once.
	_, err := onnx.OpenBundle(fstest.MapFS{}, "empty")
	if err == nil || !strings.Contains(err.Error(), "model.onnx") || !strings.Contains(err.Error(), "tokenizer.json") {
		t.Errorf("empty directory: %v", err)
	}
	for _, dir := range []string{"nowhere", onnxtest.Testdata("make.py")} {
		if _, err := onnx.OpenDir(dir); !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestLabels(t *testing.T) {
	for _, bad := range []map[string]string{{"0": "O", "2": "B-X"}, {"0": "O", "x": "B-X"}, {"0": "O", "00": "B-X"}, {"0": ""}} {
		if labels, err := (onnx.ModelConfig{ID2Label: bad}).Labels(); err == nil {
			t.Errorf("%v: labels %q", bad, labels)
		}
	}
	ten := map[string]string{}
	for i, key := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"} {
		ten[key] = string(rune('a' + i))
	}
	if labels, err := (onnx.ModelConfig{ID2Label: ten}).Labels(); err != nil || strings.Join(labels, "") != "abcdefghijk" {
		t.Errorf("labels %q, %v", labels, err)
	}
}
