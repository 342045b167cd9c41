package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// Every way to spoil a model directory ends a command with one message that names
// the directory and what is wrong in it, exit code 3, and no results.
func TestBrokenBundles(t *testing.T) {
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	docs := t.TempDir()
	for name, content := range map[string]string{"a.txt": "Tumor hepático. Fiebre\n", "a.ann": ""} {
		if err := os.WriteFile(filepath.Join(docs, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	layers, plain := onnxtest.Testdata("layers"), onnxtest.Testdata("plain")
	large := filepath.Join("..", "..", "engine", "ner", "testdata", "pipeline", "wordpiece")
	for _, c := range []struct {
		what, source string
		spoil        func(*testing.T, string)
		want         string
	}{
		{"nothing in it", t.TempDir(), nil, "has no model; want one of model.onnx"},
		{"no tokenizer", layers, remove("tokenizer.json"), "no tokenizer.json"},
		{"empty tokenizer", layers, write("tokenizer.json", ""), "tokenizer.json: it is empty"},
		{"a tokenizer without a model", layers, write("tokenizer.json", "{}"), "tokenizer.json: it has no model"},
		{"a tokenizer of no kind", layers, write("tokenizer.json", `{"model": {"type": "X"}}`), "tokenizer.json: "},
		{"more pieces than the model", plain, edit("tokenizer.json", `"sin": 21`, `"sin": 999`), "idx=999"},
		{"empty config", plain, write("config.json", ""), "config.json: it is empty"},
		{"a config that says nothing", plain, write("config.json", "{}"), "no token classifier"},
		{"a config of another kind", plain, write("config.json", "[]"), "config.json: it is a JSON array"},
		{"labels too few", plain, edit("config.json", ",\n  \"2\": \"I-DIS\"", ""), "3 columns a piece, its labels need 2"},
		{"labels that mark nothing", plain, edit("config.json", "B-DIS", "O", "I-DIS", "O"), "mark no mention"},
		{"padding that is no piece", plain, edit("config.json", `"pad_token_id": 0`, `"pad_token_id": 500`), "idx=500"},
		{"empty gloss.json", layers, write("gloss.json", " \n"), "gloss.json: it is empty"},
		{"gloss.json null", layers, write("gloss.json", "null"), "version 0"},
		{"a later gloss.json", layers, edit("gloss.json", `"version": 1`, `"version": 2`), "version 2, and this gloss reads version 1"},
		{"a version in words", layers, edit("gloss.json", `"version": 1`, `"version": "1"`), "version is a string: want a whole number"},
		{"not-a-number in a crf", layers, manifest("crf.start.0", "NaN"), "no NaN"},
		{"infinity in a crf", layers, manifest("crf.end.1", "-Infinity"), "gloss.json: line 1"},
		{"null in a crf", layers, manifest("crf.end.1", "null"), "crf.end[1] is null"},
		{"a number too large in a crf", layers, manifest("crf.start.1", "1e39"), "start is a number 1e39: want a finite number"},
		{"a word in a crf", layers, manifest("crf.start.1", `"x"`), "start is a string: want a finite number"},
		{"a crf of nothing", layers, manifest("crf", "{}"), "crf arrays of 0, 0 and 0 rows for 5 labels"},
		{"a crf of another size", layers, manifest("crf.start", "[0, 0]"), "crf arrays of 2, 5 and 5 rows for 5 labels"},
		{"a crf that is not square", layers, manifest("crf.transitions.2", "[0]"), "crf.transitions[2] has 1 columns for 5 labels"},
		{"a label twice", layers, manifest("labels.2", `"O"`), `labels 0 and 2 are both "O"`},
		{"an empty label", layers, manifest("labels.2", `""`), `tag "" does not belong`},
		{"a scheme that does not fit", layers, manifest("scheme", `"iob2"`), "does not belong to the scheme iob2"},
		{"a scheme of no kind", layers, manifest("scheme", `"b"`), `scheme "b" is unknown`},
		{"columns beyond the model's", layers, manifest("first", "6"), "10 columns a piece, its labels need 11"},
		{"an output that is not there", layers, edit("gloss.json", `"logits": "logits"`, `"logits": "scores"`), `no output "scores"; it has ["logits"]`},
		{"a calibration without a slope", layers, manifest("calibration", `{"offset": 1}`), "calibration.slope must be above 0"},
		{"empty model", layers, write("model.onnx", ""), "not an ONNX model"},
		{"a pointer of Git LFS", layers, write("model.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "git lfs pull"},
		{"truncated model", large, truncate("model.onnx", 60000), "ends in the middle"},
		{"no external data", large, replace("model.onnx", "model_external.onnx", "model_external.onnx_data", -1), "model_external.onnx_data"},
		{"truncated external data", large, replace("model.onnx", "model_external.onnx", "model_external.onnx_data", 100), "file_length: 100"},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir, results := filepath.Join(t.TempDir(), "spoilt"), filepath.Join(t.TempDir(), "out")
			if err := os.CopyFS(dir, os.DirFS(c.source)); err != nil {
				t.Fatal(err)
			}
			if c.spoil != nil {
				c.spoil(t, dir)
			}
			var out, errOut bytes.Buffer
			code := run(t.Context(), []string{"annotate", docs, "--model", dir, "--out", results, "--device", "cpu"}, strings.NewReader(""), &out, &errOut)
			message := errOut.String()
			named := strings.Contains(message, "spoilt") || strings.Contains(message, "test-layers")
			if code != exitCannot || !strings.Contains(message, c.want) || !named || strings.Count(message, "unusable model") != 1 || out.Len() > 0 {
				t.Errorf("exit %d, %q, want %q; %s", code, message, c.want, out.String())
			}
			if _, err := os.Stat(results); err == nil {
				t.Error("there are results")
			}
		})
	}
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func write(name, content string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// edit replaces strings of a file, which must have each: old, new, old, new, ...
func edit(name string, pairs ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("%s has no %q", name, pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		write(name, text)(t, dir)
	}
}

func truncate(name string, size int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
}

// replace puts another model in the place of the first, and cuts its external data; a
// negative size takes it away.
func replace(model, by, data string, size int64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		if err := os.Rename(filepath.Join(dir, by), filepath.Join(dir, model)); err != nil {
			t.Fatal(err)
		}
		if size < 0 {
			remove(data)(t, dir)
		} else {
			truncate(data, size)(t, dir)
		}
	}
}

// manifest sets a value of the first layer of gloss.json, at a path of names and
// indexes, to what need not be JSON.
func manifest(path, value string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		data, err := os.ReadFile(filepath.Join(dir, "gloss.json"))
		if err != nil {
			t.Fatal(err)
		}
		var whole map[string]any
		if err := json.Unmarshal(data, &whole); err != nil {
			t.Fatal(err)
		}
		const mark = "VALUE"
		set(t, whole["layers"].([]any)[0], strings.Split(path, "."), mark)
		if data, err = json.Marshal(whole); err != nil {
			t.Fatal(err)
		}
		write("gloss.json", strings.Replace(string(data), `"`+mark+`"`, value, 1))(t, dir)
	}
}

func set(t *testing.T, at any, path []string, value string) {
	t.Helper()
	for i, step := range path {
		last := i == len(path)-1
		switch v := at.(type) {
		case map[string]any:
			if last {
				v[step] = value
			}
			at = v[step]
		case []any:
			n := int(step[0] - '0')
			if last {
				v[n] = value
			}
			at = v[n]
		default:
			t.Fatalf("no %q in the layer", step)
		}
	}
}
