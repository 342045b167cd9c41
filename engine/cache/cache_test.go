package cache

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

var _ link.Cache = (*Cache)(nil)

// words marks every word of the sentences, and counts how often it is asked.
type words struct {
	mu    sync.Mutex
	asked int
	err   error
}

func (w *words) Annotate(_ context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	if w.err != nil {
		return nil, w.err
	}
	if sentences == nil {
		sentences = []corpus.Span{{Start: 0, End: text.Len()}}
	}
	var out []corpus.Mention
	for _, s := range sentences {
		start := s.Start
		for i := s.Start; i <= s.End; i++ {
			if i < s.End && text.Slice(corpus.Span{Start: i, End: i + 1}) != " " {
				continue
			}
			if i > start {
				span := corpus.One(start, i)
				out = append(out, corpus.Mention{Label: "W" + strings.Join(layers, ""), Spans: span, Text: text.Join(span), Score: 0.25})
			}
			start = i + 1
		}
	}
	return out, nil
}

// opened is a cache in a new file; told has what it warned of.
func opened(t *testing.T, path string) (c *Cache, told func() string) {
	t.Helper()
	var all []string
	c = Open(path, func(err error) { all = append(all, err.Error()) })
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	})
	return c, func() string { return strings.Join(all, "; ") }
}

func TestMentionsAreComputedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", File)
	inner := &words{}
	ask := func(c *Cache, model, text string, layers []string, sentences ...corpus.Span) int {
		t.Helper()
		before := inner.asked
		got, err := c.Recognizer(inner, model).Annotate(t.Context(), corpus.NewText(text), sentences, layers)
		asked := inner.asked - before
		want, _ := (&words{}).Annotate(t.Context(), corpus.NewText(text), sentences, layers)
		if err != nil || !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
			t.Fatalf("%q: got %+v, want %+v; %v", text, got, want, err)
		}
		return asked
	}
	one := []corpus.Span{{Start: 0, End: 10}}
	moved := []corpus.Span{{Start: 3, End: 13}}
	c, _ := opened(t, path)
	for i, step := range []struct {
		model, text string
		layers      []string
		sentences   []corpus.Span
		asked       int
	}{
		{"m", "niño y tos", nil, one, 1},
		{"m", "niño y tos", nil, one, 0},
		{"m", "😀. niño y tos, fin", nil, moved, 0},                                // the same sentence elsewhere
		{"m", "niño y voz", nil, one, 1},                                          // other text
		{"n", "niño y tos", nil, one, 1},                                          // another model
		{"m", "niño y tos", []string{"a"}, one, 1},                                // a layer
		{"m", "niño y tos", nil, []corpus.Span{{End: 4}, {Start: 5, End: 10}}, 1}, // cut in two
		{"m", "niño y tos", nil, nil, 1},                                          // cut by the recognizer
		{"m", "niño y tos", nil, nil, 0},
		{"m", "", nil, nil, 1}, // nothing found is a result, too
		{"m", "", nil, nil, 0},
	} {
		if asked := ask(c, step.model, step.text, step.layers, step.sentences...); asked != step.asked {
			t.Errorf("step %d: the model was asked %d times, want %d", i, asked, step.asked)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again, told := opened(t, path)
	if asked := ask(again, "m", "niño y tos", nil, one...); asked != 0 || told() != "" {
		t.Errorf("opened again, the model was asked %d times; %s", asked, told())
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if asked := ask(c, "m", "niño y tos", nil, one...); asked != 1 {
		t.Error("a closed cache answers")
	}
}

func TestFailuresAreNotKept(t *testing.T) {
	c, _ := opened(t, filepath.Join(t.TempDir(), File))
	inner := &words{err: errors.New("no memory")}
	r := c.Recognizer(inner, "m")
	text := corpus.NewText("tos")
	if _, err := r.Annotate(t.Context(), text, nil, nil); !errors.Is(err, inner.err) {
		t.Errorf("error %v", err)
	}
	inner.err = nil
	if got, err := r.Annotate(t.Context(), text, nil, nil); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestHits(t *testing.T) {
	c, _ := opened(t, filepath.Join(t.TempDir(), File))
	hits := [][]kb.Hit{{{Row: 7, Score: 0.5}, {Row: 1 << 30, Score: -0.25}}, {}}
	c.Store("k", []string{"tos", "nada"}, hits)
	if got := c.Load("k", []string{"voz", "nada", "tos"}); !reflect.DeepEqual(got, [][]kb.Hit{nil, {}, hits[0]}) {
		t.Errorf("%v", got)
	}
	if got := c.Load("other", []string{"tos"}); got[0] != nil {
		t.Errorf("hits of another knowledge base: %v", got)
	}
}

// Whatever is in the place of the file, results are right, and somebody is told.
func TestDamage(t *testing.T) {
	text := corpus.NewText("niño y tos")
	for name, c := range map[string]struct {
		harm  func(t *testing.T, path string)
		heals bool // a new file serves from then on
	}{
		"no database":    {write([]byte(strings.Repeat("no database ", 1000))), true},
		"cut short":      {func(t *testing.T, path string) { fail(t, os.Truncate(path, 5000)) }, true},
		"a flipped bit":  {flip, true},
		"another layout": {run("DROP TABLE entries; CREATE TABLE entries (a)"), true},
		"a new version":  {run("PRAGMA user_version = 99"), true},
		"a directory": {func(t *testing.T, path string) {
			fail(t, os.Remove(path))
			fail(t, os.Mkdir(path, 0o700))
		}, false},
		"no directory": {func(t *testing.T, path string) {
			fail(t, os.RemoveAll(filepath.Dir(path)))
			fail(t, os.WriteFile(filepath.Dir(path), nil, 0o600))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state", File)
			inner := &words{}
			for round := range 3 {
				if round == 1 {
					c.harm(t, path)
				}
				cache, told := opened(t, path)
				for range 2 {
					got, err := cache.Recognizer(inner, "m").Annotate(t.Context(), text, nil, nil)
					if err != nil || len(got) != 3 {
						t.Fatalf("round %d: %v, %v", round, got, err)
					}
				}
				if warned := told() != ""; warned != (round == 1 || round == 2 && !c.heals) {
					t.Errorf("round %d: told %q", round, told())
				}
				fail(t, cache.Close())
			}
			want := 2 // once before the damage and once after it
			if !c.heals {
				want = 5
			}
			if inner.asked != want {
				t.Errorf("the model was asked %d times, want %d", inner.asked, want)
			}
		})
	}
}

func fail(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(data []byte) func(*testing.T, string) {
	return func(t *testing.T, path string) { fail(t, os.WriteFile(path, data, 0o600)) }
}

// flip changes a score inside of a stored value.
func flip(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	fail(t, err)
	at := bytes.Index(data, []byte("0.25"))
	if at < 0 {
		t.Fatal("the file has no score")
	}
	data[at+2] = '7'
	write(data)(t, path)
}

func run(statement string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		db, err := connect(path)
		fail(t, err)
		_, err = db.Exec(statement)
		fail(t, errors.Join(err, db.Close()))
	}
}

// The size stays bounded, and what is used stays.
func TestTrim(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	c, told := opened(t, path)
	c.limit = 400_000
	hits := make([]kb.Hit, 100)
	c.Store("k", []string{"used often"}, [][]kb.Hit{hits})
	for day := range 40 {
		c.today++
		for i := range 100 {
			c.Store("k", []string{fmt.Sprintf("%d %d", day, i)}, [][]kb.Hit{hits})
		}
		if c.Load("k", []string{"used often"})[0] == nil {
			t.Fatalf("day %d: what is used every day went", day)
		}
	}
	size, entries, err := c.size()
	if err != nil || size > c.limit*3/2 || entries < 100 {
		t.Errorf("%d bytes for %d entries, %v", size, entries, err)
	}
	if c.Load("k", []string{"39 99"})[0] == nil || c.Load("k", []string{"0 0"})[0] != nil {
		t.Error("what was used last went before what was used first")
	}
	if told() != "" {
		t.Error(told())
	}
}

// Two programs share the file; neither waits for the other or gets wrong results.
func TestShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	var group sync.WaitGroup
	for range 2 {
		c, _ := opened(t, path)
		r := c.Recognizer(&words{}, "m")
		for worker := range 3 {
			group.Go(func() {
				for i := range 50 {
					text := corpus.NewText(strings.Repeat("tos ", (i+worker)%20))
					got, err := r.Annotate(t.Context(), text, nil, nil)
					if err != nil || len(got) != (i+worker)%20 {
						t.Errorf("%d mentions, %v", len(got), err)
					}
				}
			})
		}
	}
	group.Wait()
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`[{"Label":"A","Start":1,"End":3,"Score":0.5}]`))
	f.Add([]byte(`[{"Label":"A","Start":-9,"End":300}]`))
	f.Fuzz(func(t *testing.T, value []byte) {
		text := corpus.NewText("niño y tos")
		mentions, ok := decode(value, text, corpus.Span{Start: 2, End: 8})
		for _, m := range mentions {
			if !ok || m.Text != text.Join(m.Spans) {
				t.Errorf("%+v", m)
			}
		}
	})
}

func BenchmarkMentions(b *testing.B) {
	c := Open(filepath.Join(b.TempDir(), File), nil)
	defer c.Close()
	r := c.Recognizer(&words{}, "m")
	text := corpus.NewText(strings.Repeat("una frase de prueba. ", 200))
	for b.Loop() {
		if _, err := r.Annotate(b.Context(), text, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHits(b *testing.B) {
	c := Open(filepath.Join(b.TempDir(), File), nil)
	defer c.Close()
	names := make([]string, 64)
	hits := make([][]kb.Hit, 64)
	for i := range names {
		names[i], hits[i] = fmt.Sprint(i), make([]kb.Hit, 400)
	}
	c.Store("k", names, hits)
	for b.Loop() {
		c.Load("k", names)
	}
}
