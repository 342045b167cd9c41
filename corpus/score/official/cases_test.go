package official

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// scorerCase is a case of shared/cases/scorers.json, with what the official script printed.
type scorerCase struct {
	Name, Scorer, Task, Why string
	Gold, Pred              map[string]string
	Valid                   string
	Expected                map[string]any
}

func shared(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "..", "shared"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared folder is not beside the repository: %v", err)
	}
	return path
}

// write puts files into a new directory; a table alone is its own path.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	path := dir
	for name, content := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if name == "g.tsv" || name == "p.tsv" {
			path = full
		}
	}
	return path
}

func scoreFiles(t testing.TB, profile, task string, gold, pred map[string]string, valid string) (*score.Result, error) {
	t.Helper()
	o := Options{Profile: profile, Task: task, Gold: write(t, gold), Pred: write(t, pred)}
	if valid != "" {
		o.Codes = filepath.Join(write(t, map[string]string{"codes.txt": valid}), "codes.txt")
	}
	return Score(o)
}

func TestScorerCases(t *testing.T) {
	raw, err := os.ReadFile(shared(t, "cases", "scorers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []scorerCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Scorer+"/"+c.Task+"/"+c.Name, func(t *testing.T) {
			r, err := scoreFiles(t, c.Scorer, c.Task, c.Gold, c.Pred, c.Valid)
			if want, dead := c.Expected["error"]; dead {
				var script *ScriptError
				if !errors.As(err, &script) || script.Message != want {
					t.Errorf("error %v, want %v", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkExpected(t, r, c.Expected)
		})
	}
}

func checkExpected(t *testing.T, r *score.Result, expected map[string]any) {
	t.Helper()
	for name, want := range expected {
		switch name {
		case "docs", "MAP_trectools_0.0.50": // how many documents are scored; another version
		case "P":
			same(t, name, r.Precision, want)
		case "R":
			same(t, name, r.Recall, want)
		case "F1":
			same(t, name, r.F1, want)
		case "MAP":
			same(t, name, *r.MAP, want)
		case "accuracy":
			same(t, name, *r.Accuracy, want)
		case "overlap":
			w := want.(map[string]any)
			triple(t, name, *r.Overlap, []any{w["P"], w["R"], w["F1"]})
		default:
			triple(t, name, r.Classes.(map[string]score.Counts)[name], want.([]any))
		}
	}
}

func triple(t *testing.T, name string, c score.Counts, want []any) {
	t.Helper()
	same(t, name+" P", c.Precision, want[0])
	same(t, name+" R", c.Recall, want[1])
	same(t, name+" F1", c.F1, want[2])
}

// same compares as printed: the numbers are rounded already, so they must be equal.
func same(t *testing.T, name string, got corpus.Score, want any) {
	t.Helper()
	number, err := strconv.ParseFloat(strings.TrimSpace(fmt.Sprint(want)), 64)
	if err != nil {
		t.Fatal(err)
	}
	if float64(got) != number {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}
