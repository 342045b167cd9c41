package demo_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/demo"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

func TestEveryTableIsListedOnce(t *testing.T) {
	files, err := demo.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	listed, labels := map[string]bool{}, map[string]bool{}
	for _, table := range demo.Tables() {
		listed[table.File()] = true
		for _, l := range table.Labels {
			if labels[l] {
				t.Errorf("label %s has two tables", l)
			}
			labels[l] = true
		}
	}
	for _, f := range files {
		if !listed[f.Name()] {
			t.Errorf("%s is not listed", f.Name())
		}
	}
	if len(files) != len(listed) {
		t.Errorf("%d files, %d listed", len(files), len(listed))
	}
}

func TestTablesAreCleanAndBuild(t *testing.T) {
	for _, table := range demo.Tables() {
		t.Run(table.Name, func(t *testing.T) {
			f, err := demo.FS.Open(table.File())
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			type key struct{ id, text string }
			seen := map[key]bool{}
			concepts := func(yield func(kb.Concept, error) bool) {
				// Without Warn a broken line ends the build.
				for c, err := range source.ReadFrom(f, table.File(), source.Options{}) {
					for _, n := range c.Names {
						if k := (key{c.ID, n.Text}); seen[k] && n.Lang == "es" {
							t.Errorf("%s: %q comes twice", c.ID, n.Text)
						} else {
							seen[k] = true
						}
						if lexical.Fold(n.Text) == "" {
							t.Errorf("%s: %q folds to nothing", c.ID, n.Text)
						}
					}
					if !yield(c, err) {
						return
					}
				}
			}
			m, err := store.Build(context.Background(), filepath.Join(t.TempDir(), "kb"), store.BuildOptions{Name: table.Name, Concepts: concepts})
			if err != nil {
				t.Fatal(err)
			}
			if m.Names != len(seen) || len(m.Warnings) > 0 {
				t.Errorf("%d names of %d, warnings %q", m.Names, len(seen), m.Warnings)
			}
		})
	}
}
