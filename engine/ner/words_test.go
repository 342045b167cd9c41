package ner_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// The model reads words and characters of cleaned sentences; its spans are those of
// the text as it is.
func TestAnnotateWords(t *testing.T) {
	m := open(t, onnxtest.Bundle(t, "words"))
	for _, c := range []struct{ text, want string }{
		// V is a mention inside of the one that it begins.
		{"Carcinoma ductal infiltrante", "DIS 0-9 Carcinoma; DIS 0-28 Carcinoma ductal infiltrante"},
		// Marks and emoji are not read, and lie in the mention all the same.
		{"😀 (CARCINOMA) «ductal»-infiltrante.", "DIS 3-12 CARCINOMA; DIS 3-34 CARCINOMA) «ductal»-infiltrante"},
		{"un tumor, de: 1,5 cm", "DIS 3-17 tumor, de: 1,5"},
		{"Sin más.\r\nCafe\u0301 solo\r\n", "DIS 10-15 Cafe\u0301"},
		// Sentences of one word are not read, and a word that nobody knows has its letters.
		{"Tumor.\nTUMOR\r\ny tumor", "DIS 16-21 tumor"},
		{"el zxy y el zz", "DIS 3-6 zxy; DIS 12-14 zz"},
		{"el xyz y el xyyz", "DIS 3-6 xyz"}, // the fourth letter is not read
		{"tumor de mama y", "DIS 0-13 tumor de mama; DIS 9-13 mama"},
		// Windows of six words.
		{"y tumor de. Un tumor de mama. Y zz.\nY tumor", "DIS 2-10 tumor de; DIS 15-28 tumor de mama; DIS 24-28 mama; DIS 32-34 zz; DIS 38-43 tumor"},
		{"y y y y y y y y tumor de mama y y y y y zz y", "DIS 16-29 tumor de mama; DIS 25-29 mama; DIS 40-42 zz"},
		{"... 😀", ""},
	} {
		got, err := m.Annotate(t.Context(), corpus.NewText(c.text), nil, nil)
		if err != nil || show(got) != c.want {
			t.Errorf("%q:\n got %s\nwant %s; %v", c.text, show(got), c.want, err)
		}
	}
}

func TestOpenBrokenWords(t *testing.T) {
	rt := onnxtest.Runtime(t)
	for what, c := range map[string]struct{ file, old, new, want string }{
		"more words than rows":  {"words.txt", "mama\n", "mama\nseno\n", "its vocabulary words has 11 entries, its model a table of 10 rows"},
		"fewer words than rows": {"words.txt", "mama\n", "", "its vocabulary words has 9 entries, its model a table of 10 rows"},
		"characters":            {"gloss.json", `"a",`, ``, "its vocabulary chars has 4 entries, its model a table of 5 rows"},
		"no input":              {"model.onnx", "char_ids", "chra_ids", `its model has no input "char_ids"`},
		"skipping in stretches": {"gloss.json", `"by": "sentence"`, `"by": "text"`, "skip-one-word-sentences"},
		"columns":               {"gloss.json", `"first": 0`, `"first": 1`, "6 columns a piece, its labels need 7"},
	} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(onnxtest.Testdata("words"))); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, c.file)
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), c.old) {
			t.Fatalf("%s has no %q: %v", path, c.old, err)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), c.old, c.new)), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := onnx.OpenDir(dir)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		m, err := ner.Open(rt, b, ner.Options{})
		if m != nil || !errors.Is(err, onnx.ErrBundle) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", what, err, c.want)
		}
	}
}

// Whatever the text, what is found lies in it, in order, and bears its words.
func FuzzAnnotateWords(f *testing.F) {
	for _, s := range []string{"Carcinoma (ductal)\r\ninfiltrante 😀", "tumor de\u0301 1,5 mama. Zz", "zz\u0301 zz 👨\u200d👩"} {
		f.Add(s)
	}
	m := open(f, onnxtest.Bundle(f, "words"))
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 1000 {
			return
		}
		text := corpus.NewText(s)
		got, err := m.Annotate(t.Context(), text, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		before := corpus.Off(0)
		for _, x := range got {
			p := x.Spans[0]
			if !text.In(p) || p.Start >= p.End || p.Start < before || text.Slice(p) != x.Text || strings.TrimSpace(x.Text) != x.Text {
				t.Fatalf("%q: %+v", s, x)
			}
			before = p.Start
		}
	})
}
