// The second pass: int8 dot products of the rows that the first pass left.

#include "kernel.h"

#pragma STDC FP_CONTRACT OFF

// A dot_fn multiplies a query, whose values sum to sum, with a row.
typedef int32_t (*dot_fn)(const int8_t *query, const int8_t *row, size_t n, int32_t sum);

static int32_t dot_rest(const int8_t *a, const int8_t *b, size_t i, size_t n) {
  int32_t sum = 0;
  for (; i < n; i++) sum += (int32_t)a[i] * b[i];
  return sum;
}

static int32_t dot_portable(const int8_t *q, const int8_t *row, size_t n, int32_t sum) {
  (void)sum;
  return dot_rest(q, row, 0, n);
}

#if defined(__x86_64__)
#include <immintrin.h>

// maddubs multiplies unsigned by signed bytes, so the sign of the query moves to
// the row. Products of two bytes reach 2 * 127 * 127 = 32258, which int16 holds.
__attribute__((target("avx2"))) static int32_t dot_avx2(const int8_t *q, const int8_t *row, size_t n, int32_t unused) {
  (void)unused;
  __m256i sum = _mm256_setzero_si256();
  const __m256i ones = _mm256_set1_epi16(1);
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(q + i));
    __m256i b = _mm256_loadu_si256((const __m256i *)(row + i));
    __m256i p = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(p, ones));
  }
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s) + dot_rest(q, row, i, n);
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vnni")))

// dpbusd multiplies unsigned by signed bytes, so 128 is added to the row (by flipping
// its sign bit) and 128 times the sum of the query taken off the result.
AVX512 static int32_t dot_avx512(const int8_t *q, const int8_t *row, size_t n, int32_t sum) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  __m512i s0 = _mm512_setzero_si512(), s1 = s0;
  size_t i = 0;
  for (; i + 128 <= n; i += 128) {
    s0 = _mm512_dpbusd_epi32(s0, _mm512_xor_si512(_mm512_loadu_si512(row + i), flip), _mm512_loadu_si512(q + i));
    s1 = _mm512_dpbusd_epi32(s1, _mm512_xor_si512(_mm512_loadu_si512(row + i + 64), flip),
                             _mm512_loadu_si512(q + i + 64));
  }
  for (; i < n; i += 64) {
    __mmask64 in = n - i < 64 ? ((__mmask64)1 << (n - i)) - 1 : ~(__mmask64)0;
    s0 = _mm512_dpbusd_epi32(s0, _mm512_xor_si512(_mm512_maskz_loadu_epi8(in, row + i), flip),
                             _mm512_maskz_loadu_epi8(in, q + i));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1)) - 128 * sum;
}
#endif

#if defined(__aarch64__)
#include <arm_neon.h>

static int32_t dot_neon(const int8_t *q, const int8_t *row, size_t n, int32_t unused) {
  (void)unused;
  int32x4_t sum = vdupq_n_s32(0);
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    int8x16_t a = vld1q_s8(q + i), b = vld1q_s8(row + i);
    sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    sum = vpadalq_s16(sum, vmull_high_s8(a, b));
  }
  return vaddvq_s32(sum) + dot_rest(q, row, i, n);
}
#endif

static dot_fn kernel(int k) {
  switch (k) {
    case GLOSS_PORTABLE:
      return dot_portable;
#if defined(__x86_64__)
    case GLOSS_AVX2:
      return __builtin_cpu_supports("avx2") ? dot_avx2 : NULL;
    case GLOSS_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vnni")
                 ? dot_avx512
                 : NULL;
#endif
#if defined(__aarch64__)
    case GLOSS_NEON:
      return dot_neon;
#endif
  }
  return NULL;
}

int gloss_kernel_ok(int k) { return kernel(k) != NULL; }

// ahead is how many bytes of the next rows are fetched from memory beforehand: the
// rows that a pass leaves lie apart, where processors do not do so by themselves.
enum { ahead = 4096, line = 64 };

// rows_of writes the rows of a mask to rows and returns how many.
static size_t rows_of(uint64_t mask, size_t first, int32_t *rows) {
  size_t n = 0;
  for (; mask; mask &= mask - 1) rows[n++] = (int32_t)first + __builtin_ctzll(mask);
  return n;
}

static inline void fetch(const int8_t *rows, const float *scale, size_t dims, int32_t row) {
  const int8_t *at = rows + (size_t)row * dims;
  for (size_t i = 0; i < dims; i += line) __builtin_prefetch(at + i);
  __builtin_prefetch(scale + row);
}

size_t gloss_score(int k, const int8_t *rows, const float *scale, size_t dims, size_t first, size_t n,
                   const int8_t *query, const gloss_bytes *q, float least, const uint64_t *masks,
                   gloss_hit *hits) {
  enum { batch = 1024 };
  int32_t wanted[batch + GLOSS_BLOCK];
  dot_fn dot = kernel(k);
  size_t out = 0, distance = 1 + ahead / (dims + 1);
  for (size_t b = 0; b < n;) {
    size_t all = 0;
    for (; b < n && all < batch; b++) all += rows_of(masks[b], first + b * GLOSS_BLOCK, wanted + all);
    for (size_t i = 0; i < all && i < distance; i++) fetch(rows, scale, dims, wanted[i]);
    for (size_t i = 0; i < all; i++) {
      if (i + distance < all) fetch(rows, scale, dims, wanted[i + distance]);
      int32_t row = wanted[i];
      float score = scale[row] * q->query_scale * (float)dot(query, rows + (size_t)row * dims, dims, q->sum);
      float slack = scale[row] * q->slack_row + q->slack;
      if (score + slack >= least) hits[out++] = (gloss_hit){row, score, slack};
    }
  }
  return out;
}

float gloss_dot(const float *a, const float *b, size_t n) {
  float s[8] = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (size_t j = 0; j < 8; j++) s[j] += a[i + j] * b[i + j];
  for (; i < n; i++) s[0] += a[i] * b[i];
  return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}
