package demo

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/check"
)

func copied(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new", "demo")
	if err := Copy(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCopyIsWhole(t *testing.T) {
	dir := copied(t)
	n := 0
	err := fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		n++
		want, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s differs: %v", path, err)
		}
		return nil
	})
	if err != nil || n != 80 { // 39 notes of two files, and two of settings
		t.Errorf("%d files, %v", n, err)
	}
}

func TestCopyNeverOverwrites(t *testing.T) {
	dir := copied(t)
	note, gone := filepath.Join(dir, "hospital", "onc-01.ann"), filepath.Join(dir, "hospital", "onc-02.ann")
	const work = "T1\tSINTOMA 53 59\tDisnea\n"
	if err := os.WriteFile(note, []byte(work), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := Copy(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(note); err != nil || string(got) != work {
		t.Errorf("somebody's work became %q, %v", got, err)
	}
	if _, err := os.Stat(gone); err != nil {
		t.Error("a missing file was not put back: ", err)
	}
}

func TestCopyTellsWhereItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Copy(file); err == nil {
		t.Error("no error for a directory that is a file")
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "mine" {
		t.Errorf("the file became %q, %v", got, err)
	}
}

// The notes are what a person sees first, and what other tests measure on.
func TestNotesAreClean(t *testing.T) {
	col, err := brat.Open(copied(t))
	if err != nil {
		t.Fatal(err)
	}
	notes, annotated, mentions, links, parts := 0, 0, 0, 0, 0
	for _, name := range col.Names() {
		d, err := col.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		notes++
		for _, p := range d.File.Problems() {
			t.Errorf("%s: %s", name, p)
		}
		all := d.File.Mentions()
		if len(all) > 0 {
			annotated++
		}
		mentions += len(all)
		for _, m := range all {
			if line, ok := d.File.Find(m.ID); !ok || line.Text != d.Text.Join(m.Spans) {
				t.Errorf("%s: %s says %q, its offsets mark %q", name, m.ID, line.Text, d.Text.Join(m.Spans))
			}
			for _, s := range m.Spans {
				if part := d.Text.Slice(s); strings.TrimSpace(part) != part || part == "" {
					t.Errorf("%s: %s has a fragment %q", name, m.ID, part)
				}
			}
			links += len(m.Links)
			if len(m.Spans) > 1 {
				parts++
			}
		}
	}
	if notes != 39 || annotated != 18 || mentions != 1000 || parts == 0 {
		t.Errorf("%d notes, %d annotated, %d mentions, %d of several fragments: README.md says otherwise", notes, annotated, mentions, parts)
	}
	if links == 0 {
		t.Error("no links")
	}
}

func TestNothingIsFoundWrong(t *testing.T) {
	found, err := check.Dir(t.Context(), copied(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// What is special where, as README.md tells.
func TestSpecialNotes(t *testing.T) {
	for name, special := range map[string]func(string) bool{
		"consulta/ap-01":    func(s string) bool { return strings.Count(s, "\n") == strings.Count(s, "\r\n") },
		"consulta/neumo-03": func(s string) bool { return strings.ContainsFunc(s, func(r rune) bool { return r > 0xffff }) },
		"consulta/ped-03":   func(s string) bool { return strings.Contains(s, "n\u0303") },
	} {
		data, err := files.ReadFile(name + ".txt")
		if err != nil || !special(string(data)) {
			t.Errorf("%s has lost what is special in it, %v", name, err)
		}
	}
}
