// What Swift has no instruction for, or only a call for each lane.

// Square roots of whole registers.

typedef float float8 __attribute__((ext_vector_type(8)));
static inline float8 squareRoots(float8 x) { return __builtin_elementwise_sqrt(x); }

// Asks for the cache line of a place that is soon read or written. The place needn't be ours.
static inline void prefetch(const void *place) { __builtin_prefetch(place); }

#ifdef __AVX512F__
#include <immintrin.h>

typedef float float16 __attribute__((ext_vector_type(16)));
static inline float16 squareRootsOf16(float16 x) { return __builtin_elementwise_sqrt(x); }

// The first `count` numbers of a place, filled up with those of `filler`.
static inline float16 loadFirst(const float *place, int count, float16 filler) {
  return _mm512_mask_loadu_ps(filler, (__mmask16)((1u << count) - 1), place);
}
static inline void storeFirst(float *place, float16 value, int count) {
  _mm512_mask_storeu_ps(place, (__mmask16)((1u << count) - 1), value);
}
#elif defined(__AVX2__)
#include <immintrin.h>

// All bits set in the first `count` lanes.
static inline __m256i firstLanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
// The first `count` numbers of a place, filled up with those of `filler`.
static inline float8 loadFirst(const float *place, int count, float8 filler) {
  __m256i first = firstLanes(count);
  return _mm256_blendv_ps(filler, _mm256_maskload_ps(place, first), _mm256_castsi256_ps(first));
}
static inline void storeFirst(float *place, float8 value, int count) {
  _mm256_maskstore_ps(place, firstLanes(count), value);
}
#endif

// A moment's rest of a thread that waits for another's word: the core's other thread has its units meanwhile.

#if defined(__x86_64__)
static inline void pauseBriefly(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static inline void pauseBriefly(void) { __builtin_arm_isb(15); }
#else
static inline void pauseBriefly(void) {}
#endif
