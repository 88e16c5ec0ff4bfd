// Vector operations that Swift lacks or compiles to one call for each lane. `lanes` is the type that Lanes.swift calls `Lanes`.

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#ifdef __AVX512F__
enum { laneCount = 16 };
#else
enum { laneCount = 8 };
#endif
typedef float lanes __attribute__((ext_vector_type(laneCount)));

// x + a · b. Rounded once if the build has fused multiply-adds, else twice.
static inline lanes sumWithProduct(lanes x, lanes a, lanes b) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, x);
#else
  return x + a * b;
#endif
}

static inline lanes squareRoots(lanes x) { return __builtin_elementwise_sqrt(x); }

// 1 / x with an error of at most 2 units in the last place, for |x| from 2^-126 to 2^126. With AVX-512: the processor's estimate and
// one Newton step, since the division of a register takes as long as two dozen multiplications. There 1 / 0 is NaN.
static inline lanes reciprocals(lanes x) {
#ifdef __AVX512F__
  lanes y = _mm512_rcp14_ps(x);
  return y + y * (1 - x * y);
#else
  return 1 / x;
#endif
}

// The sum of all lanes; every lane of the result holds it. Each round swaps neighbouring groups (8, 4, 2, 1 lanes) and adds.
#ifdef __AVX512F__
#define EXCHANGE_HALVES(x) __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
#define EXCHANGE_FOURS(x) __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)
#define EXCHANGE_TWOS(x) __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
#define EXCHANGE_ONES(x) __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
#else
#define EXCHANGE_FOURS(x) __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3)
#define EXCHANGE_TWOS(x) __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5)
#define EXCHANGE_ONES(x) __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6)
#endif
static inline lanes spreadSum(lanes x) {
#ifdef EXCHANGE_HALVES
  x += EXCHANGE_HALVES(x);
#endif
  x += EXCHANGE_FOURS(x);
  x += EXCHANGE_TWOS(x);
  return x + EXCHANGE_ONES(x);
}

// For 0 <= count <= laneCount: loadFirst reads `count` floats, and the other lanes are 0. storeFirst writes the first `count` lanes and
// nothing beyond. replaceFirst returns `value` with its first `count` lanes taken from `other`.
#ifdef __AVX512F__
static inline lanes loadFirst(const float *place, int count) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), place);
}
static inline void storeFirst(float *place, lanes value, int count) {
  _mm512_mask_storeu_ps(place, (__mmask16)((1u << count) - 1), value);
}
static inline lanes replaceFirst(lanes value, lanes other, int count) {
  return _mm512_mask_mov_ps(value, (__mmask16)((1u << count) - 1), other);
}
#elif defined(__AVX2__)
static inline __m256i firstLanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline lanes loadFirst(const float *place, int count) {
  return _mm256_maskload_ps(place, firstLanes(count));
}
static inline void storeFirst(float *place, lanes value, int count) {
  _mm256_maskstore_ps(place, firstLanes(count), value);
}
static inline lanes replaceFirst(lanes value, lanes other, int count) {
  return _mm256_blendv_ps(value, other, _mm256_castsi256_ps(firstLanes(count)));
}
#else
static inline lanes loadFirst(const float *place, int count) {
  lanes value = 0;
  for (int lane = 0; lane < count; lane++) value[lane] = place[lane];
  return value;
}
static inline void storeFirst(float *place, lanes value, int count) {
  for (int lane = 0; lane < count; lane++) place[lane] = value[lane];
}
static inline lanes replaceFirst(lanes value, lanes other, int count) {
  for (int lane = 0; lane < count; lane++) value[lane] = other[lane];
  return value;
}
#endif

// Transposes a square of laneCount x laneCount floats: target[k][j] = source[j][k]. Reads `rowCount` rows and `columnCount` columns; the
// rest counts as 0. Writes `columnCount` rows of the target, each a whole register. Each round interleaves row i with row i + n/2;
// after log2(n) rounds rows and columns have changed places.
static inline void transposeSquare(
    const float *source, long sourceStride, int rowCount, int columnCount, float *target, long targetStride) {
  typedef float unaligned __attribute__((ext_vector_type(laneCount), aligned(4)));
  lanes rows[laneCount], next[laneCount], zero = 0;
#pragma unroll
  for (int i = 0; i < laneCount; i++)
    rows[i] = i < rowCount ? loadFirst(source + i * sourceStride, columnCount) : zero;
#pragma unroll
  for (int round = 1; round < laneCount; round *= 2) {
#pragma unroll
    for (int i = 0; i < laneCount / 2; i++) {
      lanes a = rows[i], b = rows[i + laneCount / 2];
#ifdef __AVX512F__
      next[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#else
      next[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
      next[2 * i + 1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#endif
    }
#pragma unroll
    for (int i = 0; i < laneCount; i++) rows[i] = next[i];
  }
#pragma unroll
  for (int i = 0; i < laneCount; i++)
    if (i < columnCount) *(unaligned *)(target + i * targetStride) = rows[i];
}

// Hints that the cache line at `place` is needed soon. The address may be invalid: a prefetch never faults.
static inline void prefetch(const void *place) { __builtin_prefetch(place); }

// Pauses a polling thread for a moment, so that the other hardware thread of the core can use its units.
#if defined(__x86_64__)
static inline void pauseBriefly(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static inline void pauseBriefly(void) { __builtin_arm_isb(15); }
#else
static inline void pauseBriefly(void) {}
#endif
