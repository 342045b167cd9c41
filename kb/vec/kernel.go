package vec

/*
#cgo CFLAGS: -O3 -std=c11
#cgo LDFLAGS: -lm
#include "kernel.h"
*/
import "C"

import "unsafe"

// kernel is one implementation of the loops in C.
type kernel int

const (
	portable kernel = C.GLOSS_PORTABLE
	avx2     kernel = C.GLOSS_AVX2
	avx512   kernel = C.GLOSS_AVX512
	neon     kernel = C.GLOSS_NEON
)

// blockRows is how many rows of codes lie together.
const blockRows = C.GLOSS_BLOCK

// String is the name that Exact.Kernel reports.
func (k kernel) String() string {
	return [...]string{portable: "portable", avx2: "avx2", avx512: "avx512-vnni", neon: "neon"}[k]
}

// kernels are those that this processor runs, the best first; never empty.
func kernels() []kernel {
	var out []kernel
	for _, k := range []kernel{avx512, avx2, neon, portable} {
		if C.gloss_kernel_ok(C.int(k)) != 0 {
			out = append(out, k)
		}
	}
	return out
}

// scored is a row with its int8 score, which is off by no more than slack.
type scored struct {
	row          int32
	score, slack float32
}

// estimate writes the first estimates of the rows of the blocks from, from+1, ...
func (k kernel) estimate(c *codes, q *bitQuery, from int, estimates []int16) {
	n := len(estimates) / blockRows
	if n == 0 {
		return
	}
	blocks := c.blocks[from*c.blockSize() : (from+n)*c.blockSize()]
	p := C.gloss_bits{centre: C.int16_t(q.centre), times: C.int16_t(q.times), scale: C.int16_t(q.scale)}
	_ = q.table[32*c.bytes-1]
	C.gloss_estimate(C.int(k), (*C.uint8_t)(&blocks[0]), C.size_t(n), C.size_t(c.bytes), (*C.uint8_t)(&q.table[0]), &p,
		(*C.int16_t)(&estimates[0]))
}

// above clears the bits of rows whose estimate is below the bound of their block.
func (k kernel) above(estimates, bounds []int16, masks []uint64) {
	if len(masks) == 0 {
		return
	}
	_, _ = estimates[len(masks)*blockRows-1], bounds[len(masks)-1]
	C.gloss_above(C.int(k), (*C.int16_t)(&estimates[0]), (*C.int16_t)(&bounds[0]), C.size_t(len(masks)), (*C.uint64_t)(&masks[0]))
}

// refine clears the bits of the rows of the blocks from, from+1, ... whose second
// estimate says that they do not score least.
func (k kernel) refine(c *codes, q *bitQuery, least float32, from int, estimates []int16, masks []uint64) {
	if len(masks) == 0 {
		return
	}
	end := min(c.rows, (from+len(masks))*blockRows)
	records := c.records[from*blockRows*c.recordSize() : end*c.recordSize()]
	p := C.gloss_more{
		sum: C.int32_t(q.sum), scale: C.float(q.moreScale), spread: C.float(q.moreSpread),
		unit: C.float(q.unit), zero: C.float(q.moreZero), lift: C.float(q.lift),
	}
	_, _ = estimates[len(masks)*blockRows-1], q.y[8*c.bytes-1]
	C.gloss_refine(C.int(k), (*C.uint8_t)(&records[0]), C.size_t(len(masks)), C.size_t(c.bytes),
		(*C.int8_t)(&q.y[0]), &p, C.float(least), (*C.int16_t)(&estimates[0]), (*C.uint64_t)(&masks[0]))
}

// score writes the rows of the blocks from, from+1, ... that masks holds and that may
// score least to hits, which must have room for all of them, and returns how many.
func (k kernel) score(v *Vectors, q *byteQuery, least float32, from int, masks []uint64, hits []scored) int {
	if len(masks) == 0 {
		return 0
	}
	_ = hits[len(masks)*blockRows-1]
	p := C.gloss_bytes{
		query_scale: C.float(q.scale), slack_row: C.float(q.slackRow), slack: C.float(q.slack), sum: C.int32_t(q.sum),
	}
	return int(C.gloss_score(C.int(k), (*C.int8_t)(&v.small[0]), (*C.float)(&v.scale[0]), C.size_t(v.dims),
		C.size_t(from*blockRows), C.size_t(len(masks)), (*C.int8_t)(&q.values[0]), &p, C.float(least),
		(*C.uint64_t)(&masks[0]), (*C.gloss_hit)(unsafe.Pointer(&hits[0]))))
}

// dot is Dot in C, the same bits.
func dot(a, b []float32) float32 {
	if len(a) == 0 {
		return 0
	}
	_ = b[len(a)-1]
	return float32(C.gloss_dot((*C.float)(&a[0]), (*C.float)(&b[0]), C.size_t(len(a))))
}

// rotate turns x in place; signs holds len(x) signs a round.
func rotate(x, signs []float32) {
	if len(x) == 0 {
		return
	}
	C.gloss_rotate((*C.float)(&x[0]), C.size_t(len(x)), (*C.float)(&signs[0]), C.size_t(len(signs)/len(x)))
}
