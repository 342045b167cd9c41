package encode

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/kb"
)

// crossGolden is what testdata/make_cross.py writes.
type crossGolden struct {
	Texts [][2]string
	Pairs []struct {
		Name          string
		PostProcessor *postProcessor `json:"post_processor"`
		Limit         int
		IDs           [][]int64
		Types         [][]int64
	}
	Scores map[string][]float32
}

func readCrossGolden(t *testing.T) (g crossGolden) {
	t.Helper()
	b, err := os.ReadFile("testdata/cross_golden.json")
	if err == nil {
		err = json.Unmarshal(b, &g)
	}
	if err != nil || len(g.Texts) == 0 || len(g.Pairs) == 0 {
		t.Fatalf("golden: %v", err)
	}
	return g
}

func (g crossGolden) pairs() []kb.Pair {
	var out []kb.Pair
	for _, t := range g.Texts {
		out = append(out, kb.Pair{Mention: t[0], Name: t[1]})
	}
	return out
}

// Pairs are put together and cut as the tokenizers library does it.
func TestPairs(t *testing.T) {
	b, err := onnx.OpenDir("testdata/cross")
	if err != nil {
		t.Fatal(err)
	}
	tokenizer, err := b.Tokenizer()
	if err != nil {
		t.Fatal(err)
	}
	defer tokenizer.Close()
	golden := readCrossGolden(t)
	for _, c := range golden.Pairs {
		template, err := c.PostProcessor.template()
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		p := pairs{template, c.Limit}
		for i, texts := range golden.Texts {
			var parts [2][]int64
			for n, text := range texts {
				e, err := tokenizer.Encode(text, false)
				if err != nil {
					t.Fatal(err)
				}
				parts[n] = e.IDs
			}
			ids, types := p.join(parts[0], parts[1])
			if !reflect.DeepEqual(ids, c.IDs[i]) || !reflect.DeepEqual(types, c.Types[i]) {
				t.Errorf("%s: %q:\n got %v %v\nwant %v %v", c.Name, texts, ids, types, c.IDs[i], c.Types[i])
			}
		}
	}
}

func TestTemplatesThatAreNotUnderstood(t *testing.T) {
	for name, text := range map[string]string{
		"unknown":         `{"type": "Mystery"}`,
		"no pair":         `{"type": "TemplateProcessing", "single": []}`,
		"third sequence":  `{"type": "TemplateProcessing", "pair": [{"Sequence": {"id": "C", "type_id": 0}}]}`,
		"unknown special": `{"type": "TemplateProcessing", "pair": [{"SpecialToken": {"id": "[X]", "type_id": 0}}]}`,
		"in a sequence":   `{"type": "Sequence", "processors": [{"type": "Mystery"}]}`,
	} {
		var p postProcessor
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		if got, err := p.template(); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func copyDir(t *testing.T, from string, without ...string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, f := range without {
		if err := os.Remove(filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
