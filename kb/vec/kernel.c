#include "kernel.h"

typedef int32_t (*dot_fn)(const int8_t *, const int8_t *, size_t);

static int32_t dot_portable(const int8_t *a, const int8_t *b, size_t n) {
  int32_t sum = 0;
  for (size_t i = 0; i < n; i++) sum += (int32_t)a[i] * b[i];
  return sum;
}

#if defined(__x86_64__)
#include <immintrin.h>

// maddubs multiplies unsigned by signed bytes, so the sign of the query moves to
// the row. Products of two bytes reach 2 * 127 * 127 = 32258, which int16 holds.
__attribute__((target("avx2"))) static int32_t dot_avx2(const int8_t *q, const int8_t *r, size_t n) {
  __m256i sum = _mm256_setzero_si256();
  const __m256i ones = _mm256_set1_epi16(1);
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(q + i));
    __m256i b = _mm256_loadu_si256((const __m256i *)(r + i));
    __m256i p = _mm256_maddubs_epi16(_mm256_abs_epi8(a), _mm256_sign_epi8(b, a));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(p, ones));
  }
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s) + dot_portable(q + i, r + i, n - i);
}

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

// 512-bit registers have no sign instruction: a mask of the query's signs negates the row.
VNNI static inline __m512i step_vnni(__m512i sum, __m512i a, __m512i b) {
  b = _mm512_mask_sub_epi8(b, _mm512_movepi8_mask(a), _mm512_setzero_si512(), b);
  return _mm512_dpbusd_epi32(sum, _mm512_abs_epi8(a), b);
}

VNNI static int32_t dot_vnni(const int8_t *q, const int8_t *r, size_t n) {
  __m512i sum = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 64 <= n; i += 64)
    sum = step_vnni(sum, _mm512_loadu_si512(q + i), _mm512_loadu_si512(r + i));
  if (i < n) {
    __mmask64 in = ((__mmask64)1 << (n - i)) - 1;
    sum = step_vnni(sum, _mm512_maskz_loadu_epi8(in, q + i), _mm512_maskz_loadu_epi8(in, r + i));
  }
  return _mm512_reduce_add_epi32(sum);
}
#endif

#if defined(__aarch64__)
#include <arm_neon.h>

static int32_t dot_neon(const int8_t *q, const int8_t *r, size_t n) {
  int32x4_t sum = vdupq_n_s32(0);
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    int8x16_t a = vld1q_s8(q + i), b = vld1q_s8(r + i);
    sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    sum = vpadalq_s16(sum, vmull_high_s8(a, b));
  }
  return vaddvq_s32(sum) + dot_portable(q + i, r + i, n - i);
}
#endif

static dot_fn kernel(int k) {
  switch (k) {
    case GLOSS_PORTABLE:
      return dot_portable;
#if defined(__x86_64__)
    case GLOSS_AVX2:
      return __builtin_cpu_supports("avx2") ? dot_avx2 : NULL;
    case GLOSS_VNNI:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vnni")
                 ? dot_vnni
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

void gloss_scan(int k, const int8_t *query, const int8_t *rows, const float *scale,
                size_t n, size_t dim, float *out) {
  dot_fn dot = kernel(k);
  for (size_t i = 0; i < n; i++) out[i] = scale[i] * (float)dot(query, rows + i * dim, dim);
}
