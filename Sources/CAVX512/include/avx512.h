// Instructions of AVX-512 that Swift has no names for; only for targets that are compiled for them.
#pragma once

#if defined(__AVX512F__)
#include <immintrin.h>

/// A mask of the first `count` lanes, of all from 16 on.
static inline __mmask16 avx512_first(long count) { return (__mmask16)((1u << (count < 16 ? count : 16)) - 1); }

/// The first `count` floats at an address and zeros; what lies behind isn't read.
static inline __m512 avx512_load_first(const float *address, long count) {
  return _mm512_maskz_loadu_ps(avx512_first(count), address);
}

/// The smaller or the greater of each lane and a bound; nan stays. The compiler makes three instructions of a comparison with one.
static inline __m512 avx512_at_most(__m512 bound, __m512 x) { return _mm512_min_ps(bound, x); }
static inline __m512 avx512_at_least(__m512 bound, __m512 x) { return _mm512_max_ps(bound, x); }

/// Stores the first `count` lanes and touches nothing behind them.
static inline void avx512_store_first(float *address, long count, __m512 value) {
  _mm512_mask_storeu_ps(address, avx512_first(count), value);
}
#endif

#if defined(__AVX512BF16__)
/// Each lane of `sum` + the two products of its pairs of bf16, the upper pair's first, each addition rounded once.
static inline __m512 bf16_dot(__m512 sum, __m512 a, __m512 b) {
  return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_castps_si512(a), (__m512bh)_mm512_castps_si512(b));
}

static inline __m256 bf16_dot_half(__m256 sum, __m256 a, __m256 b) {
  return _mm256_dpbf16_ps(sum, (__m256bh)_mm256_castps_si256(a), (__m256bh)_mm256_castps_si256(b));
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
