package brat_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// tree writes files, given as path and content, below a new directory.
func tree(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func open(tb testing.TB, dir string) *brat.Collection {
	tb.Helper()
	c, err := brat.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestOpen(t *testing.T) {
	files := map[string]string{}
	for _, n := range []string{
		"cc_onco10.txt", "cc_onco2.txt", "cc_onco2.ann", "a/z1.txt", "a/z01.txt", "a.txt", "a-b.txt", "a/sub/x.txt",
		".hidden.txt", "hidden_x.txt", "hidden_d/y.txt", ".git/y.txt", "README.md", "ñ.txt",
	} {
		files[n] = "x"
	}
	dir := tree(t, files)
	for link, target := range map[string]string{"loop": ".", "linked": "a", "nowhere.txt": "gone", "same.txt": "a.txt"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	c := open(t, dir)
	want := []string{
		"a", "a/sub/x", "a/z01", "a/z1", "a-b", "cc_onco2", "cc_onco10",
		"linked/sub/x", "linked/z01", "linked/z1", "same", "ñ",
	}
	if got := c.Names(); !slices.Equal(got, want) {
		t.Errorf("names\n got %q\nwant %q", got, want)
	}
	if i, ok := c.Index("cc_onco10"); !ok || c.Name(i) != "cc_onco10" || c.Len() != len(want) {
		t.Errorf("Index = %d, %v", i, ok)
	}
	empty := t.TempDir()
	if _, err := brat.Open(empty); !errors.Is(err, brat.ErrNoDocuments) || !strings.Contains(err.Error(), empty) {
		t.Errorf("empty directory: %v", err)
	}
	if _, err := brat.Open(filepath.Join(dir, "a.txt")); err == nil {
		t.Error("a file is no collection")
	}
	if _, err := brat.Open(filepath.Join(dir, "gone")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing directory: %v", err)
	}
}

func TestRead(t *testing.T) {
	dir := tree(t, map[string]string{
		"one.txt": "niño 世界", "one.ann": "T1\tX 5 7\t世界\n",
		"bare.txt": "niño",
		"part.txt": "niño", "part.a1": "T1\tX 0 4\tniño", "part.a2": "T2\tX 0 2\tni\nT3\tX 9 9\t\n",
		"both.txt": "niño", "both.ann": "", "both.a1": "T1\tX 0 4\tniño\n",
		"badtxt.txt": "a\nb\xff", "badann.txt": "a", "badann.ann": "T1\tX 0 1\ta\n\n\xe9",
	})
	c := open(t, dir)
	d, err := c.Read("one")
	if err != nil {
		t.Fatal(err)
	}
	if m := d.File.Mentions(); len(m) != 1 || m[0].Text != "世界" || d.Text.Len() != 7 || !d.Ann.Exists() || d.ReadOnly || len(d.TextHash) != 64 {
		t.Errorf("one: %+v %v", d, m)
	}
	if d, err := c.Read("bare"); err != nil || d.Ann.Exists() || d.File.Len() != 0 || d.ReadOnly {
		t.Errorf("bare: %+v, %v", d, err)
	}
	if d, err := c.Read("both"); err != nil || d.File.Len() != 0 || d.ReadOnly {
		t.Errorf("both: %+v, %v", d, err)
	}
	d, err = c.Read("part")
	if err != nil || !d.ReadOnly || len(d.File.Mentions()) != 2 {
		t.Fatalf("part: %+v, %v", d, err)
	}
	if path, line := d.Place(3); filepath.Base(path) != "part.a2" || line != 2 {
		t.Errorf("Place(3) = %s:%d", path, line)
	}
	if err := d.Save(); !errors.Is(err, brat.ErrReadOnly) {
		t.Errorf("save of partial files: %v", err)
	}
	for name, want := range map[string]string{"badtxt": "badtxt.txt:2: not valid UTF-8: byte 0xFF at offset 3", "badann": "badann.ann:3: not valid UTF-8: byte 0xE9 at offset 12"} {
		if _, err := c.Read(name); !errors.Is(err, brat.ErrUTF8) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if _, err := c.Read("gone"); !errors.Is(err, brat.ErrNoDocument) {
		t.Errorf("gone: %v", err)
	}
}

func TestSave(t *testing.T) {
	dir := tree(t, map[string]string{"one.txt": "niño 世界"})
	c := open(t, dir)
	d, err := c.Read("one")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Save(); err != nil || d.Ann.Exists() {
		t.Errorf("nothing to save: %v, %+v", err, d.Ann)
	}
	if _, _, err := d.File.Add(corpus.Mention{Label: "X", Spans: corpus.One(0, 4)}, 0); err != nil {
		t.Fatal(err)
	}
	if err := d.Save(); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(d.AnnPath); string(got) != "T1\tX 0 4\tniño\n" {
		t.Errorf("saved %q", got)
	}
	if err := os.WriteFile(d.AnnPath, []byte("# other\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := d.File.SetLabel("T1", "Y"); err != nil {
		t.Fatal(err)
	}
	if err := d.Save(); !errors.Is(err, brat.ErrChanged) {
		t.Errorf("changed underneath: %v", err)
	}
}

func TestCollectionLinkStyle(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.txt": "niño", "a.ann": "T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\t8000/6\n",
		"b.txt": "niño", "b.ann": "T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\t8000/6\n",
		"c.txt": "niño",
	})
	c := open(t, dir)
	if got := c.LinkStyle(); got != brat.StyleNote {
		t.Errorf("style %v, want note", got)
	}
	d, err := c.Read("c")
	if err != nil || d.File.LinkStyle() != brat.StyleNote {
		t.Errorf("a document without links: %v, %v, want the style of its collection", d.File.LinkStyle(), err)
	}
	if got := open(t, sharedPath(t, "data", "cantemist", "dev1")).LinkStyle(); got != brat.StyleNote {
		t.Errorf("CANTEMIST: style %v, want note", got)
	}
	if got := open(t, sharedPath(t, "data", "nubes")).LinkStyle(); got != brat.StyleUnknown {
		t.Errorf("NUBes: style %v, want unknown", got)
	}
}
