package rank

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gloss-nlp/gloss/kb/link"
)

const (
	goodManifest = `{"version": 1, "task": "rank", "features": ["dense", "exact"], "scale": 2, "offset": -1}`
	goodTrees    = `[{"feature": [0, 1], "threshold": [0.5, 0], "left": [-1, -2], "right": [1, -3], "value": [-1, 0.25, 2]},
		{"feature": [], "threshold": [], "left": [], "right": [], "value": [0.5]}]`
)

func model(manifest, trees string) fstest.MapFS {
	return fstest.MapFS{"gloss.json": {Data: []byte(manifest)}, "trees.json": {Data: []byte(trees)}}
}

// row has values of exact and dense.
func row(exact, dense float32) []float32 {
	out := make([]float32, len(link.FeatureNames))
	out[0], out[2] = exact, dense
	return out
}

func TestRank(t *testing.T) {
	m, err := Open(model(goodManifest, goodTrees), "m")
	if err != nil {
		t.Fatal(err)
	}
	got := m.Rank([][]float32{row(1, 0.5), row(0, 0.6), row(1, 0.6)})
	for i, sum := range []float64{-0.5, 0.75, 2.5} {
		if want := 1 / (1 + math.Exp(-2*sum+1)); math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("row %d: %v, want %v", i, got[i], want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct{ name, manifest, trees, tells string }{
		{"no JSON", "{", goodTrees, "m/gloss.json"},
		{"another task", strings.Replace(goodManifest, `"rank"`, `"ner"`, 1), goodTrees, `task "ner"`},
		{"a later version", strings.Replace(goodManifest, "1", "9", 1), goodTrees, "version 9"},
		{"an unknown feature", strings.Replace(goodManifest, "exact", "colour", 1), goodTrees, `"colour"`},
		{"no trees", goodManifest, "[]", "no trees"},
		{"a feature out of bounds", goodManifest, strings.Replace(goodTrees, "[0, 1]", "[0, 2]", 1), "tree 0: there is no feature 2"},
		{"a cycle", goodManifest, strings.Replace(goodTrees, `"right": [1,`, `"right": [0,`, 1), "node 0 leads to 0"},
		{"a missing leaf", goodManifest, strings.Replace(goodTrees, "-3]", "-4]", 1), "node 1 leads to -4"},
		{"short lists", goodManifest, strings.Replace(goodTrees, "[0.5, 0]", "[0.5]", 1), "not of one length"},
	} {
		_, err := Open(model(test.manifest, test.trees), "m")
		if !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), test.tells) {
			t.Errorf("%s: %v, want %q", test.name, err, test.tells)
		}
	}
	if _, err := Open(fstest.MapFS{}, "m"); !errors.Is(err, ErrModel) {
		t.Error(err)
	}
	if Is(fstest.MapFS{}) || !Is(model(goodManifest, "")) {
		t.Error("a ranking model is told from others by its task")
	}
}
