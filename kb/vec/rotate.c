// The rotation that makes the estimates of the first passes hold for any vectors.

#include "kernel.h"

#include <math.h>

// hadamard transforms n values, n a power of two, without changing their length.
static void hadamard(float *x, size_t n) {
  for (size_t h = 1; h < n; h *= 2)
    for (size_t i = 0; i < n; i += 2 * h)
      for (size_t j = i; j < i + h; j++) {
        float a = x[j], b = x[j + h];
        x[j] = a + b;
        x[j + h] = a - b;
      }
  float scale = (float)(1 / sqrt((double)n));
  for (size_t i = 0; i < n; i++) x[i] *= scale;
}

void gloss_rotate(float *x, size_t n, const float *signs, size_t rounds) {
  size_t window = 1;
  while (2 * window <= n) window *= 2;
  for (size_t r = 0; r < rounds; r++, signs += n) {
    for (size_t i = 0; i < n; i++) x[i] *= signs[i];
    hadamard(r % 2 ? x + n - window : x, window);
  }
}
