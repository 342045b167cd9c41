package vec

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"time"

	"github.com/coder/hnsw"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// MinRecall is the recall at 25, against the exact scan, below which an
// approximate index is not used.
const MinRecall = 0.95

// Parameters of the graph (Malkov and Yashunin 2016). This library keeps each
// row's nearest neighbours without spreading them out, so clusters fall apart where
// there are fewer: 16 neighbours find half of what 64 find.
const (
	neighbours = 64
	efSearch   = 400
)

// ErrTime is the error of an approximate index that took too long to build or measure.
var ErrTime = errors.New("out of time")

// HNSW is an approximate Scanner over a navigable small-world graph. Its scores
// are float32 dot products, like those of Exact; only which rows it finds differs.
type HNSW struct {
	v     *Vectors
	graph *hnsw.Graph[int32]
}

var _ kb.Filterer = (*HNSW)(nil)

// BuildHNSW adds every row to a graph. It polls the context, gives up with ErrTime
// at the deadline, and tells progress (nil: nobody) how many rows are in.
func BuildHNSW(ctx context.Context, v *Vectors, deadline time.Time, progress func(done int)) (*HNSW, error) {
	h := &HNSW{v, newGraph()}
	for row := range int32(v.rows) {
		if row%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if time.Now().After(deadline) {
				return nil, fmt.Errorf("build graph: %d of %d rows: %w", row, v.rows, ErrTime)
			}
			if progress != nil {
				progress(int(row))
			}
		}
		h.graph.Add(hnsw.MakeNode(row, v.Row(row)))
	}
	return h, nil
}

func newGraph() *hnsw.Graph[int32] {
	g := hnsw.NewGraph[int32]()
	g.M, g.EfSearch = neighbours, efSearch
	g.Rng = rand.New(rand.NewSource(1)) // the same levels in every build
	return g
}

// Save writes the graph, with its vectors, to a file and syncs it.
func (h *HNSW) Save(path string) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write graph: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = fmt.Errorf("write graph: %w", err)
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	if err := h.graph.Export(out); err != nil {
		return err
	}
	return errors.Join(out.Flush(), f.Sync())
}

// LoadHNSW reads a graph over v. The library that decodes it trusts its input, so
// the caller checks the file's hash first; a graph that does not fit v is ErrDamaged.
func LoadHNSW(path string, v *Vectors) (h *HNSW, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open graph: %w", err)
	}
	defer f.Close() // only read
	defer func() {
		if p := recover(); p != nil {
			h, err = nil, fmt.Errorf("%s: %v: %w", path, p, ErrDamaged)
		}
	}()
	h = &HNSW{v, newGraph()}
	if err := h.graph.Import(bufio.NewReaderSize(f, 1<<20)); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, err, ErrDamaged)
	}
	h.graph.EfSearch = efSearch
	if h.graph.Len() != v.rows || v.rows > 0 && h.graph.Dims() != v.dims {
		return nil, fmt.Errorf("%s: %d rows, should be %d: %w", path, h.graph.Len(), v.rows, ErrDamaged)
	}
	return h, nil
}

// Scan implements kb.Scanner. The context is polled for every query.
func (h *HNSW) Scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	out := make([][]kb.Hit, len(queries))
	for i, q := range queries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(q) != h.v.dims {
			return nil, fmt.Errorf("query %d has %d dimensions, the index has %d", i, len(q), h.v.dims)
		}
		if k <= 0 || h.v.rows == 0 {
			continue
		}
		// The search stops once k rows no longer improve, so it is asked for more.
		nodes := h.graph.Search(q, max(8*k, efSearch))
		hits := make([]kb.Hit, len(nodes))
		for j, n := range nodes {
			hits[j] = kb.Hit{Row: n.Key, Score: Dot(q, h.v.Row(n.Key))}
		}
		slices.SortFunc(hits, best.Compare)
		out[i] = hits[:min(k, len(hits))]
	}
	return out, nil
}

// Within implements kb.Filterer: a graph cannot be walked within a set, which is
// scanned instead.
func (h *HNSW) Within(rows *kb.Rows) kb.Scanner {
	if rows == nil {
		return h
	}
	return NewExact(h.v, 0).Within(rows)
}

// Recall measures how many of the exact k best an approximate scanner finds, over
// queries taken one by one until the deadline. A row that ties with the k-th exact one
// counts as found. n is how many queries were measured.
func Recall(ctx context.Context, exact, approximate kb.Scanner, queries [][]float32, k int, deadline time.Time) (recall float64, n int, err error) {
	found, all := 0, 0
	for _, q := range queries {
		if time.Now().After(deadline) {
			break
		}
		want, err := exact.Scan(ctx, [][]float32{q}, k)
		if err != nil {
			return 0, n, err
		}
		got, err := approximate.Scan(ctx, [][]float32{q}, k)
		if err != nil {
			return 0, n, err
		}
		if len(want[0]) == 0 {
			continue
		}
		least := want[0][len(want[0])-1].Score
		for _, h := range got[0] {
			if h.Score >= least {
				found++
			}
		}
		all += len(want[0])
		n++
	}
	if all == 0 {
		return 0, n, ErrTime
	}
	return min(1, float64(found)/float64(all)), n, nil
}
