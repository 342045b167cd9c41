package vec

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
)

// encoded is vectors in memory with codes.
func encoded(t testing.TB, all []float32, dims int) *Vectors {
	t.Helper()
	v := New(all, dims)
	if err := v.Encode(context.Background()); err != nil {
		t.Fatal(err)
	}
	return v
}

// latent is like cloud, but in a few dimensions that a random map takes to many: what
// encoders make of names.
func latent(n, dims int, seed uint64) []float32 {
	const few = 24
	points := cloud(n, few, seed)
	shape := rand.New(rand.NewPCG(98, 0))
	turn := make([]float32, few*dims)
	for i := range turn {
		turn[i] = float32(shape.NormFloat64())
	}
	out := make([]float32, n*dims)
	for i := range n {
		row := out[i*dims : (i+1)*dims]
		for j, x := range points[i*few : (i+1)*few] {
			for l := range row {
				row[l] += x * turn[j*dims+l]
			}
		}
		unit(row)
	}
	return out
}

// shifted moves vectors to one side, as encoders do.
func shifted(all []float32, dims int) []float32 {
	for row := range slices.Chunk(all, dims) {
		for j := range row {
			row[j] += 0.1
		}
		unit(row)
	}
	return all
}

func unit(row []float32) {
	length := float32(math.Sqrt(float64(Dot(row, row))))
	for j := range row {
		row[j] /= length
	}
}

func TestEveryPassKeepsTheBest(t *testing.T) {
	const n, k = 10_000, 25
	for _, c := range []struct {
		name string
		make func(n, dims int, seed uint64) []float32
		dims int
	}{
		{"isotropic", cloud, 128}, {"isotropic", cloud, 300}, {"clustered", latent, 128}, {"clustered", latent, 300},
		{"to one side", func(n, dims int, seed uint64) []float32 { return shifted(latent(n, dims, seed), dims) }, 100},
	} {
		v := encoded(t, c.make(n, c.dims, 1), c.dims)
		queries := split(c.make(60, c.dims, 2), c.dims)
		want := make([][]kb.Hit, len(queries))
		for i, q := range queries {
			want[i] = brute(v, q, k)
		}
		for _, kern := range kernels() {
			x := NewExact(v, 2)
			x.kernel = kern
			got, err := x.Scan(context.Background(), queries, k)
			if err != nil {
				t.Fatal(err)
			}
			if recall := shared(got, want); recall < 0.999 {
				t.Errorf("%s, %d dimensions, %v: recall %.4f", c.name, c.dims, kern, recall)
			}
		}
	}
}

// shared is the share of the hits wanted that there are.
func shared(got, want [][]kb.Hit) float64 {
	found, all := 0, 0
	for i := range want {
		for _, h := range want[i] {
			if slices.Contains(got[i], h) {
				found++
			}
		}
		all += len(want[i])
	}
	return float64(found) / float64(all)
}

func TestPassesEdges(t *testing.T) {
	for _, dims := range []int{1, 2, 7, 31, 32, 33, 64, 65, 130} {
		for _, n := range []int{1, 2, 63, 64, 65, 200} {
			all := cloud(n, dims, 3)
			if n > 2 {
				copy(all[dims:2*dims], all[:dims]) // a tie
				clear(all[2*dims : 3*dims])        // no direction at all
			}
			v := encoded(t, all, dims)
			queries := append(split(cloud(3, dims, 4), dims), make([]float32, dims), slices.Clone(v.Row(0)))
			for _, k := range []int{1, 10, 500} {
				x := NewExact(v, 1)
				got, err := x.Scan(context.Background(), queries, k)
				if err != nil {
					t.Fatal(err)
				}
				for i, q := range queries {
					if want := brute(v, q, k); !slices.Equal(got[i], want) {
						t.Fatalf("%d rows of %d, k=%d, query %d:\n got %v\nwant %v", n, dims, k, i, got[i], want)
					}
				}
			}
		}
	}
}

func TestEqualRowsComeInTheirOrder(t *testing.T) {
	const n, dims = 5000, 40
	all := make([]float32, 0, n*dims)
	for range n {
		all = append(all, cloud(1, dims, 5)...)
	}
	v := encoded(t, all, dims)
	got, err := NewExact(v, 3).Scan(context.Background(), [][]float32{v.Row(7)}, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range got[0] {
		if int(h.Row) != i {
			t.Fatalf("hit %d is row %d", i, h.Row)
		}
	}
}

func TestABatchFindsWhatItsQueriesFind(t *testing.T) {
	const n, dims, k = 9000, 96, 25
	v := encoded(t, cloud(n, dims, 1), dims)
	x := NewExact(v, 2)
	queries := split(cloud(40, dims, 2), dims)
	all, err := x.Scan(context.Background(), queries, k)
	if err != nil {
		t.Fatal(err)
	}
	for i, q := range queries {
		one, err := x.Scan(context.Background(), [][]float32{q}, k)
		if err != nil || !slices.Equal(one[0], all[i]) {
			t.Fatalf("query %d alone: %v, %v", i, one, err)
		}
	}
}

func TestWithinLooksAtTheSetAlone(t *testing.T) {
	const n, dims, k = 6000, 48, 25
	all := cloud(n, dims, 1)
	with, without := encoded(t, all, dims), New(all, dims)
	queries := split(cloud(10, dims, 2), dims)
	sets := map[string]func(row int32) bool{
		"none":       func(int32) bool { return false },
		"one":        func(row int32) bool { return row == 4321 },
		"a few":      func(row int32) bool { return row%100 == 3 },
		"a third":    func(row int32) bool { return row%3 == 1 },
		"a run":      func(row int32) bool { return row >= 1000 && row < 4000 },
		"and beyond": func(row int32) bool { return row >= 5000 },
	}
	for name, in := range sets {
		set := &kb.Rows{}
		want := make([][]kb.Hit, len(queries))
		for row := range int32(n + 200) {
			if in(row) {
				set.Add(row)
			}
		}
		for i, q := range queries {
			for _, h := range brute(with, q, n) {
				if in(h.Row) && len(want[i]) < k {
					want[i] = append(want[i], h)
				}
			}
		}
		for _, v := range []*Vectors{with, without} {
			got, err := NewExact(v, 2).Within(set).Scan(context.Background(), queries, k)
			if err != nil {
				t.Fatal(err)
			}
			for i := range queries {
				if !slices.Equal(got[i], want[i]) {
					t.Fatalf("%s, codes %v: %v, want %v", name, v.codes != nil, got[i], want[i])
				}
			}
		}
	}
}

func TestCodesFile(t *testing.T) {
	for _, n := range []int{1, 64, 500} {
		const dims = 33
		all := cloud(n, dims, 4)
		f32, i8 := save(t, split(all, dims), dims)
		v, err := Open(f32, i8, n, dims)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "names.bits")
		if err := WriteCodes(context.Background(), path, v); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(v.OpenCodes(path), v.CheckCodes()); err != nil {
			t.Fatal(err)
		}
		want := encoded(t, all, dims).codes
		if !bytes.Equal(v.codes.blocks, want.blocks) || !bytes.Equal(v.codes.records, want.records) ||
			!slices.Equal(v.codes.spread, want.spread) || !slices.Equal(v.codes.centroid, want.centroid) || v.codes.line != want.line {
			t.Errorf("%d rows came back changed", n)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenCodesRefusesDamage(t *testing.T) {
	const n, dims = 300, 64
	all := cloud(n, dims, 1)
	f32, i8 := save(t, split(all, dims), dims)
	damage := map[string]func(path string, size int64) error{
		"cut off":       func(path string, size int64) error { return os.Truncate(path, size-1) },
		"empty":         func(path string, _ int64) error { return os.Truncate(path, 0) },
		"too long":      func(path string, size int64) error { return os.Truncate(path, size+64) },
		"other version": func(path string, _ int64) error { return overwrite(path, 7, "\x02") },
		"other rows":    func(path string, _ int64) error { return overwrite(path, 8, "\x2d") },
		"centroid":      func(path string, _ int64) error { return overwrite(path, 70, "x") },
		"of others": func(path string, _ int64) error {
			return WriteCodes(context.Background(), path, New(cloud(n, dims, 9), dims))
		},
		"content": func(path string, size int64) error { return overwrite(path, size-5, "\xff\xff\xff\xff") },
	}
	for name, harm := range damage {
		v, err := Open(f32, i8, n, dims)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "names.bits")
		if err := WriteCodes(context.Background(), path, v); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := harm(path, info.Size()); err != nil {
			t.Fatal(err)
		}
		err = v.OpenCodes(path)
		if name == "content" && err == nil {
			err = v.CheckCodes()
		}
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := NewExact(v, 1).Scan(context.Background(), [][]float32{v.Row(5)}, 1); err != nil || got[0][0].Row != 5 {
			t.Errorf("%s: the vectors became useless: %v, %v", name, got, err)
		}
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	}
	if v := New(all, dims); !errors.Is(v.OpenCodes(filepath.Join(t.TempDir(), "none")), os.ErrNotExist) {
		t.Error("a missing file is not told as such")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := WriteCodes(ctx, filepath.Join(t.TempDir(), "b"), New(all, dims)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRotationKeepsAngles(t *testing.T) {
	for _, dims := range []int{1, 2, 3, 100, 128, 768} {
		a, b := cloud(1, dims, 1), cloud(1, dims, 2)
		before := Dot(a, b)
		signs := rotationSigns(dims)
		rotate(a, signs)
		rotate(b, signs)
		if after := Dot(a, b); math.Abs(float64(after-before)) > 1e-5 || math.Abs(float64(Dot(a, a))-1) > 1e-5 {
			t.Errorf("%d dimensions: %v became %v", dims, before, after)
		}
		// A single dimension spreads over all, so that no bit is wasted.
		one := make([]float32, dims)
		one[dims-1] = 1
		rotate(one, signs)
		for _, x := range one {
			if dims >= 100 && math.Abs(float64(x)) > 0.5 {
				t.Errorf("%d dimensions: %v stays in one", dims, x)
			}
		}
	}
}

func TestDotsAgree(t *testing.T) {
	for dims := range 40 {
		a, b := cloud(1, dims+1, 1), cloud(1, dims+1, 2)
		if got, want := dot(a, b), Dot(a, b); got != want {
			t.Errorf("%d dimensions: %v, want %v", dims+1, got, want)
		}
	}
}

func TestFlatScoresEveryRow(t *testing.T) {
	const n, dims = 2100, 20
	v := New(cloud(n, dims, 1), dims)
	queries := split(cloud(4, dims, 2), dims)
	for _, k := range []int{0, 1, 30, 3000} {
		got, err := NewFlat(v, 3).Scan(context.Background(), queries, k)
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range queries {
			if want := brute(v, q, k); !slices.Equal(got[i], want) {
				t.Fatalf("k=%d: %v, want %v", k, got[i], want)
			}
		}
	}
}
