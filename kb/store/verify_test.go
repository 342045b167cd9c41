package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

func TestVerifyFindsChangedBytes(t *testing.T) {
	for _, c := range []struct {
		file  string
		at    int64
		graph bool
	}{
		{"", 0, false}, {lettersFile, 4096, false}, {tableFile, 4096, false}, {dbFile, -1, false},
		{f32File, 4001, false}, {i8File, -2, false}, {i8File, 4000, false}, {bitsFile, -3, false}, {graphFile, 5000, true}, {"", 0, true},
	} {
		o := BuildOptions{Embedder: fake.New("e1"), Concepts: plenty}
		if c.graph {
			o.Concepts, o.Index = many(300), IndexHNSW
		}
		dir, m := build(t, o)
		if !c.graph {
			if err := bits(t.Context(), dir, &m, func(string, int, int) {}); err != nil {
				t.Fatal(err)
			}
			if err := writeMeta(dir, m); err != nil {
				t.Fatal(err)
			}
		}
		k := open(t, dir, Options{})
		if c.file != "" {
			if err := flip(filepath.Join(dir, c.file), c.at); err != nil {
				t.Fatal(err)
			}
		}
		err := k.Verify(t.Context())
		if (c.file == "") != (err == nil) || err != nil && (!errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), filepath.Join(dir, c.file)) || !strings.Contains(err.Error(), "build it again")) {
			t.Errorf("a changed byte of %q gave %v", c.file, err)
		}
	}
}

func TestVerifyStops(t *testing.T) {
	dir, _ := build(t, BuildOptions{Embedder: fake.New("e1"), Concepts: plenty})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := open(t, dir, Options{}).Verify(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}

func TestCheckNames(t *testing.T) {
	dir, _ := build(t, BuildOptions{Embedder: fake.New("e1"), Concepts: plenty})
	k := open(t, dir, Options{})
	told := 0
	if err := k.CheckNames(t.Context(), fake.New("e1"), func(_ string, done, total int) { told = max(told, done) }); err != nil || told != checkNames {
		t.Error(told, err)
	}
	if err := k.CheckNames(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
	if err := k.CheckNames(t.Context(), reversed{fake.New("e1")}, nil); !errors.Is(err, ErrSelfCheck) || !strings.Contains(err.Error(), "by meaning") {
		t.Error(err)
	}
}

// reversed gives vectors from back to front.
type reversed struct{ kb.Embedder }

func (r reversed) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	rows, err := r.Embedder.Embed(ctx, texts)
	for _, row := range rows {
		slices.Reverse(row)
	}
	return rows, err
}
