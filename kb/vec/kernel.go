package vec

/*
#cgo CFLAGS: -O3 -std=c11
#include "kernel.h"
*/
import "C"

import "unsafe"

// kernel is one implementation of the int8 dot product.
type kernel int

const (
	portable kernel = C.GLOSS_PORTABLE
	avx2     kernel = C.GLOSS_AVX2
	vnni     kernel = C.GLOSS_VNNI
	neon     kernel = C.GLOSS_NEON
)

// String is the name that Exact.Kernel reports.
func (k kernel) String() string {
	return [...]string{portable: "portable", avx2: "avx2", vnni: "avx512-vnni", neon: "neon"}[k]
}

// kernels are those that this processor runs, the best first; never empty.
func kernels() []kernel {
	var out []kernel
	for _, k := range []kernel{vnni, avx2, neon, portable} {
		if C.gloss_kernel_ok(C.int(k)) != 0 {
			out = append(out, k)
		}
	}
	return out
}

// scan writes scale[i] * dot(query, row i) to out[i]. rows holds len(out) rows of
// len(query) values in [-127, 127].
func (k kernel) scan(query, rows []int8, scale, out []float32) {
	if len(out) == 0 || len(query) == 0 {
		clear(out)
		return
	}
	_ = rows[len(out)*len(query)-1]
	_ = scale[len(out)-1]
	C.gloss_scan(C.int(k), (*C.int8_t)(unsafe.Pointer(&query[0])), (*C.int8_t)(unsafe.Pointer(&rows[0])),
		(*C.float)(unsafe.Pointer(&scale[0])), C.size_t(len(out)), C.size_t(len(query)), (*C.float)(unsafe.Pointer(&out[0])))
}
