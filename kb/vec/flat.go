package vec

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// Flat is a Scanner that scores every row in float32: slow, and what the recall of
// others is measured against.
type Flat struct {
	v       *Vectors
	threads int
}

var _ kb.Scanner = (*Flat)(nil)

// NewFlat scans v with up to threads goroutines; 0 means one for each processor.
func NewFlat(v *Vectors, threads int) *Flat {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Flat{v, threads}
}

// Scan implements kb.Scanner. The context is polled every thousand rows.
func (f *Flat) Scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	out := make([][]kb.Hit, len(queries))
	for i, q := range queries {
		if len(q) != f.v.dims {
			return nil, fmt.Errorf("query %d has %d dimensions, the index has %d", i, len(q), f.v.dims)
		}
		if k <= 0 {
			continue
		}
		tops := make([]best.Top, f.threads)
		var wg sync.WaitGroup
		for t := range tops {
			tops[t] = best.Top{K: k, Floor: float32(math.Inf(-1))}
			wg.Go(func() {
				for row := f.v.rows * t / f.threads; row < f.v.rows*(t+1)/f.threads; row++ {
					if row%1024 == 0 && ctx.Err() != nil {
						return
					}
					tops[t].Add(kb.Hit{Row: int32(row), Score: dot(q, f.v.Row(int32(row)))})
				}
			})
		}
		wg.Wait()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all := best.Top{K: k, Floor: float32(math.Inf(-1))}
		for t := range tops {
			for _, h := range tops[t].Sorted() {
				all.Add(h)
			}
		}
		out[i] = all.Sorted()
	}
	return out, nil
}
