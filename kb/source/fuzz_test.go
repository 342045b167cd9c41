package source

import (
	"strings"
	"testing"
)

// FuzzRead checks that no file makes the readers fail other than by an error, that
// lines of problems exist, and that what is yielded can be used.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"id\tname\tlang\tkind\ttype\n1\tx\tes\tpreferred\tt\n", "id,name\n1,\"a\nb\n", "[Term]\nid: 1\nname: x\nsynonym: \"y\n",
		"codigo\tdescriptor completo\tdescriptor corto\r\n1\t\"a \"\"b\"\t\r\n", "subject_id\ttranslation_value\nID\tAL x@de SPLIT=|\nH\ta|b\n",
		graph, ncbiDump["names.dmp"], umlsRelease["META/MRCONSO.RRF"], "P1\tname:Protein:Calcitonin\n", sqliteMagic,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		total := strings.Count(text, "\n") + 1
		o := Options{Columns: &Columns{ID: "id", Names: []string{"name"}}, Warn: func(p Problem) {
			if p.Line < 1 || p.Line > total {
				t.Fatalf("problem in line %d of %d: %v", p.Line, total, p.Err)
			}
		}}
		for _, o := range []Options{o, {Warn: o.Warn}} {
			for c, err := range ReadFrom(strings.NewReader(text), "f", o) {
				if err == nil && (c.ID == "" || len(c.Names) == 0 && c.Definition == "" && len(c.Relations)+len(c.Parents) == 0) {
					t.Fatalf("concept %+v", c)
				}
			}
		}
	})
}
