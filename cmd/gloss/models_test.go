package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/retrain"
)

// shippedCopy is the shipped model under another hash.
func shippedCopy(t *testing.T, dir string) string {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "engine", "demo", "ner"))); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "config.json")
	data, err := os.ReadFile(config)
	if err == nil {
		err = os.WriteFile(config, append(data, '\n'), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// pythonThatLeaves stands for a Python whose recipe leaves a bundle.
func pythonThatLeaves(t *testing.T, bundle string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "python")
	script := "#!/bin/sh\nif [ \"$1\" = -c ]; then echo '[]'; exit; fi\nwhile [ $# -gt 0 ]; do [ \"$1\" = --out ] && run=$2; shift; done\n" +
		"mkdir -p \"$run\"; cp -r " + bundle + " \"$run/bundle\"; echo '{\"event\": \"done\", \"recipe\": \"test\", \"epochs\": 3, \"best_epoch\": 2}'\n"
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A model is trained from finished documents, compared, listed, switched to, and told of;
// one that is brought from elsewhere as well, and a broken one changes nothing.
func TestTrainFromAndModels(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	gold, dir := rooms(t, 12), t.TempDir()
	for _, name := range []string{"note0", "note1", "note2", "note3", "note4", "note5", "note6", "note7", "note8", "note9", "note10", "note11"} {
		copyFile(t, filepath.Join(gold, name+".txt"), filepath.Join(dir, name+".txt"))
	}
	bundle := shippedCopy(t, filepath.Join(t.TempDir(), "elsewhere"))
	t.Setenv("GLOSS_PYTHON", pythonThatLeaves(t, bundle))
	for want, args := range map[string][]string{
		"none is finished": {"train", "ner", "--from", gold}, "--from trains a recognizer": {"train", "linker", "--from", dir},
		"a task and a configuration": {"train", "ner"}, "whole number": {"train", "ner", "--from", dir, "--seed", "x"},
	} {
		if code, _, msg := gloss(t, args...); code == 0 || !strings.Contains(msg, want) {
			t.Errorf("%v: %d %s", args, code, msg)
		}
	}
	annotateByScript(t, dir, gold, 12)

	code, out, msg := gloss(t, "train", "ner", "--from", dir, "--json")
	var trained struct {
		Name       string
		Comparison struct {
			Documents int
			Better    bool
			New       struct{ F1 *float64 }
		}
	}
	if err := json.Unmarshal([]byte(out), &trained); err != nil || code != 0 || trained.Name == "" || trained.Comparison.Documents < 2 || trained.Comparison.Better {
		t.Fatalf("%d %v %s%s", code, err, out, msg)
	}
	if code, out, msg := gloss(t, "train", "ner", "--from", dir, "--out", filepath.Join(t.TempDir(), "m")); code != 0 || !strings.Contains(out, "no better by more than chance") {
		t.Errorf("%d %s%s", code, out, msg)
	}
	if code, _, msg := gloss(t, "models", dir, "--add", bundle); code != 0 || !strings.Contains(msg, "elsewhere is a model") {
		t.Errorf("%d %s", code, msg)
	}
	if err := os.MkdirAll(filepath.Join(dir, ".gloss", "models", "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	code, out, _ = gloss(t, "models", dir)
	for _, want := range []string{"base ", "in use", trained.Name, "elsewhere ", "half ", "broken: "} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d, without %q:\n%s", code, want, out)
		}
	}
	for _, name := range []string{"half", "none"} {
		if code, _, msg := gloss(t, "models", dir, "--use", name); code != exitCannot {
			t.Errorf("%s: %d %s", name, code, msg)
		}
	}
	if code, _, msg := gloss(t, "models", dir, "--use", "elsewhere"); code != 0 {
		t.Fatal(code, msg)
	}
	_, out, _ = gloss(t, "log", dir)
	for _, want := range []string{"  create ", "  finish ", "  train ", "  trained ", "  compared ", "  brought ", "  model "} {
		if !strings.Contains(out, want) {
			t.Errorf("the log is without %q:\n%s", want, out)
		}
	}

	if mo, used, notice := shelved(t, dir, &options{who: "ana"}); used != "elsewhere" || notice != "" || mo.Model != filepath.Join(dir, ".gloss", "models", "elsewhere") {
		t.Errorf("%+v %q %q", mo, used, notice)
	}
	if mo, used, _ := shelved(t, dir, &options{who: "ana", model: "named", modelNamed: true}); used != retrain.Base || mo.Model != "named" {
		t.Errorf("--model: %+v %q", mo, used)
	}
	if err := os.WriteFile(filepath.Join(dir, ".gloss", "models", "elsewhere", "gloss.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if mo, used, notice := shelved(t, dir, &options{who: "ana"}); used != retrain.Base || mo.Model != "" || !strings.Contains(notice, "as configured suggests again") {
		t.Errorf("broken: %+v %q %q", mo, used, notice)
	}
}

// shelved is what a session begins with.
func shelved(t *testing.T, dir string, o *options) (mo models.Options, used, notice string) {
	t.Helper()
	mo = models.Options{Model: o.model}
	_, used, notice, err := o.shelve(dir, &mo)
	if err != nil {
		t.Fatal(err)
	}
	return mo, used, notice
}

// Without a Python it is told how to get one, and nothing begins.
func TestTrainFromWithoutPython(t *testing.T) {
	gold, dir := rooms(t, 12), t.TempDir()
	for _, name := range []string{"note0", "note1", "note2", "note3", "note4", "note5", "note6", "note7", "note8", "note9"} {
		copyFile(t, filepath.Join(gold, name+".txt"), filepath.Join(dir, name+".txt"))
	}
	annotateByScript(t, dir, gold, 10)
	t.Setenv("GLOSS_PYTHON", "")
	t.Setenv("PATH", t.TempDir())
	code, _, msg := gloss(t, "train", "ner", "--from", dir)
	if code != exitCannot || !strings.Contains(msg, "python3 -m venv .venv") {
		t.Errorf("%d %s", code, msg)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, ".gloss", "models")); err == nil {
		for _, e := range entries {
			if e.Name() == ".training" {
				t.Error("a training waits")
			}
		}
	}
}

// What a workbench hears of a training that cannot begin, that is stopped, and that dies.
func TestTrainFromAWorkbench(t *testing.T) {
	dir := rooms(t, 12)
	col, err := brat.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var docs []corpus.Document
	for _, name := range col.Names() {
		d, err := (documents{col}).Document(name)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	script := func(text string) string {
		path := filepath.Join(t.TempDir(), "python")
		if err := os.WriteFile(path, []byte("#!/bin/sh\nif [ \"$1\" = -c ]; then echo '[]'; exit; fi\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		python, want string
		cancelled    bool
	}{
		"no Python": {"/nowhere/python", "Without Python, learn (see :) fits layers in seconds", false},
		"it dies":   {script("echo 'out of memory' >&2; exit 1"), "the recipe failed", false},
		"stopped": {script(`trap 'echo "{\"event\":\"stopped\",\"resumes\":true}"; exit 130' INT
echo '{"event":"batch","epoch":2,"epochs":20,"done":3,"total":30}'; while :; do read -r line < "$0"; done`), "context canceled", true},
	} {
		t.Run(name, func(t *testing.T) {
			shelf, err := (&options{who: "ana", state: t.TempDir()}).shelf(dir, "", c.python)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err = desk{shelf}.Train(ctx, docs, retrain.Base, func(_ string, done, total int) {
				if done == 33 && total == 600 {
					cancel()
				}
			})
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, context.Canceled) != c.cancelled || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
		})
	}
}
