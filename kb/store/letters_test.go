package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb/synth"
)

func TestNumbersFitTheDatabase(t *testing.T) {
	dir, m := build(t, BuildOptions{Concepts: synth.Concepts(400, 4)})
	k := open(t, dir, Options{})
	ctx := context.Background()
	names := 0
	for n := range int32(m.Concepts) {
		id, name, typ := k.Numbered(n)
		c, err := k.Concept(ctx, id)
		if err != nil || c.Name != name || c.Type != typ {
			t.Errorf("concept %d is %q %q %q, in the database %+v, %v", n, id, name, typ, c, err)
		}
		if at, ok := k.Lookup(id); !ok || at != n {
			t.Errorf("Lookup(%q) = %d, %v, want %d", id, at, ok, n)
		}
		for i, row := range k.RowsOf(n) {
			names++
			if k.ConceptOf(row) != n || k.Index().Name(row) != c.Names[i].Text || k.Count(row) != c.Names[i].Count {
				t.Errorf("row %d of concept %d does not fit %+v", row, n, c.Names[i])
			}
		}
	}
	if names != m.Names {
		t.Errorf("%d names belong to concepts, there are %d", names, m.Names)
	}
	if _, ok := k.Lookup("M"); ok || k.Has("Z") || k.Has("") {
		t.Error("identifiers were found that do not exist")
	}
}

func TestSearchOfTypes(t *testing.T) {
	dir, _ := build(t, BuildOptions{})
	k := open(t, dir, Options{})
	if got := k.Types(); !slices.Equal(got, []string{"morphology", "finding", ""}) {
		t.Errorf("types %q", got)
	}
	for _, c := range []struct {
		query string
		types []string
		want  []string
	}{
		{"CDI", nil, []string{"M1", "M3"}},
		{"CDI", []string{"morphology"}, []string{"M1"}},
		{"CDI", []string{""}, []string{"M3"}},
		{"CDI", []string{"morphology", "finding", ""}, []string{"M1", "M3"}},
		{"CDI", []string{"nothing"}, nil},
		{"M1", []string{"finding"}, nil},
		{"M1", []string{"morphology"}, []string{"M1"}},
	} {
		var got []string
		for _, f := range k.Search(c.query, 2, c.types...) {
			if f.Evidence.Match == "exact" {
				got = append(got, f.ID)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Search(%q, %q) = %q, want %q", c.query, c.types, got, c.want)
		}
	}
}

func TestOpenRefusesDamagedIndex(t *testing.T) {
	other, _ := build(t, BuildOptions{Concepts: synth.Concepts(8, 1)})
	for _, c := range []struct {
		name   string
		damage func(path string) error
		want   error
	}{
		{"missing", os.Remove, ErrDamaged},
		{"cut off", func(p string) error { return os.Truncate(p, 6000) }, ErrDamaged},
		{"of another knowledge base", func(p string) error { return copyFile(filepath.Join(other, filepath.Base(p)), p) }, ErrDamaged},
		{"of a newer program", func(p string) error { return poke(p, 8, 99) }, ErrVersion},
	} {
		for _, file := range []string{lettersFile, tableFile} {
			dir, _ := build(t, BuildOptions{})
			if err := c.damage(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
			k, err := Open(dir, Options{})
			if k != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), "build") || !strings.Contains(err.Error(), dir) {
				t.Errorf("%s %s: %v, want %v", file, c.name, err, c.want)
			}
		}
	}
}

// poke overwrites a byte.
func poke(path string, at int64, b byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte{b}, at)
	return errors.Join(err, f.Close())
}

// flip changes every bit of a byte, counted from the end where at is below 0.
func flip(path string, at int64) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if at < 0 {
		at += int64(len(b))
	}
	return poke(path, at, ^b[at])
}
