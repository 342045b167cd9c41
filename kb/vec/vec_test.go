package vec

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// cloud returns n unit vectors around n/20 centres.
func cloud(n, dims int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 0))
	shape := rand.New(rand.NewPCG(99, 0)) // the centres are the same for every seed
	centres := make([]float32, (n/20+1)*dims)
	for i := range centres {
		centres[i] = float32(shape.NormFloat64())
	}
	out := make([]float32, n*dims)
	for i := range n {
		c := rng.IntN(n/20+1) * dims
		var sum float64
		row := out[i*dims : (i+1)*dims]
		for j := range row {
			row[j] = centres[c+j] + 0.6*float32(rng.NormFloat64())
			sum += float64(row[j]) * float64(row[j])
		}
		for j := range row {
			row[j] /= float32(math.Sqrt(sum))
		}
	}
	return out
}

func split(all []float32, dims int) [][]float32 { return slices.Collect(slices.Chunk(all, dims)) }

// brute scores every row in float32, with the order that Scan promises.
func brute(v *Vectors, q []float32, k int) []kb.Hit {
	hits := make([]kb.Hit, v.Rows())
	for i := range hits {
		hits[i] = kb.Hit{Row: int32(i), Score: Dot(q, v.Row(int32(i)))}
	}
	slices.SortFunc(hits, best.Compare)
	return hits[:min(k, len(hits))]
}

func TestExactScanHasFullRecall(t *testing.T) {
	const dims, k = 96, 25
	v := New(cloud(20_000, dims, 1), dims)
	queries := split(cloud(40, dims, 2), dims)
	for _, kern := range kernels() {
		for _, threads := range []int{1, 3} {
			x := NewExact(v, threads)
			x.kernel = kern
			got, err := x.Scan(context.Background(), queries, k)
			if err != nil {
				t.Fatal(err)
			}
			for i, q := range queries {
				if want := brute(v, q, k); !slices.Equal(got[i], want) {
					t.Fatalf("%v, %d threads, query %d:\n got %v\nwant %v", kern, threads, i, got[i], want)
				}
			}
		}
	}
}

func TestScanEdges(t *testing.T) {
	ctx := context.Background()
	v := New([]float32{1, 0, 0, 1, 1, 0}, 2)
	x := NewExact(v, 0)
	for _, c := range []struct {
		k    int
		want []kb.Hit
	}{{0, nil}, {1, []kb.Hit{{Row: 0, Score: 1}}}, {9, []kb.Hit{{Row: 0, Score: 1}, {Row: 2, Score: 1}, {Row: 1, Score: 0}}}} {
		got, err := x.Scan(ctx, [][]float32{{1, 0}}, c.k)
		if err != nil || !slices.Equal(got[0], c.want) {
			t.Errorf("k=%d: %v, %v; want %v", c.k, got, err, c.want)
		}
	}
	if _, err := x.Scan(ctx, [][]float32{{1, 0, 0}}, 1); err == nil {
		t.Error("a query of other dimensions was accepted")
	}
	if got, err := NewExact(New(nil, 2), 0).Scan(ctx, [][]float32{{1, 0}}, 3); err != nil || len(got[0]) != 0 {
		t.Errorf("an empty index gave %v, %v", got, err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := x.Scan(done, [][]float32{{1, 0}}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled scan gave %v", err)
	}
}

// save writes rows to dir and returns the two paths.
func save(t *testing.T, rows [][]float32, dims int) (f32, i8 string) {
	t.Helper()
	dir := t.TempDir()
	f32, i8 = filepath.Join(dir, "names.f32"), filepath.Join(dir, "names.i8")
	w, err := Create(f32, i8, len(rows), dims)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return f32, i8
}

func TestFilesHoldTheVectors(t *testing.T) {
	for _, n := range []int{0, 1, 13, 500} {
		const dims = 33
		all := cloud(n, dims, 4)
		f32, i8 := save(t, split(all, dims), dims)
		v, err := Open(f32, i8, n, dims)
		if err != nil {
			t.Fatal(err)
		}
		want := New(all, dims)
		if !slices.Equal(v.All(), all) || !slices.Equal(v.small, want.small) || !slices.Equal(v.scale, want.scale) {
			t.Errorf("%d rows came back changed", n)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	const n, dims = 10, 8
	damage := map[string]func(f32, i8 string) error{
		"short f32":    func(f32, _ string) error { return os.Truncate(f32, n*dims*4-1) },
		"long f32":     func(f32, _ string) error { return os.Truncate(f32, n*dims*4+4) },
		"short i8":     func(_, i8 string) error { return os.Truncate(i8, 100) },
		"wrong header": func(_, i8 string) error { return overwrite(i8, 0, "X") },
		"other dims":   func(_, i8 string) error { return overwrite(i8, 16, "\x07") },
	}
	for name, f := range damage {
		f32, i8 := save(t, split(cloud(n, dims, 1), dims), dims)
		if err := f(f32, i8); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(f32, i8, n, dims); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f32, i8 := save(t, split(cloud(n, dims, 1), dims), dims)
	if err := os.Remove(i8); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(f32, i8, n, dims); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gave %v", err)
	}
}

func overwrite(path string, at int64, s string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(s), at)
	return errors.Join(err, f.Close())
}

func TestWriterRefusesBadRows(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(filepath.Join(dir, "a"), filepath.Join(dir, "b"), 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	nan := float32(math.NaN())
	for _, bad := range [][]float32{{1}, {1, 0, 0}, {3, 4}, {0, 0}, {nan, 1}} {
		if w.Add(bad) == nil {
			t.Errorf("row %v was accepted", bad)
		}
	}
	if err := w.Add([]float32{0, 1}); err != nil {
		t.Error(err)
	}
	if w.Close() == nil {
		t.Error("an index that lacks rows was closed without an error")
	}
}

func TestHNSWFindsAndReloads(t *testing.T) {
	const dims, n = 16, 1500
	ctx := context.Background()
	v := New(cloud(n, dims, 1), dims)
	later := time.Now().Add(time.Hour)
	h, err := BuildHNSW(ctx, v, later, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "names.hnsw")
	if err := h.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadHNSW(path, v)
	if err != nil {
		t.Fatal(err)
	}
	queries := split(cloud(30, dims, 2), dims)
	for _, s := range []kb.Scanner{h, again} {
		recall, measured, err := Recall(ctx, NewExact(v, 1), s, queries, 25, later)
		if err != nil || measured != len(queries) || recall < 0.8 {
			t.Errorf("recall %v over %d queries, %v", recall, measured, err)
		}
	}
	if _, err := LoadHNSW(path, New(cloud(n+1, dims, 1), dims)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a graph of other vectors gave %v", err)
	}
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadHNSW(path, v); !errors.Is(err, ErrDamaged) {
		t.Errorf("a truncated graph gave %v", err)
	}
}

func TestHNSWStopsInTime(t *testing.T) {
	v := New(cloud(300, 8, 1), 8)
	past := time.Now().Add(-time.Second)
	if _, err := BuildHNSW(context.Background(), v, past, nil); !errors.Is(err, ErrTime) {
		t.Errorf("built after the deadline: %v", err)
	}
	if _, _, err := Recall(context.Background(), NewExact(v, 1), NewExact(v, 1), split(cloud(3, 8, 2), 8), 5, past); !errors.Is(err, ErrTime) {
		t.Errorf("measured after the deadline: %v", err)
	}
}

// lossy is a scanner that forgets the better half.
type lossy struct{ kb.Scanner }

func (l lossy) Scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	hits, err := l.Scanner.Scan(ctx, queries, k)
	for i := range hits {
		hits[i] = hits[i][len(hits[i])/2:]
	}
	return hits, err
}

func TestRecallCountsWhatIsMissing(t *testing.T) {
	v := New(cloud(500, 8, 1), 8)
	x := NewExact(v, 1)
	got, n, err := Recall(context.Background(), x, lossy{x}, split(cloud(4, 8, 2), 8), 10, time.Now().Add(time.Hour))
	if err != nil || n != 4 || got != 0.5 {
		t.Errorf("recall %v over %d queries, %v; want 0.5 over 4", got, n, err)
	}
}

// BenchmarkScan compares the kernels with plain float32 Go on the same vectors.
func BenchmarkScan(b *testing.B) {
	const dims, n = 128, 100_000
	v := New(cloud(n, dims, 1), dims)
	q := cloud(1, dims, 2)
	b.Run("float32", func(b *testing.B) {
		for b.Loop() {
			top := best.Top{K: 25, Floor: -2}
			for i := range int32(n) {
				top.Add(kb.Hit{Row: i, Score: Dot(q, v.Row(i))})
			}
			top.Sorted()
		}
	})
	for _, k := range kernels() {
		b.Run("int8-"+k.String(), func(b *testing.B) {
			x := NewExact(v, 1)
			x.kernel = k
			for b.Loop() {
				if _, err := x.Scan(context.Background(), [][]float32{q}, 25); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
