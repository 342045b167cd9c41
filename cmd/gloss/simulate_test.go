package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/simulate"
)

func TestSimulateCommand(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	pool, test, out := rooms(t, 8), rooms(t, 3), filepath.Join(t.TempDir(), "sim")
	for _, name := range []string{"note0", "note1", "note2"} { // their texts are among those of the pool
		path := filepath.Join(test, name+".txt")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, "Fin de la nota.\n"...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for want, args := range map[string][]string{
		"--test TEST":                 {"simulate", pool},
		`"best": it is file`:          {"simulate", pool, "--test", test, "--orders", "best"},
		`"word": it is document`:      {"simulate", pool, "--test", test, "--unit", "word"},
		"=SECONDS":                    {"simulate", pool, "--test", test, "--cost", "tea=3"},
		"nobody has decided":          {"simulate", pool, "--test", test, "--costs", pool},
		"have no mention of X":        {"simulate", pool, "--test", test, "--labels", "X", "--sizes", "2"},
		"is among those to annotate":  {"simulate", pool, "--test", pool, "--sizes", "2"},
		"no documents in":             {"simulate", t.TempDir(), "--test", test},
		"some lie below the 8":        {"simulate", pool, "--test", test, "--sizes", "8"},
		"needs a knowledge base":      {"simulate", pool, "--task", "link"},
		`--task "rank"`:               {"simulate", pool, "--task", "rank"},
		"needs documents to annotate": {"simulate"},
	} {
		if code, _, msg := gloss(t, append(args, "--out", out)...); code < exitWrongUse || !strings.Contains(msg, want) {
			t.Errorf("%v: %d %s", args, code, msg)
		}
		if _, err := os.Stat(out); err == nil {
			t.Fatalf("%v left %s", args, out)
		}
	}
	for flag, value := range map[string]string{"--target": "2", "--share": "1.5", "--sizes": "4,2", "--seeds": "0"} {
		if code, _, msg := gloss(t, "simulate", pool, "--test", test, flag, value); code != exitWrongUse || !strings.Contains(msg, flag) {
			t.Errorf("%s %s: %d %s", flag, value, code, msg)
		}
	}
	svg := filepath.Join(t.TempDir(), "plot.svg")
	args := []string{"simulate", pool, "--test", test, "--sizes", "2,4", "--seeds", "1", "--orders", "file,value", "--out", out, "--svg", svg, "--json"}
	code, text, msg := gloss(t, args...)
	var r simulate.Report
	if err := json.Unmarshal([]byte(text), &r); code != 0 || err != nil || len(r.Curves) != 3 || r.Mentions != 24 || !strings.Contains(msg, "hours of one processor") {
		t.Fatalf("%d %v %+v\n%s", code, err, r, msg)
	}
	if data, err := os.ReadFile(svg); err != nil || !strings.HasSuffix(string(data), "</svg>\n") {
		t.Error(err)
	}
	if _, again, _ := gloss(t, args...); again != text {
		t.Errorf("what is done is done again:\n%s\nwas\n%s", again, text)
	}
	code, text, msg = gloss(t, "simulate", pool, "--test", test, "--sizes", "2", "--seeds", "1", "--orders", "file,random", "--unit", "sentence", "--sentences", "3,6")
	if code != 0 || !regexp.MustCompile(`file +no .* documents`).MatchString(text) || !regexp.MustCompile(`random +yes .* sentences`).MatchString(text) {
		t.Errorf("%d %s\n%s", code, text, msg)
	}
	if code, _, msg := gloss(t, append(args, "--cost", "new=20")...); code != exitCannot || !strings.Contains(msg, "other settings") {
		t.Errorf("%d %s", code, msg)
	}
}
