package official

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/score"
)

// FuzzReadTable feeds tables to every dialect: rows are as wide as the header,
// and nothing panics on any type.
func FuzzReadTable(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "a\tb\n1\t2\n", "\ufeffa\tb\r\n\"x\ty\"\"z\"w\t\r\n", "a\n\"open", "a\tb\n1\t2\t3\n4\t5\t6\t7\n", "a\ta\t\n\n \n\t\n",
		"n\n1\n18446744073709551615\n-3\nNA\n", "n\n1e5\n.5\n-inf\n1_0\n", "n\nTrue\nfalse\n\n", "n\n99999999999999999999\nnull\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range []dialect{{quotes: true, header: true}, {python: true, header: true}, literal, {quotes: true, names: []string{"a", "b"}}} {
			table, err := readTable(data, d)
			if err != nil {
				requireScriptError(t, err)
				continue
			}
			for _, row := range table.rows {
				if len(row) != len(table.columns) {
					t.Fatalf("%q: %d cells for %d columns", data, len(row), len(table.columns))
				}
			}
			lonely := 0
			for i := range table.columns {
				column := table.fields(i)
				if len(inferred(column, &lonely)) != len(column) || len(asText(column)) != len(column) {
					t.Fatalf("%q: cells were lost", data)
				}
			}
		}
	})
}

func requireScriptError(t *testing.T, err error) {
	t.Helper()
	var script *ScriptError
	if !errors.As(err, &script) || script.Message == "" {
		t.Fatalf("%v is no error of the script", err)
	}
}

// FuzzReaders feeds files to the readers that are not tables of pandas.
func FuzzReaders(f *testing.F) {
	for _, seed := range []string{
		"T1\tMORFOLOGIA_NEOPLASIA 0 4\tx\n#1\tAnnotatorNotes T1\t8000/1\nR1\tRel a:T1 b:T2\t\n", "T9 X 0 4\n  T1\tX  0 4;5 6\tx\r", "d\t1\n\n", "\tx\ty\n", "111\t\n222",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, norm := range []bool{false, true} {
			a := &annReader{norm: norm, labels: map[string]bool{morphology: true}}
			if err := a.read("d.ann", data); err != nil {
				requireScriptError(t, err)
			}
		}
		for _, task := range []string{"ner", "indexing"} {
			if _, err := (&pharmaReader{task: task}).document("d", data); err != nil {
				requireScriptError(t, err)
			}
		}
		for _, rules := range []temistRules{distemist, livingner} {
			if _, err := rules.dictionary(data); err != nil {
				requireScriptError(t, err)
			}
		}
	})
}

// FuzzScore scores a file against itself in every task that reads one file:
// counts are never negative, and everything found is right or wrong once.
func FuzzScore(f *testing.F) {
	f.Add(spanHead+"d\tL\t1\t2\ta\t1+2\nd\tL\t1\t2\ta\t1\n", "1\n")
	f.Add(offHead+"d\tT1\tENFERMEDAD\t0\t4\ta\t1|2\n", "1\n2\n")
	f.Add(taxHead+"d\tT1\tHUMAN\t0\t4\ta\t1|H\n", "1\n")
	f.Add("filename\tcodes\tcode\nd\t1+2\t3\n", "1\n")
	f.Add("f\tc\nd\t8000/1\n", "8000/1\n")
	table := write(f, one("g.tsv", ""))
	codes := filepath.Join(filepath.Dir(table), "codes.txt")
	f.Fuzz(func(t *testing.T, content, valid string) {
		if err := errors.Join(os.WriteFile(table, []byte(content), 0o600), os.WriteFile(codes, []byte(valid), 0o600)); err != nil {
			t.Fatal(err)
		}
		for _, profile := range Profiles() {
			for _, task := range Tasks(profile) {
				r, err := Score(Options{Profile: profile, Task: task, Gold: table, Pred: table, Codes: codes})
				if err == nil {
					checkWhole(t, r)
				}
			}
		}
	})
}

func checkWhole(t *testing.T, r *score.Result) {
	t.Helper()
	if r.TP < 0 || r.FP < 0 || r.FN < 0 || r.Pred != r.TP+r.FP || r.Gold != r.TP+r.FN {
		t.Fatalf("%s %s: %+v", r.Profile, r.Task, r.Counts)
	}
	if r.MAP != nil && r.MAP.Known() && (*r.MAP < 0 || *r.MAP > 1) {
		t.Fatalf("%s %s: mean average precision %v", r.Profile, r.Task, *r.MAP)
	}
}
