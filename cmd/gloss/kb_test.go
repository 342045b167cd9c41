package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
)

// files writes files into a fresh directory.
func files(t *testing.T, all map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

type kbInfo struct {
	Names, Concepts int
	Licence         string
	Sources         []struct{ Path, SHA256 string }
	Warnings        []string
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

func TestBuildCountsBrokenLines(t *testing.T) {
	var table strings.Builder
	table.WriteString("id\tname\n")
	for i := range 30 {
		fmt.Fprintf(&table, "%d\tname %d\n\tno identifier\n", i, i)
	}
	dir := files(t, map[string]string{"t.tsv": table.String(), "codes.txt": "1\n2\n3\n", "LICENCE": "for tests\n", "odd.tsv": "foo\tbar\n1\t2\n"})
	at := func(name string) string { return filepath.Join(dir, name) }
	code, out, errOut := gloss(t, "kb", "build", at("t.tsv"), "--out", at("kb"), "--letters", "--json", "--licence", "@"+at("LICENCE"))
	m := decode[kbInfo](t, out)
	if code != 0 || m.Concepts != 30 || m.Licence != "for tests" || len(m.Sources) != 1 || len(m.Sources[0].SHA256) != 64 {
		t.Errorf("%d %+v\n%s", code, m, errOut)
	}
	if !slices.ContainsFunc(m.Warnings, func(w string) bool { return strings.HasPrefix(w, "left out 30 lines of ") }) ||
		!strings.Contains(errOut, "t.tsv:3: no identifier") || strings.Count(errOut, "no identifier") != namedLines || !strings.Contains(errOut, "left out 30 lines") {
		t.Errorf("warnings %q\n%s", m.Warnings, errOut)
	}
	code, _, errOut = gloss(t, "kb", "build", at("t.tsv"), "--out", at("kb"), "--letters", "--strict")
	if code != 3 || !strings.Contains(errOut, "t.tsv:3: no identifier") {
		t.Errorf("strict: %d %s", code, errOut)
	}
	if _, out, _ = gloss(t, "kb", "info", at("kb"), "--json"); decode[kbInfo](t, out).Concepts != 30 {
		t.Error("the old one is gone")
	}
	if code, _, errOut = gloss(t, "kb", "info", at("kb"), "--verify"); code != 0 || !strings.Contains(errOut, "is what was built") {
		t.Errorf("verify: %d %s", code, errOut)
	}
	if err := os.Truncate(at("kb/names.idx"), 5000); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut = gloss(t, "kb", "info", at("kb"), "--verify"); code != 3 || !strings.Contains(errOut, at("kb/names.idx")) {
		t.Errorf("verify what is cut off: %d %s", code, errOut)
	}
	code, out, errOut = gloss(t, "kb", "build", at("t.tsv"), "--out", at("few"), "--letters", "--json", "--codes", at("codes.txt"))
	if m = decode[kbInfo](t, out); code != 0 || m.Concepts != 3 {
		t.Errorf("%d %+v\n%s", code, m, errOut)
	}
	code, _, errOut = gloss(t, "kb", "build", at("odd.tsv"), "--out", at("odd"), "--letters")
	if code != 3 || !strings.Contains(errOut, `"foo", "bar"`) || !strings.Contains(errOut, "UMLS") {
		t.Errorf("unknown columns: %d %s", code, errOut)
	}
	if _, err := os.Stat(at("odd")); err == nil {
		t.Error("a failed build left a directory")
	}
}

func TestDiffAddAndCheckLinks(t *testing.T) {
	dir := files(t, map[string]string{
		"old.obo":  "format-version: 1.2\n\n[Term]\nid: X:1\nname: fever\n\n[Term]\nid: X:2\nname: cough\n\n[Term]\nid: X:3\nname: lost\n",
		"new.obo":  "format-version: 1.2\n\n[Term]\nid: X:1\nname: fever\nalt_id: X:2\nsynonym: \"pyrexia\" EXACT []\n",
		"more.tsv": "id\tname\tkind\nX:1\tcalentura\tsynonym\n",
		"few.tsv":  "db\tid\tname\tkind\tcount\nkb\tX:1\tfiebre\tmention\t2\nkb\tX:9\tnobody\tmention\t1\nother\tX:1\tnot mine\tmention\t1\n",
	})
	texts := files(t, map[string]string{"a.txt": "cough\n", "a.ann": "T1\tS 0 5\tcough\nN1\tReference T1 kb:X:2\tcough\n"})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, v := range []string{"old", "new"} {
		if code, _, errOut := gloss(t, "kb", "build", at(v+".obo"), "--out", at(v), "--name", "kb", "--letters"); code != 0 {
			t.Fatal(errOut)
		}
	}
	code, out, _ := gloss(t, "kb", "diff", at("old"), at("new"), "--json")
	d := decode[struct {
		Counts  map[string]int
		Changes []struct{ Kind, ID string }
	}](t, out)
	if code != 1 || d.Counts["merged"] != 1 || d.Counts["gone"] != 1 || d.Counts["names"] != 1 || len(d.Changes) != 3 {
		t.Errorf("%d %s", code, out)
	}
	code, out, _ = gloss(t, "kb", "diff", at("old"), at("new"))
	if want := "names X:1 fever\n    + pyrexia\nmerged X:2 cough, now X:1\ngone X:3 lost\n"; code != 1 || out != want {
		t.Errorf("%d %q", code, out)
	}
	if code, out, _ = gloss(t, "kb", "diff", at("old"), at("old"), "--json"); code != 0 || !strings.Contains(out, `"changes":[]`) {
		t.Errorf("with itself: %d %s", code, out)
	}
	for _, args := range [][]string{{"kb", "diff", at("old"), at("new"), "--corpus", texts}, {"check", texts, "--kb", at("new")}} {
		if code, out, _ = gloss(t, args...); code != 1 || !strings.Contains(out, "a.ann:2: concept-merged: \"cough\" is linked to X:2, which was merged into X:1 (fever)") {
			t.Errorf("%q: %d %s", args, code, out)
		}
	}
	code, out, errOut := gloss(t, "kb", "add", at("new"), "--names", at("more.tsv"), "--json")
	if m := decode[kbInfo](t, out); code != 0 || m.Names != 3 || len(m.Sources) != 2 {
		t.Errorf("%d %+v\n%s", code, m, errOut)
	}
	code, out, errOut = gloss(t, "kb", "add", at("new"), "--aliases", at("few.tsv"), "--json")
	if m := decode[kbInfo](t, out); code != 0 || m.Names != 4 || m.Concepts != 1 || !strings.Contains(errOut, "such as X:9") {
		t.Errorf("%d %+v\n%s", code, m, errOut)
	}
	if code, out, _ = gloss(t, "kb", "search", at("new"), "fiebre", "--json"); code != 0 || !strings.Contains(out, `"X:1"`) {
		t.Errorf("%d %s", code, out)
	}
	for _, args := range [][]string{{"kb", "add", at("new")}, {"kb", "diff", at("new")}, {"kb"}, {"check", texts, "--fix", "--kb", at("new")}} {
		if code, _, _ := gloss(t, args...); code != 2 {
			t.Errorf("%q: %d", args, code)
		}
	}
}

// What was linked in the workbench becomes a name of the knowledge base.
func TestAliasesGoIntoTheKnowledgeBase(t *testing.T) {
	dir := files(t, map[string]string{"t.tsv": "id\tname\nX:1\tfever\n"})
	texts := files(t, map[string]string{"a.txt": "hot head"})
	at := func(name string) string { return filepath.Join(dir, name) }
	if code, _, errOut := gloss(t, "kb", "build", at("t.tsv"), "--out", at("kb"), "--letters"); code != 0 {
		t.Fatal(errOut)
	}
	w, err := workbench.Open(t.Context(), workbench.Options{Dir: texts, Who: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	for w.Look(workbench.Look{Doc: "a"}); w.Doc("a") == nil; {
		<-w.Changed()
	}
	doc := workbench.At{Doc: "a"}
	if _, err = w.Do(t.Context(), workbench.Create{At: doc, Spans: corpus.One(0, 8), Label: "X"}); err == nil {
		doc.Key = w.Doc("a").Items[0].Key
		_, err = w.Do(t.Context(), workbench.Choose{At: doc, Candidate: kb.Candidate{DB: "kb", ID: "X:1", Name: "fever"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := gloss(t, "export", texts, "--for", "aliases", "--out", at("aliases.tsv")); code != 0 {
		t.Fatal(errOut)
	}
	code, out, errOut := gloss(t, "kb", "add", at("kb"), "--aliases", at("aliases.tsv"), "--json")
	if m := decode[kbInfo](t, out); code != 0 || m.Names != 2 {
		t.Errorf("%d %+v\n%s", code, m, errOut)
	}
}

// A concept that was proposed in the workbench becomes one of the knowledge base, with
// the name that was linked to it.
func TestProposedConceptsGoIntoTheKnowledgeBase(t *testing.T) {
	dir := files(t, map[string]string{"t.tsv": "id\tname\nX:1\tfever\n"})
	texts := files(t, map[string]string{"a.txt": "hot head", "a.ann": "T1\tX 0 8\thot head\n"})
	at := func(name string) string { return filepath.Join(dir, name) }
	if code, _, errOut := gloss(t, "kb", "build", at("t.tsv"), "--out", at("kb"), "--letters"); code != 0 {
		t.Fatal(errOut)
	}
	w, err := workbench.Open(t.Context(), workbench.Options{Dir: texts, Who: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	for w.Look(workbench.Look{Doc: "a"}); w.Doc("a") == nil; {
		<-w.Changed()
	}
	_, err = w.Do(t.Context(), workbench.Propose{At: workbench.At{Doc: "a", Key: "T1"}, Concept: corpus.Proposal{DB: "kb", ID: "X:2", Name: "high temperature", Parent: "X:1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"concepts", "aliases"} {
		if code, _, errOut := gloss(t, "export", texts, "--for", what, "--out", at(what+".tsv")); code != 0 {
			t.Fatal(errOut)
		}
	}
	code, out, errOut := gloss(t, "kb", "add", at("kb"), "--names", at("concepts.tsv"), "--aliases", at("aliases.tsv"), "--json")
	if m := decode[kbInfo](t, out); code != 0 || m.Names != 3 || m.Concepts != 2 {
		t.Errorf("%d %+v\n%s", code, m, errOut)
	}
	if code, out, _ := gloss(t, "kb", "search", at("kb"), "hot head", "--json"); code != 0 || !strings.Contains(out, "high temperature") {
		t.Errorf("%d %s", code, out)
	}
}

func TestStageLine(t *testing.T) {
	for _, c := range []struct {
		lately, done, total int
		took                time.Duration
		want                string
	}{
		{0, 0, 0, 0, "embed 0"},
		{0, 500, 1000, 0, "embed 500 of 1000"}, // gone on from an interrupted build
		{200, 700, 1000, 2 * time.Second, "embed 700 of 1000, 100 names/s, 3s left"},
		{1000, 1000, 1000, time.Second, "embed 1000 of 1000, 1000 names/s"},
	} {
		if got := stageLine("embed", c.lately, c.done, c.total, c.took); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
