package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// rooms is a collection of n notes, in which each "habitación" or "cama" with its
// number is a ROOM, which no model knows.
func rooms(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		var text, ann strings.Builder
		for k, word := range []string{"Ingresa en la", "Pasa de la", "Se traslada a la"} {
			text.WriteString(word + " ")
			room := fmt.Sprintf("%s %d", []string{"cama", "habitación"}[(i+k)%2], 100+7*i+k)
			start := len([]rune(text.String()))
			text.WriteString(room + " con fiebre y tos.\n")
			fmt.Fprintf(&ann, "T%d\tROOM %d %d\t%s\n", k+1, start, start+len([]rune(room)), room)
		}
		name := filepath.Join(dir, fmt.Sprintf("note%d", i))
		if err := os.WriteFile(name+".txt", []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name+".ann", []byte(ann.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A few finished documents with labels of one's own, and gloss suggests them.
func TestLearnCommand(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	dir := rooms(t, 6)
	kept := filepath.Join(dir, ".gloss", "learned.json")
	for want, args := range map[string][]string{
		"finish some":         {"learn", dir},
		"no mentions of [X]":  {"learn", dir, "--all", "--labels", "X"},
		"name the labels":     {"learn", dir, "--all", "--layer", "mine"},
		"name the new one":    {"learn", dir, "--all", "--layer", "cantemist", "--labels", "ROOM"},
		"needs one directory": {"learn"},
	} {
		if code, _, msg := gloss(t, args...); code < exitWrongUse || !strings.Contains(msg, want) {
			t.Errorf("%v: %d %s", args, code, msg)
		}
		if _, err := os.Stat(kept); err == nil {
			t.Fatalf("%v left %s", args, kept)
		}
	}
	finish(t, dir, 5)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	var told strings.Builder
	if code := run(stopped, []string{"learn", dir, "--all"}, strings.NewReader(""), io.Discard, &told); code != exitCannot || !strings.Contains(told.String(), "nothing was written") {
		t.Errorf("cancelled: %d %s", code, told.String())
	}
	if _, err := os.Stat(kept); err == nil {
		t.Errorf("cancelled, it left %s", kept)
	}
	code, out, msg := gloss(t, "learn", dir, "--json")
	var report struct {
		Out    string
		Layers []struct {
			Layer               string
			Documents, Mentions int
			New                 struct{ F1 float64 }
			Better              bool
		}
	}
	if err := json.Unmarshal([]byte(out), &report); code != 0 || err != nil || len(report.Layers) != 1 {
		t.Fatalf("%d %v %s\n%s", code, err, msg, out)
	}
	if l := report.Layers[0]; report.Out != kept || l.Layer != "own" || l.Documents != 5 || l.Mentions != 15 || l.New.F1 < 0.8 || !l.Better {
		t.Errorf("%+v", report)
	}
	if code, out, msg := gloss(t, "learn", dir, "--layer", "own", "--labels", "ROOM"); code != 0 || !strings.Contains(out, "own") {
		t.Errorf("learn again: %d %s%s", code, out, msg)
	}

	to := filepath.Join(t.TempDir(), "out")
	if code, _, msg := gloss(t, "annotate", dir, "--out", to, "--learned", kept, "--layers", "own"); code != 0 {
		t.Fatal(code, msg)
	}
	if ann, err := os.ReadFile(filepath.Join(to, "note5.ann")); err != nil || strings.Count(string(ann), "\tROOM ") != 3 {
		t.Errorf("%v in the note that was not learnt from:\n%s", err, ann)
	}
}

// finish makes an annotator finish the first n notes.
func finish(t *testing.T, dir string, n int) {
	t.Helper()
	w, err := workbench.Open(t.Context(), workbench.Options{Dir: dir, Who: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		doc := fmt.Sprintf("note%d", i)
		for w.Look(workbench.Look{Doc: doc}); w.Doc(doc) == nil; {
			<-w.Changed()
		}
		if _, err := w.Do(t.Context(), workbench.Finish{At: workbench.At{Doc: doc}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The workbench, with the models that come with gloss, learns labels of one's own
// while documents are finished, and suggests them in the next one.
func TestTheWorkbenchLearns(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	dir := rooms(t, 6)
	if err := os.Truncate(filepath.Join(dir, "note5.ann"), 0); err != nil {
		t.Fatal(err)
	}
	o := &options{who: "ana", learnEvery: 5}
	wo, err := o.workbenchOptions(dir, models.Options{Device: "cpu"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := workbench.Open(t.Context(), wo)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close(context.Background())
	until := func(what string, done func() bool) {
		t.Helper()
		for timeout := time.After(time.Minute); !done(); {
			select {
			case <-w.Changed():
			case <-timeout:
				t.Fatalf("%s: %+v", what, w.Status())
			}
		}
	}
	look := func(doc string) *workbench.Doc {
		w.Look(workbench.Look{Doc: doc})
		until(doc+" is computed", func() bool { d := w.Doc(doc); return d != nil && w.Status().Idle() && !d.Busy })
		return w.Doc(doc)
	}
	for i := range 5 {
		doc := fmt.Sprintf("note%d", i)
		look(doc)
		if _, err := w.Do(t.Context(), workbench.Finish{At: workbench.At{Doc: doc}}); err != nil {
			t.Fatal(err)
		}
	}
	until("it has learnt", func() bool {
		return strings.HasPrefix(w.Status().Message, "learnt from 5 documents, cross-validated: ROOM F1 ")
	})
	rooms := func(want int) {
		t.Helper()
		found := 0
		for _, it := range look("note5").Items {
			if it.Label == "ROOM" && it.State == workbench.Suggested {
				found++
			}
		}
		if found != want {
			t.Errorf("%d rooms are suggested, want %d", found, want)
		}
	}
	rooms(3)
	for _, want := range []int{0, 3} { // as shipped, and back
		if _, err := w.SwitchLearnt(t.Context()); err != nil {
			t.Fatal(err)
		}
		look("note0")
		rooms(want)
	}
	if _, err := os.Stat(filepath.Join(dir, ".gloss", learn.FileName)); err != nil {
		t.Error(err)
	}
}
