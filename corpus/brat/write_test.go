package brat_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

func stampOf(t *testing.T, path string) brat.Stamp {
	t.Helper()
	s, err := brat.StampOf(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// holds checks the content of a file and that nothing was left beside it.
func holds(t *testing.T, path, want string, files int) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v, want %q", filepath.Base(path), got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != files {
		t.Errorf("%d files in the directory (%v), want %d: %v", len(entries), err, files, entries)
	}
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ann")
	s, err := brat.Write(path, []byte("one\n"), brat.Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Unchanged(path) || s != stampOf(t, path) {
		t.Errorf("stamp %+v, want %+v", s, stampOf(t, path))
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	s, err = brat.Write(path, []byte("two\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, path, "two\n", 1)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, want 0640", info.Mode())
	}
	// Only touched: the content decides.
	if err := os.Chtimes(path, time.Time{}, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if s.Unchanged(path) {
		t.Error("a touched file must look changed")
	}
	if s, err = brat.Write(path, []byte("three\n"), s); err != nil {
		t.Errorf("a file that was only touched: %v", err)
	}
	before, _ := os.Stat(path)
	if _, err = brat.Write(path, []byte("three\n"), s); err != nil {
		t.Error(err)
	}
	if after, _ := os.Stat(path); !os.SameFile(before, after) {
		t.Error("the same content was written again")
	}
}

func TestWriteRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.ann")
	old, err := brat.Write(path, []byte("one\n"), brat.Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := brat.Write(path, []byte("mine\n"), brat.Stamp{}); !errors.Is(err, brat.ErrChanged) {
		t.Errorf("made meanwhile: %v", err)
	}
	if err := os.WriteFile(path, []byte("two\n"), 0o644); err != nil { // same size
		t.Fatal(err)
	}
	if _, err := brat.Write(path, []byte("mine\n"), old); !errors.Is(err, brat.ErrChanged) {
		t.Errorf("changed meanwhile: %v", err)
	}
	holds(t, path, "two\n", 1)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := brat.Write(path, []byte("mine\n"), old); !errors.Is(err, brat.ErrChanged) {
		t.Errorf("removed meanwhile: %v", err)
	}
	if _, err := brat.Write(filepath.Join(path, "b.ann"), nil, brat.Stamp{}); err == nil {
		t.Error("there is no such directory")
	}
}

func TestWriteThroughSymlink(t *testing.T) {
	real, links := t.TempDir(), t.TempDir()
	target, link := filepath.Join(real, "real.ann"), filepath.Join(links, "a.ann")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	s, err := brat.Write(link, []byte("one\n"), brat.Stamp{}) // to nowhere yet
	if err != nil {
		t.Fatal(err)
	}
	if _, err = brat.Write(link, []byte("two\n"), s); err != nil {
		t.Fatal(err)
	}
	holds(t, target, "two\n", 1)
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("the link is now %q, %v", to, err)
	}
	loop := filepath.Join(links, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if _, err := brat.Write(loop, []byte("x"), brat.Stamp{}); err == nil {
		t.Error("a link to itself must fail")
	}
}

func TestWriteReadOnly(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.ann")
	s, err := brat.Write(path, []byte("one\n"), brat.Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := brat.Write(path, []byte("two\n"), s); !errors.Is(err, brat.ErrReadOnly) {
		t.Errorf("read-only file: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(dir, 0o755) }()
	if _, err := brat.Write(path, []byte("two\n"), s); !errors.Is(err, os.ErrPermission) {
		t.Errorf("read-only directory: %v", err)
	}
	holds(t, path, "one\n", 1)
}
