package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

// many are n concepts with a name each, no two alike.
func many(n int) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for i := range n {
			if !yield(kb.Concept{ID: fmt.Sprint("C", i), Name: fmt.Sprintf("w%dx y%dz q%d", i*7919%n, i, i/3)}, nil) {
				return
			}
		}
	}
}

// dying embeds so many texts and then fails.
type dying struct {
	*fake.Embedder
	left int
	mu   sync.Mutex
}

var errDied = errors.New("died")

func (d *dying) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left -= len(texts); d.left < 0 {
		return nil, errDied
	}
	return d.Embedder.Embed(ctx, texts)
}

func workDir(dir string) string {
	return filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".work")
}

func TestInterruptedBuildGoesOn(t *testing.T) {
	const names = 5*embedChunk + 100
	ctx := context.Background()
	want := fake.New("e")
	_, whole := build(t, BuildOptions{Concepts: many(names), Embedder: want})
	check := want.Texts.Load() - names // what the self-check embeds
	for _, c := range []struct {
		name string
		// damage changes the files of a checkpoint of n names; so many can still be used.
		damage func(base string, n int64) (usable int64, err error)
	}{
		{"as it was left", func(_ string, n int64) (int64, error) { return n, nil }},
		{"torn at the end", func(base string, n int64) (int64, error) {
			return n - 5, errors.Join(os.Truncate(base+".f32", 64*4*(n-4)-7), os.Truncate(base+".sums", 16*(n-2)-3))
		}},
		{"vectors overwritten by nothing", func(base string, n int64) (int64, error) {
			return 0, os.WriteFile(base+".f32", make([]byte, 64*4*n), 0o644)
		}},
		{"one bit lost", func(base string, n int64) (int64, error) {
			b, err := os.ReadFile(base + ".f32")
			if err == nil {
				b[64*4*7+2] ^= 1
				err = os.WriteFile(base+".f32", b, 0o644)
			}
			return n - 1, err
		}},
		{"gone", func(base string, _ int64) (int64, error) { return 0, os.Remove(base + ".sums") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "kb")
			_, err := Build(ctx, dir, BuildOptions{Name: "demo", Concepts: many(names), Embedder: &dying{Embedder: fake.New("e"), left: 3*embedChunk + 10}})
			if !errors.Is(err, errDied) {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(workDir(dir), "embedded-*.f32"))
			if err != nil || len(files) != 1 {
				t.Fatalf("checkpoint %v, %v", files, err)
			}
			info, err := os.Stat(files[0])
			if err != nil || info.Size() < 64*4*embedChunk {
				t.Fatalf("checkpoint %v, %v", info, err)
			}
			usable, err := c.damage(strings.TrimSuffix(files[0], ".f32"), info.Size()/(64*4))
			if err != nil {
				t.Fatal(err)
			}
			broken := func(yield func(kb.Concept, error) bool) { yield(kb.Concept{}, errDied) }
			if _, err := Build(ctx, dir, BuildOptions{Name: "demo", Concepts: broken, Embedder: fake.New("e")}); !errors.Is(err, errDied) {
				t.Fatal(err) // and the vectors are still there
			}
			e := fake.New("e")
			m, err := Build(ctx, dir, BuildOptions{Name: "demo", Concepts: many(names), Embedder: e})
			if err != nil || m.Hash != whole.Hash || m.Vectors != whole.Vectors {
				t.Errorf("went on to %+v, %v", m, err)
			}
			if got := e.Texts.Load() - check; got != names-usable {
				t.Errorf("%d names were embedded again, want %d", got, names-usable)
			}
			if _, err := os.Stat(workDir(dir)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the workspace is still there: %v", err)
			}
		})
	}
}

func TestAnotherEncoderDoesNotGoOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kb")
	o := BuildOptions{Name: "demo", Concepts: many(3 * embedChunk), Embedder: &dying{Embedder: fake.New("e1"), left: embedChunk}}
	if _, err := Build(t.Context(), dir, o); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	e := fake.New("e2")
	o.Embedder = e
	if _, err := Build(t.Context(), dir, o); err != nil || e.Texts.Load() < 3*embedChunk {
		t.Errorf("%d texts, %v", e.Texts.Load(), err)
	}
}

func TestReplacingEmbedsOnlyWhatIsNew(t *testing.T) {
	dir, first := build(t, BuildOptions{Concepts: many(50), Embedder: fake.New("e")})
	e := fake.New("e")
	again, err := Build(t.Context(), dir, BuildOptions{Name: "demo", Concepts: many(50), Embedder: e})
	if err != nil || again.Vectors != first.Vectors || e.Texts.Load() != 50 { // by the self-check alone
		t.Errorf("%d texts, %v", e.Texts.Load(), err)
	}
	// Vectors that are not as they were written are not used.
	path := filepath.Join(dir, f32File)
	b, err := os.ReadFile(path)
	if err == nil {
		b[5] ^= 1
		err = os.WriteFile(path, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err = Build(t.Context(), dir, BuildOptions{Name: "demo", Concepts: many(50), Embedder: e})
	if err != nil || again.Vectors != first.Vectors || e.Texts.Load() != 150 {
		t.Errorf("%d texts, %v", e.Texts.Load(), err)
	}
}

func TestOldOneIsWholeWhileTheNewOneIsBuilt(t *testing.T) {
	dir, old := build(t, BuildOptions{})
	stages := map[string]bool{}
	_, err := Build(t.Context(), dir, BuildOptions{Name: "new", Concepts: many(1500), Embedder: fake.New("e"), Progress: func(stage string, _, _ int) {
		stages[stage] = true
		k, err := Open(dir, Options{})
		if err != nil || k.Meta().Hash != old.Hash {
			t.Errorf("while %s: %v", stage, err)
		}
		if err == nil {
			err = k.Close()
		}
		if err != nil {
			t.Error(err)
		}
	}})
	if err != nil || !stages["read"] || !stages["embed"] || !stages["check"] {
		t.Errorf("%v, %v", stages, err)
	}
}

func TestBuildsOfOneDirectoryWait(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kb")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := Build(context.Background(), dir, BuildOptions{Name: "demo", Concepts: many(20), Embedder: fake.New("e")}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if k := open(t, dir, Options{}); !k.Has("C19") {
		t.Error("not whole")
	}
	if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
		t.Errorf("left behind %v, %v", left, err)
	}
	w, err := openWorkspace(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, dir, BuildOptions{Name: "demo", Concepts: many(20)}); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "another program") {
		t.Errorf("while another builds: %v", err)
	}
	if err := w.close(false); err != nil {
		t.Error(err)
	}
}

func TestBuildThroughALink(t *testing.T) {
	dir, _ := build(t, BuildOptions{})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip("no symbolic links here: " + err.Error())
	}
	if _, err := Build(t.Context(), link, BuildOptions{Name: "new", Concepts: many(3)}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 || !open(t, dir, Options{}).Has("C1") {
		t.Errorf("the link is gone, or leads elsewhere: %v", err)
	}
}

func TestBuildFromABase(t *testing.T) {
	e := fake.New("e")
	dir, base := build(t, BuildOptions{Embedder: e, Licence: "CC0", Sources: []Source{{Path: "a", SHA256: "1"}}})
	before := e.Texts.Load()
	m, err := Build(t.Context(), dir, BuildOptions{Name: "demo", Base: dir, Embedder: e, Sources: []Source{{Path: "b", SHA256: "2"}},
		Concepts: stream(kb.Concept{ID: "M1", Names: names("mention", "carcinoma de conductos")}, kb.Concept{ID: "N", Name: "nuevo"})})
	if err != nil {
		t.Fatal(err)
	}
	if m.Concepts != base.Concepts+1 || m.Names != base.Names+2 || m.Licence != "CC0" || len(m.Sources) != 2 {
		t.Errorf("%+v", m)
	}
	if got := e.Texts.Load() - before; got != 2+int64(m.Names) { // the new ones, and all by the self-check
		t.Errorf("%d texts were embedded", got)
	}
	k := open(t, dir, Options{Embedder: e})
	if c, err := k.Concept(t.Context(), "M1"); err != nil || c.Name != "carcinoma ductal" || len(c.Names) != 4 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestCycles(t *testing.T) {
	cyclic := func() iter.Seq2[kb.Concept, error] {
		return stream(
			kb.Concept{ID: "root", Name: "r"},
			kb.Concept{ID: "A", Name: "a", Parents: []string{"B", "root", "nowhere"}},
			kb.Concept{ID: "B", Name: "b", Parents: []string{"C"}},
			kb.Concept{ID: "C", Name: "c", Parents: []string{"root", "A"}},
			kb.Concept{ID: "D", Name: "d", Parents: []string{"D", "A"}},
		)
	}
	_, err := Build(t.Context(), filepath.Join(t.TempDir(), "kb"), BuildOptions{Name: "n", Concepts: cyclic(), Strict: true})
	if !errors.Is(err, ErrCycle) || !strings.Contains(err.Error(), "A < B < C < A") {
		t.Errorf("strict: %v", err)
	}
	dir, m := build(t, BuildOptions{Concepts: cyclic()})
	if len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "left out 2 parents that close a cycle, the last step of A < B < C < A") {
		t.Errorf("%q", m.Warnings)
	}
	k := open(t, dir, Options{})
	for id, want := range map[string]string{"A": "[B root nowhere]", "B": "[C]", "C": "[root]", "D": "[A]", "root": "[]"} {
		if c, err := k.Concept(t.Context(), id); err != nil || fmt.Sprint(c.Parents) != want {
			t.Errorf("%s: %v, %v", id, c.Parents, err)
		}
	}
	if _, err := Build(t.Context(), dir, BuildOptions{Name: "n", Concepts: k.Concepts(t.Context()), Strict: true}); err != nil {
		t.Errorf("after opening: %v", err)
	}
}

func TestNotesBecomeWarnings(t *testing.T) {
	_, m := build(t, BuildOptions{Concepts: many(3), Notes: func() []string { return []string{"left out 2 lines"} }})
	if len(m.Warnings) != 1 || m.Warnings[0] != "left out 2 lines" {
		t.Errorf("%q", m.Warnings)
	}
}
