package models

import (
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

// concepts reads "id type: name, name" lines.
func concepts(lines ...string) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for _, line := range lines {
			head, names, _ := strings.Cut(line, ": ")
			id, kind, _ := strings.Cut(head, " ")
			c := kb.Concept{ID: id, Type: kind}
			for name := range strings.SplitSeq(names, ", ") {
				c.Names = append(c.Names, kb.Name{Text: name, Kind: "synonym"})
			}
			c.Names[0].Kind, c.Name = "preferred", c.Names[0].Text
			if !yield(c, nil) {
				return
			}
		}
	}
}

// build makes a knowledge base of that name and returns its directory.
func build(t *testing.T, name string, embedder kb.Embedder, lines ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if _, err := store.Build(t.Context(), dir, store.BuildOptions{Name: name, Embedder: embedder, Concepts: concepts(lines...)}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func newSpotter(t *testing.T, refs ...KB) spotter {
	t.Helper()
	s := spotter{refs, map[string]*store.KB{}}
	for _, ref := range refs {
		if s.kbs[ref.Dir] != nil {
			continue
		}
		k, err := store.Open(ref.Dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Close() })
		s.kbs[ref.Dir] = k
	}
	return s
}

func TestSpot(t *testing.T) {
	diseases := build(t, "diseases", nil, "D1: cáncer de pulmón, neoplasia", "D2: tos ferina")
	symptoms := build(t, "symptoms", nil, "S1: tos", "S2: pulmón muy doloroso", "S3: neoplasia")
	substances := build(t, "substances", nil, "P1 protein: albúmina", "P2 drug: enalapril")
	everything := build(t, "everything", nil, "E1: niño")
	s := newSpotter(t, KB{Label: "PROTEIN", Dir: substances, Types: []string{"protein"}}, KB{Label: "DRUG", Dir: substances},
		KB{Label: "DISEASE", Dir: diseases}, KB{Label: "SYMPTOM", Dir: symptoms}, KB{Dir: everything})
	only := newSpotter(t, KB{Label: "PROTEIN", Dir: substances, Types: []string{"protein"}})
	for _, c := range []struct {
		name, text string
		s          spotter
		within     corpus.Span
		want       string
	}{
		{name: "in the order of the text", text: "Tos y enalapril; neoplasia.", s: s, want: "SYMPTOM 0 3 Tos, DRUG 6 15 enalapril, DISEASE 17 26 neoplasia"},
		{name: "the longest of two KBs, whichever is named first", text: "tos ferina", s: s, want: "DISEASE 0 10 tos ferina"},
		{name: "of two that overlap the longer", text: "cáncer de pulmón muy doloroso", s: s, want: "SYMPTOM 10 29 pulmón muy doloroso"},
		{name: "by type", text: "albúmina y enalapril", s: s, want: "PROTEIN 0 8 albúmina, DRUG 11 20 enalapril"},
		{name: "a type that no label takes", text: "albúmina y enalapril", s: only, want: "PROTEIN 0 8 albúmina"},
		{name: "a KB for every label gives no label", text: "niño", s: s},
		{name: "offsets are code points of the whole text", text: "Niño 👶 con tos.\r\nMás tos.", s: s, within: corpus.Span{Start: 17, End: 25}, want: "SYMPTOM 21 24 tos"},
		{name: "what lies across the bound is not looked for", text: "tos ferina", s: s, within: corpus.Span{Start: 0, End: 5}, want: "SYMPTOM 0 3 tos"},
		{name: "nothing", text: "", s: s},
	} {
		text := corpus.NewText(c.text)
		if c.within == (corpus.Span{}) {
			c.within.End = text.Len()
		}
		var got []string
		for _, m := range c.s.Spot(text, c.within) {
			got = append(got, fmt.Sprintf("%s %s %s", m.Label, m.Spans, m.Text))
			if m.Score.Known() {
				t.Errorf("%s: %q has a score, which letters do not give", c.name, m.Text)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
