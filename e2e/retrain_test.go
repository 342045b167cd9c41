package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// duration is the truth of the turn: a label that the shipped model does not know, by a
// rule over the demo's notes.
var duration = regexp.MustCompile(`(?i)\b(?:\d+(?:[.,]\d+)?|una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|poc[oa]s|vari[oa]s)\s+` +
	`(?:minutos?|horas?|días?|semanas?|mes(?:es)?|años?)`)

// annotatedFirst are the notes that are annotated, the rest nobody sees before the end.
const annotatedFirst = 10

// TestRetrainingOnTheDemo is one full turn: ten notes of the demo are annotated and
// finished, a model is trained from them by a key, compared on those that are held out,
// offered because it is better, and switched to and back by a key; on the notes that nobody
// annotated it is better than the model that gloss ships, and the log shows each step. A
// training that is stopped goes on in the next session.
func TestRetrainingOnTheDemo(t *testing.T) {
	if os.Getenv("GLOSS_TRAIN_TESTS") == "" {
		t.Skip("a model is trained by: make test-train")
	}
	if out, err := exec.Command(binary, "train", "ner", "any.toml", "--check").CombinedOutput(); strings.Contains(string(out), "no Python that can train") {
		t.Skipf("no model can be trained here: %v %s", err, out)
	}
	dir, gold := t.TempDir(), t.TempDir()
	names := notes(t, dir, gold)
	annotate(t, dir, names[:annotatedFirst])

	s := start(t, 200, 50, dir, "--who", "ana", "--at", names[annotatedFirst])
	s.settle(0).press("K").see(`training +\d+/\d+`)
	s.press("X").see(`stopped: K goes on from there`).press("q").ended()

	s = start(t, 200, 50, dir, "--who", "ana", "--at", names[annotatedFirst])
	s.see(`a training that was stopped waits`).settle(0).press("K")
	if !within(8*time.Minute, func() bool { return matches(`switches to the model|is not offered|cannot|failed`, s.text()) }) {
		t.Fatalf("the training does not end:\n%s", s.text())
	}
	s.see(`Y switches to the model \d{4}-\d\d-\d\d`)
	s.press("Y").see(`Models, by`).see(`better`).press("Enter").see(`suggestions are those of the model \d{4}`)
	s.press("]").see(`duraci|DURACION`)
	s.press("Y").see(`Models, by`).see(`in use`).press("Enter").see(`the model as configured now`)
	s.press("Y").see(`Models, by`).press("Enter").see(`suggestions are those of the model \d{4}`).press("q").ended()

	s = start(t, 200, 50, dir, "--who", "ana", "--at", names[annotatedFirst]) // it is remembered
	s.settle(0).see(`duraci|DURACION`).press("q").ended()

	bundle, err := filepath.Glob(filepath.Join(dir, ".gloss", "models", "2*-*-*[0-9]"))
	if err != nil || len(bundle) != 1 {
		t.Fatal(bundle, err)
	}
	before, after := f1(t, dir, gold), f1(t, dir, gold, "--model", bundle[0])
	t.Logf("F1 on the %d notes that nobody annotated: %.3f before, %.3f after", len(names)-annotatedFirst, before, after)
	if after < before+0.3 {
		t.Errorf("F1 %.3f before, %.3f after", before, after)
	}
	shown := command(t, 0, "log", dir)
	for line := range strings.Lines(shown) {
		if strings.HasPrefix(line, "-") {
			t.Log(strings.TrimSpace(line))
		}
	}
	for _, step := range []string{"  create  ", "  finish  ", "  train  ", "  stopped  ", "  trained  ", "  compared  ", "  model  "} {
		if !strings.Contains(shown, step) {
			t.Errorf("the log has no %q:\n%s", step, shown)
		}
	}
}

// notes copies the demo's Spanish notes without annotations, and to gold those that will
// not be annotated, with what the rule says of them.
func notes(t *testing.T, dir, gold string) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../corpus/demo/*/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if strings.HasPrefix(name, "en-") {
			continue
		}
		names = append(names, name)
		text := read(t, file)
		write(t, filepath.Join(dir, name+".txt"), text)
		write(t, filepath.Join(dir, name+".ann"), "")
		if len(names) <= annotatedFirst {
			continue
		}
		var ann strings.Builder
		for i, at := range durations(text) {
			fmt.Fprintf(&ann, "T%d\tDURACION %d %d\t%s\n", i+1, at.Start, at.End, string([]rune(text)[at.Start:at.End]))
		}
		write(t, filepath.Join(gold, name+".txt"), text)
		write(t, filepath.Join(gold, name+".ann"), ann.String())
	}
	write(t, filepath.Join(dir, "annotation.conf"), "[entities]\nDURACION\n[relations]\n[events]\n[attributes]\n")
	return names
}

func durations(text string) (found []corpus.Span) {
	t := corpus.NewText(text)
	for _, at := range duration.FindAllStringIndex(text, -1) {
		found = append(found, corpus.Span{Start: t.Off(at[0]), End: t.Off(at[1])})
	}
	return found
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// annotate makes the mentions of the rule in notes, and finishes these, as an annotator does.
func annotate(t *testing.T, dir string, names []string) {
	t.Helper()
	w, err := workbench.Open(t.Context(), workbench.Options{Dir: dir, Who: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		at := workbench.At{Doc: name}
		for w.Look(workbench.Look{Doc: name}); w.Doc(name) == nil; {
			<-w.Changed()
		}
		for _, span := range durations(w.Doc(name).Text.String()) {
			if _, err := w.Do(t.Context(), workbench.Create{At: at, Spans: corpus.Spans{span}, Label: "DURACION"}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Do(t.Context(), workbench.Finish{At: at}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// f1 is how good a model is on the notes of gold.
func f1(t *testing.T, dir, gold string, flags ...string) float64 {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	command(t, 0, append([]string{"annotate", dir, "--out", out}, flags...)...)
	var r struct{ F1 *float64 }
	if err := json.Unmarshal([]byte(command(t, 0, "eval", "--gold", gold, "--pred", out, "--json")), &r); err != nil {
		t.Fatal(err)
	}
	if r.F1 == nil {
		return 0
	}
	return *r.F1
}
