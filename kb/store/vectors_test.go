package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

const plentiful = 4000

// plenty are enough names for several blocks of bits.
func plenty(yield func(kb.Concept, error) bool) {
	for i := range plentiful {
		c := kb.Concept{ID: fmt.Sprint(i), Type: []string{"odd", "even"}[(i+1)%2], Names: names("synonym", fmt.Sprintf("palabra %d de %d", i, i%97))}
		if !yield(c, nil) {
			return
		}
	}
}

func TestBitsAreWrittenAndRead(t *testing.T) {
	e := fake.New("e1")
	dir, m := build(t, BuildOptions{Embedder: e, Concepts: plenty})
	if err := bits(context.Background(), dir, &m, func(string, int, int) {}); err != nil {
		t.Fatal(err)
	}
	if err := writeMeta(dir, m); err != nil {
		t.Fatal(err)
	}
	if m.ScanRecall < minScanRecall {
		t.Fatalf("recall %v of a scan by bits, warnings %q", m.ScanRecall, m.Warnings)
	}
	k := open(t, dir, Options{Embedder: e})
	indexes, err := k.Recall(context.Background(), 25, 20)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"float32", "int8, float32", "bits, int8, float32"}
	for i, x := range indexes {
		if x.Index != want[i] || x.Recall < minScanRecall || x.Queries != 20 || x.Millis <= 0 {
			t.Errorf("%+v", x)
		}
	}
	if len(indexes) != len(want) {
		t.Errorf("%d indexes: %+v", len(indexes), indexes)
	}
	// Damage is told; a knowledge base that never had the file opens.
	path := filepath.Join(dir, bitsFile)
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("cut off: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("missing: %v", err)
	}
	m.ScanRecall = 0
	if err := writeMeta(dir, m); err != nil {
		t.Fatal(err)
	}
	open(t, dir, Options{Embedder: e})
}

func TestSmallKnowledgeBasesNeedNoBits(t *testing.T) {
	dir, m := build(t, BuildOptions{Embedder: fake.New("e1")})
	if _, err := os.Stat(filepath.Join(dir, bitsFile)); !errors.Is(err, os.ErrNotExist) || m.ScanRecall != 0 {
		t.Errorf("%v, recall %v", err, m.ScanRecall)
	}
}

func TestRowsOfTypes(t *testing.T) {
	dir, _ := build(t, BuildOptions{Embedder: fake.New("e1"), Concepts: plenty})
	k := open(t, dir, Options{})
	odd := k.RowsOfTypes("odd")
	if got := odd.Len(); got != plentiful/2 {
		t.Errorf("%d names of type odd", got)
	}
	if both := k.RowsOfTypes("odd", "even"); both.Len() != plentiful || k.RowsOfTypes() != nil || k.RowsOfTypes("none").Len() != 0 {
		t.Error("types are mixed up")
	}
	hits, err := k.Scanner().(kb.Filterer).Within(odd).Scan(context.Background(), [][]float32{k.Vectors().Row(0)}, 10)
	if err != nil || len(hits[0]) != 10 {
		t.Fatal(hits, err)
	}
	for _, h := range hits[0] {
		if _, _, typ := k.Numbered(k.ConceptOf(h.Row)); typ != "odd" {
			t.Errorf("row %d is of type %s", h.Row, typ)
		}
	}
}

func TestRecallNeedsVectors(t *testing.T) {
	dir, _ := build(t, BuildOptions{})
	if _, err := open(t, dir, Options{}).Recall(context.Background(), 25, 10); err == nil {
		t.Error("measured without vectors")
	}
}
