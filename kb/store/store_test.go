package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/vec"
)

func stream(concepts ...kb.Concept) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for _, c := range concepts {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func names(kind string, texts ...string) []kb.Name {
	var out []kb.Name
	for _, t := range texts {
		out = append(out, kb.Name{Text: t, Lang: "es", Kind: kind})
	}
	return out
}

func sample() iter.Seq2[kb.Concept, error] {
	return stream(
		kb.Concept{ID: "M1", Name: "carcinoma ductal", Type: "morphology", Names: names("preferred", "carcinoma ductal"), Parents: []string{"M0"}},
		kb.Concept{ID: "D1", Name: "fiebre", Type: "finding", Definition: "Temperatura alta.", Names: names("synonym", "calentura", "fiebre \"alta\"")},
		kb.Concept{ID: "M2", Names: names("mention", "ca. lobulillar")},
		kb.Concept{ID: "M1", Name: "otro", Names: append(names("synonym", "CDI", "carcinoma ductal"), kb.Name{Text: "carcinoma  ductal", Kind: "mention", Count: 1})},
		kb.Concept{ID: "M1", Names: []kb.Name{{Text: "carcinoma ductal", Kind: "mention", Count: 2}}},
		kb.Concept{ID: "M3", Names: names("synonym", "CDI", "c\x00d", " ")},
		kb.Concept{ID: " ", Names: names("synonym", "nobody")},
		kb.Concept{ID: "E", Definition: "only a definition"},
	)
}

// build makes a knowledge base in a fresh directory.
func build(t *testing.T, o BuildOptions) (string, Meta) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "kb ?#%41")
	if o.Name == "" {
		o.Name = "demo"
	}
	if o.Concepts == nil {
		o.Concepts = sample()
	}
	m, err := Build(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func open(t *testing.T, dir string, o Options) *KB {
	t.Helper()
	k, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func TestBuildPutsNamesTogether(t *testing.T) {
	dir, m := build(t, BuildOptions{Licence: "CC0", CreatedBy: "gloss test"})
	if m.Concepts != 4 || m.Names != 8 || m.Mentions != 1 || m.Index != IndexExact || m.Encoder != "" {
		t.Errorf("meta %+v", m)
	}
	want := []string{"left out 1 rows without identifier", "left out 2 names that are empty or no text", "left out 1 concepts without a name"}
	if !slices.Equal(m.Warnings, want) {
		t.Errorf("warnings %q", m.Warnings)
	}
	k := open(t, dir, Options{})
	if !reflect.DeepEqual(k.Meta(), m) {
		t.Errorf("opened meta %+v, built %+v", k.Meta(), m)
	}
	ctx := context.Background()
	for _, want := range []kb.Concept{
		{ID: "M1", Name: "carcinoma ductal", Type: "morphology", Parents: []string{"M0"}, Names: []kb.Name{
			{Text: "carcinoma ductal", Lang: "es", Kind: "preferred", Count: 3}, {Text: "otro", Kind: "preferred"}, {Text: "CDI", Lang: "es", Kind: "synonym"}}},
		{ID: "D1", Name: "fiebre", Type: "finding", Definition: "Temperatura alta.", Names: []kb.Name{
			{Text: "fiebre", Kind: "preferred"}, {Text: "calentura", Lang: "es", Kind: "synonym"}, {Text: `fiebre "alta"`, Lang: "es", Kind: "synonym"}}},
		{ID: "M2", Name: "ca. lobulillar", Names: names("mention", "ca. lobulillar")},
	} {
		got, err := k.Concept(ctx, want.ID)
		slices.SortFunc(got.Names, func(a, b kb.Name) int { return strings.Compare(a.Text, b.Text) })
		slices.SortFunc(want.Names, func(a, b kb.Name) int { return strings.Compare(a.Text, b.Text) })
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
		}
	}
	if _, err := k.Concept(ctx, "E"); !errors.Is(err, ErrNoConcept) {
		t.Errorf("a concept without names gave %v", err)
	}
}

func TestEqualContentHasEqualHash(t *testing.T) {
	_, a := build(t, BuildOptions{})
	_, b := build(t, BuildOptions{CreatedBy: "other"})
	_, c := build(t, BuildOptions{Embedder: fake.New("e1")})
	_, d := build(t, BuildOptions{Concepts: stream(kb.Concept{ID: "M1", Name: "x"})})
	if a.Hash != b.Hash || a.Hash == c.Hash || a.Hash == d.Hash {
		t.Errorf("hashes %s %s %s %s", a.Hash, b.Hash, c.Hash, d.Hash)
	}
}

func TestConceptsRebuildTheSame(t *testing.T) {
	dir, m := build(t, BuildOptions{})
	k := open(t, dir, Options{})
	_, again := build(t, BuildOptions{Concepts: k.Concepts(context.Background())})
	if again.Concepts != m.Concepts || again.Names != m.Names || again.Mentions != m.Mentions || len(again.Warnings) > 0 {
		t.Errorf("built from itself %+v, before %+v", again, m)
	}
	// Names now come concept by concept; from here on nothing moves.
	other := open(t, dir, Options{})
	_, third := build(t, BuildOptions{Concepts: other.Concepts(context.Background())})
	if third.Hash != again.Hash {
		t.Error("the same concepts have another hash")
	}
}

func TestCodesFilter(t *testing.T) {
	_, m := build(t, BuildOptions{Keep: func(id string) bool { return id == "M1" || id == "M3" }})
	if m.Concepts != 2 {
		t.Errorf("meta %+v", m)
	}
	_, err := Build(context.Background(), filepath.Join(t.TempDir(), "k"), BuildOptions{Name: "d", Concepts: sample(), Keep: func(string) bool { return false }})
	if !errors.Is(err, ErrEmpty) {
		t.Errorf("a filter that keeps nothing gave %v", err)
	}
}

func TestVectorsAndEncoder(t *testing.T) {
	e := fake.New("e1")
	dir, m := build(t, BuildOptions{Embedder: e})
	if m.Encoder != "e1" || m.Dimensions != 64 {
		t.Errorf("meta %+v", m)
	}
	k := open(t, dir, Options{Embedder: e})
	q, _ := e.Embed(context.Background(), []string{"calentura"})
	hits, err := k.Scanner().Scan(context.Background(), q, 1)
	if err != nil || len(hits[0]) != 1 || k.Index().Name(hits[0][0].Row) != "calentura" {
		t.Errorf("hits %v, %v", hits, err)
	}
	_, err = Open(dir, Options{Embedder: fake.New("e2")})
	if !errors.Is(err, ErrEncoder) || !strings.Contains(err.Error(), "e1") || !strings.Contains(err.Error(), "e2") {
		t.Errorf("another encoder gave %v", err)
	}
	called := false
	k = open(t, dir, Options{Scanner: func(v *vec.Vectors) (kb.Scanner, error) {
		called = true
		return vec.NewExact(v, 1), nil
	}})
	if !called || k.Scanner() == nil {
		t.Error("the caller's scanner was not used")
	}
	if _, err := os.Stat(filepath.Join(dir, graphFile)); err == nil {
		t.Error("a graph that nobody asked for was built")
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	file := func(name string, f func(path string) error) func(dir string) error {
		return func(dir string) error { return f(filepath.Join(dir, name)) }
	}
	truncate := func(path string) error { return os.Truncate(path, 40) }
	edit := func(old, new string) func(string) error {
		return func(path string) error {
			b, err := os.ReadFile(path)
			if err == nil && !strings.Contains(string(b), old) {
				err = fmt.Errorf("no %q in %s", old, b)
			}
			return errors.Join(err, os.WriteFile(path, []byte(strings.Replace(string(b), old, new, 1)), 0o644))
		}
	}
	for _, c := range []struct {
		name   string
		damage func(dir string) error
		want   error
	}{
		{"no directory", os.RemoveAll, ErrNotKB},
		{"no kb.json", file(metaFile, os.Remove), ErrNotKB},
		{"kb.json cut off", file(metaFile, truncate), ErrDamaged},
		{"kb.json of a newer program", file(metaFile, edit(fmt.Sprintf(`"version": %d`, Version), `"version": 99`)), ErrVersion},
		{"kb.json without name", file(metaFile, edit(`"name": "demo"`, `"name": ""`)), ErrDamaged},
		{"kb.json with other counts", file(metaFile, edit(`"names": 8`, `"names": 9`)), ErrDamaged},
		{"no kb.db", file(dbFile, os.Remove), ErrDamaged},
		{"kb.db cut off", file(dbFile, truncate), ErrDamaged},
		{"kb.db empty", file(dbFile, func(p string) error { return os.WriteFile(p, nil, 0o644) }), ErrDamaged},
		{"no names.f32", file(f32File, os.Remove), ErrDamaged},
		{"names.f32 cut off", file(f32File, truncate), ErrDamaged},
		{"names.i8 cut off", file(i8File, truncate), ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := build(t, BuildOptions{Embedder: fake.New("e1")})
			if err := c.damage(dir); err != nil {
				t.Fatal(err)
			}
			k, err := Open(dir, Options{})
			if k != nil || !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err != nil && (!strings.Contains(err.Error(), dir) || c.want != ErrNotKB && !strings.Contains(err.Error(), "build it again")) {
				t.Errorf("%q does not name the directory, or what to do", err)
			}
		})
	}
}

// unstable gives another vector each time.
type unstable struct {
	*fake.Embedder
	n int
}

func (u *unstable) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	u.n++
	v, err := u.Embedder.Embed(ctx, texts)
	for i := range v {
		slices.Reverse(v[i][:u.n%2*len(v[i])])
	}
	return v, err
}

func TestFailedBuildLeavesTheOldOne(t *testing.T) {
	dir, old := build(t, BuildOptions{})
	broken := errors.New("broken line")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		o    BuildOptions
		want error
	}{
		{"source fails", nil, BuildOptions{Concepts: func(y func(kb.Concept, error) bool) {
			_ = y(kb.Concept{ID: "1", Name: "a"}, nil) && y(kb.Concept{}, broken)
		}}, broken},
		{"embedder fails", nil, BuildOptions{Concepts: sample(), Embedder: &fake.Embedder{Dims: 8, ID: "x", Fail: broken}}, broken},
		{"embedder is unstable", nil, BuildOptions{Concepts: sample(), Embedder: &unstable{Embedder: fake.New("u")}}, ErrSelfCheck},
		{"cancelled", cancelled, BuildOptions{Concepts: sample(), Embedder: fake.New("x")}, context.Canceled},
		{"nothing", nil, BuildOptions{Concepts: stream()}, ErrEmpty},
	} {
		c.o.Name = "demo"
		ctx := c.ctx
		if ctx == nil {
			ctx = context.Background()
		}
		if _, err := Build(ctx, dir, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if m, err := ReadMeta(dir); err != nil || m.Hash != old.Hash {
			t.Errorf("%s: the old knowledge base is gone: %+v, %v", c.name, m, err)
		}
		left, err := os.ReadDir(filepath.Dir(dir))
		if err != nil || len(left) != 1 {
			t.Errorf("%s: left behind %v, %v", c.name, left, err)
		}
	}
}

func TestBuildReplacesOnlyKnowledgeBases(t *testing.T) {
	dir, _ := build(t, BuildOptions{})
	before := open(t, dir, Options{})
	m, err := Build(context.Background(), dir, BuildOptions{Name: "new", Concepts: stream(kb.Concept{ID: "1", Name: "uno"})})
	if err != nil || m.Name != "new" {
		t.Fatalf("%+v, %v", m, err)
	}
	if k := open(t, dir, Options{}); !k.Has("1") || k.Has("M1") {
		t.Error("the new knowledge base is not in place")
	}
	if c, err := before.Concept(context.Background(), "M1"); err != nil || c.Name != "carcinoma ductal" {
		t.Errorf("one that was open lost its files: %+v, %v", c, err)
	}
	other := t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "thesis.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(context.Background(), other, BuildOptions{Name: "n", Concepts: sample()}); !errors.Is(err, ErrNotKB) {
		t.Errorf("a directory with other files gave %v", err)
	}
	if _, err := os.Stat(filepath.Join(other, "thesis.txt")); err != nil {
		t.Error(err)
	}
	for _, o := range []BuildOptions{{Concepts: sample()}, {Name: "n"}, {Name: "n", Concepts: sample(), Index: "ivf"}} {
		if _, err := Build(context.Background(), filepath.Join(other, "k"), o); err == nil {
			t.Errorf("options %+v were accepted", o)
		}
	}
}
