// The instructions of AVX512_BF16, which Swift has no names for; only for targets that are compiled for them.
#pragma once

#if defined(__AVX512BF16__)
#include <immintrin.h>

/// Each lane of `sum` + the two products of its pairs of bf16, the upper pair's first, each addition rounded once.
static inline __m512 bf16_dot(__m512 sum, __m512 a, __m512 b) {
  return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_castps_si512(a), (__m512bh)_mm512_castps_si512(b));
}

/// 32 floats as 16 pairs of bf16, in their order.
static inline __m512 bf16_neighbours(__m512 first, __m512 second) {
  return _mm512_castsi512_ps((__m512i)_mm512_cvtne2ps_pbh(second, first));
}

/// Pairs of bf16 of which `low` gives the lower halves and `high` the upper ones.
static inline __m512 bf16_pairs(__m512 low, __m512 high) {
  const __m512i lanes = _mm512_set_epi16(
      31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1,
      16, 0);
  return _mm512_castsi512_ps(_mm512_permutexvar_epi16(lanes, (__m512i)_mm512_cvtne2ps_pbh(high, low)));
}
#endif
