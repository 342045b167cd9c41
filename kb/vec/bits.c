// The first pass: estimates of scores from one bit a dimension.
//
// A block is 64 rows, byte by byte: the 64 first bytes, the 64 second ones, ... The
// lanes of rows 0 to 31 are the even bytes, those of rows 32 to 63 the odd ones, so
// that sums in 16-bit lanes come out in the order of the rows. A byte holds eight
// dimensions; each half of it indexes a table of 16 sums (Andre, Kermarrec and Le
// Scouarnec 2015, "Cache locality is not enough").

#include "kernel.h"

// A block_fn writes the estimates of 64 rows.
typedef void (*block_fn)(const uint8_t *codes, size_t bytes, const uint8_t *table, const gloss_bits *q, int16_t *estimates);

static inline int32_t mulhrs(int32_t a, int32_t b) { return (a * b + 0x4000) >> 15; }

static void block_portable(const uint8_t *codes, size_t bytes, const uint8_t *table, const gloss_bits *q, int16_t *estimates) {
  uint16_t sums[GLOSS_BLOCK] = {0};
  const int16_t *factor = (const int16_t *)(codes + bytes * GLOSS_BLOCK), *offset = factor + GLOSS_BLOCK;
  for (size_t i = 0; i < bytes; i++)
    for (size_t l = 0; l < GLOSS_BLOCK; l++) {
      uint8_t code = codes[i * GLOSS_BLOCK + l];
      sums[l] += table[i * 32 + (code & 15)] + table[i * 32 + 16 + (code >> 4)];
    }
  for (size_t r = 0; r < GLOSS_BLOCK; r++) {
    size_t lane = r < 32 ? 2 * r : 2 * (r - 32) + 1;
    int16_t sum = (int16_t)((sums[lane] - q->centre) * q->times);
    int32_t estimate = mulhrs(factor[r], sum) + mulhrs(offset[r], q->scale);
    if (estimate > INT16_MAX) estimate = INT16_MAX;
    if (estimate < INT16_MIN) estimate = INT16_MIN;
    estimates[r] = (int16_t)estimate;
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i estimate_avx2(__m256i sum, const int16_t *factor, const gloss_bits *q) {
  sum = _mm256_mullo_epi16(_mm256_sub_epi16(sum, _mm256_set1_epi16(q->centre)), _mm256_set1_epi16(q->times));
  __m256i f = _mm256_loadu_si256((const __m256i *)factor);
  __m256i o = _mm256_loadu_si256((const __m256i *)(factor + GLOSS_BLOCK));
  return _mm256_adds_epi16(_mm256_mulhrs_epi16(f, sum), _mm256_mulhrs_epi16(o, _mm256_set1_epi16(q->scale)));
}

// half_avx2 does the rows 16*h to 16*h+15 and 32+16*h to 32+16*h+15.
AVX2 static inline void half_avx2(const uint8_t *codes, size_t bytes, const uint8_t *table, size_t h,
                                  __m256i *low, __m256i *high) {
  const __m256i nibble = _mm256_set1_epi8(15);
  __m256i all = _mm256_setzero_si256(), odd = all;
  for (size_t i = 0; i < bytes; i += 2) {
    const __m128i *t = (const __m128i *)(table + i * 32);
    __m256i a = _mm256_loadu_si256((const __m256i *)(codes + i * GLOSS_BLOCK + 32 * h));
    __m256i b = _mm256_loadu_si256((const __m256i *)(codes + (i + 1) * GLOSS_BLOCK + 32 * h));
    __m256i x = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t[0]), _mm256_and_si256(a, nibble));
    __m256i y = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t[2]), _mm256_and_si256(b, nibble));
    a = _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble);
    b = _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble);
    x = _mm256_add_epi8(x, _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t[1]), a));
    y = _mm256_add_epi8(y, _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t[3]), b));
    x = _mm256_add_epi8(x, y);
    all = _mm256_add_epi16(all, x);
    odd = _mm256_add_epi16(odd, _mm256_srli_epi16(x, 8));
  }
  *low = _mm256_sub_epi16(all, _mm256_slli_epi16(odd, 8));
  *high = odd;
}

AVX2 static void block_avx2(const uint8_t *codes, size_t bytes, const uint8_t *table, const gloss_bits *q, int16_t *estimates) {
  const int16_t *factor = (const int16_t *)(codes + bytes * GLOSS_BLOCK);
  __m256i r0, r16, r32, r48;
  half_avx2(codes, bytes, table, 0, &r0, &r32);
  half_avx2(codes, bytes, table, 1, &r16, &r48);
  _mm256_storeu_si256((__m256i *)estimates, estimate_avx2(r0, factor, q));
  _mm256_storeu_si256((__m256i *)(estimates + 16), estimate_avx2(r16, factor + 16, q));
  _mm256_storeu_si256((__m256i *)(estimates + 32), estimate_avx2(r32, factor + 32, q));
  _mm256_storeu_si256((__m256i *)(estimates + 48), estimate_avx2(r48, factor + 48, q));
}

AVX2 static uint32_t above_avx2(const __m256i *e, __m256i bound) {
  __m256i a = _mm256_cmpgt_epi16(bound, _mm256_loadu_si256(e)), b = _mm256_cmpgt_epi16(bound, _mm256_loadu_si256(e + 1));
  return ~(uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8));
}

AVX2 static uint64_t mask_avx2(const int16_t *estimates, int16_t bound) {
  const __m256i *e = (const __m256i *)estimates, least = _mm256_set1_epi16(bound);
  return (uint64_t)above_avx2(e + 2, least) << 32 | above_avx2(e, least);
}

#define AVX512 __attribute__((target("avx512f,avx512bw")))

AVX512 static inline __m512i estimate_avx512(__m512i sum, const int16_t *factor, const gloss_bits *q) {
  sum = _mm512_mullo_epi16(_mm512_sub_epi16(sum, _mm512_set1_epi16(q->centre)), _mm512_set1_epi16(q->times));
  __m512i f = _mm512_loadu_si512(factor), o = _mm512_loadu_si512(factor + GLOSS_BLOCK);
  return _mm512_adds_epi16(_mm512_mulhrs_epi16(f, sum), _mm512_mulhrs_epi16(o, _mm512_set1_epi16(q->scale)));
}

AVX512 static void block_avx512(const uint8_t *codes, size_t bytes, const uint8_t *table, const gloss_bits *q, int16_t *estimates) {
  const __m512i nibble = _mm512_set1_epi8(15);
  __m512i all = _mm512_setzero_si512(), odd = all;
  for (size_t i = 0; i < bytes; i += 2) {
    const __m128i *t = (const __m128i *)(table + i * 32);
    __m512i a = _mm512_loadu_si512(codes + i * GLOSS_BLOCK);
    __m512i b = _mm512_loadu_si512(codes + (i + 1) * GLOSS_BLOCK);
    __m512i x = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(t[0]), _mm512_and_si512(a, nibble));
    __m512i y = _mm512_shuffle_epi8(_mm512_broadcast_i32x4(t[2]), _mm512_and_si512(b, nibble));
    a = _mm512_and_si512(_mm512_srli_epi16(a, 4), nibble);
    b = _mm512_and_si512(_mm512_srli_epi16(b, 4), nibble);
    x = _mm512_add_epi8(x, _mm512_shuffle_epi8(_mm512_broadcast_i32x4(t[1]), a));
    y = _mm512_add_epi8(y, _mm512_shuffle_epi8(_mm512_broadcast_i32x4(t[3]), b));
    x = _mm512_add_epi8(x, y);
    all = _mm512_add_epi16(all, x);
    odd = _mm512_add_epi16(odd, _mm512_srli_epi16(x, 8));
  }
  const int16_t *factor = (const int16_t *)(codes + bytes * GLOSS_BLOCK);
  _mm512_storeu_si512(estimates, estimate_avx512(_mm512_sub_epi16(all, _mm512_slli_epi16(odd, 8)), factor, q));
  _mm512_storeu_si512(estimates + 32, estimate_avx512(odd, factor + 32, q));
}

AVX512 static uint64_t mask_avx512(const int16_t *estimates, int16_t bound) {
  const __m512i least = _mm512_set1_epi16(bound);
  return (uint64_t)_mm512_cmpge_epi16_mask(_mm512_loadu_si512(estimates + 32), least) << 32 |
         _mm512_cmpge_epi16_mask(_mm512_loadu_si512(estimates), least);
}
#endif

#if defined(__aarch64__)
#include <arm_neon.h>

// vqrdmulh is mulhrs but for its doubling: (2ab + 0x8000) >> 16.
static inline int16x8_t estimate_neon(uint16x8_t sum, const int16_t *factor, const gloss_bits *q) {
  int16x8_t s = vmulq_n_s16(vsubq_s16(vreinterpretq_s16_u16(sum), vdupq_n_s16(q->centre)), q->times);
  return vqaddq_s16(vqrdmulhq_s16(vld1q_s16(factor), s), vqrdmulhq_n_s16(vld1q_s16(factor + GLOSS_BLOCK), q->scale));
}

static uint64_t mask_neon(const int16_t *estimates, int16_t bound) {
  static const uint16_t place[8] = {1, 2, 4, 8, 16, 32, 64, 128};
  uint64_t mask = 0;
  for (size_t i = 0; i < 8; i++) {
    uint16x8_t above = vcgeq_s16(vld1q_s16(estimates + 8 * i), vdupq_n_s16(bound));
    mask |= (uint64_t)vaddvq_u16(vandq_u16(above, vld1q_u16(place))) << (8 * i);
  }
  return mask;
}

static void block_neon(const uint8_t *codes, size_t bytes, const uint8_t *table, const gloss_bits *q, int16_t *estimates) {
  const uint8x16_t nibble = vdupq_n_u8(15);
  const int16_t *factor = (const int16_t *)(codes + bytes * GLOSS_BLOCK);
  for (size_t part = 0; part < 4; part++) {
    uint16x8_t all = vdupq_n_u16(0), odd = all;
    for (size_t i = 0; i < bytes; i += 2) {
      const uint8_t *t = table + i * 32;
      uint8x16_t a = vld1q_u8(codes + i * GLOSS_BLOCK + 16 * part);
      uint8x16_t b = vld1q_u8(codes + (i + 1) * GLOSS_BLOCK + 16 * part);
      uint8x16_t x = vaddq_u8(vqtbl1q_u8(vld1q_u8(t), vandq_u8(a, nibble)), vqtbl1q_u8(vld1q_u8(t + 16), vshrq_n_u8(a, 4)));
      uint8x16_t y = vaddq_u8(vqtbl1q_u8(vld1q_u8(t + 32), vandq_u8(b, nibble)), vqtbl1q_u8(vld1q_u8(t + 48), vshrq_n_u8(b, 4)));
      uint16x8_t both = vreinterpretq_u16_u8(vaddq_u8(x, y));
      all = vaddq_u16(all, both);
      odd = vsraq_n_u16(odd, both, 8);
    }
    uint16x8_t even = vsubq_u16(all, vshlq_n_u16(odd, 8));
    vst1q_s16(estimates + 8 * part, estimate_neon(even, factor + 8 * part, q));
    vst1q_s16(estimates + 32 + 8 * part, estimate_neon(odd, factor + 32 + 8 * part, q));
  }
}
#endif

static uint64_t mask_portable(const int16_t *estimates, int16_t bound) {
  uint64_t mask = 0;
  for (size_t r = 0; r < GLOSS_BLOCK; r++) mask |= (uint64_t)(estimates[r] >= bound) << r;
  return mask;
}

typedef struct {
  block_fn block;
  uint64_t (*mask)(const int16_t *estimates, int16_t bound);
} kernel;

static kernel chosen(int k) {
  switch (k) {
#if defined(__x86_64__)
    case GLOSS_AVX2:
      return (kernel){block_avx2, mask_avx2};
    case GLOSS_AVX512:
      return (kernel){block_avx512, mask_avx512};
#endif
#if defined(__aarch64__)
    case GLOSS_NEON:
      return (kernel){block_neon, mask_neon};
#endif
  }
  return (kernel){block_portable, mask_portable};
}

void gloss_estimate(int k, const uint8_t *blocks, size_t n, size_t bytes, const uint8_t *table,
                    const gloss_bits *q, int16_t *estimates) {
  block_fn block = chosen(k).block;
  for (size_t b = 0; b < n; b++)
    block(blocks + b * (bytes + 4) * GLOSS_BLOCK, bytes, table, q, estimates + b * GLOSS_BLOCK);
}

void gloss_above(int k, const int16_t *estimates, const int16_t *bounds, size_t n, uint64_t *masks) {
  kernel c = chosen(k);
  for (size_t b = 0; b < n; b++)
    if (masks[b]) masks[b] &= c.mask(estimates + b * GLOSS_BLOCK, bounds[b]);
}
