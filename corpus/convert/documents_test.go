package convert_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/convert"
)

func TestDocumentsHaveTextsAndScores(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"a.txt": "mucha tos", "a.ann": "T1\tX 6 9\ttos\nT2\tX 0 5\tmucha\n", "b.txt": "nada",
		"gloss.jsonl": `{"doc":"a","spans":[{"label":"X","spans":[[6,9]],"text":"tos","score":0.5}]}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	docs, err := convert.Documents(dir)
	if err != nil || len(docs) != 2 || docs["a"].Name != "a" || docs["a"].Text.String() != "mucha tos" || docs["b"].Text.String() != "nada" {
		t.Fatalf("%v: %+v", err, docs)
	}
	if m := docs["a"].Mentions; len(m) != 2 || m[0].Score != 0.5 || m[1].Score > 0 {
		t.Errorf("mentions %+v", m)
	}
	table := write(t, "t.tsv", "filename\tmark\tlabel\toff0\toff1\tspan\tcode\na\tT1\tE\t0\t3\ttos\t1\n")
	if docs, err = convert.Documents(table); err != nil || docs["a"].Text.Len() != 0 || len(docs["a"].Mentions) != 1 {
		t.Errorf("%v: %+v", err, docs)
	}
}
