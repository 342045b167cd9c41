package models

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/cache"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// What was learnt over a model is used with it, after what the cache holds of the
// model alone; over another model it is told, and left aside.
func TestLearned(t *testing.T) {
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	dir := filepath.Join(t.TempDir(), "m")
	if err := os.CopyFS(dir, os.DirFS(onnxtest.Testdata("layers"))); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "gloss.json")
	data, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.Replace(string(data), `"logits": "logits"`, `"logits": "logits", "states": "logits"`, 1))
	if err := os.WriteFile(settings, data, 0o600); err != nil {
		t.Fatal(err)
	}
	bare, err := OpenRecognizer(Options{Model: dir, Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Close()
	h, _ := bare.Head("symptom")
	h.Name, h.Labels = "own", []string{"O", "B-MINE", "I-MINE", "E-MINE", "S-MINE"}
	o := Options{Model: dir, Device: "cpu", Cache: filepath.Join(t.TempDir(), cache.File), Learned: filepath.Join(t.TempDir(), learn.FileName)}

	text := corpus.NewText("dolor agudo")
	labels := func(want string, warnings int) (hash string) {
		t.Helper()
		m, err := Open(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		found, err := m.Suggest(t.Context(), text, segment.Sentences(text), suggest.ByModel)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Label)
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != want || len(m.Warnings) != warnings {
			t.Errorf("%s, want %s; warnings %q", s, want, m.Warnings)
		}
		return m.Hash
	}
	before := labels("SINTOMA", 0) // no file yet
	if err := learn.Save(o.Learned, bare.Hash(), []learn.Learned{{Head: h}}); err != nil {
		t.Fatal(err)
	}
	if after := labels("MINE SINTOMA", 0); after == before {
		t.Error("the hash is that of the model alone")
	}
	o.Layers = []string{"own"}
	if err := Check(o); err != nil {
		t.Error(err)
	}
	labels("MINE", 0)
	o.Layers = nil
	if err := learn.Save(o.Learned, "another", []learn.Learned{{Head: h}}); err != nil {
		t.Fatal(err)
	}
	labels("SINTOMA", 1)
	o.Strict = true
	if m, err := Open(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), "learn again") {
		t.Errorf("strict: %v, %v", m, err)
	}
}

// The models learn while they are open: what is better is used at once, and again when
// they are opened the next time. It can be laid aside and taken up again, which holds
// for the next time as well.
func TestLearnWhileOpen(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	var docs []corpus.Document
	for i := range 6 {
		d := corpus.Document{Name: fmt.Sprint("note", i)}
		var b strings.Builder
		for k, before := range []string{"Ingresa en la ", "Pasa de la ", "Se traslada a la "} {
			room := fmt.Sprint("cama ", 100+7*i+k)
			start := corpus.Off(b.Len() + len(before))
			b.WriteString(before + room + " con fiebre y tos.\n")
			d.Mentions = append(d.Mentions, corpus.Mention{Label: "ROOM", Spans: corpus.One(start, start+corpus.Off(len(room)))})
		}
		d.Text = corpus.NewText(b.String())
		docs = append(docs, d)
	}
	text := corpus.NewText("Duerme en la cama 77 con fiebre.")
	o := Options{Device: "cpu", Cache: filepath.Join(t.TempDir(), cache.File), Learned: filepath.Join(t.TempDir(), learn.FileName)}
	for round, want := range []struct {
		before, after int // switching at the end
		aside         bool
	}{{0, 0, false}, {0, 1, true}, {1, 1, false}} {
		m, err := Open(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		rooms := func() int {
			found, err := m.Suggest(t.Context(), text, segment.Sentences(text), suggest.ByModel)
			if err != nil {
				t.Fatal(err)
			}
			return len(slices.DeleteFunc(found, func(f corpus.Mention) bool { return f.Label != "ROOM" || f.Text != "cama 77" }))
		}
		if got := rooms(); got != want.before || m.Aside != want.aside {
			t.Errorf("round %d begins with %d rooms found, aside: %v", round, got, m.Aside)
		}
		if round == 0 {
			if _, err := m.Switch(); err == nil || !strings.Contains(err.Error(), "nothing was learnt") {
				t.Errorf("switched to nothing: %v", err)
			}
			if _, err := m.Learn(t.Context(), docs[:1], nil); !errors.Is(err, learn.ErrFew) {
				t.Errorf("of one document: %v", err)
			}
			got, err := m.Learn(t.Context(), docs, func(int, int) {})
			if err != nil || !got.Changed || got.Hash == m.Hash || !slices.Contains(got.Labels, "ROOM") || !strings.Contains(got.Report, "ROOM F1 ") {
				t.Errorf("%+v, %v", got, err)
			}
			if got := rooms(); got != 1 {
				t.Errorf("after learning %d rooms are found", got)
			}
		}
		if round < 2 {
			if got, err := m.Switch(); err != nil || !got.Changed || got.Aside == want.aside && round > 0 || slices.Contains(got.Labels, "ROOM") == got.Aside {
				t.Errorf("round %d: switched to %+v, %v", round, got, err)
			}
		}
		if got := rooms(); got != want.after {
			t.Errorf("round %d ends with %d rooms found", round, got)
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
