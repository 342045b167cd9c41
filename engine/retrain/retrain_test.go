package retrain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lease"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/export"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/suggest/suggesttest"
	"github.com/gloss-nlp/gloss/engine/train"
)

// spotter stands for the recognizer of a bundle: it knows the words of a file there.
type spotter struct {
	suggesttest.Words
	hash string
}

func (s spotter) Hash() string { return s.hash }
func (s spotter) Close() error { return nil }

func (s spotter) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	return s.Words.Annotate(ctx, text, segment.Sentences(text), layers)
}

const wordsFile = "words.json"

func openWords(dir string) (Model, error) {
	if dir == "" {
		return spotter{suggesttest.Words{"fiebre": "SIGN"}, "base"}, nil
	}
	data, err := os.ReadFile(filepath.Join(dir, wordsFile))
	s := spotter{hash: string(data)}
	if err == nil {
		err = json.Unmarshal(data, &s.Words)
	}
	return s, err
}

// makeBundle makes a bundle that knows words.
func makeBundle(t *testing.T, dir string, words suggesttest.Words) string {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(onnxtest.Testdata("layers"))); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(words)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, wordsFile), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// rig is a corpus with a shelf, and a Python that runs a script in place of a recipe. In
// it $run is the folder of the run, $rows the setting of the rows, and $bundle what a
// training is to leave.
type rig struct {
	*Shelf
	t      *testing.T
	o      Options
	script string
}

func newRig(t *testing.T, words suggesttest.Words) *rig {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	r := &rig{t: t, script: filepath.Join(t.TempDir(), "recipe")}
	python := filepath.Join(t.TempDir(), "python")
	program := "#!/bin/sh\nif [ \"$1\" = -c ]; then echo '[]'; exit; fi\n" +
		"while [ $# -gt 0 ]; do [ \"$1\" = --out ] && run=$2; case \"$2\" in data.rows=*) rows=$2;; esac; shift; done\n" +
		"bundle=" + makeBundle(t, filepath.Join(t.TempDir(), "b"), words) + "\nmkdir -p \"$run\"\n. " + r.script + "\n"
	if err := os.WriteFile(python, []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	r.o = Options{State: filepath.Join(t.TempDir(), ".gloss"), Who: "ana", Python: python, Open: openWords, Now: func() time.Time { return day }}
	r.Shelf = New(r.o)
	r.recipe(leaves)
	return r
}

const leaves = `cp -r "$bundle" "$run/bundle"; echo '{"event": "done", "recipe": "test", "epochs": 3, "best_epoch": 2, "seconds": 5}'`

func (r *rig) recipe(script string) {
	r.t.Helper()
	if err := os.WriteFile(r.script, []byte(script), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// kinds are those of the history, and the notes.
func (r *rig) kinds() (kinds, notes string) {
	r.t.Helper()
	events, err := ReadHistory(r.o.State)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range events {
		kinds, notes = kinds+e.Kind+" ", notes+e.Note+"\n"
	}
	return strings.TrimSpace(kinds), notes
}

// finished are n documents in which fiebre is a SIGN and cama a ROOM.
func finished(n int) []corpus.Document {
	docs := make([]corpus.Document, n)
	for i := range docs {
		text := fmt.Sprintf("Nota %d: fiebre en la cama.", i)
		d := corpus.Document{Name: fmt.Sprint("note", i), Text: corpus.NewText(text)}
		for word, label := range map[string]string{"fiebre": "SIGN", "cama": "ROOM"} {
			start := corpus.Off(strings.Index(text, word))
			spans := corpus.One(start, start+corpus.Off(len(word)))
			d.Mentions = append(d.Mentions, corpus.Mention{Label: label, Spans: spans, Text: word})
		}
		docs[i] = d
	}
	return docs
}

var both = suggesttest.Words{"fiebre": "SIGN", "cama": "ROOM"}

func TestTrainComparesOnWhatIsHeldOut(t *testing.T) {
	r := newRig(t, both)
	r.recipe(`cp "$(echo "$rows" | sed 's/.*\["//; s/"\].*//')" "$bundle/rows"; ` + leaves)
	docs := finished(12)
	held := 0
	for _, d := range docs {
		if export.Split(d.Text.String()) == export.SplitHeld {
			held++
		}
	}
	out, err := r.Train(t.Context(), docs, Run{})
	if err != nil {
		t.Fatal(err)
	}
	c := out.Comparison
	if out.Name != "2026-11-21" || c.Documents != held || c.New.F1 != 1 || c.Old.TP != held || !c.Better || c.Worse {
		t.Errorf("%+v of %d held out: %s", out.Bundle, held, c)
	}
	rows, err := os.ReadFile(filepath.Join(out.Dir, "rows"))
	if err != nil || strings.Count(string(rows), `"split":"held"`) != held || strings.Count(string(rows), "\n") != 12 {
		t.Errorf("%v: the recipe read\n%s", err, rows)
	}
	kinds, notes := r.kinds()
	if kinds != "train trained compared" || !strings.Contains(notes, fmt.Sprintf("begins with %d finished documents; %d are held out", 12-held, held)) ||
		!strings.Contains(notes, "F1 1.00 against 0.67") {
		t.Errorf("%s\n%s", kinds, notes)
	}
	if r.Waiting() {
		t.Error("a training waits")
	}
	if used, err := r.Used(); used != Base || err != nil {
		t.Errorf("nobody switched, and %q is used: %v", used, err)
	}
	if again, err := r.Train(t.Context(), docs, Run{}); err != nil || again.Name != "2026-11-21-2" {
		t.Errorf("the second of a day is %s: %v", again.Name, err)
	}
	elsewhere := filepath.Join(t.TempDir(), "model")
	if out, err := r.Train(t.Context(), docs, Run{Out: elsewhere}); err != nil || out.Dir != elsewhere || !out.Comparison.Better {
		t.Errorf("%+v, %v", out, err)
	}
	if names, err := r.Names(); err != nil || strings.Join(names, " ") != " 2026-11-21 2026-11-21-2" {
		t.Errorf("%q, %v", names, err)
	}
}

func TestAWorseModelIsSaidToBeWorse(t *testing.T) {
	r := newRig(t, suggesttest.Words{"Nota": "SIGN"})
	out, err := r.Train(t.Context(), finished(12), Run{})
	if err != nil || out.Comparison.Better || !out.Comparison.Worse || !strings.Contains(out.Comparison.String(), "worse: F1") {
		t.Errorf("%v: %s", err, out.Comparison)
	}
	if err := r.Use(out.Name); err != nil { // it can be chosen all the same
		t.Error(err)
	}
	same := newRig(t, suggesttest.Words{"fiebre": "SIGN"})
	if out, err := same.Train(t.Context(), finished(12), Run{}); err != nil || out.Comparison.Better || out.Comparison.Worse {
		t.Errorf("the same again: %v: %s", err, out.Comparison)
	}
}

// A training that dies goes on where it was, with the documents that it had. One that
// dies again is given up, so that the next begins anew.
func TestATrainingThatDies(t *testing.T) {
	r := newRig(t, both)
	r.recipe(`if [ -e "$run/checkpoint" ]; then ` + leaves + `; else touch "$run/checkpoint"; echo killed >&2; exit 9; fi`)
	_, err := r.Train(t.Context(), finished(12), Run{})
	if err == nil || !strings.Contains(err.Error(), "killed") || !strings.Contains(err.Error(), "train again to go on") || !r.Waiting() {
		t.Fatalf("waits: %v, %v", r.Waiting(), err)
	}
	var begun Begun
	out, err := r.Train(t.Context(), finished(20), Run{Begun: func(b Begun) { begun = b }})
	if err != nil || !begun.Resumed || begun.Documents+begun.Held != 12 || !out.Comparison.Better {
		t.Errorf("%+v: %+v, %v", begun, out, err)
	}
	if kinds, notes := r.kinds(); kinds != "train stopped train trained compared" || !strings.Contains(notes, "goes on with the") {
		t.Errorf("%s\n%s", kinds, notes)
	}

	// One that was stopped, and not by an accident, may die once after it.
	r = newRig(t, both)
	r.recipe(`echo '{"event":"stopped","resumes":true}'; exit 130`)
	if _, err := r.Train(t.Context(), finished(12), Run{}); !errors.Is(err, train.ErrStopped) {
		t.Fatal(err)
	}
	r.recipe("exit 9")
	for _, waits := range []bool{true, false} {
		if _, err := r.Train(t.Context(), finished(12), Run{}); err == nil || r.Waiting() != waits {
			t.Errorf("waits: %v, %v", r.Waiting(), err)
		}
	}
	if _, err := r.Train(t.Context(), finished(12), Run{}); err == nil || !r.Waiting() {
		t.Errorf("another: %v", err)
	}
	if _, err := r.Train(t.Context(), finished(12), Run{Recipe: Recipe{Seed: "7"}, Begun: func(b Begun) { begun = b }}); err == nil || begun.Resumed {
		t.Errorf("another seed goes on with the run of the first: %v", err)
	}
}

// Looking for Python takes a moment, in which one may think better of it: what waited waits.
func TestAStopBeforeItBegan(t *testing.T) {
	r := newRig(t, both)
	r.recipe("exit 9")
	if _, err := r.Train(t.Context(), finished(12), Run{}); err == nil || !r.Waiting() {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Train(ctx, finished(12), Run{}); !errors.Is(err, train.ErrStopped) || !r.Waiting() {
		t.Errorf("waits: %v, %v", r.Waiting(), err)
	}
}

// A run of another place is another run; a model of its name that came meanwhile is no obstacle.
func TestWhereATrainingGoes(t *testing.T) {
	r := newRig(t, both)
	r.recipe("exit 9")
	elsewhere := filepath.Join(t.TempDir(), "model")
	if _, err := r.Train(t.Context(), finished(12), Run{Out: elsewhere}); err == nil || !r.Waiting() {
		t.Fatal(err)
	}
	var begun Begun
	if _, err := r.Train(t.Context(), finished(20), Run{Begun: func(b Begun) { begun = b }}); err == nil || begun.Resumed {
		t.Fatalf("it goes on with what was to go elsewhere: %+v, %v", begun, err)
	}
	makeBundle(t, filepath.Join(r.o.State, Folder, "2026-11-21"), both)
	r.recipe(leaves)
	if out, err := r.Train(t.Context(), finished(20), Run{}); err != nil || out.Name != "2026-11-21-2" || r.Waiting() {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestAStoppedTrainingWaits(t *testing.T) {
	r := newRig(t, both)
	r.recipe(`trap 'echo "{\"event\":\"stopped\",\"resumes\":true}"; exit 130' INT
echo '{"event":"batch"}'; while :; do read -r line < "$0"; done`)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.Train(ctx, finished(12), Run{Progress: func(train.Event) { cancel() }})
	if !errors.Is(err, train.ErrStopped) || !r.Waiting() {
		t.Errorf("waits: %v, %v", r.Waiting(), err)
	}
	if kinds, _ := r.kinds(); kinds != "train stopped" {
		t.Error(kinds)
	}
}

func TestWhatKeepsATrainingFromBeginning(t *testing.T) {
	r := newRig(t, both)
	docs := finished(12)
	var held, rest, bare []corpus.Document
	for _, d := range docs {
		if export.Split(d.Text.String()) == export.SplitHeld {
			held = append(held, d)
		} else {
			rest = append(rest, d)
		}
		d.Mentions = nil
		bare = append(bare, d)
	}
	for _, c := range []struct {
		docs []corpus.Document
		want string
	}{
		{nil, "none is finished"},
		{bare, "the 12 finished ones have no mentions"},
		{held, "are of the third that is held out"},
		{append(rest[:len(rest):len(rest)], held[0]), "and 2 are the least"},
	} {
		if _, err := r.Train(t.Context(), c.docs, Run{}); !errors.Is(err, ErrFew) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	r.Shelf.o.Python = "/nowhere/python"
	if _, err := r.Train(t.Context(), docs, Run{}); !errors.Is(err, train.ErrPython) || r.Waiting() {
		t.Errorf("no Python: %v", err)
	}
	if kinds, _ := r.kinds(); kinds != "" {
		t.Errorf("nothing began, and the history has %s", kinds)
	}
	r.Shelf.o.Python = r.o.Python
	r.recipe(`echo '{"event":"error","kind":"config","message":"start: it is another network"}'; exit 2`)
	if _, err := r.Train(t.Context(), docs, Run{}); !errors.Is(err, train.ErrConfig) || r.Waiting() {
		t.Errorf("another network: waits: %v, %v", r.Waiting(), err)
	}
	other := lease.NewKeeper(filepath.Join(r.o.State, Folder, ".leases"), "eva")
	if err := other.Take("training"); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := r.Train(t.Context(), docs, Run{}); !errors.Is(err, ErrBusy) || !strings.Contains(err.Error(), "eva") {
		t.Errorf("eva trains: %v", err)
	}
}
