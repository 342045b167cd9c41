package demo_test

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
	notes "github.com/gloss-nlp/gloss/corpus/demo"
	"github.com/gloss-nlp/gloss/kb/demo"
	"github.com/gloss-nlp/gloss/kb/source"
)

// The links of the demo's notes must be found in the terminology beside them, in
// the table that serves their label, under the name that they were given.
func TestLinksOfTheNotesAreConcepts(t *testing.T) {
	names, tableOf := map[string]map[string]string{}, map[string]string{} // table, id: preferred name; label: table
	for _, table := range demo.Tables() {
		f, err := demo.FS.Open(table.File())
		if err != nil {
			t.Fatal(err)
		}
		names[table.Name] = map[string]string{}
		for c, err := range source.ReadFrom(f, table.File(), source.Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := names[table.Name][c.ID]; !ok { // a concept comes once a name, the Spanish one that is preferred first
				names[table.Name][c.ID] = c.Names[0].Text
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		for _, label := range table.Labels {
			tableOf[label] = table.Name
		}
	}
	dir := t.TempDir()
	if err := notes.Copy(dir); err != nil {
		t.Fatal(err)
	}
	col, err := brat.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	links, nils := 0, map[string]int{}
	for _, name := range col.Names() {
		d, err := col.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range d.File.Mentions() {
			if len(m.Links) == 0 {
				nils[m.Label]++
			}
			for _, l := range m.Links {
				links++
				want, ok := names[l.DB][l.ID]
				if !ok || l.Name != want || tableOf[m.Label] != l.DB {
					t.Errorf("%s: %s %q is linked to %s:%s %q, which %s calls %q", name, m.Label, m.Text, l.DB, l.ID, l.Name, l.DB, want)
				}
			}
		}
	}
	if links < 800 {
		t.Errorf("only %d links", links)
	}
	for _, label := range []string{"UNCLEAR", "NO_NORMALIZABLES"} {
		if nils[label] == 0 {
			t.Errorf("no %s", label)
		}
	}
}
