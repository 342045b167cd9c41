package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/journal"
)

// glossRun runs a command as main does.
func glossRun(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// corpusDir writes files into a new directory.
func corpusDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	feverText = "fiebre alta y tos seca"
	feverGold = "T1\tX 0 11\tfiebre alta\nT2\tX 14 17\ttos\nN1\tReference T2 kb:1\ttos\n"
	feverPred = "T1\tX 0 6\tfiebre\nT2\tX 14 17\ttos\nN1\tReference T2 kb:2\ttos\n"
	feverLog  = `{"doc":"a","model":"m","spans":[{"label":"X","spans":[[0,6]],"text":"fiebre","score":0.95,"links":[],"candidates":[]},` +
		`{"label":"X","spans":[[14,17]],"text":"tos","score":0.97,"links":[{"db":"kb","id":"2"}],"candidates":[{"db":"kb","id":"2","score":0.9},{"db":"kb","id":"1","score":0.1}]}]}` + "\n"
)

func TestErrorsCommand(t *testing.T) {
	gold := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold})
	pred := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverPred, "gloss.jsonl": feverLog})
	page := filepath.Join(t.TempDir(), "report.html")

	code, out, errOut := glossRun(t, "errors", "--gold", gold, "--pred", pred, "--html", page)
	if code != 0 || !strings.Contains(out, "right_short  1     1") || !strings.Contains(errOut, page) {
		t.Errorf("text: %d\n%s\n%s", code, out, errOut)
	}
	if data, err := os.ReadFile(page); err != nil || !bytes.HasPrefix(data, []byte("<!doctype html>")) {
		t.Errorf("page: %v", err)
	}
	code, out, _ = glossRun(t, "errors", "--gold", gold, "--pred", pred, "--json")
	var doc struct {
		Classes map[string]int
		Labels  map[string]map[string]int
		Tokens  map[string][][2]any
		Linking struct{ Stages map[string]int }
		Cases   []any
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || code != 0 {
		t.Fatalf("%d %v\n%s", code, err, out)
	}
	if doc.Classes["exact"] != 2 || doc.Classes["right_short"] != 2 || doc.Labels["X"]["X"] != 2 || doc.Tokens["right_lost"][0][0] != "alta" || doc.Cases != nil {
		t.Errorf("JSON %+v", doc)
	}
	if doc.Linking.Stages["ranked_low"] != 1 { // the candidates that annotate left
		t.Errorf("linking %+v", doc.Linking)
	}
	if _, out, _ = glossRun(t, "errors", "--gold", gold, "--pred", pred, "--json", "--cases"); strings.Count(out, `"class":`) != 2 {
		t.Errorf("cases: %s", out)
	}
	if _, out, _ = glossRun(t, "errors", "--gold", gold, "--pred", pred, "--class", "exact"); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "a:14-17\texact") {
		t.Errorf("exact cases: %s", out)
	}
	if _, out, _ = glossRun(t, "errors", "--gold", gold, "--pred", pred, "--stage", "ranked_low"); !strings.HasSuffix(out, "\tranked_low: 2, not 1 (rank 2)\n") || strings.Count(out, "\n") != 1 {
		t.Errorf("cases of a stage: %s", out)
	}
	if _, out, _ = glossRun(t, "errors", "--gold", gold, "--pred", pred, "--pred", gold, "--json"); !strings.Contains(out, `"models":[{"gold"`) || !strings.Contains(out, `"only_this":1`) {
		t.Errorf("two models: %s", out)
	}
	if _, out, _ = glossRun(t, "errors", "--gold", gold, "--pred", pred, "--second-opinion"); out != "a:0-11\tboundary\t.950\tX \"fiebre alta\"\tX \"fiebre\"\tright_short\na:14-17\tlink\t.900\tX \"tos\"\tX \"tos\"\t2, not 1, which is candidate 2\n" {
		t.Errorf("second opinion: %s", out)
	}
}

func TestErrorsOfLinksGivenApart(t *testing.T) {
	gold := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold})
	pred := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverPred})
	cands := filepath.Join(corpusDir(t, map[string]string{"c.jsonl": `{"doc":"a","start":14,"end":17,"label":"X","text":"tos","candidates":[{"id":"2"},{"id":"3"},{"id":"1"}]}` + "\n"}), "c.jsonl")
	if _, out, errOut := glossRun(t, "errors", "--gold", gold, "--pred", pred, "--cands", cands, "--json"); !strings.Contains(out, `{"rank":"3","count":1}`) {
		t.Errorf("%s%s", out, errOut)
	}
}

// The sides may be what annotators decided, at any moment.
func TestErrorsBetweenAnnotators(t *testing.T) {
	dir := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold, "b.txt": "tos", "b.ann": "T1\tX 0 3\ttos\n"})
	for who, docs := range map[string][]string{"ana": {"a", "b"}, "bo@x.org": {"a"}} {
		j, err := journal.Open(filepath.Join(dir, ".gloss"), who)
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			ann := map[string]string{"a": feverGold, "b": "T1\tX 0 3\ttos\n"}[doc]
			if who != "ana" {
				ann = feverPred
			}
			if err := j.Begin(t.Context(), doc, []byte(ann), ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errOut := glossRun(t, "errors", "--gold", dir+"@ana", "--pred", dir+"@bo@x.org")
	if code != 0 || !strings.Contains(out, "@ana: 1 documents, 2 mentions") || !strings.Contains(out, "right_short  1     1") || !strings.Contains(errOut, "1 documents of gold") {
		t.Errorf("annotators: %d\n%s\n%s", code, out, errOut)
	}
	code, out, errOut = glossRun(t, "errors", "--gold", dir, "--pred", dir+"@2099-01-01T00:00:00Z", "--who", "bo@x.org")
	if code != 0 || !strings.Contains(out, "1 documents, 2 mentions") || !strings.Contains(out, "right_short  1     1") {
		t.Errorf("a moment of one annotator: %d\n%s\n%s", code, out, errOut)
	}
	if code, out, errOut = glossRun(t, "errors", "--gold", dir, "--pred", dir+"@2099-01-01T00:00:00Z"); code != 0 || !strings.Contains(out, "2 documents, 3 mentions") {
		t.Errorf("a moment: %d\n%s\n%s", code, out, errOut)
	}
	for _, c := range []struct {
		pred string
		code int
		says string
	}{
		{dir + "@nobody", exitCannot, "nobody has decided nothing here"},
		{dir + "@", exitWrongUse, "after @ comes"},
		{dir + "@ana@99", exitWrongUse, "99"},
		{"nowhere@ana", exitCannot, "nowhere@ana"},
	} {
		if code, _, errOut := glossRun(t, "errors", "--gold", dir, "--pred", c.pred); code != c.code || !strings.Contains(errOut, c.says) {
			t.Errorf("%s: %d %s", c.pred, code, errOut)
		}
	}
	at := filepath.Join(t.TempDir(), "x@y")
	if err := os.Rename(dir, at); err != nil {
		t.Fatal(err)
	}
	if code, out, errOut := glossRun(t, "errors", "--gold", at, "--pred", at); code != 0 || !strings.Contains(out, "2 documents, 3 mentions") {
		t.Errorf("a directory with @ in its name: %d\n%s\n%s", code, out, errOut)
	}
}

func TestErrorsSaysWhatIsWrong(t *testing.T) {
	gold := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold})
	bare := corpusDir(t, map[string]string{"a.txt": feverText})
	other := corpusDir(t, map[string]string{"z.txt": feverText})
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"", exitWrongUse, "--gold G and --pred P"},
		{"--gold " + gold, exitWrongUse, "--gold G and --pred P"},
		{"--gold " + gold + " --pred " + bare + " --class wrong", exitWrongUse, "one of exact label_only"},
		{"--gold " + gold + " --pred " + bare + " --cause wrong", exitWrongUse, "one of hyphen"},
		{"--gold " + gold + " --pred " + bare + " --stage wrong", exitWrongUse, "one of right span"},
		{"--gold " + gold + " --pred " + bare + " --pred " + gold + " --cands x", exitWrongUse, "one --pred"},
		{"--gold " + gold + " --pred " + bare + " --sure 2 --second-opinion", exitWrongUse, "--sure 2"},
		{"--gold " + gold + " --pred " + bare + " --html x --second-opinion", exitWrongUse, "lists by itself"},
		{"--gold " + t.TempDir() + " --pred " + gold, exitCannot, "no documents"},
		{"--gold " + bare + " --pred " + gold, exitCannot, "has no mention"},
		{"--gold " + gold + " --pred " + other, exitCannot, "none of the same name"},
		{"--gold " + gold + " --pred " + gold + " --second-opinion", exitCannot, "gloss annotate"},
		{"--gold " + gold + " --pred " + gold + " --kb " + bare, exitCannot, "not a knowledge base"},
		{"--gold " + gold + " --pred " + gold + " --known nowhere", exitCannot, "known annotations"},
	} {
		if code, out, errOut := glossRun(t, append([]string{"errors"}, strings.Fields(c.args)...)...); code != c.code || !strings.Contains(errOut, c.says) || out != "" {
			t.Errorf("%s: %d %s%s", c.args, code, out, errOut)
		}
	}
	// An empty prediction is an answer: all is missed.
	if code, out, _ := glossRun(t, "errors", "--gold", gold, "--pred", bare); code != 0 || !strings.Contains(out, "missed       2     0") {
		t.Errorf("nothing predicted: %d\n%s", code, out)
	}
}
