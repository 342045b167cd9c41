// Dot products of one int8 query with many int8 rows.
//
// Every value lies in [-127, 127]: -128 would overflow the byte products below.

#ifndef GLOSS_KERNEL_H
#define GLOSS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

// gloss_kernel_ok tells whether this processor can run kernel k.
int gloss_kernel_ok(int k);

// gloss_scan writes scale[i] * dot(query, rows + i*dim) to out[i] for i < n.
void gloss_scan(int k, const int8_t *query, const int8_t *rows, const float *scale,
                size_t n, size_t dim, float *out);

enum { GLOSS_PORTABLE, GLOSS_AVX2, GLOSS_VNNI, GLOSS_NEON, GLOSS_KERNELS };

#endif
