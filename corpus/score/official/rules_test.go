package official

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/score"
)

const (
	spanHead = "filename\tlabel\tstart_span\tend_span\ttext\tcode\n"
	offHead  = "filename\tmark\tlabel\toff0\toff1\tspan\tcode\n"
	taxHead  = "filename\tmark\tlabel\toff0\toff1\tspan\tNCBITax\n"
)

func one(name, content string) map[string]string { return map[string]string{name: content} }

// TestRules holds what the scripts do beside the shared cases.
func TestRules(t *testing.T) {
	t1 := "T1\tMORFOLOGIA_NEOPLASIA 0 4\tx\n"
	for name, c := range map[string]struct {
		profile, task, gold, pred, valid string
		tp, fp, fn                       int
		warning                          string
	}{
		"the other spelling in predictions":  {"cantemist", "ner", t1, "T1\tMORFOLOGIA-NEOPLASIA 0 4\tx\n", "", 1, 0, 0, ""},
		"offset text is the key":             {"cantemist", "ner", t1, "T1\tMORFOLOGIA_NEOPLASIA 00 04\tx\n", "", 0, 1, 1, ""},
		"either code of two":                 {"cantemist", "norm", "838", "T1\tMORFOLOGIA_NEOPLASIA 2509 2534\tx\n#1\tAnnotatorNotes T1\t8441/0\n", "", 1, 0, 0, "two right codes"},
		"last note wins":                     {"cantemist", "norm", t1 + "#1\tX T1\t1/1\n", t1 + "#1\tX T1\t2/2\n#2\tX T1\t 1/1 \n", "", 1, 0, 0, ""},
		"only missing texts of numbers":      {"medprocner", "ner", spanHead + "d\tL\t1\t2\tNA\t1\n", spanHead + "d\tL\t1\t2\tNA\t1\n", "", 0, 1, 1, "missing values"},
		"None is no missing value":           {"medprocner", "ner", spanHead + "d\tL\t1\t2\tNone\t1\nd\tL\t3\t4\ta\t1\n", spanHead + "d\tL\t1\t2\tNA\t1\nd\tL\t3\t4\ta\t1\n", "", 1, 1, 1, ""},
		"index compares characters":          {"medprocner", "index", "filename\tcodes\nd\t123+45x\n", "filename\tcode\nd\t3321+x\n", "", 1, 1, 1, "characters"},
		"missing labels do not overlap":      {"symptemist", "ner", spanHead + "d\tNA\t1\t2\ta\t1\n", spanHead + "d\tNA\t1\t2\ta\t1\n", "", 1, 0, 0, ""},
		"line end is part of a code":         {"distemist", "norm", offHead + "d\tT1\tENFERMEDAD\t0\t4\ta\t1\nd\tT2\tENFERMEDAD\t5\t9\ta\t2\n", offHead + "d\tT1\tENFERMEDAD\t0\t4\ta\t1\nd\tT2\tENFERMEDAD\t5\t9\ta\t2\n", "1\n2", 1, 0, 0, "not in the list"},
		"a blank line allows no code":        {"livingner", "norm", taxHead + "d\tT1\tHUMAN\t0\t4\ta\t\n", taxHead + "d\tT1\tHUMAN\t0\t4\ta\t|\n", "1\n\n", 1, 0, 0, ""},
		"documents without rows left":        {"livingner", "ner", taxHead + "d\tT1\tHUMAN\t0\t4\ta\t1\ne\tT1\tHUMAN\t0\t4\ta\tX\n", taxHead + "d\tT1\tHUMAN\t0\t4\ta\t1\ne\tT1\tHUMAN\t0\t4\ta\t1\n", "1\n", 1, 0, 0, "dropped"},
		"rank counts what is valid":          {"cantemist", "coding", "f\tc\nd\t8000/1\n", "d\t9/9\nd\t8000/1\nd\t8000/1\n", "8000/1\n", 1, 0, 0, "before ranks"},
		"names of index files do not matter": {"pharmaconer", "indexing", "d\t1\nd\t2\n", "e\t1\n", "", 1, 0, 1, "another document"},
	} {
		t.Run(name, func(t *testing.T) {
			file := map[string]string{"coding": "g.tsv", "indexing": "d1.tsv"}[c.task]
			predFile := strings.Replace(file, "g.", "p.", 1)
			switch {
			case c.gold == "838":
				file, predFile = "cc_onco838.ann", "cc_onco838.ann"
				c.gold = "T1\tMORFOLOGIA_NEOPLASIA 2509 2534\tx\n#1\tX T1\t8441/0\nT2\tMORFOLOGIA_NEOPLASIA 2509 2534\tx\n#2\tX T2\t8440/0\n"
			case file == "" && c.profile == "cantemist":
				file, predFile = "d1.ann", "d1.ann"
			case file == "":
				file, predFile = "g.tsv", "p.tsv"
			}
			r, err := scoreFiles(t, c.profile, c.task, one(file, c.gold), one(predFile, c.pred), c.valid)
			if err != nil {
				t.Fatal(err)
			}
			if r.TP != c.tp || r.FP != c.fp || r.FN != c.fn {
				t.Errorf("%d %d %d, want %d %d %d", r.TP, r.FP, r.FN, c.tp, c.fp, c.fn)
			}
			if all := strings.Join(r.Warnings, "\n"); !strings.Contains(all, c.warning) {
				t.Errorf("warnings %q lack %q", all, c.warning)
			}
		})
	}
}

func TestMissingLabelsInOverlap(t *testing.T) {
	rows := one("g.tsv", spanHead+"d\tNA\t1\t2\ta\t1\n")
	r, err := scoreFiles(t, "symptemist", "ner", rows, rows, "")
	if err != nil || r.Overlap.TP != 0 || r.TP != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestMeanAveragePrecisionWithoutDocuments(t *testing.T) {
	const valid = "8000/1\n"
	for name, c := range map[string]struct {
		gold string
		want float64
	}{
		"no gold at all":                     {"f\tc\n", 0},
		"a document whose codes are missing": {"f\tc\nd\tNA\ne\t8000/1\n", 0},
	} {
		r, err := scoreFiles(t, "cantemist", "coding", one("g.tsv", c.gold), one("p.tsv", "d\t8000/1\n"), valid)
		if err != nil || float64(*r.MAP) != c.want {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	r, err := scoreFiles(t, "cantemist", "coding", one("g.tsv", "f\tc\nd\t8000/1\n"), one("p.tsv", "e\t8000/1\n"), valid)
	if err != nil || r.MAP.Known() {
		t.Errorf("no document in common: %+v, %v", r, err)
	}
}

func TestScriptErrors(t *testing.T) {
	good := spanHead + "d\tL\t1\t2\ta\t1\n"
	for name, c := range map[string]struct{ profile, task, file, gold, pred, want string }{
		"no entities":        {"cantemist", "ner", "d.ann", "T1\tMORFOLOGIA_NEOPLASIA 0 4\tx\n", "", "Exception: There are not parsed predicted annotations"},
		"bad offset":         {"cantemist", "ner", "d.ann", "T1\tMORFOLOGIA_NEOPLASIA 0 4\tx\n", "T1\tMORFOLOGIA_NEOPLASIA 0 x\tx\n", "ValueError: invalid literal for int() with base 10: 'x'"},
		"short relation":     {"cantemist", "ner", "d.ann", "T1\tMORFOLOGIA_NEOPLASIA 0 4\tx\n", "R1\tRel\t\n", "IndexError: list index out of range"},
		"blank index line":   {"pharmaconer", "indexing", "d.tsv", "d\t1\n", "d\t1\n\n", "IndexError: list index out of range"},
		"wide row":           {"medprocner", "ner", "g.tsv", good, good + "d\tL\t1\t2\ta\t1\tz\n", "ParserError: Error tokenizing data. C error: Expected 6 fields in line 3, saw 7"},
		"open quote":         {"medprocner", "ner", "g.tsv", good, spanHead + "d\tL\t1\t2\t\"a\t1\n", "ParserError: Error tokenizing data. C error: EOF inside string starting at row 1"},
		"no rows":            {"symptemist", "norm", "g.tsv", good, spanHead, "AttributeError: 'DataFrame' object has no attribute 'to_list'"},
		"no column":          {"symptemist", "norm", "g.tsv", good, "filename\tlabel\tstart_span\tend_span\ttext\nd\tL\t1\t2\ta\n", `KeyError: "['code'] not in index"`},
		"empty file":         {"symptemist", "ner", "g.tsv", good, "", "EmptyDataError: No columns to parse from file"},
		"missing offset":     {"symptemist", "ner", "g.tsv", good, spanHead + "d\tL\t\t2\ta\t1\n", "TypeError: '<=' not supported between instances of 'float' and 'str'"},
		"codes name":         {"medprocner", "index", "g.tsv", "filename\tcodes\nd\t1+2\n", "filename\tcodes\nd\t1+2\n", `KeyError: "['code'] not in index"`},
		"codes are numbers":  {"medprocner", "index", "g.tsv", "filename\tcodes\nd\t1+2\n", "filename\tcode\nd\t1\n", "AttributeError: 'int' object has no attribute 'split'"},
		"header":             {"distemist", "ner", "g.tsv", spanHead, spanHead, "Exception: Error! File headers are not correct in "},
		"only foreign files": {"distemist", "ner", "g.tsv", "filename\tlabel\toff0\toff1\tspan\nd\tENFERMEDAD\t0\t1\ta\n", "filename\tlabel\toff0\toff1\tspan\ne\tENFERMEDAD\t0\t1\ta\n", "ZeroDivisionError: division by zero"},
		"no UTF-8":           {"distemist", "ner", "g.tsv", "\xff", "\xff", "UnicodeDecodeError: "},
	} {
		_, err := scoreFiles(t, c.profile, c.task, one(c.file, c.gold), one(strings.Replace(c.file, "g.", "p.", 1), c.pred), "")
		var script *ScriptError
		if !errors.As(err, &script) || !strings.HasPrefix(script.Message, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	table := write(t, one("g.tsv", offHead+"d\tT1\tENFERMEDAD\t0\t4\ta\t1\n"))
	for name, o := range map[string]Options{
		"profile":   {Profile: "made up"},
		"task":      {Profile: "distemist", Task: "app"},
		"no codes":  {Profile: "distemist", Task: "norm", Gold: table, Pred: table},
		"no dir":    {Profile: "cantemist", Task: "ner", Gold: table, Pred: table},
		"no table":  {Profile: "medprocner", Task: "index", Gold: t.TempDir(), Pred: table},
		"one a dir": {Profile: "pharmaconer", Task: "ner", Gold: t.TempDir(), Pred: table},
	} {
		if _, err := Score(o); !errors.Is(err, score.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Score(Options{Profile: "distemist", Task: "ner", Gold: table + "x", Pred: table}); err == nil || errors.Is(err, score.ErrOptions) {
		t.Errorf("missing file: %v", err)
	}
}

// TestSetScoresAreWhole checks on random tables that counts add up, that a
// table scores 1 against itself where the script sees every cell, and that the
// order of predicted rows does not matter without repeats.
func TestSetScoresAreWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		gold, pred := randomRows(rng), randomRows(rng)
		g := one("g.tsv", spanHead+strings.Join(gold, ""))
		r, err := scoreFiles(t, "symptemist", "multi", g, one("p.tsv", spanHead+strings.Join(pred, "")), "")
		if err != nil {
			t.Fatal(err)
		}
		if r.Gold != len(gold) || r.TP+r.FP > len(pred) || r.TP < 0 {
			t.Fatalf("%+v of %q and %q", r.Counts, gold, pred)
		}
		rng.Shuffle(len(pred), func(i, j int) { pred[i], pred[j] = pred[j], pred[i] })
		again, err := scoreFiles(t, "symptemist", "multi", g, one("p.tsv", spanHead+strings.Join(pred, "")), "")
		if err != nil || again.Counts.TP != r.TP {
			t.Fatalf("another order gives %+v, not %+v (%v)", again.Counts, r.Counts, err)
		}
		self, err := scoreFiles(t, "symptemist", "multi", g, one("p.tsv", g["g.tsv"]), "")
		if err != nil || *self.Accuracy != 1 {
			t.Fatalf("against itself %v (%v)", self.Accuracy, err)
		}
	}
}

func randomRows(rng *rand.Rand) []string {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	rows := make([]string, 1+rng.IntN(8))
	for i := range rows {
		rows[i] = strings.Join([]string{pick("d", "e"), pick("L", "M"), pick("1", "2", "3"), pick("1", "2", "3"), pick("a", "NA", `"a"`), pick("1", "2", "1+2")}, "\t") + "\n"
	}
	return rows
}
