package models

import (
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

// Another recognizer takes the place of the one that was opened, and gives it back; what
// is learnt over one stays with it, and a broken one changes nothing.
func TestUseAnotherRecognizer(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	dir := filepath.Join(t.TempDir(), "m")
	if err := os.CopyFS(dir, os.DirFS(onnxtest.Testdata("layers"))); err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	first, second := filepath.Join(state, learn.FileName), filepath.Join(state, "second."+learn.FileName)
	m, err := Open(t.Context(), Options{Model: dir, Device: "cpu", Cache: filepath.Join(state, cache.File), Learned: first}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	text := corpus.NewText("dolor agudo en la cama 77, con fiebre y carcinoma de pulmón")
	labels := func() string {
		t.Helper()
		found, err := m.Suggest(t.Context(), text, segment.Sentences(text), suggest.ByModel)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			if !slices.Contains(got, f.Label) {
				got = append(got, f.Label)
			}
		}
		slices.Sort(got)
		return strings.Join(got, " ")
	}
	own := labels()

	now, err := m.Use(t.Context(), "", second)
	if err != nil || !now.Changed || now.Name != "gloss-small-es" || !slices.Equal(now.Languages, []string{"es"}) || now.Hash == m.Hash {
		t.Fatalf("%+v, %v", now, err)
	}
	other := labels()
	if other == own || !strings.Contains(other, "MORFOLOGIA_NEOPLASIA") {
		t.Errorf("%s, was %s", other, own)
	}
	if _, err := m.Use(t.Context(), t.TempDir(), second); err == nil || labels() != other {
		t.Errorf("an empty directory: %v, and %s", err, labels())
	}
	back, err := m.Use(t.Context(), dir, first)
	if err != nil || back.Hash != m.Hash || labels() != own {
		t.Errorf("back: %+v, %v: %s, want %s", back, err, labels(), own)
	}

	if again, err := m.Use(t.Context(), "", second); err != nil || again.Hash != now.Hash {
		t.Errorf("%+v, %v", again, err)
	}
}

// What is learnt belongs to the recognizer of the moment.
func TestLearnOverAnotherRecognizer(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	state := t.TempDir()
	first, second := filepath.Join(state, learn.FileName), filepath.Join(state, "second."+learn.FileName)
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(filepath.Join("..", "demo", "ner"))); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(copied, "config.json")
	data, err := os.ReadFile(settings)
	if err == nil {
		err = os.WriteFile(settings, append(data, '\n'), 0o600) // another bundle
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(t.Context(), Options{Device: "cpu", Learned: first}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.Use(t.Context(), copied, second); err != nil {
		t.Fatal(err)
	}
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
	learnt, err := m.Learn(t.Context(), docs, func(int, int) {})
	if err != nil || !learnt.Changed {
		t.Fatalf("%+v, %v", learnt, err)
	}
	if _, err := os.Stat(first); err == nil {
		t.Error("it was learnt over the first")
	}
	if _, err := os.Stat(second); err != nil {
		t.Error(err)
	}
	if _, err := m.Use(t.Context(), "", first); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Switch(); err == nil || !strings.Contains(err.Error(), "nothing was learnt here yet") {
		t.Errorf("the first has something to lay aside: %v", err)
	}
	if back, err := m.Use(t.Context(), copied, second); err != nil || back.Hash != learnt.Hash || !slices.Contains(back.Labels, "ROOM") {
		t.Errorf("what was learnt over it is gone: %+v, %v", back, err)
	}
}
