package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// One turn of the wheel: ten notes are annotated and finished, their decisions are
// exported and learnt from, what is learnt is better on the five notes that nobody saw,
// and is taken; what is worse later is not, and changes nothing.
func TestOneFullTurn(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	gold, dir := rooms(t, 15), t.TempDir()
	held := t.TempDir()
	for i := range 15 {
		name := fmt.Sprintf("note%d", i)
		copyFile(t, filepath.Join(gold, name+".txt"), filepath.Join(dir, name+".txt"))
		if i >= 10 {
			copyFile(t, filepath.Join(gold, name+".txt"), filepath.Join(held, name+".txt"))
			copyFile(t, filepath.Join(gold, name+".ann"), filepath.Join(held, name+".ann"))
		}
	}
	annotateByScript(t, dir, gold, 10)

	var rows []map[string]any
	exported := filepath.Join(t.TempDir(), "ner.jsonl")
	if code, _, msg := gloss(t, "export", dir, "--for", "ner", "--out", exported); code != 0 {
		t.Fatal(code, msg)
	}
	data, err := os.ReadFile(exported)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		rows = append(rows, map[string]any{})
		if err := json.Unmarshal(line, &rows[len(rows)-1]); err != nil {
			t.Fatal(err)
		}
	}
	if len(rows) != 10 {
		t.Errorf("%d documents exported", len(rows))
	}

	before := f1On(t, dir, held)
	if code, out, msg := gloss(t, "learn", dir); code != 0 || !strings.Contains(out, "kept") {
		t.Fatalf("%d %s%s", code, out, msg)
	}
	kept := filepath.Join(dir, ".gloss", learn.FileName)
	after := f1On(t, dir, held, "--learned", kept)
	if after < before+0.5 {
		t.Errorf("F1 %.3f before, %.3f after", before, after)
	}

	was, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if code, out, msg := gloss(t, "learn", noise(t), "--all", "--labels", "ROOM", "--out", kept); code != 0 || strings.Contains(msg, "kept in") {
		t.Errorf("worse: %d %s%s", code, out, msg)
	}
	if now, err := os.ReadFile(kept); err != nil || !bytes.Equal(now, was) {
		t.Errorf("what is worse took the place of what is better: %v", err)
	}

	code, out, _ := gloss(t, "log", dir)
	if creates, finishes := strings.Count(out, "  create  "), strings.Count(out, "  finish  "); code != 0 || creates != 30 || finishes != 10 {
		t.Errorf("%d creates and %d finishes in the log:\n%s", creates, finishes, out)
	}
}

// copyFile copies a file.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// annotateByScript writes the mentions of gold into the first n notes, and finishes them, as an
// annotator does.
func annotateByScript(t *testing.T, dir, gold string, n int) {
	t.Helper()
	col, err := brat.Open(gold)
	if err != nil {
		t.Fatal(err)
	}
	w, err := workbench.Open(t.Context(), workbench.Options{Dir: dir, Who: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	do := func(a workbench.Action) {
		t.Helper()
		if _, err := w.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		at := workbench.At{Doc: fmt.Sprintf("note%d", i)}
		src, err := col.Read(at.Doc)
		if err != nil {
			t.Fatal(err)
		}
		for w.Look(workbench.Look{Doc: at.Doc}); w.Doc(at.Doc) == nil; {
			<-w.Changed()
		}
		for _, m := range src.File.Mentions() {
			do(workbench.Create{At: at, Spans: m.Spans, Label: m.Label})
		}
		do(workbench.Finish{At: at})
	}
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// f1On is how good the models are on held-out notes.
func f1On(t *testing.T, dir, held string, flags ...string) float64 {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if code, _, msg := gloss(t, append([]string{"annotate", dir, "--out", out}, flags...)...); code != 0 {
		t.Fatal(code, msg)
	}
	code, text, msg := gloss(t, "eval", "--gold", held, "--pred", out, "--json")
	var r struct{ F1 *float64 }
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(code, err, msg)
	}
	if r.F1 == nil {
		return 0
	}
	return *r.F1
}

// noise is a collection in which words without anything in common are rooms.
func noise(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	words := strings.Fields("Ingresa con fiebre, tos y dolor desde ayer por la tarde sin otros datos")
	for i := range 8 {
		text := strings.Join(words, " ") + fmt.Sprintf(" %d.\n", i)
		word := words[(i*5+1)%len(words)]
		start := len([]rune(text[:strings.Index(text, word)]))
		ann := fmt.Sprintf("T1\tROOM %d %d\t%s\n", start, start+len([]rune(word)), word)
		for ext, content := range map[string]string{".txt": text, ".ann": ann} {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("n", i, ext)), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}
