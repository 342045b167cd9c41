package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
	e := fake.New("e1")
	var stages []string
	dir, m := build(t, BuildOptions{Concepts: many(120), Embedder: e, Index: IndexHNSW, Progress: func(stage string, _, _ int) {
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

// TestGraphStopsAfterFiveMinutes has a clock that stands still but for what the graph is
// told to take.
func TestGraphStopsAfterFiveMinutes(t *testing.T) {
	for _, c := range []struct {
		each  time.Duration // that 256 rows take
		stops bool
		rows  int // in the graph when it ends, of 1100
	}{
		{time.Minute - time.Second, false, 1024},
		{2 * time.Minute, true, 512},
	} {
		synctest.Test(t, func(t *testing.T) {
			began, reached := time.Now(), 0
			dir, m := build(t, BuildOptions{Concepts: many(1100), Embedder: fake.New("e1"), Index: IndexHNSW, Progress: func(stage string, done, _ int) {
				if stage == "graph" {
					reached = done
					time.Sleep(c.each)
				}
			}})
			stopped := strings.Contains(strings.Join(m.Warnings, " "), "hnsw was not ready after 5m0s; the exact scan is used")
			if reached != c.rows || stopped != c.stops || stopped && m.Index != IndexExact {
				t.Errorf("%v each: index %s, %d rows in it, warnings %q", c.each, m.Index, reached, m.Warnings)
			}
			if took := time.Since(began); took > 7*time.Minute {
				t.Errorf("%v each: it took %v", c.each, took)
			}
			if _, err := os.Stat(filepath.Join(dir, graphFile)); stopped && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%v each: graph file: %v", c.each, err)
			}
		})
	}
}
