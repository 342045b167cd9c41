package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/gloss-nlp/gloss"

// floors, from the ground up. A package may import its own floor as siblings
// allows, and every floor below it.
var floors = []string{"corpus", "kb", "engine", "tui", "cmd"}

// siblings are the arrows within a floor; docs/architecture.md draws them. The
// package that bears the floor's name holds its nouns, and may be imported by
// all of its floor.
var siblings = map[string][]string{
	"corpus/check":          {"corpus/brat"},
	"corpus/convert":        {"corpus/brat", "corpus/segment"},
	"corpus/brat":           {},
	"corpus/score/official": {"corpus/brat", "corpus/score"},
	"corpus/score":          {"corpus/segment"},
	"corpus/lens":           {"corpus/score", "corpus/segment"},
	"corpus/lens/draw":      {"corpus/lens", "corpus/score"},
	"corpus/replay":         {"corpus/brat", "corpus/journal"},
	"kb/source":             {"kb/lexical"},
	"kb/lexical":            {},
	"kb/vec":                {},
	"kb/store":              {"kb/lexical", "kb/vec"},
	"kb/diff":               {"kb/lexical", "kb/store"},
	"kb/link":               {"kb/lexical", "kb/vec", "kb/store"},
	"kb/terms":              {"kb/lexical", "kb/store"},
	"engine/clean":          {},
	"engine/onnx":           {"engine/clean"},
	"engine/ner":            {"engine/clean", "engine/onnx"},
	"engine/encode":         {"engine/onnx"},
	"engine/rank":           {},
	"engine/learn":          {"engine/ner", "engine/onnx"},
	"engine/models":         {"engine/cache", "engine/onnx", "engine/ner", "engine/encode", "engine/suggest", "engine/demo", "engine/rank", "engine/learn"},
	"engine/batch":          {"engine/suggest"},
	"engine/bench":          {"engine/demo", "engine/onnx", "engine/ner", "engine/models", "engine/learn"},
	"engine/doctor":         {"engine/onnx"},
	"engine/train":          {"engine/demo"},
	"engine/retrain":        {"engine/export", "engine/learn", "engine/onnx", "engine/suggest", "engine/train"},
	"engine/order":          {},
	"engine/simulate":       {"engine/learn", "engine/ner", "engine/order"},
	"engine/workbench":      {"engine/order", "engine/suggest"},
	"engine/onnx/onnxtest":  {"engine/onnx"},
}

// cgo may appear in these packages alone (the SQLite driver is a dependency).
var cgo = map[string]bool{"engine/onnx": true, "kb/vec": true}

func TestArrowsPointDown(t *testing.T) {
	root := filepath.Join("..", "..")
	packages := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if e.IsDir() && (e.Name() == "testdata" || rel != "." && strings.HasPrefix(e.Name(), ".") || rel == "build") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		packages++
		return checkImports(t, filepath.ToSlash(filepath.Dir(rel)), path)
	})
	if err != nil {
		t.Fatal(err)
	}
	if packages < 20 {
		t.Fatalf("only %d files were looked at: the walk is broken", packages)
	}
}

func checkImports(t *testing.T, pkg, path string) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	for _, spec := range f.Imports {
		to, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if to == "C" && !cgo[pkg] {
			t.Errorf("%s uses cgo; only engine/onnx and kb/vec may", path)
		}
		if rest, ok := strings.CutPrefix(to, module+"/"); ok && !allowed(pkg, rest) {
			t.Errorf("%s: %s must not import %s", path, pkg, rest)
		}
	}
	return nil
}

func allowed(from, to string) bool {
	a, b := floor(from), floor(to)
	switch {
	case a < 0 || b < 0 || b > a:
		return false
	case b < a || to == floors[a] || strings.HasPrefix(to, from+"/internal/"):
		return true
	case a == floorOf("tui"):
		return true // panels of one screen
	}
	if strings.Contains(to, "/internal/") {
		return floors[a] == strings.Split(to, "/")[0]
	}
	for _, s := range siblings[from] {
		if s == to {
			return true
		}
	}
	return false
}

func floor(pkg string) int {
	first, _, _ := strings.Cut(pkg, "/")
	return floorOf(first)
}

func floorOf(name string) int {
	for i, f := range floors {
		if f == name {
			return i
		}
	}
	return -1
}

func TestArrowRules(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"tui", "engine/workbench", true},
		{"engine/workbench", "tui", false},
		{"kb/link", "engine/onnx", false},
		{"corpus/check", "corpus/brat", true},
		{"corpus/brat", "corpus/check", false},
		{"corpus/score", "corpus", true},
		{"cmd/gloss", "corpus/brat", true},
	} {
		if got := allowed(c.from, c.to); got != c.want {
			t.Errorf("allowed(%s, %s) = %v", c.from, c.to, got)
		}
	}
}
