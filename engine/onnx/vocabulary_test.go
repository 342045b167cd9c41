package onnx_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func TestVocabulary(t *testing.T) {
	m := onnxtest.Bundle(t, "words").Manifest()
	for word, want := range map[string]int64{"tumor": 5, "TUMOR": 5, "cafe\u0301": 8, "café": 1, "": 1, "<unk>": 1} {
		if got := m.Words.ID(word); got != want {
			t.Errorf("%q: %d, want %d", word, got, want)
		}
	}
	// Characters keep their case here.
	if m.Chars.ID("a") != 2 || m.Chars.ID("A") != 1 || m.Words.Len() != 10 || m.Chars.Len() != 5 {
		t.Errorf("words %+v, chars %+v", m.Words, m.Chars)
	}
}

func TestVocabularyHash(t *testing.T) {
	f := files(t, "words")
	one, err := onnx.OpenBundle(f, "x")
	if err != nil {
		t.Fatal(err)
	}
	f["words.txt"] = &fstest.MapFile{Data: []byte(strings.Replace(string(f["words.txt"].Data), "mama", "seno", 1))}
	other, err := onnx.OpenBundle(f, "x")
	if err != nil || one.Hash() == other.Hash() {
		t.Errorf("another word made no other model: %v", err)
	}
}

func TestBrokenVocabularies(t *testing.T) {
	good := files(t, "words")
	for name, c := range map[string]struct{ file, old, new, want string }{
		"no words":          {"gloss.json", `"words": {`, `"wrods": {`, `"words+chars" want the vocabularies words and chars`},
		"no file":           {"gloss.json", `"words.txt"`, `"wrods.txt"`, `words: read "wrods.txt"`},
		"path outside":      {"gloss.json", `"words.txt"`, `"../words.txt"`, `words: read "../words.txt"`},
		"both":              {"gloss.json", `"file": "words.txt"`, `"file": "words.txt", "entries": ["x"]`, "words: it has both entries and a file"},
		"a word twice":      {"words.txt", "mama", "de", `entries 6 and 7 are both "de"`},
		"an empty line":     {"words.txt", "mama", "", "entry 7 is empty"},
		"not UTF-8":         {"words.txt", "mama", "\xff", "entry 7 is empty or not UTF-8"},
		"unknown":           {"gloss.json", `"unknown": 1`, `"unknown": 10`, "words: padding 0 and unknown 10 must be two of 10 entries"},
		"unknown pads":      {"gloss.json", `"unknown": 1`, `"unknown": 0`, "padding 0 and unknown 0 must be two"},
		"two characters":    {"gloss.json", `"z"`, `"zz"`, `chars: entry 3, "zz", is not one character`},
		"max":               {"gloss.json", `"max": 3`, `"max": -3`, "chars: max must not be negative"},
		"aggregation":       {"gloss.json", `"task": "ner"`, `"task": "ner", "aggregation": "first"`, `aggregation "first" is for pieces of words`},
		"no layers":         {"gloss.json", `"layers": [`, `"layer": [`, "want layers"},
		"crf of other size": {"gloss.json", `"end": [`, `"end": [0,`, "6, 7 and 6 rows for 6 labels"},
	} {
		f := maps.Clone(good)
		text := string(f[c.file].Data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s: %s has no %s", name, c.file, c.old)
		}
		f[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		_, err := onnx.OpenBundle(f, "mymodel")
		if !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", name, err, c.want)
		}
	}
}

func TestTables(t *testing.T) {
	for name, want := range map[string]map[string]int64{
		"words":  {"word_ids": 10, "char_ids": 5},
		"layers": {"input_ids": 22},
	} {
		src, err := onnxtest.Bundle(t, name).Source()
		if err != nil {
			t.Fatal(err)
		}
		got, err := src.Tables()
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v; %v", name, got, want, err)
		}
		if _, err := (onnx.Source{Data: files(t, name)["model.onnx"].Data[:200]}).Tables(); err == nil {
			t.Errorf("%s: a truncated model has tables", name)
		}
	}
}
