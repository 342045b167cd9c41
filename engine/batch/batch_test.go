package batch

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/suggest/suggesttest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// texts are a small collection: an emoji, CRLF, nothing to find, nothing at all.
var texts = map[string]string{
	"a2.txt":     "Niño 👶 con fiebre y tos.\n",
	"a10.txt":    "Tiene tos.\r\nNo tiene fiebre.\r\n",
	"b.txt":      "",
	"c/d1.txt":   "Sin hallazgos.\n",
	"c/d2.txt":   "tos y fiebre; más tos.\n",
	"c/.no.txt":  "tos\n",
	"other.conf": "tos\n",
}

// order is how the collection lists its documents.
var order = []string{"a2", "a10", "b", "c/d1", "c/d2"}

// counter is a recognizer that counts, by the first word of a text, how often it
// is asked. hook, if not nil, runs before each answer.
type counter struct {
	suggesttest.Words
	mu    sync.Mutex
	asked map[string]int
	hook  func(ctx context.Context, text string) error
}

func newCounter() *counter {
	return &counter{Words: suggesttest.Words{"fiebre": "SINTOMA", "tos": "SINTOMA", "Niño": "HUMAN"}, asked: map[string]int{}}
}

func (c *counter) Annotate(ctx context.Context, text corpus.Text, s []corpus.Span, l []string) ([]corpus.Mention, error) {
	c.mu.Lock()
	c.asked[firstWord(text.String())]++
	c.mu.Unlock()
	if c.hook != nil {
		if err := c.hook(ctx, text.String()); err != nil {
			return nil, err
		}
	}
	return c.Words.Annotate(ctx, text, s, l)
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// codes is a linker that knows fever alone.
type codes struct{}

func (codes) Candidates(_ context.Context, queries []link.Query, k int) ([][]kb.Candidate, error) {
	all := make([][]kb.Candidate, len(queries))
	for i, q := range queries {
		if q.Text == "fiebre" {
			all[i] = []kb.Candidate{
				{DB: "sintomas", ID: "HP:1", Name: "fiebre & calor", Score: 0.75},
				{DB: "sintomas", ID: "HP:2", Name: q.Context, Score: 0.5},
			}[:min(k, 2)]
		}
	}
	return all, nil
}

func (codes) Search(context.Context, string, string, int) ([]kb.Candidate, error) { return nil, nil }

// rig is a collection, a place for results and models that need no library.
type rig struct {
	t       *testing.T
	in, out string
	models  *suggest.Models
	counter *counter
}

func newRig(t *testing.T, files map[string]string) *rig {
	t.Helper()
	c := newCounter()
	r := &rig{
		t: t, in: t.TempDir(), out: filepath.Join(t.TempDir(), "new", "out"), counter: c,
		models: &suggest.Models{Recognizer: c, Linker: codes{}, Hash: "m1", Device: "cpu"},
	}
	for name, content := range files {
		write(t, filepath.Join(r.in, name), content)
	}
	return r
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	// Never in place: a text may be linked into the output.
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// tree is the content of every file below a directory, by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == dir {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		all[filepath.ToSlash(rel)] = read(t, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (r *rig) open() *brat.Collection {
	r.t.Helper()
	col, err := brat.Open(r.in)
	if err != nil {
		r.t.Fatal(err)
	}
	return col
}

// annotate runs over the collection into out.
func (r *rig) annotate(ctx context.Context, o Options) (Summary, error) {
	r.t.Helper()
	if o.Out == "" {
		o.Out = r.out
	}
	return Annotate(ctx, r.open(), r.models, o)
}

func (r *rig) mustAnnotate(o Options) Summary {
	r.t.Helper()
	sum, err := r.annotate(r.t.Context(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	return sum
}

// asked forgets and returns which texts the recognizer saw, each as often as it did.
func (r *rig) asked() string {
	r.counter.mu.Lock()
	defer r.counter.mu.Unlock()
	var all []string
	for _, word := range slices.Sorted(maps.Keys(r.counter.asked)) {
		all = append(all, slices.Repeat([]string{word}, r.counter.asked[word])...)
	}
	clear(r.counter.asked)
	return strings.Join(all, " ")
}

// rows reads a log.
func (r *rig) rows(name string) []Row {
	r.t.Helper()
	var rows []Row
	for line := range strings.Lines(read(r.t, filepath.Join(r.out, name))) {
		var row Row
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			r.t.Fatalf("%s: %v", line, err)
		}
		rows = append(rows, row)
	}
	return rows
}

func docs(rows []Row) []string {
	var names []string
	for _, row := range rows {
		names = append(names, row.Doc)
	}
	return names
}
