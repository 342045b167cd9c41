package vec

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/best"
)

// chunkBytes is how much of the rows that a pass reads a thread scans before it goes
// on to the next query: small enough to stay in a core's cache.
const chunkBytes = 128 << 10

// fewestDims is of how many dimensions codes are looked at: fewer are not worth it.
const fewestDims = 32

// fewestValues is about how many int8 values are scanned as fast as codes are prepared for.
const fewestValues = 6 << 20

// WorthCodes tells whether codes make a scan of so many rows faster.
func WorthCodes(rows, dims int) bool { return dims >= fewestDims && rows*dims >= fewestValues }

// sparse is the share of rows, one in so many, below which a set of rows is so small
// that the first pass costs more than it saves.
const sparse = 16

// estimateBytes is how much memory the estimates of a batch take.
const estimateBytes = 16 << 20

// room is memory that scans share, so that it is neither cleared nor collected for each.
type room[T any] struct{ pool sync.Pool }

func (r *room[T]) get(n int) []T {
	if b, ok := r.pool.Get().(*[]T); ok && cap(*b) >= n {
		return (*b)[:n]
	}
	return make([]T, n)
}

func (r *room[T]) put(b []T) { r.pool.Put(&b) }

// Exact is a Scanner that looks at every row: at one bit a dimension where the vectors
// have codes, at int8 values what that leaves, and in float32 what is left then. Each
// pass keeps the rows that may still be among the best, by an upper bound of their
// score's error, so how many are kept depends on the data. Its scores are float32 dot products.
type Exact struct {
	v       *Vectors
	kernel  kernel
	threads int
	within  *kb.Rows // nil: all
	bits    bool     // whether the passes over bits are made
	room    *rooms
}

type rooms struct {
	estimates room[int16]
	hits      room[scored]
}

var _ kb.Filterer = (*Exact)(nil)

// NewExact scans v with up to threads goroutines; 0 means one for each processor.
func NewExact(v *Vectors, threads int) *Exact {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Exact{v: v, kernel: kernels()[0], threads: threads, bits: v.codes != nil && v.dims >= fewestDims, room: &rooms{}}
}

// Kernel names the instructions in use: "avx512-vnni", "avx2", "neon" or "portable".
func (x *Exact) Kernel() string { return x.kernel.String() }

// Within implements kb.Filterer. A nil set is all rows.
func (x *Exact) Within(rows *kb.Rows) kb.Scanner {
	if rows == nil {
		return x
	}
	some := *x
	some.within = rows
	some.bits = x.bits && rows.Len() > x.v.rows/sparse
	return &some
}

// Scan implements kb.Scanner. The context is polled for every chunk of rows. The rows
// found do not depend on what else is in the batch.
func (x *Exact) Scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	for i, q := range queries {
		if len(q) != x.v.dims {
			return nil, fmt.Errorf("query %d has %d dimensions, the index has %d", i, len(q), x.v.dims)
		}
	}
	out := make([][]kb.Hit, 0, len(queries))
	if k <= 0 || x.v.rows == 0 || x.v.dims == 0 {
		return out[:len(queries)], ctx.Err()
	}
	for group := range slices.Chunk(queries, max(1, estimateBytes/(2*x.v.rows))) {
		hits, err := x.scan(ctx, group, k)
		if err != nil {
			return nil, err
		}
		out = append(out, hits...)
	}
	return out, nil
}

// search is what the passes know of one query.
type search struct {
	bytes     byteQuery
	bits      bitQuery
	estimates []int16  // one a row
	floor     float32  // the k-th best row scores no less
	sure      []kb.Hit // rows known to score at least floor
}

// scan looks for a group of queries whose estimates fit into memory.
func (x *Exact) scan(ctx context.Context, queries [][]float32, k int) ([][]kb.Hit, error) {
	blocks := (x.v.rows + blockRows - 1) / blockRows
	all := make([]search, len(queries))
	for i, q := range queries {
		all[i] = search{bytes: newByteQuery(q), floor: float32(math.Inf(-1))}
	}
	if x.bits {
		room := x.room.estimates.get(len(queries) * blocks * blockRows)
		defer x.room.estimates.put(room)
		for i, q := range queries {
			all[i].bits = newBitQuery(x.v.codes, q)
			all[i].estimates = room[i*blocks*blockRows:][:blocks*blockRows]
		}
		x.estimate(ctx, all, blocks)
		x.floors(queries, all, k)
	}
	parts := make([][]kept, x.threadsFor(blocks))
	x.parallel(blocks, func(t, lo, hi int) { parts[t] = x.run(ctx, all, k, lo, hi) })
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([][]kb.Hit, len(queries))
	for i, q := range queries {
		mine := make([]kept, len(parts))
		for t := range parts {
			mine[t] = parts[t][i]
		}
		out[i] = x.rescore(q, k, &all[i], mine)
	}
	return out, nil
}

// chunk is how many blocks of so many bytes a row a thread scans for one query.
func chunk(bytes int) int { return max(1, chunkBytes/(bytes*blockRows)) }

func (x *Exact) threadsFor(blocks int) int {
	return max(1, min(x.threads, blocks*blockRows*x.v.dims/chunkBytes))
}

// parallel gives each thread a run of blocks.
func (x *Exact) parallel(blocks int, f func(t, lo, hi int)) {
	threads := x.threadsFor(blocks)
	if threads == 1 {
		f(0, 0, blocks)
		return
	}
	var wg sync.WaitGroup
	for t := range threads {
		wg.Go(func() { f(t, blocks*t/threads, blocks*(t+1)/threads) })
	}
	wg.Wait()
}

// estimate is the first pass.
func (x *Exact) estimate(ctx context.Context, all []search, blocks int) {
	size := chunk(x.v.codes.bytes + 4)
	x.parallel(blocks, func(_, lo, hi int) {
		for at := lo; at < hi && ctx.Err() == nil; at += size {
			end := min(at+size, hi)
			for i := range all {
				x.kernel.estimate(x.v.codes, &all[i].bits, at, all[i].estimates[at*blockRows:end*blockRows])
			}
		}
	})
}

// floors scores the rows that promise most, so that the passes to come know from the
// beginning what a row must reach.
func (x *Exact) floors(queries [][]float32, all []search, k int) {
	blocks := len(all[0].estimates) / blockRows
	size := min(blocks, chunk(2))
	masks, bounds, hits := make([]uint64, size), make([]int16, size), x.room.hits.get(size*blockRows)
	defer x.room.hits.put(hits)
	for i := range all {
		s := &all[i]
		most := promising + promisingEach*k + x.v.rows/promisingOf
		least := x.quantile(s.estimates, most)
		for j := range bounds {
			bounds[j] = least
		}
		top := best.Top{K: 2 * k, Floor: s.floor}
		for at, looked := 0, 0; at < blocks && looked < 8*most; at += size {
			n := min(size, blocks-at)
			if !x.wanted(at, masks[:n]) {
				continue
			}
			x.kernel.above(s.estimates[at*blockRows:], bounds[:n], masks[:n])
			found := x.kernel.score(x.v, &s.bytes, top.Bound(), at, masks[:n], hits)
			for _, h := range hits[:found] {
				top.Add(kb.Hit{Row: h.row, Score: h.score})
			}
			looked += found
		}
		low := best.Top{K: k, Floor: s.floor}
		for _, h := range top.Sorted() {
			low.Add(kb.Hit{Row: h.Row, Score: dot(queries[i], x.v.Row(h.Row))})
		}
		s.floor, s.sure = low.Bound(), low.Sorted()
	}
}

// promising is how many rows, how many more for each row asked for, and one in how many
// of all more, are scored to know what the best ones reach.
const promising, promisingEach, promisingOf = 256, 16, 1000

// quantileRows is how many estimates are looked at, at most, to know how they are
// distributed, and quantileHits how many of them need to be above the quantile.
const quantileRows, quantileHits = 1 << 14, 64

// quantile is about what the most highest estimates reach.
func (x *Exact) quantile(estimates []int16, most int) int16 {
	blocks := len(estimates) / blockRows
	n := min(blocks, quantileRows/blockRows, 1+quantileHits*blocks/most)
	var counts [1 << 10]int32
	mask := make([]uint64, 1)
	rows := 0
	for i := range n {
		at := i * blocks / n
		x.wanted(at, mask)
		rows += bits.OnesCount64(mask[0])
		for m := mask[0]; m != 0; m &= m - 1 {
			counts[(int(estimates[at*blockRows+bits.TrailingZeros64(m)])-math.MinInt16)>>6]++
		}
	}
	want := int32(most * n / blocks)
	for bin := len(counts) - 1; bin >= 0; bin-- {
		if want -= counts[bin]; want < 0 {
			return int16(bin<<6 + math.MinInt16)
		}
	}
	return math.MinInt16
}

// kept is what a thread keeps for a query: the rows that may be among the best, and the
// best lower bounds, which tell which those are.
type kept struct {
	low  best.Top
	rows []scored
}

// run scans the blocks [lo, hi) for all queries.
func (x *Exact) run(ctx context.Context, all []search, k, lo, hi int) []kept {
	out := make([]kept, len(all))
	for i := range out {
		out[i].low = best.Top{K: k, Floor: all[i].floor}
	}
	size := chunk(x.v.dims)
	if x.bits {
		size = chunk(x.v.codes.bytes + 2)
	}
	size = min(size, hi-lo)
	masks, wanted, bounds := make([]uint64, size), make([]uint64, size), make([]int16, size)
	hits := x.room.hits.get(size * blockRows)
	defer x.room.hits.put(hits)
	for at := lo; at < hi && ctx.Err() == nil; at += size {
		n := min(size, hi-at)
		if !x.wanted(at, wanted[:n]) {
			continue
		}
		for i := range all {
			s, o := &all[i], &out[i]
			copy(masks, wanted[:n])
			if x.bits {
				s.bits.bounds(o.low.Bound(), x.v.codes.spread[at:at+n], bounds)
				x.kernel.above(s.estimates[at*blockRows:], bounds[:n], masks[:n])
				x.kernel.refine(x.v.codes, &s.bits, o.low.Bound(), at, s.estimates[at*blockRows:], masks[:n])
			}
			found := x.kernel.score(x.v, &s.bytes, o.low.Bound(), at, masks[:n], hits)
			o.keep(hits[:found])
		}
	}
	return out
}

// wanted writes which rows of some blocks are to be looked at, and tells whether any is.
func (x *Exact) wanted(from int, masks []uint64) bool {
	any := uint64(0)
	for i := range masks {
		masks[i] = math.MaxUint64
		if x.within != nil {
			masks[i] = x.within.Block(from + i)
		}
		if after := (from+i+1)*blockRows - x.v.rows; after > 0 {
			masks[i] &= math.MaxUint64 >> after
		}
		any |= masks[i]
	}
	return any != 0
}

// keep adds those of the hits that may be among the best.
func (o *kept) keep(hits []scored) {
	for _, h := range hits {
		if h.score+h.slack >= o.low.Bound() {
			o.rows = append(o.rows, h)
			o.low.Add(kb.Hit{Row: h.row, Score: h.score - h.slack})
		}
	}
}

// rescore makes a result from what the threads kept.
func (x *Exact) rescore(q []float32, k int, s *search, parts []kept) []kb.Hit {
	low := best.Top{K: k, Floor: s.floor}
	for _, p := range parts {
		for _, h := range p.low.Sorted() {
			low.Add(h)
		}
	}
	hits := slices.Clone(s.sure)
	for _, p := range parts {
		for _, h := range p.rows {
			if h.score+h.slack >= low.Bound() && !slices.ContainsFunc(s.sure, func(o kb.Hit) bool { return o.Row == h.row }) {
				hits = append(hits, kb.Hit{Row: h.row, Score: dot(q, x.v.Row(h.row))})
			}
		}
	}
	slices.SortFunc(hits, best.Compare)
	return hits[:min(k, len(hits))]
}

// Dot is the dot product of two vectors of one length, added up in eight lanes,
// always in the same order: the score that both scanners of this package report. The
// conversions keep compilers from adding unrounded products, as some machines can.
func Dot(a, b []float32) float32 {
	var s [8]float32
	n := len(a) &^ 7
	b = b[:len(a)]
	for i := 0; i < n; i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		s[0] += float32(x[0] * y[0])
		s[1] += float32(x[1] * y[1])
		s[2] += float32(x[2] * y[2])
		s[3] += float32(x[3] * y[3])
		s[4] += float32(x[4] * y[4])
		s[5] += float32(x[5] * y[5])
		s[6] += float32(x[6] * y[6])
		s[7] += float32(x[7] * y[7])
	}
	for i := n; i < len(a); i++ {
		s[0] += float32(a[i] * b[i])
	}
	return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}
