// What Swift has no instruction for, or only a call for each lane. `lanes` is the register that Lanes.swift calls `Lanes`.

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#ifdef __AVX512F__
enum { laneCount = 16 };
#else
enum { laneCount = 8 };
#endif
typedef float lanes __attribute__((ext_vector_type(laneCount)));

// x + a · b, rounded once where the processor has the instruction.
static inline lanes sumWithProduct(lanes x, lanes a, lanes b) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, x);
#else
  return x + a * b;
#endif
}

static inline lanes squareRoots(lanes x) { return __builtin_elementwise_sqrt(x); }

// 1 / x for finite x, within 2 units in the last place: the processor's estimate and a step of Newton's. The processor takes
// as long for the division of a whole register as for two dozen multiplications.
static inline lanes reciprocals(lanes x) {
#ifdef __AVX512F__
  lanes y = _mm512_rcp14_ps(x);
  return y + y * (1 - x * y);
#else
  return 1 / x;
#endif
}

// The sum of the lanes, in each lane: neighbouring halves change places and are added, then quarters, and so on.
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

// The first `count` numbers of a place, filled up with 0; the first `count` lanes to a place; and the lanes, the first `count` of
// them replaced by another's.
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

// Transposes a square as wide as a register, its rows `sourceStride` apart, by perfect shuffles: interleaving row i with row
// i + n/2 moves the upper bit of the row's number to the lower end of the column's, and after log2 n rounds the two have changed
// places. Of the square only some rows and columns are read, the others are 0; the target's rows are written whole, one for each
// column that is read.
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

// Asks for the cache line of a place that is soon read or written. The place needn't be ours.
static inline void prefetch(const void *place) { __builtin_prefetch(place); }

// A moment's rest of a thread that waits for another's word: the core's other thread has its units meanwhile.
#if defined(__x86_64__)
static inline void pauseBriefly(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static inline void pauseBriefly(void) { __builtin_arm_isb(15); }
#else
static inline void pauseBriefly(void) {}
#endif
