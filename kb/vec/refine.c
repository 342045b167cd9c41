// The second pass: better estimates from a second bit a dimension, for the rows that
// the first one left.

#include "kernel.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

// A sum_fn adds up the values of y whose bit is set, 8 * bytes of them.
typedef int32_t (*sum_fn)(const uint8_t *bits, const int8_t *y, size_t bytes);

static inline int32_t sum_portable(const uint8_t *bits, const int8_t *y, size_t bytes) {
  int32_t sum = 0;
  for (size_t i = 0; i < bytes * 8; i++) sum += y[i] & -(bits[i / 8] >> (i % 8) & 1);
  return sum;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vnni")))

// Each byte of bits goes to eight lanes, of which each looks at one bit.
AVX2 static inline int32_t sum_avx2(const uint8_t *bits, const int8_t *y, size_t bytes) {
  const __m256i place = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
  const __m256i ones8 = _mm256_set1_epi8(1), ones16 = _mm256_set1_epi16(1);
  __m256i sum = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 4 <= bytes; i += 4) {
    int32_t four;
    memcpy(&four, bits + i, 4);
    __m256i b = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(four), place), bit);
    __m256i v = _mm256_and_si256(_mm256_cmpeq_epi8(b, bit), _mm256_loadu_si256((const __m256i *)(y + 8 * i)));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(ones8, v), ones16));
  }
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
  return _mm_cvtsi128_si32(s) + sum_portable(bits + i, y + 8 * i, bytes - i);
}

AVX512 static inline int32_t sum_avx512(const uint8_t *bits, const int8_t *y, size_t bytes) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sum = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 8 <= bytes; i += 8) {
    uint64_t eight;
    memcpy(&eight, bits + i, 8);
    sum = _mm512_dpbusd_epi32(sum, _mm512_maskz_mov_epi8(eight, ones), _mm512_loadu_si512(y + 8 * i));
  }
  return _mm512_reduce_add_epi32(sum) + sum_portable(bits + i, y + 8 * i, bytes - i);
}
#endif

#if defined(__aarch64__)
#include <arm_neon.h>

static inline int32_t sum_neon(const uint8_t *bits, const int8_t *y, size_t bytes) {
  static const uint8_t bit[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t each = vld1q_u8(bit);
  int32x4_t sum = vdupq_n_s32(0);
  for (size_t i = 0; i < bytes; i += 2) {
    uint8x16_t b = vcombine_u8(vdup_n_u8(bits[i]), vdup_n_u8(bits[i + 1]));
    int8x16_t v = vandq_s8(vreinterpretq_s8_u8(vtstq_u8(b, each)), vld1q_s8(y + 8 * i));
    sum = vpadalq_s16(sum, vpaddlq_s8(v));
  }
  return vaddvq_s32(sum);
}
#endif

// A place is a row that the first pass left.
typedef struct {
  uint32_t row;  // of those of the call
  int16_t estimate;
} place;

// places writes the rows of a block that a mask holds and returns how many.
static inline size_t places(uint64_t mask, size_t block, const int16_t *estimates, place *out) {
  size_t n = 0;
  for (; mask; mask &= mask - 1) {
    size_t r = (size_t)__builtin_ctzll(mask);
    out[n++] = (place){(uint32_t)(block * GLOSS_BLOCK + r), estimates[r]};
  }
  return n;
}

// rest are the arguments of gloss_refine.
typedef struct {
  const uint8_t *records;
  size_t n, bytes;
  const int8_t *y;
  const gloss_more *q;
  float least;
  const int16_t *estimates;
  uint64_t *masks;
} rest;

static inline void fetch(const uint8_t *record, size_t size) {
  for (size_t i = 0; i < size; i += 64) __builtin_prefetch(record + i);
  __builtin_prefetch(record + size - 1);
}

// refine is compiled for each sum. The rows that are left lie apart, where processors do
// not fetch them from memory by themselves: some are asked for ahead, the more the shorter
// their records are.
static inline __attribute__((always_inline)) void refine(const rest *a, sum_fn sum) {
  enum { batch = 512, ahead_bytes = 2048 };
  place at[batch + GLOSS_BLOCK];
  const gloss_more q = *a->q;
  const size_t size = a->bytes + sizeof(uint16_t[3]), ahead = 1 + ahead_bytes / size;
  for (size_t b = 0; b < a->n;) {
    size_t all = 0;
    for (; b < a->n && all < batch; b++) all += places(a->masks[b], b, a->estimates + b * GLOSS_BLOCK, at + all);
    for (size_t i = 0; i < all && i < ahead; i++) fetch(a->records + at[i].row * size, size);
    for (size_t i = 0; i < all; i++) {
      if (i + ahead < all) fetch(a->records + at[i + ahead].row * size, size);
      size_t row = at[i].row;
      const uint8_t *record = a->records + row * size;
      uint16_t number[3];
      memcpy(number, record, sizeof number);
      int32_t dot = 2 * sum(record + sizeof number, a->y, a->bytes) - q.sum;
      float most = q.zero + q.unit * (float)at[i].estimate - q.lift * (float)number[0] +
                   q.scale * (float)number[1] * (float)dot + q.spread * (float)number[2];
      uint64_t gone = !(most >= a->least) & (number[2] != UINT16_MAX);
      a->masks[row / GLOSS_BLOCK] &= ~(gone << row % GLOSS_BLOCK);
    }
  }
}

static void refine_portable(const rest *a) { refine(a, sum_portable); }
#if defined(__x86_64__)
AVX2 static void refine_avx2(const rest *a) { refine(a, sum_avx2); }
AVX512 static void refine_avx512(const rest *a) { refine(a, sum_avx512); }
#endif
#if defined(__aarch64__)
static void refine_neon(const rest *a) { refine(a, sum_neon); }
#endif

void gloss_refine(int k, const uint8_t *records, size_t n, size_t bytes, const int8_t *y,
                  const gloss_more *q, float least, const int16_t *estimates, uint64_t *masks) {
  const rest a = {records, n, bytes, y, q, least, estimates, masks};
  switch (k) {
#if defined(__x86_64__)
    case GLOSS_AVX2:
      refine_avx2(&a);
      return;
    case GLOSS_AVX512:
      refine_avx512(&a);
      return;
#endif
#if defined(__aarch64__)
    case GLOSS_NEON:
      refine_neon(&a);
      return;
#endif
  }
  refine_portable(&a);
}
