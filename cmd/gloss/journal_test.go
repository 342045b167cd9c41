package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// gloss runs the program without a process.
func gloss(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// annotated is a collection on which who made two annotations and finished the document.
func annotated(t *testing.T, who, label string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("uno dos tres"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := workbench.Open(t.Context(), workbench.Options{Dir: dir, Who: who})
	if err != nil {
		t.Fatal(err)
	}
	for w.Look(workbench.Look{Doc: "a"}); w.Doc("a") == nil; {
		<-w.Changed()
	}
	at := workbench.At{Doc: "a"}
	for _, a := range []workbench.Action{
		workbench.Create{At: at, Spans: corpus.One(0, 3), Label: "X"},
		workbench.Create{At: at, Spans: corpus.One(4, 7), Label: label}, workbench.Finish{At: at},
	} {
		if _, err := w.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLogUndoAndReplay(t *testing.T) {
	dir := annotated(t, "ana", "X")
	code, out, _ := gloss(t, "log", dir, "--json")
	var log struct{ Decisions []map[string]any }
	if err := json.Unmarshal([]byte(out), &log); code != 0 || err != nil || len(log.Decisions) != 3 {
		t.Fatalf("%d %v\n%s", code, err, out)
	}
	for i, kind := range []string{"create", "create", "finish"} {
		d := log.Decisions[i]
		if d["seq"] != float64(i+1) || d["kind"] != kind || d["who"] != "ana" || d["doc"] != "a" || d["before"] != nil || (d["after"] == nil) != (i == 2) {
			t.Errorf("decision %d is %v", i+1, d)
		}
	}
	if code, _, msg := gloss(t, "undo", dir, "--who", "ana", "--seq", "1"); code != 0 {
		t.Fatal(code, msg)
	}
	if code, _, msg := gloss(t, "undo", dir, "--who", "ana", "--seq", "1"); code != 3 || !strings.Contains(msg, "taken back already") {
		t.Errorf("twice: %d %s", code, msg)
	}
	for at, want := range map[string]string{"": "T2\tX 4 7\tdos\n", "1": "T1\tX 0 3\tuno\n", "3": "T1\tX 0 3\tuno\nT2\tX 4 7\tdos\n"} {
		to := filepath.Join(t.TempDir(), "out")
		code, _, msg := gloss(t, "replay", dir, "--out", to, "--at", at)
		if got, err := os.ReadFile(filepath.Join(to, "a.ann")); code != 0 || err != nil || string(got) != want {
			t.Errorf("at %q: %d %s %v\n%s", at, code, msg, err, got)
		}
	}
	for _, args := range [][]string{{"replay", dir}, {"replay", dir, "--out", "x", "--at", "noon"}, {"replay", dir, "--out", "x", "--at", "99"}, {"undo", dir}, {"journal"}, {"journal", "begin", dir}} {
		if code, _, msg := gloss(t, args...); code != exitWrongUse || msg == "" {
			t.Errorf("%v: %d %s", args, code, msg)
		}
	}
}

func TestJournalMergeAndBegin(t *testing.T) {
	ana, eva := annotated(t, "ana", "X"), annotated(t, "eva", "Y")
	a, b := filepath.Join(ana, ".gloss", "journal-ana.db"), filepath.Join(eva, ".gloss", "journal-eva.db")
	both := filepath.Join(t.TempDir(), "both.db")
	code, out, msg := gloss(t, "journal", "merge", a, b, "--out", both, "--json")
	var r struct {
		Decisions int
		Conflicts []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &r); code != exitProblems || err != nil || r.Decisions != 6 || len(r.Conflicts) != 1 || r.Conflicts[0]["kind"] != "decision" {
		t.Errorf("%d %s %v\n%s", code, msg, err, out)
	}
	if code, _, msg := gloss(t, "journal", "merge", a, both); code != 0 {
		t.Errorf("with what was merged: %d %s", code, msg)
	}
	// Another program cuts the file off: it is refused, until the annotator says that it is meant so.
	if err := os.WriteFile(filepath.Join(ana, "a.ann"), []byte("T1\tX 0 3\tun"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, msg := gloss(t, "undo", ana, "--who", "ana", "--last", "1"); code != 3 || !strings.Contains(msg, "gloss journal begin") {
		t.Errorf("undo in a file that was cut off: %d %s", code, msg)
	}
	if code, _, msg := gloss(t, "journal", "begin", ana, "a", "--who", "ana"); code != 0 {
		t.Errorf("begin: %d %s", code, msg)
	}
	if code, _, msg := gloss(t, "undo", ana, "--who", "ana", "--last", "1"); code != 0 {
		t.Errorf("undo after begin: %d %s", code, msg)
	}
}
