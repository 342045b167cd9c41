// Scores of one query against many rows: two passes over one bit a dimension each, a
// third over int8 values, and float32 dot products.
//
// Every int8 value lies in [-127, 127]: -128 would overflow the byte products of
// some kernels. All kernels give the same bits.

#ifndef GLOSS_KERNEL_H
#define GLOSS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum { GLOSS_PORTABLE, GLOSS_AVX2, GLOSS_AVX512, GLOSS_NEON };

// GLOSS_BLOCK is how many rows of bits lie together: one 64-bit mask.
enum { GLOSS_BLOCK = 64 };

// gloss_bits is a query of the first pass. A row's estimate, in units of the query, is
//   mulhrs(factor, (sum - centre) * times) + mulhrs(offset, scale)
// where sum adds up what the table, 16 bytes for each four dimensions, says. The table's
// values are so small that four fit a byte, and all of them 16 bits.
typedef struct {
  int16_t centre, times, scale;
} gloss_bits;

// gloss_more is a query of the second pass, int8 values y. A row's numbers are the first
// factor, the second one, and its residual. It scores at most
//   zero + unit * first estimate - lift * first factor
//   + scale * second factor * (2 * dot(bits, y) - sum) + spread * residual
typedef struct {
  int32_t sum;  // of y
  float zero, unit, lift, scale, spread;
} gloss_more;

// gloss_bytes is a query of the third pass. A row's score is scale[row] * query_scale
// * dot, uncertain by scale[row] * slack_row + slack.
typedef struct {
  float query_scale, slack_row, slack;
  int32_t sum;  // of the query's values
} gloss_bytes;

typedef struct {
  int32_t row;
  float score, slack;
} gloss_hit;

// gloss_kernel_ok tells whether this processor can run kernel k.
int gloss_kernel_ok(int k);

// gloss_estimate writes the estimates of n blocks of 64 rows. A block is bytes (even)
// * 64 codes, 64 factors and 64 offsets of 16 bits.
void gloss_estimate(int k, const uint8_t *blocks, size_t n, size_t bytes, const uint8_t *table,
                    const gloss_bits *q, int16_t *estimates);

// gloss_above clears the bits of rows whose estimate is below their block's bound.
void gloss_above(int k, const int16_t *estimates, const int16_t *bounds, size_t n, uint64_t *masks);

// gloss_refine clears the bits of rows that do not score least, by the estimates and the
// rows' records: three numbers and bytes (even) of bits. A row whose residual is
// UINT16_MAX stays. y holds 8 * bytes values.
void gloss_refine(int k, const uint8_t *records, size_t n, size_t bytes, const int8_t *y,
                  const gloss_more *q, float least, const int16_t *estimates, uint64_t *masks);

// gloss_score scores the rows that the masks of n blocks hold, the first of them being
// row first, and writes those that may reach least; hits has room for all. It returns
// how many.
size_t gloss_score(int k, const int8_t *rows, const float *scale, size_t dims, size_t first, size_t n,
                   const int8_t *query, const gloss_bytes *q, float least, const uint64_t *masks,
                   gloss_hit *hits);

// gloss_dot adds in eight lanes, as vec.Dot does, bit by bit.
float gloss_dot(const float *a, const float *b, size_t n);

// gloss_rotate turns x by an orthogonal matrix: for each row of signs, signs that
// flip x, then a fast Hadamard transform of a window of the greatest power of two,
// in turn at the front and at the back.
void gloss_rotate(float *x, size_t n, const float *signs, size_t rounds);

#endif
