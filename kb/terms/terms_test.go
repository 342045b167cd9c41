package terms_test

import (
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/terms"
)

func build(t *testing.T, concepts ...kb.Concept) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "kb")
	stream := iter.Seq2[kb.Concept, error](func(yield func(kb.Concept, error) bool) {
		for _, c := range concepts {
			if !yield(c, nil) {
				return
			}
		}
	})
	if _, err := store.Build(t.Context(), dir, store.BuildOptions{Name: "k", Concepts: stream}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTerms(t *testing.T) {
	drugs := build(t,
		kb.Concept{ID: "b", Name: "Dolocatil", Relations: []kb.Relation{{Kind: kb.TradenameOf, ID: "s"}, {Kind: kb.SameAs, ID: "s"}}},
		kb.Concept{ID: "s", Name: "paracetamol"})
	rest := build(t,
		kb.Concept{ID: "1", Name: "Fiebre alta", Names: []kb.Name{{Text: "fiebre", Kind: "synonym"}}},
		kb.Concept{ID: "2", Name: "fiebre", Names: []kb.Name{{Text: "alta fiebre", Kind: "synonym"}}})
	more := build(t, kb.Concept{ID: "2", Name: "fiebre"}, kb.Concept{ID: "3", Name: "tos"})
	set, err := terms.Open([]terms.Ref{{Label: "DRUG", Dir: drugs}, {Dir: rest}, {Dir: more}})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	drug, other := set.For("DRUG"), set.For("X")
	for code, want := range map[string]bool{"1": true, "3": true, "1+3": true, "1|H": true, "1/H": true, "1+9": false, "9": false, "b": false, "": false, "+": false} {
		if got := other.Has(code); got != want {
			t.Errorf("Has(%q) = %v", code, got)
		}
	}
	for text, want := range map[string][]string{"FIEBRE": {"1", "2"}, "Fiebre alta": {"1"}, "tos": {"3"}, "edema": nil} {
		got := other.Named(text)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("Named(%q) = %q, want %q", text, got, want)
		}
	}
	for code, want := range map[string][]string{"b": {"s"}, "s": nil, "9": nil} {
		if got, err := drug.BrandOf(code); err != nil || !slices.Equal(got, want) {
			t.Errorf("BrandOf(%q) = %q, %v", code, got, err)
		}
	}
	if drug.Has("1") {
		t.Error("a label with a knowledge base of its own is answered from another's")
	}
}

func TestOpenErrors(t *testing.T) {
	good := build(t, kb.Concept{ID: "1", Name: "tos"})
	if _, err := terms.Open([]terms.Ref{{Dir: good}, {Dir: t.TempDir()}}); !errors.Is(err, store.ErrNotKB) {
		t.Errorf("error %v", err)
	}
	set, err := terms.Open([]terms.Ref{{Label: "X", Dir: good}})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	if set.For("Y") != nil {
		t.Error("a label without a knowledge base has one")
	}
}
