package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/vec"
)

func TestJudgeKeepsOnlyGoodGraphs(t *testing.T) {
	broken := errors.New("disk full")
	for _, c := range []struct {
		recall float64
		err    error
		keep   bool
		warn   string
		want   error
	}{
		{0.95, nil, true, "", nil},
		{0.949, nil, false, "0.949", nil},
		{0, fmt.Errorf("row 3: %w", vec.ErrTime), false, "not ready", nil},
		{0, broken, false, "", broken},
	} {
		var m Meta
		keep, err := judge(&m, c.recall, 300, c.err)
		if keep != c.keep || !errors.Is(err, c.want) || (c.warn == "") != (len(m.Warnings) == 0) || !strings.Contains(strings.Join(m.Warnings, " "), c.warn) {
			t.Errorf("recall %v, error %v: keep %v, %v, warnings %q", c.recall, c.err, keep, err, m.Warnings)
		}
	}
}

func TestGraphIsUsedWhenGood(t *testing.T) {
	many := func(yield func(kb.Concept, error) bool) {
		for i := range 120 {
			if !yield(kb.Concept{ID: fmt.Sprint(i), Name: fmt.Sprintf("name %x of %d", i*7919, i)}, nil) {
				return
			}
		}
	}
	e := fake.New("e1")
	var stages []string
	dir, m := build(t, BuildOptions{Concepts: many, Embedder: e, Index: IndexHNSW, Progress: func(stage string, _, _ int) {
		if len(stages) == 0 || stages[len(stages)-1] != stage {
			stages = append(stages, stage)
		}
	}})
	if want := []string{"index", "embed", "graph", "check"}; !slices.Equal(stages, want) {
		t.Errorf("stages %q", stages)
	}
	if m.Index != IndexHNSW || m.Recall < vec.MinRecall || m.Graph == "" {
		t.Fatalf("meta %+v", m)
	}
	if _, ok := open(t, dir, Options{Embedder: e}).Scanner().(*vec.HNSW); !ok {
		t.Error("the graph is not used")
	}
	if err := os.WriteFile(filepath.Join(dir, graphFile), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("a changed graph gave %v", err)
	}
}
