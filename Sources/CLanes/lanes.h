// Square roots of whole registers: Swift's own are calls of sqrtf, one for each lane.

typedef float float8 __attribute__((ext_vector_type(8)));
static inline float8 squareRoots(float8 x) { return __builtin_elementwise_sqrt(x); }

#ifdef __AVX512F__
typedef float float16 __attribute__((ext_vector_type(16)));
static inline float16 squareRootsOf16(float16 x) { return __builtin_elementwise_sqrt(x); }
#endif
