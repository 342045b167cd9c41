package store

import (
	"context"
	"os"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/source"
)

// TestRealTerminologies builds from the files beside the project, where they are.
func TestRealTerminologies(t *testing.T) {
	const data = "../../../shared/data/kb/"
	if _, err := os.Stat(data); err != nil {
		t.Skip("no terminologies at " + data + "; see its README for their sources")
	}
	for _, c := range []struct {
		name            string
		files           []string
		concepts, names int
		query, want     string
	}{
		{"cieo", []string{"cie-o-3.1-es-morphology-6.tsv", "cie-o-3.1-es-morphology-7.tsv"}, 4205, 8172, "8140/3", "8140/3"},
		{"hpo", []string{"hp-2017.obo", "hpo-translations/hp-es.babelon.tsv"}, 20077, 35767, "microcefalia", "HP:0000252"},
	} {
		var sources []Source
		for _, f := range c.files {
			s, err := FileSource(data + f)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, s)
		}
		o := BuildOptions{Name: c.name, Sources: sources, Concepts: func(yield func(kb.Concept, error) bool) {
			for _, f := range c.files {
				for concept, err := range source.Read(data+f, source.Options{}) {
					if !yield(concept, err) {
						return
					}
				}
			}
		}}
		if c.name == "cieo" { // once is enough
			o.Embedder = fake.New("e1")
		}
		dir, m := build(t, o)
		if m.Concepts != c.concepts || m.Names != c.names || len(m.Sources) != len(c.files) || len(m.Warnings) > 0 {
			t.Errorf("%s: %+v; want %d concepts, %d names", c.name, m, c.concepts, c.names)
		}
		k := open(t, dir, Options{})
		if got := k.Search(c.query, 3); len(got) == 0 || got[0].ID != c.want {
			t.Errorf("%s: %q found %v", c.name, c.query, got)
		}
		if _, err := k.Concept(context.Background(), c.want); err != nil {
			t.Error(err)
		}
	}
}
