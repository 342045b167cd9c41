package vec

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// rescored is how many of the best int8 rows are scored again in float32. A
// hundred restores full recall at 25 (the int8 order alone finds 98 %).
const rescored = 100

// blockBytes is how much of the int8 rows a thread scans before it goes on to the
// next query: small enough to stay in a core's cache.
const blockBytes = 128 << 10

// Exact is a Scanner that looks at every row: int8 first, then the best 100 (or
// 4k, if more) in float32. Its scores are float32 dot products.
type Exact struct {
	v       *Vectors
	kernel  kernel
	threads int
}

var _ kb.Scanner = (*Exact)(nil)

// NewExact scans v with up to threads goroutines; 0 means one for each processor.
func NewExact(v *Vectors, threads int) *Exact {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Exact{v, kernels()[0], threads}
}

// Kernel names the instructions in use: "avx512-vnni", "avx2", "neon" or "portable".
func (x *Exact) Kernel() string { return x.kernel.String() }

// Scan implements kb.Scanner. The context is polled for every block of rows.
func (x *Exact) Scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	for i, q := range queries {
		if len(q) != x.v.dims {
			return nil, fmt.Errorf("query %d has %d dimensions, the index has %d", i, len(q), x.v.dims)
		}
	}
	out := make([][]kb.Hit, len(queries))
	if k <= 0 || x.v.rows == 0 || len(queries) == 0 {
		return out, ctx.Err()
	}
	small := make([][]int8, len(queries))
	for i, q := range queries {
		small[i] = make([]int8, len(q))
		quantise(q, small[i])
	}
	pool := max(rescored, 4*k)
	parts := x.parallel(ctx, small, pool)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, q := range queries {
		var hits []kb.Hit
		for _, p := range parts {
			hits = append(hits, p[i].Sorted()...)
		}
		slices.SortFunc(hits, best.Compare)
		hits = hits[:min(pool, len(hits))]
		for j := range hits {
			hits[j].Score = Dot(q, x.v.Row(hits[j].Row))
		}
		slices.SortFunc(hits, best.Compare)
		out[i] = hits[:min(k, len(hits))]
	}
	return out, nil
}

// parallel gives each thread a run of rows; the result is [thread][query].
func (x *Exact) parallel(ctx context.Context, queries [][]int8, pool int) [][]*best.Top {
	block := max(1, blockBytes/x.v.dims)
	threads := max(1, min(x.threads, x.v.rows/block))
	parts := make([][]*best.Top, threads)
	var wg sync.WaitGroup
	for t := range threads {
		lo, hi := x.v.rows*t/threads, x.v.rows*(t+1)/threads
		wg.Go(func() { parts[t] = x.run(ctx, queries, lo, hi, block, pool) })
	}
	wg.Wait()
	return parts
}

// run scans the rows [lo, hi) for all queries.
func (x *Exact) run(ctx context.Context, queries [][]int8, lo, hi, block, pool int) []*best.Top {
	tops := make([]*best.Top, len(queries))
	for i := range tops {
		tops[i] = &best.Top{K: pool, Floor: -2}
	}
	scores := make([]float32, block)
	for at := lo; at < hi; at += block {
		if ctx.Err() != nil {
			return tops
		}
		end := min(at+block, hi)
		rows := x.v.small[at*x.v.dims : end*x.v.dims]
		for i, q := range queries {
			x.kernel.scan(q, rows, x.v.scale[at:end], scores[:end-at])
			tops[i].AddRun(int32(at), scores[:end-at])
		}
	}
	return tops
}

// Dot is the dot product of two vectors of one length, added up in eight lanes,
// always in the same order: the score that both scanners of this package report.
func Dot(a, b []float32) float32 {
	var s [8]float32
	n := len(a) &^ 7
	b = b[:len(a)]
	for i := 0; i < n; i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		s[0] += x[0] * y[0]
		s[1] += x[1] * y[1]
		s[2] += x[2] * y[2]
		s[3] += x[3] * y[3]
		s[4] += x[4] * y[4]
		s[5] += x[5] * y[5]
		s[6] += x[6] * y[6]
		s[7] += x[7] * y[7]
	}
	for i := n; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}
